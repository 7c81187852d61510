#include "tests/golden/adapter.hpp"

namespace kafkasim::golden {

const std::vector<Adapter>& adapters() {
  static const std::vector<Adapter> kAll = {assignors_adapter(), classic_group_adapter()};
  return kAll;
}

}  // namespace kafkasim::golden
