// Short forms of the requests the broker tests send.
#pragma once

#include "core/protocol/message.hpp"

namespace kafkasim::core::test {

inline constexpr TopicPartition kOrders{TopicId{0}, 0};
inline constexpr TopicPartition kOffsets{TopicId{1}, 0};

/// One batch of `records` records; serial names it.
inline ProduceRequest produce_to(TopicPartition tp, Acks acks, std::uint32_t serial, std::int32_t records = 1,
                                 Duration timeout = 30s) {
  Batch batch;
  batch.record_count = records;
  batch.size_bytes = kBatchHeaderBytes + 100 * records;
  batch.payload = {1001, serial};
  return ProduceRequest{acks, timeout, {{tp, batch}}};
}
inline ProduceRequest produce(Acks acks, std::uint32_t serial, Duration timeout = 30s, std::int32_t records = 1) {
  return produce_to(kOrders, acks, serial, records, timeout);
}

inline FetchRequest consume(std::int64_t from, Duration max_wait, std::int32_t min_bytes = 1) {
  FetchRequest request;
  request.max_wait = max_wait;
  request.min_bytes = min_bytes;
  request.partitions.push_back({kOrders, Offset{from}, LeaderEpoch{}, LeaderEpoch{}, Offset{}, 1 << 20});
  return request;
}

}  // namespace kafkasim::core::test
