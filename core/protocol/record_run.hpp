// Records as the system counts them: runs of one producer's records, never single values (design wall 7).
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/fields.hpp"
#include "core/base/time.hpp"

namespace kafkasim {

/// `count` records first, first+1, ... of one producer, handed over `spacing` apart, each `record_bytes` in a batch.
struct RecordRun {
  std::int64_t first = 0;
  std::int32_t count = 1;
  std::int32_t record_bytes = 0;  // varints, key and value (P-10); batch header not included
  Instant handed_over{};          // of the first one
  Duration spacing{};
  Instant timestamp(std::int32_t i) const { return handed_over + spacing * i; }

  friend bool operator==(const RecordRun&, const RecordRun&) = default;
  FIELDS(first, count, record_bytes, handed_over, spacing)
};

using RecordRuns = std::vector<RecordRun>;

}  // namespace kafkasim
