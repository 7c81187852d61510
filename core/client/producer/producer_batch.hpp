// One batch on its way from the first append to the end of its futures (P-7..P-10, P-23, P-30).
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/fields.hpp"
#include "core/base/ids.hpp"
#include "core/base/time.hpp"
#include "core/network/exponential_backoff.hpp"
#include "core/protocol/batch.hpp"
#include "core/protocol/record_run.hpp"

namespace kafkasim::core {

struct ProducerBatch {
  TopicPartition partition;
  std::uint32_t serial = 0;  // 0 until its records are fixed (BatchClosed)
  RecordRuns runs;
  std::int32_t record_count = 0;
  std::int32_t size_bytes = kBatchHeaderBytes;
  std::int32_t write_limit = 0;  // P-7: max(batch.size, upper bound of its first record)
  std::int64_t pool_bytes = 0;   // buffer.memory it holds; 0 for the products of a split
  Instant created{};             // first append: delivery.timeout.ms and the first linger count from here
  Instant newest{};              // CreateTime of the newest record
  std::uint64_t number = 0;      // in order of creation; the parts of a split keep it
  bool append_closed = false;    // takes no more records; counts as full (P-8)
  bool split = false;            // made by splitting a batch that was too large (P-23)

  std::int32_t attempts = 0;  // times it was queued again
  Instant last_attempt{};     // creation, or when it was queued again
  Duration backoff{};         // drawn once per attempt (P-25)
  LeaderEpoch leader_epoch;   // last seen for its partition
  std::int32_t attempts_at_leader_change = 0;

  ProducerId producer_id;  // idempotence: stamped at first drain (P-37)
  ProducerEpoch producer_epoch;
  std::int32_t base_sequence = -1;
  bool renumbered = false;  // its sequence was given anew by an epoch bump (P-40)
  bool done = false;        // its futures are complete; only a reply is awaited (P-30)

  bool full() const { return append_closed || (record_count > 0 && size_bytes >= write_limit); }
  /// P-9: the first record always fits.
  bool has_room(std::int32_t record_bytes) const {
    if (append_closed) return false;
    return record_count == 0 || size_bytes + record_bytes <= write_limit;
  }
  bool has_sequence() const { return base_sequence >= 0; }
  std::int32_t last_sequence() const { return advance_sequence(base_sequence, record_count - 1); }

  /// Adds the first `count` records of the run; has_room for all of them.
  void append(const RecordRun& run, std::int32_t count);
  /// Remembers the partition's leader epoch: a newer one during a retry ends the back-off (P-48).
  void see_leader_epoch(LeaderEpoch epoch);
  /// P-12: attempts > 0, its wait is not over, and no new leader is known.
  bool backing_off(Instant now) const;
  /// Counts a failed attempt; the batch waits before it is drained again (P-25, P-26).
  void requeued(Duration wait, Instant now);
  bool expired(Duration delivery_timeout, Instant now) const { return now >= later(created, delivery_timeout); }

  friend bool operator==(const ProducerBatch&, const ProducerBatch&) = default;
  FIELDS(partition.topic, partition.partition, serial, runs, record_count, size_bytes, write_limit, pool_bytes, created,
         newest, number, append_closed, split, attempts, last_attempt, backoff, leader_epoch, attempts_at_leader_change,
         producer_id, producer_epoch, base_sequence, renumbered, done)
};

/// `run` without its first `count` records.
RecordRun after(const RecordRun& run, std::int32_t count);
/// The first `count` records of the run.
RecordRun first_of(const RecordRun& run, std::int32_t count);

/// Bytes of a batch that holds only the batch's largest record.
std::int32_t largest_record(const ProducerBatch& batch);

/// P-23: the batch's records in batches of at most `target_bytes` (one record at least), oldest first. They keep
/// creation time and sequence numbers, hold no pool memory and count as never tried.
std::vector<ProducerBatch> split_batch(const ProducerBatch& batch, std::int32_t target_bytes);

}  // namespace kafkasim::core
