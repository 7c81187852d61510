// The record accumulator: queues of batches per partition, memory, readiness, draining (P-6..P-16).
#pragma once

#include <boost/container/deque.hpp>
#include <boost/container/flat_map.hpp>
#include <boost/container/flat_set.hpp>
#include <boost/container/small_vector.hpp>
#include <cstdint>
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
    boost::container::small_vector<NodeId, 8> nodes;  // leaders with something to send, by id
    Instant next_check = kNever;                      // when a linger or back-off ends
    bool unknown_leaders = false;                     // P-16
  };
  /// `exhausted`: a send() waits for memory. `closing`: close() or flush() was called. Also renews the load statistics
  /// of P-56.
  Ready ready(const ClientMetadata& metadata, bool exhausted, bool closing, Instant now);
  /// P-14: at most one batch per partition led by the node, from its rotating index on. Stamps sequences when
  /// `sequences` is given.
  std::vector<ProducerBatch> drain(NodeId node, const ClientMetadata& metadata, Sequences* sequences, Instant now);
  void mute(TopicPartition tp) { muted_.insert(tp); }
  void unmute(TopicPartition tp) {
    if (!muted_.empty()) muted_.erase(tp);
  }

  // --- coming back --------------------------------------------------------------------------------------------------
  /// P-26: to the head of its queue, or to its place in sequence order when it has a sequence.
  void requeue(ProducerBatch batch);
  /// Batches at the heads of queues that ran into delivery.timeout.ms (P-30).
  std::vector<ProducerBatch> take_expired(Instant now);
  /// Queued batches of the partition with a sequence number, to be renumbered.
  std::vector<ProducerBatch*> sequenced(TopicPartition tp);
  void release(std::int64_t pool_bytes);

  // --- questions ----------------------------------------------------------------------------------------------------
  bool empty() const { return seen_.batches == 0; }
  std::int64_t records() const;
  /// Some queue holds more than one batch: every further send() wakes the sender (P-1).
  bool backlog() const { return seen_.backlogged > 0; }
  std::int64_t available_memory() const { return available_; }
  /// Number of the batch that was begun last; 0: none yet.
  std::uint64_t last_batch() const { return last_batch_; }
  /// Some queue holds a batch with that number or a smaller one.
  bool holds_up_to(std::uint64_t number) const;
  /// When the head of some queue runs into delivery.timeout.ms. What is not before `horizon` may be told as kNever.
  Instant next_expiry(Instant horizon = kNever) const;

  friend bool operator==(const Accumulator&, const Accumulator&) = default;
  /// Pops its front cheaply however long it is; holds no memory before the first batch.
  using Batches =
      boost::container::deque<ProducerBatch, void, boost::container::deque_options_t<boost::container::block_size<4U>>>;
  struct Queue {
    Batches batches;
    // No state: what follows from the batches and from the metadata seen last.
    std::int32_t length = 0;
    ClientMetadata::Leader leader{};

    /// None: null.
    ProducerBatch* last() { return length == 0 ? nullptr : &batches.back(); }
    const ProducerBatch* last() const { return length == 0 ? nullptr : &batches.back(); }
    friend bool operator==(const Queue& a, const Queue& b) { return a.batches == b.batches; }
    FIELDS(batches)
  };
  FIELDS(queues_, sticky_, drain_index_, muted_, available_, last_batch_)

 private:
  /// What follows from the state, kept so that it need not be found out anew: no state itself.
  struct Seen {
    std::int64_t batches = 0;     // in all queues
    std::int64_t backlogged = 0;  // queues with more than one
    Instant oldest = kNever;      // no head of a queue was created before
    std::int64_t leaders = -1;    // version of the metadata that Queue::leader is from
    std::int64_t load = -1;       // and of that the load statistics of P-56 were made with
    bool load_stale = true;       // queues changed since
    std::size_t near = 0;         // position of the queue looked up last
    friend bool operator==(const Seen&, const Seen&) { return true; }
  };
  Queue* find(TopicPartition tp);
  const Queue* find(TopicPartition tp) const { return const_cast<Accumulator*>(this)->find(tp); }
  Queue& queue_of(TopicPartition tp, const ClientMetadata& metadata);
  Instant oldest_head() const;
  void entered(Queue& queue);
  void pop_head(Queue& queue, std::vector<ProducerBatch>& into);
  bool muted(TopicPartition tp) const { return !muted_.empty() && muted_.contains(tp); }
  StickyPartitioner& sticky(TopicId topic);
  std::int64_t buffer_size(const RecordRun& run) const;
  bool start_batch(Queue& queue, TopicPartition tp, const RecordRun& run, Instant earliest);
  void renew_leaders(const ClientMetadata& metadata);
  void renew_load(const ClientMetadata& metadata);
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
  mutable Seen seen_;
};

}  // namespace kafkasim::core
