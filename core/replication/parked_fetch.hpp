// When a fetch that waits for data is done (DelayedFetch; R2.12, R2.13). Pure: facts in, verdict out.
#pragma once

#include <cstdint>

#include "core/base/error_code.hpp"
#include "core/base/ids.hpp"

namespace kafkasim::core {

/// One partition of a parked fetch, as it is at a re-check (Partition::parked_facts()).
struct ParkedFacts {
  ErrorCode error = ErrorCode::NONE;  // partition gone, leadership or epoch changed
  bool diverging = false;             // the follower's last epoch does not fit any more (R2.33)
  Offset fetch_offset;
  Offset bound;                      // by isolation: log end, high watermark (R1.37)
  bool same_segment = true;          // of fetch offset and bound
  bool bound_position_known = true;  // an unknown position (bound below what is held, R1.37) never completes a fetch
  bool throttled = false;            // a follower held back by the replication quota (R2.8)
  std::int64_t readable_bytes = 0;   // between fetch offset and bound, at most the partition's fetch size
};

enum class ParkedVerdict : std::uint8_t {
  wait,   // counts countable_bytes() towards min.bytes
  error,  // answer at once with the error
  diverging_epoch,
  truncated,      // fetch offset now above the bound
  older_segment,  // the bound moved on to a newer segment: what is there will not grow
};

/// Whether this partition alone completes the fetch.
ParkedVerdict judge_parked(const ParkedFacts& facts);

/// Bytes it adds towards fetch.min.bytes when it does not complete the fetch alone; the fetch is complete when the sum
/// over its partitions reaches the minimum.
std::int64_t countable_bytes(const ParkedFacts& facts);

}  // namespace kafkasim::core
