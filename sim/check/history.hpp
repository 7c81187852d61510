// What clients did and saw, and what processes said of themselves: the only source of client-side measures.
// Fed by the world, read by the judge; nothing in a run depends on it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/protocol/batch.hpp"
#include "core/protocol/catalogue.hpp"
#include "core/protocol/effects.hpp"
#include "core/protocol/notes.hpp"
#include "sim/check/gap_meter.hpp"
#include "sim/check/histogram.hpp"
#include "sim/check/interval_set.hpp"
#include "sim/check/payload_table.hpp"
#include "sim/check/stored_records.hpp"
#include "sim/net/topology.hpp"
#include "sim/scenario/scenario.hpp"

namespace kafkasim::sim {

/// One batch of a producer, from the moment its records were fixed.
struct Payload {
  enum class State : std::uint8_t { pending, acked, failed } state = State::pending;
  bool resent = false;                // sent more than once: a copy may arrive late
  ErrorCode error = ErrorCode::NONE;  // of a failed one
  TopicPartition partition;
  std::int32_t size_bytes = 0;
  std::int32_t records = 0;
  RecordRuns runs;
  Offset base_offset;  // of an acked one; unknown with acks=0
  Instant closed{};
  Instant done = kNever;  // acked or failed
  friend bool operator==(const Payload&, const Payload&) = default;
  FIELDS(state, partition, size_bytes, records, runs, error, base_offset, closed, done, resent)
};

/// Counters that exist per producer and per producer and partition.
struct RecordCounts {
  std::int64_t sent = 0;  // handed over (per partition: once its batch is fixed)
  std::int64_t acked = 0;
  std::int64_t failed = 0;   // rejected by send() included
  std::int64_t removed = 0;  // by retention
  friend bool operator==(const RecordCounts&, const RecordCounts&) = default;
  FIELDS(sent, acked, failed, removed)
};

/// Records in a row to one partition, in the order of hand-over: batches are fixed in another order than their records
/// came, so what is ahead of its turn waits.
class RunMeter {
 public:
  void add(TopicPartition tp, const RecordRun& records);
  /// Never got to a partition.
  void skip(const RecordRun& records) { add({}, records); }
  /// Length -> how often; the run that is still going on left out.
  const std::map<std::int64_t, std::int64_t>& lengths() const { return lengths_; }
  friend bool operator==(const RunMeter&, const RunMeter&) = default;

 private:
  void take(std::int64_t first, std::int64_t end, TopicPartition tp);

  std::map<std::int64_t, std::int64_t> lengths_;
  std::map<std::int64_t, std::pair<std::int64_t, TopicPartition>> ahead_;  // first -> end, where to
  std::int64_t next_ = 0;
  TopicPartition partition_;
  std::int64_t records_ = 0;
};

struct ProducerHistory {
  RecordCounts counts;
  std::map<TopicPartition, RecordCounts> by_partition;
  std::int64_t retries = 0;
  std::map<ErrorCode, std::int64_t> errors;      // per batch, read or self-made
  std::map<ErrorCode, std::int64_t> exceptions;  // per record, by the error that became the exception
  std::int64_t batches = 0;                      // first sends
  std::map<std::int64_t, std::int64_t> batch_records, batch_bytes;  // size -> batches of that size
  RunMeter runs;
  LatencyHistogram latency;
  LatencyHistogram blocked;  // of the calls of send() that waited
  GapMeter gap;
  std::map<TopicPartition, GapMeter> gap_by_partition;
  PayloadTable<Payload> payloads;
  std::map<PayloadId, Instant> removed;  // batches that retention took from the leader's log, and when
  ProducerEpoch epoch;
  friend bool operator==(const ProducerHistory&, const ProducerHistory&) = default;
  FIELDS(counts, by_partition, retries, errors, exceptions, batches, latency, blocked, gap, payloads, removed, epoch)
};

/// What a group did with one partition.
struct DeliveredPartition {
  IntervalSet handed_out;  // offsets poll() returned, to any member
  IntervalSet processed;
  std::int64_t next = 0;       // after the last offset handed out
  std::int64_t reached = 0;    // after the greatest one
  std::int64_t delivered = 0;  // records, repeated ones included
  DatedCount out_of_order;     // handed out below `reached`
  friend bool operator==(const DeliveredPartition&, const DeliveredPartition&) = default;
  FIELDS(handed_out, processed, next, reached, delivered, out_of_order)
};

/// A record range that poll() returned: enough to tell values, order and times afterwards.
struct Delivery {
  HostIndex member = 0;
  TopicPartition partition;
  Offset first;
  std::int32_t count = 0;
  std::int32_t skip = 0;  // records of the batch before the first
  PayloadId payload;
  Instant at{};
  friend bool operator==(const Delivery&, const Delivery&) = default;
  FIELDS(member, partition, first, count, skip, payload, at)
};

/// From the first sign of a rebalance to the moment the group is stable again.
struct Rebalance {
  struct Pause {
    TopicPartition partition;
    Instant begin{};  // revoked, or its owner lost
    Instant end = kNever;
    friend bool operator==(const Pause&, const Pause&) = default;
    FIELDS(partition, begin, end)
  };
  Instant begin{};
  Instant end = kNever;
  GroupStateChanged::Reason reason = GroupStateChanged::Reason::none;
  Generation generation;
  std::int32_t members = 0;
  std::int64_t moved = 0;  // partitions that got another owner than before
  std::vector<Pause> pauses;
  friend bool operator==(const Rebalance&, const Rebalance&) = default;
  FIELDS(begin, end, reason, generation, members, moved, pauses)
};

/// What one member went through.
struct MemberHistory {
  std::int64_t assigned = 0, revoked = 0, lost = 0;  // calls of its rebalance listener
  std::map<ErrorCode, std::int64_t> errors;
  std::map<std::string, std::int64_t> exceptions;
  friend bool operator==(const MemberHistory&, const MemberHistory&) = default;
  FIELDS(assigned, revoked, lost, errors, exceptions)
};

struct GroupHistory {
  std::string name;
  std::int64_t delivered = 0;
  std::int64_t processed = 0;
  std::int64_t redelivered = 0;
  std::map<TopicPartition, DeliveredPartition> partitions;
  std::vector<Delivery> deliveries;  // kept if somebody asks for values or first offsets
  LatencyHistogram end_to_end;
  GapMeter gap;
  std::map<ErrorCode, std::int64_t> errors;
  std::map<std::string, std::int64_t> exceptions;
  std::vector<Rebalance> rebalances;  // [0] is the first formation
  std::map<TopicPartition, Instant> ownerless_since;
  std::map<HostIndex, std::vector<TopicPartition>> owned;
  std::map<TopicPartition, HostIndex> last_owner;
  std::map<HostIndex, MemberHistory> members;
  std::map<TopicPartition, GapMeter> gap_by_partition;
  GroupStateChanged::State state = GroupStateChanged::State::empty;
  std::map<TopicPartition, Offset> committed;       // as members were told
  std::map<TopicPartition, std::int64_t> visible;   // high watermarks of what it reads
  std::map<TopicPartition, std::int64_t> standing;  // positions: what poll() returns next
  friend bool operator==(const GroupHistory&, const GroupHistory&) = default;
  FIELDS(delivered, processed, redelivered, partitions, end_to_end, errors, rebalances, owned, last_owner, members,
         state, committed)
};

struct PartitionHistory {
  std::int64_t elections_clean = 0;
  std::int64_t elections_unclean = 0;
  std::int64_t isr_shrinks = 0;
  std::int64_t isr_expands = 0;
  GapMeter unavailable;                                  // over all producers
  std::map<HostIndex, std::vector<Offset>> truncations;  // log ends after each cut
  Duration under_replicated{}, under_min_isr{}, offline{};
  Instant under_replicated_since = kNever, under_min_isr_since = kNever, offline_since = kNever;
  friend bool operator==(const PartitionHistory&, const PartitionHistory&) = default;
  FIELDS(elections_clean, elections_unclean, isr_shrinks, isr_expands, unavailable, truncations, under_replicated,
         under_min_isr, offline)
};

/// A note worth telling, with its time and teller.
struct StoryEvent {
  Instant at{};
  HostIndex who = 0;
  std::uint64_t event = 0;  // number of the executed event
  std::variant<ConnectionLost, BrokerFencing, BrokerRegistered, PartitionChanged, LogTruncated, BecameLeader,
               BrokerStateChanged, GroupStateChanged, BatchFailed, BatchError, ConsumerException, PositionSet>
      what;
};

template <class What>
concept Told = requires(StoryEvent event, What what) {
  event.what = what;
};

class History {
 public:
  History() = default;
  History(const Scenario& scenario, CataloguePtr names, std::vector<std::string> hosts);

  // --- fed by the world -------------------------------------------------------------------------------------------
  /// A client's process has started: batches of node `node` are this host's from now on.
  void process_started(HostIndex who, NodeId node, Instant now);
  void process_ended(HostIndex who, Instant now);
  /// send() was called for these records (their hand-over instants are in the run; sizes too).
  void handed_over(HostIndex producer, TopicId topic, const RecordRun& run, Instant now);
  /// The rest of a run that send() did not take: it comes again later.
  void not_handed_over(HostIndex producer, TopicId topic, const RecordRun& run);
  /// send() returned after it had waited that long, for metadata or memory.
  void send_waited(HostIndex producer, Duration span);
  /// A call of a member's application, other than poll(), threw.
  void threw(HostIndex member, std::string_view exception);
  /// Another process than before is the active controller.
  void controller_changed() { ++controller_changes_; }
  /// `what`: a note, by its own type. The records of a BatchClosed are taken over.
  template <class What>
  void note(HostIndex who, What& what, Instant now, std::uint64_t event) {
    on(who, what, now);
    if constexpr (Told<std::remove_const_t<What>>) tell({now, who, event, what});
  }
  void polled(HostIndex member, const std::vector<PolledRecords>& records, Instant now);
  void processed(HostIndex member, TopicPartition tp, Offset first, std::int32_t count, Instant now);
  /// The judge reads this batch now, as the next of its partition's log: it is durable on every replica and behind
  /// every reader. Its payload is forgotten unless a further copy may turn up.
  void retire(TopicPartition tp, const Batch& batch);
  /// The run is over: open gaps and times are closed.
  void end(Instant now);

  // --- read by the judge ------------------------------------------------------------------------------------------
  /// Null when the host is no producer.
  const ProducerHistory* producer(HostIndex host) const;
  /// By group name; null when there is none.
  const GroupHistory* group(std::string_view name) const;
  const std::map<HostIndex, ProducerHistory>& producers() const { return producers_; }
  const std::map<std::string, GroupHistory, std::less<>>& groups() const { return groups_; }
  const PartitionHistory& partition(TopicPartition tp) const;
  const std::map<TopicPartition, PartitionHistory>& partitions() const { return partitions_; }
  std::int64_t controller_changes() const { return controller_changes_; }
  /// Whose batch that is; null for preloaded and brokers' own ones.
  const Payload* payload(PayloadId id) const;
  std::optional<HostIndex> producer_of(PayloadId id) const;
  /// What the retired part of the logs held, and where it ends.
  const StoredRecords& retired() const { return retired_; }
  Offset retired_end(TopicPartition tp) const;
  const std::vector<StoryEvent>& story() const { return story_; }
  const std::string& host_name(HostIndex host) const { return hosts_.at(host); }
  /// The record at position `i` of a batch: its index with its producer, and when it was handed over.
  static std::pair<std::int64_t, Instant> record(const Payload& payload, std::int32_t i);

  friend bool operator==(const History& a, const History& b) {
    return a.producers_ == b.producers_ && a.groups_ == b.groups_ && a.partitions_ == b.partitions_ &&
           a.nodes_ == b.nodes_ && a.retired_ == b.retired_ && a.retired_end_ == b.retired_end_;
  }
  FIELDS(producers_, groups_, partitions_, nodes_, retired_, retired_end_)

 private:
  // history_producers.cpp
  Payload& answered(ProducerHistory& at, PayloadId id, Payload::State state, Instant now);
  void on(HostIndex who, BatchClosed& note, Instant now);
  void on(HostIndex who, const BatchSent& note, Instant now);
  void on(HostIndex who, const BatchAcked& note, Instant now);
  void on(HostIndex who, const BatchFailed& note, Instant now);
  void on(HostIndex who, const BatchError& note, Instant now);
  void on(HostIndex who, const RecordsRejected& note, Instant now);
  void on(HostIndex who, const ProducerIdentity& note, Instant now);
  // history_groups.cpp
  void on(HostIndex who, const PartitionsAssigned& note, Instant now);
  void on(HostIndex who, const PartitionsRevoked& note, Instant now);
  void on(HostIndex who, const OffsetsCommitted& note, Instant now);
  void on(HostIndex who, const ClientError& note, Instant now);
  void on(HostIndex who, const ConsumerException& note, Instant now);
  void on(HostIndex who, const GroupStateChanged& note, Instant now);
  void on(HostIndex who, const PositionSet& note, Instant now);
  void on(HostIndex who, const HighWatermarkMoved& note, Instant now);
  // history_cluster.cpp
  void on(HostIndex who, const PartitionChanged& note, Instant now);
  void on(HostIndex who, const LogTruncated& note, Instant now);
  void on(HostIndex who, const SegmentsDeleted& note, Instant now);
  template <class Other>
  void on(HostIndex, const Other&, Instant) {
    static_assert(!std::is_same_v<Other, BatchClosed>, "its records are taken over");
  }

  GroupHistory* group_of(HostIndex member);
  void give_up(GroupHistory& group, HostIndex member, Instant now);
  void tell(StoryEvent event);

  CataloguePtr names_;
  std::vector<std::string> hosts_;
  std::map<HostIndex, std::string> group_by_host_;
  std::map<HostIndex, ProducerHistory> producers_;
  std::map<std::string, GroupHistory, std::less<>> groups_;
  std::map<TopicPartition, PartitionHistory> partitions_;
  std::map<std::int32_t, HostIndex> nodes_;  // client node id -> producer
  std::map<TopicId, std::int32_t> min_isr_;
  std::vector<StoryEvent> story_;
  StoredRecords retired_;
  std::map<TopicPartition, Offset> retired_end_;
  std::int64_t controller_changes_ = 0;
  bool keep_deliveries_ = false;  // somebody asks for values or offsets in order of delivery
};

}  // namespace kafkasim::sim
