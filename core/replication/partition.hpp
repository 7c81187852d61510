// One replica of a partition on one broker: leader and follower roles, ISR, high watermark (Partition; kafka-broker.md
// section 2). A value. It answers for its own state only; fetch loops, purgatories and requests are the broker's.
#pragma once

#include <boost/container/flat_map.hpp>
#include <optional>
#include <vector>

#include "core/base/fields.hpp"
#include "core/base/ids.hpp"
#include "core/log/log.hpp"
#include "core/protocol/controller_messages.hpp"
#include "core/protocol/data_messages.hpp"
#include "core/replication/follower_state.hpp"
#include "core/replication/parked_fetch.hpp"
#include "core/replication/results.hpp"

namespace kafkasim::core {

/// An ISR change proposed to the controller and not yet decided (R2.18, R2.21).
struct PendingIsr {
  enum class Kind : std::uint8_t { expand, shrink } kind = Kind::expand;
  std::vector<BrokerId> isr;        // as proposed
  std::vector<BrokerEpoch> epochs;  // of its members when proposed (KIP-903); our own is filled in when sent
  bool submitted = false;           // handed to the AlterPartition manager
  friend bool operator==(const PendingIsr&, const PendingIsr&) = default;
  FIELDS(kind, isr, epochs, submitted)
};

/// Invariants: log start <= high watermark <= log end; a leader's high watermark never goes back within its leadership;
/// follower states, ISR and pending change exist on a leader only.
class Partition {
 public:
  enum class Role : std::uint8_t { none, leader, follower };

  /// A replica as loaded: `checkpointed_hw` is clamped to the log (R1.34). No role until apply().
  Partition(TopicPartition tp, BrokerId self, Log log, Offset checkpointed_hw);

  /// Metadata named this replica's partition, new or changed; `self` is among its replicas (R2.29). The caller then
  /// makes notes, restarts fetchers (leader_epoch_grew) and re-checks parked requests (always when leadership was lost,
  /// R2.43).
  MetadataChange apply(const PartitionRegistration& registration, const ReplicaSettings& settings, const View& view);

  // --- state ---------------------------------------------------------------------------------------------------

  TopicPartition topic_partition() const { return tp_; }
  BrokerId self() const { return self_; }
  Role role() const { return role_; }
  bool is_leader() const { return role_ == Role::leader; }
  BrokerId leader() const { return leader_; }
  LeaderEpoch leader_epoch() const { return leader_epoch_; }
  PartitionEpoch partition_epoch() const { return partition_epoch_; }
  CurrentLeader current_leader() const { return {leader_, leader_epoch_}; }
  Offset high_watermark() const { return hw_; }
  /// Log end when this leader's epoch began; unknown on a follower.
  Offset epoch_start_offset() const { return epoch_start_; }
  const std::vector<BrokerId>& replicas() const { return replicas_; }
  /// As the controller committed it (empty on a follower).
  const std::vector<BrokerId>& isr() const { return isr_; }
  /// What the high watermark waits for: with the joining follower, still with the leaving ones (R2.18, R2.21).
  const std::vector<BrokerId>& maximal_isr() const;
  const std::optional<PendingIsr>& pending() const { return pending_; }
  const boost::container::flat_map<BrokerId, FollowerState>& followers() const { return followers_; }
  /// min(min.insync.replicas, assigned replicas) (R2.27).
  std::int32_t effective_min_isr() const;
  bool under_min_isr() const { return is_leader() && static_cast<std::int32_t>(isr_.size()) < effective_min_isr(); }
  const ReplicaSettings& settings() const { return settings_; }
  /// The topic's settings changed. True: a lower min ISR let the high watermark move (R2.27).
  bool configure(const ReplicaSettings& settings, const View& view);

  Log& log() { return log_; }
  const Log& log() const { return log_; }
  /// The process ends: its log goes back to the log directory.
  Log take_log() && { return std::move(log_); }

  // --- leader: produce -------------------------------------------------------------------------------------------

  /// A client's batch (R2.38, R2.39): NOT_LEADER_OR_FOLLOWER, NOT_ENOUGH_REPLICAS (acks=all below min ISR, nothing
  /// written), MESSAGE_TOO_LARGE, RECORD_LIST_TOO_LARGE, R4.2. Also for a coordinator's records.
  ProduceAppend append(Batch batch, Acks acks, const View& view);
  /// A parked acks=all produce (R2.40): none = wait; else its final result for this partition.
  std::optional<ErrorCode> check_produce(Offset required_offset) const;

  // --- serving fetches -------------------------------------------------------------------------------------------

  /// A follower's fetch on arrival: checks (R2.10), diverging epoch (R2.33), read, then its state, ISR and high
  /// watermark (R2.14). `max_bytes`: what is left of the response; `at_least_one`: no earlier partition has data yet
  /// (R1.38). `answer` is a fresh one.
  FetchEffects fetch_by_follower(const FetchRequest::Partition& request, BrokerId replica, BrokerEpoch replica_epoch,
                                 std::int64_t max_bytes, bool at_least_one, const View& view,
                                 FetchResponse::Partition& answer);
  /// The follower has all there is and knows the high watermark and the log start: the answer would tell it nothing.
  bool nothing_to_tell(const FetchRequest::Partition& request, BrokerId replica) const;
  /// fetch_by_follower() of a fetch that there is nothing to tell, by a broker whose epoch is right. False: there is
  /// something, and nothing was done. `effects` are fresh.
  bool idle_fetch(const FetchRequest::Partition& request, BrokerId replica, BrokerEpoch replica_epoch, const View& view,
                  FetchEffects& effects);
  /// The same without touching any state: when a parked follower fetch is completed (R2.13).
  FetchEffects read_for_follower(const FetchRequest::Partition& request, BrokerId replica, std::int64_t max_bytes,
                                 bool at_least_one, FetchResponse::Partition& answer) const;
  /// A consumer's fetch, up to the high watermark. Consumers since Kafka 2.4 (Fetch v11) may read from a follower: then
  /// `leader_only` is false (R2.10, KIP-392).
  FetchEffects read_for_consumer(const FetchRequest::Partition& request, std::int64_t max_bytes, bool at_least_one,
                                 FetchResponse::Partition& answer, bool leader_only = false) const;
  // With the answer as a value.
  FollowerFetch fetch_by_follower(const FetchRequest::Partition& request, BrokerId replica, BrokerEpoch replica_epoch,
                                  std::int64_t max_bytes, bool at_least_one, const View& view);
  FollowerFetch read_for_follower(const FetchRequest::Partition& request, BrokerId replica, std::int64_t max_bytes,
                                  bool at_least_one) const;
  FollowerFetch read_for_consumer(const FetchRequest::Partition& request, std::int64_t max_bytes, bool at_least_one,
                                  bool leader_only = false) const;
  /// Facts for judge_parked() of a fetch that waits here; `replica` unknown = consumer.
  ParkedFacts parked_facts(const FetchRequest::Partition& request, BrokerId replica, bool leader_only = false) const;

  /// `from_replica`: a follower that is out of range sees the log end, not the high watermark (R2.36); a client gets
  /// OFFSET_NOT_AVAILABLE for `latest` while the high watermark is below the epoch's start (R2.30).
  ListOffsetsResponse::Partition list_offset(const ListOffsetsRequest::Partition& request, bool from_replica) const;
  /// KIP-320 validation; leader only.
  OffsetForLeaderEpochResponse::Partition offset_for_leader_epoch(
      const OffsetForLeaderEpochRequest::Partition& request) const;

  /// The retention task looks at this replica (R1.14-R1.18).
  Deletion delete_old_segments(Instant wall) { return log_.delete_old_segments(wall, hw_); }

  // --- leader: ISR -----------------------------------------------------------------------------------------------

  /// The `isr-expiration` task, every replica.lag.time.max.ms / 2 (R2.16). True: a shrink was proposed.
  bool check_isr(const View& view);
  /// A proposal the manager has not seen yet, to be sent now; once per proposal (again after a resend, R2.25).
  std::optional<AlterPartitionRequest::Partition> take_alter_request(BrokerEpoch own_epoch);
  /// The manager still has an earlier change of this partition: OPERATION_NOT_ATTEMPTED at once (R2.22).
  void on_alter_refused();
  /// The controller's answer for this partition. Late answers are ignored (R2.25).
  AlterOutcome on_alter_response(const AlterPartitionResponse::Partition& response, const View& view);

  // --- follower --------------------------------------------------------------------------------------------------

  /// Follows a known leader and is not marked failed.
  bool can_fetch() const { return role_ == Role::follower && leader_.known() && !failed_; }
  /// Its part of the next Fetch (R2.2). can_fetch() holds.
  FetchRequest::Partition next_fetch(std::int32_t max_bytes) const;
  /// The answer to a fetch made at `requested` (R2.5-R2.7, R2.31, R2.34).
  FollowerStep on_fetch_response(const FetchResponse::Partition& response, const FetchRequest::Partition& requested);
  /// After out_of_range: the leader's offsets (two ListOffsets as replica, R2.36). `requested_epoch`: of the question.
  FollowerStep on_leader_offsets(Offset leader_log_start, Offset leader_log_end, LeaderEpoch requested_epoch);

  friend bool operator==(const Partition&, const Partition&) = default;
  FIELDS(tp_.topic, tp_.partition, self_, log_, hw_, role_, leader_, leader_epoch_, partition_epoch_, epoch_start_,
         replicas_, isr_, pending_, followers_, failed_)

 private:
  void lead(const PartitionRegistration& registration, MetadataChange& change, const View& view);
  void follow(MetadataChange& change);
  void assign_followers();
  void reset_followers(bool new_leader, Instant now);
  bool in_maximal_isr(BrokerId replica) const;
  ErrorCode check_epoch(LeaderEpoch requested) const {
    if (!requested.known() || requested == leader_epoch_) return ErrorCode::NONE;
    return requested < leader_epoch_ ? ErrorCode::FENCED_LEADER_EPOCH : ErrorCode::UNKNOWN_LEADER_EPOCH;
  }
  ErrorCode check_access(LeaderEpoch requested, bool leader_required) const {
    if (role_ == Role::none) return ErrorCode::NOT_LEADER_OR_FOLLOWER;
    if (const ErrorCode error = check_epoch(requested); error != ErrorCode::NONE) return error;
    return leader_required && !is_leader() ? ErrorCode::NOT_LEADER_OR_FOLLOWER : ErrorCode::NONE;
  }
  ErrorCode check_follower(const FetchRequest::Partition& request, BrokerId replica) const;
  FollowerState* follower(BrokerId replica);
  const FollowerState* follower(BrokerId replica) const { return const_cast<Partition*>(this)->follower(replica); }
  bool up_to_date(const FetchRequest::Partition& request) const;
  std::int64_t read(const FetchRequest::Partition& request, Offset bound, std::int64_t max_bytes, bool at_least_one,
                    FetchResponse::Partition& answer) const;
  void record_fetch(const FetchRequest::Partition& request, BrokerId replica, FollowerState& follower,
                    BrokerEpoch replica_epoch, Offset leader_log_end, FetchEffects& effects, const View& view);
  void refuse(ErrorCode error, FetchResponse::Partition& answer) const;
  bool maybe_expand(BrokerId replica, const View& view);
  bool isr_eligible(BrokerId replica, const FollowerState& follower, const MetadataImage& metadata) const;
  void propose(PendingIsr::Kind kind, std::vector<BrokerId> isr);
  bool maybe_advance_hw(const View& view);
  bool set_follower_hw(Offset leader_hw);
  void truncate(Offset to);
  Offset truncation_point(EpochEndOffset leader_end) const;
  void append_fetched(const FetchResponse::Partition& response, LeaderEpoch requested_epoch, FollowerStep& step);

  TopicPartition tp_;
  BrokerId self_;
  Log log_;
  Offset hw_;
  Role role_ = Role::none;
  BrokerId leader_;
  LeaderEpoch leader_epoch_;
  PartitionEpoch partition_epoch_;
  Offset epoch_start_;
  std::vector<BrokerId> replicas_;
  std::vector<BrokerId> isr_;
  std::optional<PendingIsr> pending_;
  boost::container::flat_map<BrokerId, FollowerState> followers_;
  ReplicaSettings settings_;
  bool failed_ = false;  // FENCED_LEADER_EPOCH in our own epoch: wait for metadata (R2.7)
};

}  // namespace kafkasim::core
