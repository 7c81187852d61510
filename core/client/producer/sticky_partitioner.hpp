// The built-in partitioner of keyless records: one partition at a time, switched by bytes (P-54..P-56; KIP-794).
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "core/base/fields.hpp"
#include "core/client/client_metadata.hpp"
#include "core/protocol/effects.hpp"

namespace kafkasim::core {

/// State of one topic. Value.
class StickyPartitioner {
 public:
  StickyPartitioner() = default;
  /// `batch_size`: batch.size, at least 1.
  StickyPartitioner(TopicId topic, std::int32_t batch_size);

  /// The current partition; drawn when there is none yet. The topic is known to `metadata`.
  std::int32_t current(const ClientMetadata& metadata, Turn& turn);
  bool chosen() const { return partition_ >= 0; }
  std::int32_t current_partition() const { return partition_; }
  std::int64_t produced_bytes() const { return produced_bytes_; }
  /// Bytes after which a switch happens whatever the queue looks like.
  std::int64_t hard_limit() const { return 2 * std::int64_t{batch_size_}; }

  /// Counts `bytes` appended to the current partition, whose queue now has only full batches or not. True: a new
  /// partition was drawn (maybe the same).
  bool add(std::int64_t bytes, bool all_full, const ClientMetadata& metadata, Turn& turn);
  /// P-56: queue lengths in batches of the topic's partitions with a leader, by partition number; empty: unknown, or
  /// adaptive partitioning is off. `partition_count` counts also those without a leader.
  void set_load(std::span<const std::pair<std::int32_t, std::int32_t>> queues, std::int32_t partition_count);

  friend bool operator==(const StickyPartitioner&, const StickyPartitioner&) = default;
  FIELDS(partition_, produced_bytes_, cumulative_, loaded_)

 private:
  std::int32_t draw(const ClientMetadata& metadata, Turn& turn) const;

  TopicId topic_;
  std::int32_t batch_size_ = 1;
  std::int32_t partition_ = -1;
  std::int64_t produced_bytes_ = 0;
  std::vector<std::int32_t> cumulative_;  // running sums of the weights; empty = uniform draw
  std::vector<std::int32_t> loaded_;      // partition of each weight
};

}  // namespace kafkasim::core
