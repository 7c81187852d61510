#include "core/replication/parked_fetch.hpp"

namespace kafkasim::core {

ParkedVerdict judge_parked(const ParkedFacts& facts) {
  if (facts.error != ErrorCode::NONE) return ParkedVerdict::error;
  if (facts.fetch_offset > facts.bound) return ParkedVerdict::truncated;
  // Equal offsets never count, also when the bound has just moved to a new segment by a roll.
  if (facts.fetch_offset < facts.bound && facts.bound_position_known && !facts.same_segment && !facts.throttled)
    return ParkedVerdict::older_segment;
  if (facts.diverging) return ParkedVerdict::diverging_epoch;
  return ParkedVerdict::wait;
}

std::int64_t countable_bytes(const ParkedFacts& facts) {
  if (facts.throttled || !facts.bound_position_known || !facts.same_segment) return 0;
  return facts.fetch_offset < facts.bound ? facts.readable_bytes : 0;
}

}  // namespace kafkasim::core
