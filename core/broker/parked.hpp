// What waits in a broker's purgatories (R2.12, R2.40).
#pragma once

#include <vector>

#include "core/base/error_code.hpp"
#include "core/base/fields.hpp"
#include "core/protocol/data_messages.hpp"
#include "core/protocol/effects.hpp"

namespace kafkasim::core {

/// A produce with acks=all whose records are in the leader's log (DelayedProduce).
struct ParkedProduce {
  struct Part {
    TopicPartition partition;
    Offset required_offset;  // satisfied when the high watermark gets there
    Offset base_offset;
    Offset log_start_offset;
    ErrorCode error = ErrorCode::NONE;  // final once done
    bool done = false;
    friend bool operator==(const Part&, const Part&) = default;
    FIELDS(partition, required_offset, base_offset, log_start_offset, error, done)
  };
  RequestToken token;
  Instant deadline = kNever;
  std::vector<Part> partitions;

  bool complete() const {
    for (const Part& part : partitions) {
      if (!part.done) return false;
    }
    return true;
  }
  friend bool operator==(const ParkedProduce&, const ParkedProduce&) = default;
  FIELDS(token, deadline, partitions)
};

/// A fetch that found too little (DelayedFetch).
struct ParkedFetch {
  RequestToken token;
  Instant deadline = kNever;
  BrokerId replica_id;  // unknown = a consumer
  std::int32_t min_bytes = 1;
  std::int64_t max_bytes = 0;
  std::vector<FetchRequest::Partition> partitions;

  friend bool operator==(const ParkedFetch&, const ParkedFetch&) = default;
  FIELDS(token, deadline, replica_id, min_bytes, max_bytes, partitions)
};

}  // namespace kafkasim::core
