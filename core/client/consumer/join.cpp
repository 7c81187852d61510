// Joining, the application thread's side: preparation, JoinGroup, the new assignment (C-29 b, C-36, C-40, C-52).
#include <algorithm>
#include <utility>

#include "core/base/invariant.hpp"
#include "core/client/consumer.hpp"
#include "core/group/assignor.hpp"

namespace kafkasim::core {

using consumer::CommitPurpose;
using consumer::MemberState;
using consumer::Thrown;

namespace {

constexpr Duration kJoinGroupTimeoutLapse = 5s;  // AbstractCoordinator.JOIN_GROUP_TIMEOUT_LAPSE (C-36)

bool rejoin_at_once(ErrorCode error) {
  return error == ErrorCode::UNKNOWN_MEMBER_ID || error == ErrorCode::REBALANCE_IN_PROGRESS ||
         error == ErrorCode::ILLEGAL_GENERATION || error == ErrorCode::MEMBER_ID_REQUIRED;
}

}  // namespace

/// Topics that metadata knows nothing of for the moment keep their count.
void Consumer::update_metadata_snapshot() {
  for (const TopicId topic : metadata_.topics())
    if (metadata_.knows(topic)) member_.metadata_snapshot[topic] = metadata_.partition_count(topic);
}

bool Consumer::rejoin_needed_or_pending() {
  if (topics_.empty()) return false;
  const bool changed = member_.assignment_snapshot && *member_.assignment_snapshot != member_.metadata_snapshot;
  if (changed) member_.rejoin_needed = true;  // C-40: only the leader keeps a snapshot
  return member_.rejoin_needed || member_.join_pending;
}

/// AbstractCoordinator.joinGroupIfNeeded with no time to wait: false = not joined yet.
bool Consumer::join_if_needed(Thrown& thrown, Turn& turn) {
  while (rejoin_needed_or_pending()) {
    if (coordinator_unknown(turn)) {
      lookup_coordinator(turn);
      return false;
    }
    if (member_.needs_join_prepare) {
      member_.needs_join_prepare = !join_prepare(turn);
      if (member_.needs_join_prepare) return false;
    }
    initiate_join(turn);
    pump(turn);
    if (!member_.join_result) return false;
    consumer::JoinResult result = std::move(*member_.join_result);
    member_.join_result.reset();
    member_.join_pending = false;
    if (result.error == ErrorCode::NONE) {
      const bool kept = member_.generation.known() && member_.state == MemberState::stable;
      if (!kept) {
        reset_and_rejoin(true);  // the heartbeat thread lost the generation meanwhile
        continue;
      }
      join_complete(std::move(result.assignment), turn);
      member_.needs_join_prepare = true;
      continue;
    }
    member_.rejoin_needed = true;
    if (rejoin_at_once(result.error)) continue;
    if (!retriable(result.error)) thrown = {result.error, exception_name(result.error)};
    return false;
  }
  return true;
}

/// ConsumerCoordinator.onJoinPrepare: commit, then give everything up. False: the commit is not answered yet.
bool Consumer::join_prepare(Turn& turn) {
  if (member_.join_prepare_deadline == kNever)
    member_.join_prepare_deadline = later(turn.now, config_.max_poll_interval);
  if (config_.enable_auto_commit && !member_.prepare_commit_sent) {
    subscriptions_.mark_pending_revocation();
    member_.prepare_commit_result.reset();
    member_.prepare_commit_sent =
        commit_without_waiting(CommitPurpose::join_prepare, -1, subscriptions_.all_consumed(), turn);
  }
  if (member_.prepare_commit_sent) {
    pump(turn);
    if (!prepare_commit_done(turn)) return false;
  }
  const bool lost = !member_.generation.known() || member_.member_id.empty();
  if (!lost || !subscriptions_.order().empty()) give_up_assignment(lost, turn);
  member_.leader = false;
  member_.join_prepare_deadline = kNever;
  member_.prepare_commit_sent = false;
  return true;
}

bool Consumer::prepare_commit_done(Turn& turn) {
  const std::optional<ErrorCode> result = member_.prepare_commit_result;
  const bool expired = turn.now >= member_.join_prepare_deadline;
  if (result) member_.prepare_commit_sent = false;
  if (expired) return true;
  return result && !retriable(*result);
}

void Consumer::give_up_assignment(bool lost, Turn& turn) {
  turn.out.note(PartitionsRevoked{subscriptions_.sorted(), lost});
  subscriptions_.assign({});
}

void Consumer::initiate_join(Turn& turn) {
  if (member_.join_pending) return;
  member_.state = MemberState::preparing_rebalance;
  member_.join_pending = true;
  member_.join_result.reset();
  member_.group_members.clear();
  if (coordinator_unknown(turn)) {  // lost while the commit before it was waited for
    member_.state = MemberState::unjoined;
    return end_join(ErrorCode::COORDINATOR_NOT_AVAILABLE);
  }
  JoinGroupRequest request;
  request.group = group_;
  request.member_id = member_.member_id;
  request.client_id = client_id_;
  request.session_timeout = config_.session_timeout;
  request.rebalance_timeout = config_.max_poll_interval;
  for (const std::string& name : config_.partition_assignment_strategy)
    if (find_assignor(name) != nullptr) request.protocols.push_back(name);
  INVARIANT(!request.protocols.empty(), "configurations without an eager assignor are refused when they are read");
  request.subscription = topics_;
  const Duration timeout = std::max(config_.client.request_timeout, config_.max_poll_interval + kJoinGroupTimeoutLapse);
  send_to_coordinator(std::move(request), timeout, {}, turn);
}

/// ConsumerCoordinator.onJoinComplete.
void Consumer::join_complete(Assignment assignment, Turn& turn) {
  if (!member_.leader) member_.assignment_snapshot.reset();
  const bool matches = std::all_of(assignment.begin(), assignment.end(), [this](TopicPartition tp) {
    return std::find(topics_.begin(), topics_.end(), tp.topic) != topics_.end();
  });
  if (!matches) {
    member_.rejoin_needed = true;
    return;
  }
  std::sort(assignment.begin(), assignment.end(), [this](TopicPartition a, TopicPartition b) {
    return std::pair{catalogue_->topic(a.topic), a.partition} < std::pair{catalogue_->topic(b.topic), b.partition};
  });
  if (config_.enable_auto_commit) next_auto_commit_ = later(turn.now, config_.auto_commit_interval);
  subscriptions_.assign(assignment);
  turn.out.note(PartitionsAssigned{member_.generation, assignment});
}

void Consumer::reset_and_rejoin(bool forget_member_id) {
  member_.state = MemberState::unjoined;
  member_.generation = Generation{};
  if (forget_member_id) member_.member_id.clear();
  member_.rejoin_needed = true;
  member_.needs_join_prepare = true;
}

/// Dynamic members only (C-44, C-47); not resent when it fails.
void Consumer::maybe_leave_group(Turn& turn) {
  const bool member = member_.state != MemberState::unjoined && !member_.member_id.empty();
  if (member && !coordinator_unknown(turn)) {
    send_to_coordinator(LeaveGroupRequest{group_, member_.member_id}, config_.client.request_timeout, {}, turn);
    transport_.transmit(turn);
  }
  reset_and_rejoin(true);
}

}  // namespace kafkasim::core
