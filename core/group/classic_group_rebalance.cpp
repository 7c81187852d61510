// The join phase: how a rebalance begins and ends, and who is removed (R5.7, R5.8, R5.10, R5.14).
#include <algorithm>
#include <utility>
#include <vector>

#include "core/base/invariant.hpp"
#include "core/group/classic_group.hpp"
#include "core/group/java_hash.hpp"

namespace kafkasim::core {

void ClassicGroup::rebalance(RebalanceReason reason, GroupStep& step) {
  if (state_ == GroupState::preparing_rebalance) return complete_join_if_all_here(step);
  prepare_rebalance(reason, step);
}

void ClassicGroup::prepare_rebalance(RebalanceReason reason, GroupStep& step) {
  INVARIANT(state_ != GroupState::preparing_rebalance, "a rebalance begins once");
  INVARIANT(state_ != GroupState::dead, "a Dead group does not rebalance");
  if (state_ == GroupState::completing_rebalance) drop_assignments(ErrorCode::REBALANCE_IN_PROGRESS, step);
  step.deadlines.cancel({id_, DeadlineKey::Kind::sync, {}});
  pending_sync_.clear();
  const bool initial = state_ == GroupState::empty;
  reason_ = reason;
  move_to(GroupState::preparing_rebalance, step);
  if (!initial) return complete_join_if_all_here(step);

  // newcomer_ keeps what an exhausted budget left of it: so does Kafka.
  window_ = step.config.group_initial_rebalance_delay;
  remaining_ = std::max(rebalance_timeout() - window_, Duration{});
  step.deadlines.set({id_, DeadlineKey::Kind::join, {}}, later(step.turn.now, window_));
}

void ClassicGroup::complete_join_if_all_here(GroupStep& step) {
  if (state_ != GroupState::preparing_rebalance) return;
  if (previous_ == GroupState::empty) return;  // the initial delay is never cut short (R5.7)
  if (all_here()) return complete_join(step);
  const DeadlineKey key{id_, DeadlineKey::Kind::join, {}};
  if (step.deadlines.of(key) == kNever) step.deadlines.set(key, later(step.turn.now, rebalance_timeout()));
}

void ClassicGroup::end_initial_window(GroupStep& step) {
  INVARIANT(state_ == GroupState::preparing_rebalance, "the initial delay runs in PreparingRebalance");
  if (!newcomer_ || remaining_ == Duration{}) return complete_join(step);
  newcomer_ = false;
  const Duration waited = window_;
  window_ = std::min(step.config.group_initial_rebalance_delay, remaining_);
  remaining_ = std::max(remaining_ - waited, Duration{});
  step.deadlines.set({id_, DeadlineKey::Kind::join, {}}, later(step.turn.now, window_));
}

void ClassicGroup::complete_join(GroupStep& step) {
  INVARIANT(state_ == GroupState::preparing_rebalance, "a join phase ends in PreparingRebalance");
  step.deadlines.cancel({id_, DeadlineKey::Kind::join, {}});
  std::vector<MemberId> missing;
  for (const auto& [id, member] : members_)
    if (!member.join.waiting) missing.push_back(id);
  // A leader that has not come back is replaced by one that has, before its removal would name any.
  elect_joined_leader(step);
  for (const MemberId& id : missing) {
    remove(id, step);
    step.deadlines.cancel({id_, DeadlineKey::Kind::session, id});
  }

  generation_ = Generation{generation_.value() + 1};
  pending_sync_.clear();
  if (members_.empty()) {
    protocol_.clear();
    move_to(GroupState::empty, step);
    step.write = GroupWrite{GroupWrite::Kind::empty_group, record()};
    return;
  }
  protocol_ = select_protocol();
  move_to(GroupState::completing_rebalance, step);
  for (auto& [id, member] : members_) {
    answer_join(member, current_generation(member), step);
    restart_session(member, step);
    member.is_new = false;
    pending_sync_.insert(id);
  }
  step.deadlines.set({id_, DeadlineKey::Kind::sync, {}}, later(step.turn.now, rebalance_timeout()));
}

void ClassicGroup::expire_pending_sync(GroupStep& step) {
  INVARIANT(state_ != GroupState::empty, "the pending-sync limit ends with its generation");
  INVARIANT(state_ != GroupState::preparing_rebalance, "the pending-sync limit ends with its generation");
  if (pending_sync_.empty()) return;
  for (const MemberId& id : std::set<MemberId>{pending_sync_}) {
    remove(id, step);
    step.deadlines.cancel({id_, DeadlineKey::Kind::session, id});
  }
  prepare_rebalance(RebalanceReason::pending_sync, step);
}

void ClassicGroup::expire_session(const MemberId& id, GroupStep& step) {
  if (pending_join_.erase(id) > 0) {
    // Unlike a join, a pending id that lapses may end even the initial delay early.
    if (state_ == GroupState::preparing_rebalance && all_here()) complete_join(step);
    return;
  }
  const auto found = members_.find(id);
  if (found == members_.end()) return;  // its id was taken away at a full group
  const GroupMember& member = found->second;
  // Whoever is held back counts as alive; a new member has its own, longer limit instead (R5.14).
  if (!member.is_new && (member.join.waiting || member.sync.waiting)) return;
  remove_and_rebalance(id, RebalanceReason::expired, step);
}

void ClassicGroup::remove_and_rebalance(const MemberId& id, RebalanceReason reason, GroupStep& step) {
  GroupMember& member = members_.at(id);
  JoinGroupResponse gone;
  gone.error = ErrorCode::UNKNOWN_MEMBER_ID;
  answer_join(member, std::move(gone), step);
  answer_sync(member, ErrorCode::UNKNOWN_MEMBER_ID, step);
  step.deadlines.cancel({id_, DeadlineKey::Kind::session, id});
  remove(MemberId{id}, step);
  rebalance(reason, step);
}

void ClassicGroup::remove(const MemberId& id, GroupStep& step) {
  members_.erase(id);
  pending_join_.erase(id);
  pending_sync_.erase(id);
  if (leader_ != id) return;
  std::vector<MemberId> left;
  for (const auto& [other, member] : members_) left.push_back(other);
  leader_ = any_of(left, step);
}

void ClassicGroup::elect_joined_leader(GroupStep& step) {
  const auto leader = members_.find(leader_);
  if (leader != members_.end() && leader->second.join.waiting) return;
  std::vector<MemberId> joined;
  for (const auto& [id, member] : members_)
    if (member.join.waiting) joined.push_back(id);
  leader_ = any_of(joined, step);
}

MemberId ClassicGroup::any_of(const std::vector<MemberId>& candidates, GroupStep& step) const {
  if (candidates.empty()) return {};
  if (candidates.size() == 1) return candidates.front();
  return candidates[step.turn.choices.below(Choice::group_leader, candidates.size())];
}

bool ClassicGroup::all_here() const {
  return awaiting_join() == static_cast<std::int32_t>(members_.size()) && pending_join_.empty();
}

std::int32_t ClassicGroup::awaiting_join() const {
  return static_cast<std::int32_t>(
      std::count_if(members_.begin(), members_.end(), [](const auto& entry) { return entry.second.join.waiting; }));
}

std::string ClassicGroup::select_protocol() const {
  INVARIANT(!members_.empty(), "somebody votes");
  std::map<std::string, std::int32_t> votes;
  for (const auto& [id, member] : members_) {
    const auto choice = std::find_if(member.protocols.begin(), member.protocols.end(),
                                     [this](const std::string& name) { return supports({name}); });
    INVARIANT(choice != member.protocols.end(), "members without a common protocol are not let in");
    ++votes[*choice];
  }
  // A tie goes to the first in the order of Kafka's hash map.
  const auto better = [](const auto& a, const auto& b) {
    if (a.second != b.second) return a.second > b.second;
    return java_bucket(a.first) < java_bucket(b.first);
  };
  auto winner = votes.begin();
  for (auto it = std::next(votes.begin()); it != votes.end(); ++it)
    if (better(*it, *winner)) winner = it;
  return winner->first;
}

}  // namespace kafkasim::core
