#include "tests/golden/adapter.hpp"

namespace kafkasim::golden {

const std::vector<Adapter>& adapters() {
  static const std::vector<Adapter> kAll = {assignors_adapter(),      classic_group_adapter(), controller_adapter(),
                                            delayed_adapter(),        election_adapter(),      epoch_cache_adapter(),
                                            isr_hw_adapter(),         list_offsets_adapter(),  placement_adapter(),
                                            producer_state_adapter(), truncation_adapter()};
  return kAll;
}

}  // namespace kafkasim::golden
