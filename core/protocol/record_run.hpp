// Records as the system counts them: runs of one producer's records, never single values (design wall 7).
#pragma once

#include <boost/container/small_vector.hpp>
#include <cstdint>

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
  Duration time_offset{};  // CreateTime minus hand-over: the application gives its records a time of its own
  /// When record i was handed over.
  Instant timestamp(std::int32_t i) const { return handed_over + spacing * i; }

  /// CreateTime of record i on a machine whose clock is right.
  Instant create_time(std::int32_t i) const { return timestamp(i) + time_offset; }

  friend bool operator==(const RecordRun&, const RecordRun&) = default;
  FIELDS(first, count, record_bytes, handed_over, spacing, time_offset)
};

/// Of one batch: one run, or two where the batch began while records were handed over.
using RecordRuns = boost::container::small_vector<RecordRun, 2>;

}  // namespace kafkasim
