#include "core/group/assignor.hpp"

#include <algorithm>

namespace kafkasim::core {

const std::vector<Assignor>& assignors() {
  static const std::vector<Assignor> kAll = {{"range", assign_range}, {"roundrobin", assign_round_robin}};
  return kAll;
}

const Assignor* find_assignor(std::string_view name) {
  const auto& all = assignors();
  const auto found = std::find_if(all.begin(), all.end(), [name](const Assignor& one) { return one.name == name; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace kafkasim::core
