// The record accumulator: queues of batches per partition, memory, readiness, draining (P-6..P-16).
#pragma once

#include <boost/container/flat_map.hpp>
#include <boost/container/flat_set.hpp>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "core/base/fields.hpp"
#include "core/client/client_metadata.hpp"
#include "core/client/producer/partition_choice.hpp"
#include "core/client/producer/producer_batch.hpp"
#include "core/client/producer/sequences.hpp"
#include "core/client/producer/sticky_partitioner.hpp"
#include "core/protocol/config.hpp"

namespace kafkasim::core {

/// Value. Knows nothing of connections or requests.
class Accumulator {
 public:
  Accumulator() = default;
  explicit Accumulator(const ProducerConfig& config);

  // --- appending --------------------------------------------------------------------------------------------------
  struct Appended {
    std::int32_t count = 0;
    bool wake = false;           // a batch was begun or became full: the sender has something to look at (P-1)
    bool out_of_memory = false;  // the next record needs a new batch and buffer.memory is short (P-11)
  };
  /// Upper bound of a one-record batch: what P-3 and P-7 count with.
  static std::int64_t upper_bound(std::int32_t record_bytes);
  /// Appends records of the run in order, as many as memory allows. The topic and the partition are known. Batches
  /// begin at the hand-over of their first record, but not before `earliest` (send() was blocked until then).
  Appended append(TopicId topic, PartitionChoice choice, RecordRun run, Instant earliest,
                  const ClientMetadata& metadata, Turn& turn);
  /// How many keyless records of that size fit into the open batch without filling it, needing another, or switching
  /// the partition.
  std::int64_t silent_room(std::int32_t record_bytes, TopicId topic) const;

  // --- readiness (P-12, P-13) ---------------------------------------------------------------------------------------
  struct Ready {
    std::vector<NodeId> nodes;     // leaders with something to send, by id
    Instant next_check = kNever;   // when a linger or back-off ends
    bool unknown_leaders = false;  // P-16
  };
  /// `exhausted`: a send() waits for memory. `closing`: close() or flush() was called. Also renews the load statistics
  /// of P-56.
  Ready ready(const ClientMetadata& metadata, bool exhausted, bool closing, Instant now);
  /// P-14: at most one batch per partition led by the node, from its rotating index on. Stamps sequences when
  /// `sequences` is given.
  std::vector<ProducerBatch> drain(NodeId node, const ClientMetadata& metadata, Sequences* sequences, Instant now);
  void mute(TopicPartition tp) { muted_.insert(tp); }
  void unmute(TopicPartition tp) { muted_.erase(tp); }

  // --- coming back --------------------------------------------------------------------------------------------------
  /// P-26: to the head of its queue, or to its place in sequence order when it has a sequence.
  void requeue(ProducerBatch batch);
  /// Batches at the heads of queues that ran into delivery.timeout.ms (P-30).
  std::vector<ProducerBatch> take_expired(Instant now);
  /// Queued batches of the partition with a sequence number, to be renumbered.
  std::vector<ProducerBatch*> sequenced(TopicPartition tp);
  void release(std::int64_t pool_bytes);

  // --- questions ----------------------------------------------------------------------------------------------------
  bool empty() const;
  std::int64_t records() const;
  /// Some queue holds more than one batch: every further send() wakes the sender (P-1).
  bool backlog() const;
  std::int64_t available_memory() const { return available_; }
  /// Number of the batch that was begun last; 0: none yet.
  std::uint64_t last_batch() const { return last_batch_; }
  /// Some queue holds a batch with that number or a smaller one.
  bool holds_up_to(std::uint64_t number) const;
  /// When the head of some queue runs into delivery.timeout.ms.
  Instant next_expiry() const;

  friend bool operator==(const Accumulator&, const Accumulator&) = default;
  struct Queue {
    std::deque<ProducerBatch> batches;
    bool all_full() const { return batches.empty() || batches.back().full(); }
    friend bool operator==(const Queue&, const Queue&) = default;
    FIELDS(batches)
  };
  FIELDS(queues_, sticky_, drain_index_, muted_, available_, last_batch_)

 private:
  Queue* find(TopicPartition tp);
  const Queue* find(TopicPartition tp) const;
  StickyPartitioner& sticky(TopicId topic);
  std::int64_t buffer_size(const RecordRun& run) const;
  bool start_batch(Queue& queue, TopicPartition tp, const RecordRun& run, Instant earliest);
  void renew_load(const ClientMetadata& metadata);
  void renew_load(TopicId topic, const ClientMetadata& metadata);
  enum class Verdict : std::uint8_t { take, skip, stop };
  Verdict examine(const ProducerBatch& first, std::int64_t drained_bytes, const Sequences* sequences,
                  Instant now) const;

  ProducerConfig config_;
  boost::container::flat_map<TopicPartition, Queue> queues_;  // never removed: an empty queue counts for P-56
  boost::container::flat_map<TopicId, StickyPartitioner> sticky_;
  boost::container::flat_map<NodeId, std::int32_t> drain_index_;
  boost::container::flat_set<TopicPartition> muted_;
  std::int64_t available_ = 0;
  std::uint64_t last_batch_ = 0;
  // What the load statistics of P-56 were made of last: they are made anew when either has changed.
  bool queues_changed_ = true;
  std::int64_t metadata_seen_ = -1;
};

}  // namespace kafkasim::core
