// A classic KafkaConsumer (kafka-clients.md section 2): poll loop, fetching, positions, eager group membership,
// commits.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/fields.hpp"
#include "core/client/client_metadata.hpp"
#include "core/client/consumer/fetcher.hpp"
#include "core/client/consumer/membership.hpp"
#include "core/client/consumer/subscription_state.hpp"
#include "core/client/consumer/transport.hpp"
#include "core/protocol/catalogue.hpp"
#include "core/protocol/config.hpp"
#include "core/protocol/effects.hpp"

namespace kafkasim::core {

/// One process: an application thread that calls poll and commit, and Kafka's heartbeat thread. The world is the
/// application: it makes one call at a time and waits for the effect that ends it.
class Consumer {
 public:
  /// subscribe(): `group` must be known. `client_id` is "billing/1".
  Consumer(NodeId self, std::string client_id, GroupId group, ConsumerConfig config, CataloguePtr catalogue,
           std::vector<TopicId> topics, std::vector<NodeId> bootstrap);
  /// assign(): fixed partitions. With a group, committed offsets are read and (auto-)commits are made without
  /// membership; without one (unknown id) there are neither.
  Consumer(NodeId self, std::string client_id, GroupId group, ConsumerConfig config, CataloguePtr catalogue,
           std::vector<TopicPartition> assign, std::vector<NodeId> bootstrap);

  // --- process ------------------------------------------------------------------------------------------------------
  /// Nothing happens before the first call: a new KafkaConsumer connects to nobody.
  void on_start(Turn& turn);
  void on_connected(ChannelId channel, Turn& turn);
  void on_disconnected(ChannelId channel, bool refused, Turn& turn);
  void on_response(ChannelId channel, Correlation correlation, Response&& response, Turn& turn);
  void on_timer(TimerKey key, Turn& turn);
  /// wakeup() and close(): a call in progress ends (PollReturned, or CallReturned with WakeupException).
  void on_shutdown(Turn& turn) { close(turn); }

  // --- the application: one call at a time ------------------------------------------------------------------------
  /// poll(timeout): ends with PollReturned, in this turn or later; empty at the timeout (C-1).
  void poll(Duration timeout, Turn& turn);
  /// commitSync(): ends with CallReturned. Without offsets: all positions. Retries until default.api.timeout.ms (C-32).
  void commit_sync(std::int32_t call, std::optional<std::vector<OffsetCommitRequest::Partition>> offsets, Turn& turn);
  /// commitAsync(): does not block, is not retried (C-32). CallReturned when its outcome is known.
  void commit_async(std::int32_t call, std::optional<std::vector<OffsetCommitRequest::Partition>> offsets, Turn& turn);
  /// seek(): takes effect at the next poll (C-27). False: the partition is not assigned (IllegalStateException).
  bool seek(TopicPartition tp, Offset to, Turn& turn);
  /// seekToBeginning(), seekToEnd(): looked up by the next poll (C-27). False: not assigned.
  bool seek_to(TopicPartition tp, OffsetSpec to);
  /// offsetsForTimes(), then seek(): the first record at or after the time; where there is none, seekToEnd(). Ends with
  /// CallReturned: TimeoutException after default.api.timeout.ms, IllegalStateException when a partition is not
  /// assigned.
  void seek_to_time(std::int32_t call, std::vector<TopicPartition> partitions, Instant time, Turn& turn);
  /// close() with its default time limit of 30 s (C-47): ends with ClientClosed.
  void close(Turn& turn);

  // --- views --------------------------------------------------------------------------------------------------------
  NodeId id() const { return self_; }
  const std::string& client_id() const { return client_id_; }
  GroupId group() const { return group_; }
  bool closed() const { return closed_; }
  /// The application is inside a blocking call.
  bool in_call() const { return call_.kind != consumer::ApplicationCall::Kind::none; }
  /// By topic and number.
  std::vector<TopicPartition> assignment() const { return subscriptions_.sorted(); }
  /// Unknown: none yet, or not assigned.
  Offset position(TopicPartition tp) const;
  const MemberId& member_id() const { return member_.member_id; }
  Generation generation() const { return member_.generation; }
  consumer::MemberState member_state() const { return member_.state; }
  BrokerId coordinator() const { return lookup_.coordinator; }
  /// The metric records-lag: as of the last hand-out (C-71); none before the first.
  std::optional<std::int64_t> records_lag(TopicPartition tp) const;
  /// currentLag(): end offset of the latest fetch reply looked at minus position (C-72).
  std::optional<std::int64_t> current_lag(TopicPartition tp) const;
  /// The broker its fetches of that partition go to; unknown: not assigned, or no leader is known.
  BrokerId reads_from(TopicPartition tp) const;
  BrokerId believed_leader(TopicPartition tp) const { return metadata_.leader(tp).id; }
  /// Nothing is buffered, every position is valid, no rebalance is under way and every assigned partition is covered by
  /// a fetch that waits at its leader.
  bool idle() const;

  friend bool operator==(const Consumer&, const Consumer&) = default;
  FIELDS(self_, closed_, transport_, metadata_, subscriptions_, fetcher_, member_, lookup_, heartbeat_, committed_,
         committed_id_, call_, waiting_commits_, commits_in_flight_, next_auto_commit_, pending_throw_, seen_metadata_,
         armed_call_, armed_heartbeat_)

 private:
  using Offsets = std::vector<OffsetCommitRequest::Partition>;
  using Stage = consumer::ApplicationCall::Stage;
  enum class Wait : std::uint8_t { ready, blocked, timed_out };

  // The application thread (consumer/poll_loop.cpp, consumer/application.cpp).
  void run(Turn& turn);
  bool step(Turn& turn);
  bool step_poll(Turn& turn);
  bool step_commit(Turn& turn);
  bool step_close(Turn& turn);
  bool step_lookup(Turn& turn);
  void end_call(consumer::Thrown thrown, Turn& turn);
  Stage begin_iteration(Turn& turn);
  Stage group_upkeep(Turn& turn);
  bool fetch_or_wait(Turn& turn);
  bool after_wait(Turn& turn);
  void end_poll(std::vector<PolledRecords> records, consumer::Thrown thrown, Turn& turn);
  void end_commit(consumer::Thrown thrown, Turn& turn);
  void enter(consumer::ApplicationCall::Kind kind, Stage stage, Duration limit, Turn& turn);
  Instant time_to_next_poll(Instant now) const;
  void arm(Turn& turn);
  void arrived(Turn& turn);
  bool pump(Turn& turn);
  void finish_close(Turn& turn);

  // Outcomes of requests (consumer/outcomes.cpp).
  void on_outcome(consumer::Outcome&& outcome, Turn& turn);
  void note_errors(const Response& reply, Turn& turn);

  // Coordinator (consumer/coordinator_lookup.cpp).
  bool has_group() const { return group_.known(); }
  bool coordinator_unknown(Turn& turn);
  Wait ensure_coordinator(Turn& turn);
  std::int64_t lookup_coordinator(Turn& turn);
  void clear_lookup();
  void after_lookup(Turn& turn);
  Wait end_ensure(Wait how);
  void on_coordinator_found(const consumer::PendingRequest& request, ErrorCode error, BrokerId node, Turn& turn);
  void end_lookup(std::int64_t id, ErrorCode error, Turn& turn);
  void mark_coordinator_unknown(bool disconnected, Turn& turn);
  /// The error of a reply may say that this is no coordinator (any more), or that its connection was lost.
  void doubt_coordinator(ErrorCode error, Turn& turn);
  void send_to_coordinator(Request request, Duration timeout, consumer::RequestContext context, Turn& turn);

  // Joining (consumer/join.cpp, consumer/leader.cpp).
  bool rejoin_needed_or_pending();
  bool join_if_needed(consumer::Thrown& thrown, Turn& turn);
  bool join_prepare(Turn& turn);
  bool prepare_commit_done(Turn& turn);
  void initiate_join(Turn& turn);
  void on_join_reply(const consumer::PendingRequest& request, ErrorCode error, JoinGroupResponse&& response,
                     Turn& turn);
  void joined(JoinGroupResponse&& response, Turn& turn);
  void end_join(ErrorCode error, Assignment assignment = {});
  void on_sync_reply(const consumer::PendingRequest& request, ErrorCode error, SyncGroupResponse&& response,
                     Turn& turn);
  void join_complete(Assignment assignment, Turn& turn);
  void assign_and_sync(Turn& turn);
  void send_sync(std::vector<std::pair<MemberId, Assignment>> assignments, Turn& turn);
  bool generation_unchanged(const consumer::PendingRequest& request) const {
    return request.context.generation == member_.generation && request.context.member_id == member_.member_id;
  }
  void reset_and_rejoin(bool forget_member_id);
  void give_up_assignment(bool lost, Turn& turn);
  void update_metadata_snapshot();
  void maybe_leave_group(Turn& turn);

  // Heartbeat thread (consumer/heartbeat_thread.cpp).
  void enable_heartbeats(Turn& turn);
  void heartbeat_from_poll(Turn& turn);
  void run_heartbeat_thread(Turn& turn);
  bool heartbeat_step(Turn& turn);
  void on_heartbeat_reply(const consumer::PendingRequest& request, ErrorCode error, Turn& turn);
  Instant heartbeat_wake(Instant now) const;

  // Commits (consumer/commits.cpp).
  /// False: it waits for the coordinator to be found (no future exists in Kafka).
  bool commit_without_waiting(consumer::CommitPurpose purpose, std::int32_t call, Offsets offsets, Turn& turn);
  /// Sends it; or fails at once.
  consumer::Thrown send_commit(consumer::CommitPurpose purpose, std::int32_t call, Offsets offsets, Turn& turn);
  void on_commit_reply(const consumer::PendingRequest& request, ErrorCode error, Turn& turn);
  void commit_done(consumer::CommitPurpose purpose, std::int32_t call, consumer::Thrown thrown, Turn& turn);
  void maybe_auto_commit(Turn& turn);

  // Positions (consumer/positions.cpp).
  Stage update_positions(consumer::Thrown& thrown, Turn& turn);
  Wait fetch_committed(consumer::Thrown& thrown, Turn& turn);
  consumer::Thrown reset_initializing(Turn& turn);
  void apply_committed(const OffsetFetchResponse& response, Turn& turn);
  void validate_positions(consumer::Thrown& thrown, Turn& turn);
  void reset_positions(Turn& turn);
  void on_list_offsets(const consumer::PendingRequest& request, ErrorCode error, const ListOffsetsResponse& response,
                       Turn& turn);
  void on_times(const consumer::PendingRequest& request, ErrorCode error, const ListOffsetsResponse& response);
  void on_epoch_end_offsets(const consumer::PendingRequest& request, ErrorCode error,
                            const OffsetForLeaderEpochResponse& response, Turn& turn);
  void complete_validation(TopicPartition tp, const consumer::FetchPosition& asked, const EpochEndOffset& end,
                           Turn& turn);
  void on_committed(const consumer::PendingRequest& request, ErrorCode error, OffsetFetchResponse&& response,
                    Turn& turn);
  void retry_positions(const std::vector<TopicPartition>& partitions, Turn& turn);

  NodeId self_;
  std::string client_id_;
  GroupId group_;
  ConsumerConfig config_;
  CataloguePtr catalogue_;
  std::vector<TopicId> topics_;  // subscribed; empty with assign()
  bool closed_ = false;

  consumer::Transport transport_;
  ClientMetadata metadata_;
  consumer::SubscriptionState subscriptions_;
  consumer::Fetcher fetcher_;
  consumer::Membership member_;
  consumer::CoordinatorLookup lookup_;
  consumer::HeartbeatThread heartbeat_;
  std::optional<consumer::CommittedLookup> committed_;
  std::int64_t committed_id_ = 0;
  consumer::ApplicationCall call_;
  std::vector<consumer::WaitingCommit> waiting_commits_;
  std::int32_t commits_in_flight_ = 0;  // asynchronous ones of the application
  Instant next_auto_commit_ = kNever;
  consumer::Thrown pending_throw_;  // found while reading replies, thrown by the next poll
  std::int64_t seen_metadata_ = 0;  // version positions were last checked against
  Instant armed_call_ = kNever;
  Instant armed_heartbeat_ = kNever;
};

}  // namespace kafkasim::core
