#include "sim/scenario/asked_names.hpp"

#include <algorithm>
#include <cctype>
#include <string>

#include "sim/scenario/scenario.hpp"

namespace kafkasim::sim {
namespace {

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-'; }

bool mentions(std::string_view text, std::string_view name) {
  for (std::size_t at = text.find(name); at != std::string_view::npos; at = text.find(name, at + 1)) {
    const bool starts = at == 0 || !is_word(text[at - 1]);
    const std::size_t end = at + name.size();
    if (starts && (end == text.size() || !is_word(text[end]))) return true;
  }
  return false;
}

}  // namespace

bool asks_for_any(const Scenario& scenario, std::initializer_list<std::string_view> names) {
  const auto in = [&](std::string_view text) {
    return std::any_of(names.begin(), names.end(), [text](std::string_view name) { return mentions(text, name); });
  };
  const auto in_lines = [&](const std::vector<ExpectLine>& lines) {
    return std::any_of(lines.begin(), lines.end(), [&](const ExpectLine& line) {
      if (in(line.text)) return true;
      return std::any_of(line.any.begin(), line.any.end(), [&](const std::vector<ExpectLine>& all) {
        return std::any_of(all.begin(), all.end(), [&](const ExpectLine& one) { return in(one.text); });
      });
    });
  };
  if (in_lines(scenario.expect)) return true;
  return std::any_of(scenario.timeline.begin(), scenario.timeline.end(), [&](const Entry& entry) {
    return in(entry.when.condition) || in(entry.condition) || in_lines(entry.lines);
  });
}

}  // namespace kafkasim::sim
