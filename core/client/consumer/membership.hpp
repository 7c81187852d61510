// State of group membership, heartbeats, commits and of the call the application is in (AbstractCoordinator,
// Heartbeat, ConsumerCoordinator, ClassicKafkaConsumer).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/fields.hpp"
#include "core/client/consumer/fetcher.hpp"
#include "core/protocol/effects.hpp"
#include "core/protocol/group_messages.hpp"

namespace kafkasim::core::consumer {

enum class MemberState : std::uint8_t { unjoined, preparing_rebalance, completing_rebalance, stable };

/// How a join (JoinGroup, then SyncGroup) ended; read by the application thread at its next poll (C-41).
struct JoinResult {
  ErrorCode error = ErrorCode::NONE;
  Assignment assignment;
  friend bool operator==(const JoinResult&, const JoinResult&) = default;
  FIELDS(error, assignment)
};

/// Partition counts of the subscribed topics as the leader knew them (MetadataSnapshot; C-40).
using MetadataSnapshot = std::map<TopicId, std::int32_t>;

struct Membership {
  MemberState state = MemberState::unjoined;
  Generation generation;
  MemberId member_id;
  std::string protocol;
  bool rejoin_needed = true;
  bool needs_join_prepare = true;
  bool join_pending = false;  // a join was begun and its result not read yet (joinFuture)
  std::optional<JoinResult> join_result;
  Instant join_prepare_deadline = kNever;  // kNever: no preparation is under way
  bool prepare_commit_sent = false;        // autoCommitOffsetRequestFuture exists
  std::optional<ErrorCode> prepare_commit_result;
  bool leader = false;
  std::vector<JoinGroupResponse::Member> group_members;  // leader waiting for metadata before it assigns
  std::optional<MetadataSnapshot> assignment_snapshot;
  MetadataSnapshot metadata_snapshot;

  friend bool operator==(const Membership&, const Membership&) = default;
  FIELDS(state, generation, member_id, protocol, rejoin_needed, needs_join_prepare, join_pending, join_result,
         join_prepare_deadline, prepare_commit_sent, prepare_commit_result, leader, group_members.size(),
         assignment_snapshot, metadata_snapshot)
};

/// FindCoordinator and what it found.
struct CoordinatorLookup {
  BrokerId coordinator;      // unknown: to be found
  std::int64_t last_id = 0;  // of the latest request
  std::int64_t current = 0;  // findCoordinatorFuture; 0: none
  std::optional<ErrorCode> current_result;
  friend bool operator==(const CoordinatorLookup&, const CoordinatorLookup&) = default;
  FIELDS(coordinator, last_id, current, current_result)
};

/// The heartbeat thread and its three timers (C-41..C-44).
struct HeartbeatThread {
  bool enabled = false;
  Instant heartbeat_due = kNever;
  Instant session_deadline = kNever;
  Instant poll_deadline = kNever;
  Instant tick_base{};  // the thread wakes at tick_base + n * retry.backoff.ms
  friend bool operator==(const HeartbeatThread&, const HeartbeatThread&) = default;
  FIELDS(enabled, heartbeat_due, session_deadline, poll_deadline, tick_base)
};

/// A commitAsync that waits for the coordinator to be found (ConsumerCoordinator.commitOffsetsAsync).
struct WaitingCommit {
  std::int64_t lookup = 0;
  CommitPurpose purpose = CommitPurpose::none;
  std::int32_t call = -1;
  std::vector<OffsetCommitRequest::Partition> offsets;
  friend bool operator==(const WaitingCommit&, const WaitingCommit&) = default;
  FIELDS(lookup, purpose, call, offsets.size())
};

/// The application thread inside a call.
struct ApplicationCall {
  enum class Kind : std::uint8_t { none, poll, commit_sync, lookup, close } kind = Kind::none;
  enum class Stage : std::uint8_t {
    begin,         // of an iteration
    coordinator,   // ensureCoordinatorReady
    committed,     // fetchCommittedOffsets
    positions,     // updateFetchPositions
    fetch,         // pollForFetches: collect, send
    await,         // pollForFetches: waiting for the network
    commit,        // commitOffsetsSync: to send
    commit_reply,  // commitOffsetsSync: waiting
    drain,         // close: requests to the coordinator
    lookup,        // offsetsForTimes: to ask
    lookup_reply,  // offsetsForTimes: waiting
  } stage = Stage::begin;
  Instant deadline = kNever;
  Instant wake = kNever;                 // of stage await
  Instant sleep_until = Instant::min();  // Timer.sleep: the thread reads nothing before
  std::int32_t number = -1;              // of the caller
  std::int32_t attempts = 0;
  bool woken = false;  // stage await: the network did something
  // ensureCoordinatorReady
  enum class LookupStep : std::uint8_t { start, reply, asleep, metadata } lookup_step = LookupStep::start;
  std::int64_t awaited_lookup = 0;
  std::optional<ErrorCode> lookup_result;
  std::int32_t lookup_attempts = 0;
  bool refresh_after_sleep = false;
  std::int64_t awaited_metadata = 0;  // version that must be passed
  // fetchCommittedOffsets
  std::int32_t committed_attempts = 0;
  // commitOffsetsSync
  std::vector<OffsetCommitRequest::Partition> offsets;
  std::optional<Thrown> commit_result;  // nothing thrown: success
  bool all_positions = false;           // cachedSubscriptionHasAllFetchPositions
  // offsetsForTimes
  Instant time{};
  std::vector<TopicPartition> wanted;  // not answered yet
  std::vector<std::pair<TopicPartition, Offset>> found;
  std::int32_t asked = 0;  // requests without an outcome

  friend bool operator==(const ApplicationCall&, const ApplicationCall&) = default;
  FIELDS(kind, stage, deadline, wake, sleep_until, number, attempts, woken, lookup_step, awaited_lookup, lookup_result,
         lookup_attempts, refresh_after_sleep, awaited_metadata, committed_attempts, offsets.size(), commit_result,
         all_positions, time, wanted, found, asked)
};

/// An OffsetFetch in flight or answered, for these partitions in this generation (PendingCommittedOffsetRequest).
struct CommittedLookup {
  std::int64_t id = 0;
  Generation generation;
  std::vector<TopicPartition> partitions;
  bool in_flight = false;
  std::optional<std::variant<ErrorCode, OffsetFetchResponse>> result;
  friend bool operator==(const CommittedLookup&, const CommittedLookup&) = default;
  FIELDS(id, generation, partitions, in_flight, result.has_value())
};

}  // namespace kafkasim::core::consumer
