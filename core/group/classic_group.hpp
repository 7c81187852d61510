// One consumer group of the classic protocol: the coordinator's state machine (R5.5-R5.15, R5.17).
// Dynamic members only; the consumer's protocol type only.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/base/fields.hpp"
#include "core/base/ids.hpp"
#include "core/group/deadlines.hpp"
#include "core/protocol/config.hpp"
#include "core/protocol/effects.hpp"
#include "core/protocol/group_messages.hpp"

namespace kafkasim::core {

using GroupState = GroupStateChanged::State;
using RebalanceReason = GroupStateChanged::Reason;

/// R5.14: limit of a new member whose first JoinGroup is parked; fixed in Kafka.
inline constexpr Duration kNewMemberJoinTimeout = 5min;

/// A request that is held back.
struct Parked {
  bool waiting = false;
  RequestToken from;
  friend bool operator==(const Parked&, const Parked&) = default;
  FIELDS(waiting, from.connection, from.correlation)
};

struct GroupMember {
  MemberId id;
  std::string client;
  Duration session_timeout{};
  Duration rebalance_timeout{};
  std::vector<std::string> protocols;  // in the member's preference order
  std::vector<TopicId> subscription;
  Assignment assignment;
  Parked join;          // awaitingJoin
  Parked sync;          // awaitingSync
  bool is_new = false;  // its first JoinGroup is parked

  friend bool operator==(const GroupMember&, const GroupMember&) = default;
  FIELDS(id, client, session_timeout, rebalance_timeout, protocols, subscription, assignment, join, sync, is_new)
};

/// A record of the group that a step wants written.
struct GroupWrite {
  enum class Kind : std::uint8_t { new_group, assignment, empty_group } kind = Kind::new_group;
  GroupMetadataRecord record;
};

/// What a group may use during one step of it.
struct GroupStep {
  Turn& turn;
  const BrokerConfig& config;
  Deadlines& deadlines;
  std::optional<GroupWrite> write{};  // the step's outcome
};

class ClassicGroup {
 public:
  explicit ClassicGroup(GroupId id = {}) : id_{id} {}
  /// As it was last written to the log: Empty, or Stable in the written generation (R5.2).
  explicit ClassicGroup(const GroupMetadataRecord& record);
  /// Fresh session timers after a load (R5.2).
  void on_loaded(GroupStep& step);
  /// The coordinator moved away: parked requests are answered NOT_COORDINATOR.
  void on_unloaded(GroupStep& step);

  /// Answered here or parked.
  void join(RequestToken from, JoinGroupRequest&& request, GroupStep& step);
  /// Answered here or parked; the leader's sync asks for a write.
  void sync(RequestToken from, const SyncGroupRequest& request, GroupStep& step);
  /// R5.13; restarts the session timer.
  ErrorCode heartbeat(const MemberId& member, Generation generation, GroupStep& step);
  /// R5.15.
  ErrorCode leave(const MemberId& member, GroupStep& step);
  /// R5.17; NONE: the commit may be written, and the member's session timer was restarted where it should be.
  ErrorCode validate_commit(const MemberId& member, Generation generation, GroupStep& step);
  void on_deadline(const DeadlineKey& key, GroupStep& step);
  /// The leader's assignment of `record` is committed, or could not be written (R5.11). `error` as clients see it.
  void on_assignment_written(const GroupMetadataRecord& record, ErrorCode error, GroupStep& step);
  /// The record that creates the group could not be written: its first member is turned away.
  void on_creation_failed(ErrorCode error, GroupStep& step);

  GroupId id() const { return id_; }
  GroupState state() const { return state_; }
  Generation generation() const { return generation_; }
  /// The chosen assignor; "" before the first generation and when Empty.
  const std::string& protocol() const { return protocol_; }
  /// "" = none.
  const MemberId& leader() const { return leader_; }
  const std::map<MemberId, GroupMember>& members() const { return members_; }
  const GroupMember* member(const MemberId& id) const;
  /// Ids handed out whose owner has not joined yet (R5.5).
  const std::set<MemberId>& pending_members() const { return pending_join_; }
  /// Members of this generation that have not sent SyncGroup (R5.10).
  const std::set<MemberId>& pending_sync() const { return pending_sync_; }
  /// Why the latest rebalance began.
  RebalanceReason reason() const { return reason_; }

  friend bool operator==(const ClassicGroup&, const ClassicGroup&) = default;
  FIELDS(id_, state_, previous_, generation_, protocol_, leader_, members_, pending_join_, pending_sync_, newcomer_,
         window_, remaining_, next_member_, reason_)

 private:
  void join_new(RequestToken from, JoinGroupRequest&& request, GroupStep& step);
  void join_known(RequestToken from, JoinGroupRequest&& request, GroupStep& step);
  void add_and_rebalance(RequestToken from, JoinGroupRequest&& request, GroupStep& step);
  void update_and_rebalance(GroupMember& member, RequestToken from, JoinGroupRequest&& request, RebalanceReason reason,
                            GroupStep& step);
  bool accepts(const MemberId& member, std::int32_t max_size) const;
  bool supports(const std::vector<std::string>& protocols) const;
  bool exists(const MemberId& member) const { return members_.contains(member); }
  std::int32_t awaiting_join() const;
  bool all_here() const;

  void rebalance(RebalanceReason reason, GroupStep& step);
  void prepare_rebalance(RebalanceReason reason, GroupStep& step);
  void complete_join_if_all_here(GroupStep& step);
  void end_initial_window(GroupStep& step);
  void complete_join(GroupStep& step);
  void expire_pending_sync(GroupStep& step);
  void expire_session(const MemberId& member, GroupStep& step);
  void remove_and_rebalance(const MemberId& member, RebalanceReason reason, GroupStep& step);
  void remove(const MemberId& member, GroupStep& step);
  void elect_joined_leader(GroupStep& step);
  MemberId any_of(const std::vector<MemberId>& candidates, GroupStep& step) const;
  std::string select_protocol() const;
  Duration rebalance_timeout() const;

  void move_to(GroupState state, GroupStep& step);
  void restart_session(const GroupMember& member, GroupStep& step);
  void drop_assignments(ErrorCode error, GroupStep& step);
  void answer_sync(GroupMember& member, ErrorCode error, GroupStep& step);
  void answer_join(GroupMember& member, JoinGroupResponse&& response, GroupStep& step);
  void synced(const MemberId& member, GroupStep& step);
  JoinGroupResponse current_generation(const GroupMember& member) const;
  GroupMetadataRecord record() const;

  GroupId id_;
  GroupState state_ = GroupState::empty;
  GroupState previous_ = GroupState::empty;
  Generation generation_{0};
  std::string protocol_;
  MemberId leader_;
  std::map<MemberId, GroupMember> members_;
  std::set<MemberId> pending_join_;
  std::set<MemberId> pending_sync_;
  bool newcomer_ = false;  // somebody joined in the current window of the initial delay (R5.7)
  Duration window_{};      // length of that window
  Duration remaining_{};   // budget of the initial delay before it
  std::uint32_t next_member_ = 1;
  RebalanceReason reason_ = RebalanceReason::none;
};

}  // namespace kafkasim::core
