#include "sim/scenario/option_table.hpp"

#include <algorithm>
#include <map>

#include "sim/scenario/option_rows.hpp"

namespace kafkasim::sim {

const std::vector<Option>& option_table() {
  static const std::vector<Option> kTable = [] {
    std::vector<Option> all;
    for (const std::span<const Option> part :
         {cluster_options(), client_options(), timeline_options(), later_options()})
      all.insert(all.end(), part.begin(), part.end());
    return all;
  }();
  return kTable;
}

namespace {

std::string_view parent_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view{} : path.substr(0, slash);
}

struct Index {
  std::map<std::string_view, const Option*> by_path{};
  std::map<std::string_view, std::vector<const Option*>> by_parent{};
};

const Index& table_index() {
  static const Index kIndex = [] {
    Index index;
    for (const Option& option : option_table()) {
      index.by_path.emplace(option.path, &option);
      if (option.key() != "*") index.by_parent[parent_of(option.path)].push_back(&option);
    }
    return index;
  }();
  return kIndex;
}

}  // namespace

const Option* find_option(std::string_view path) {
  const auto& paths = table_index().by_path;
  const auto found = paths.find(path);
  return found == paths.end() ? nullptr : found->second;
}

std::vector<const Option*> options_below(std::string_view path) {
  const auto& parents = table_index().by_parent;
  const auto found = parents.find(path);
  return found == parents.end() ? std::vector<const Option*>{} : found->second;
}

bool is_verb(const Option& option) {
  return option.path.starts_with("timeline/*/") && option.words != "common" &&
         std::count(option.path.begin(), option.path.end(), '/') == 2;
}

std::string not_built(const Option& option) {
  if (option.letter == "later") return " is not built yet";
  return " is not built yet (comes with issue " + std::string(option.letter) + ")";
}

}  // namespace kafkasim::sim
