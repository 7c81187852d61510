#include "core/group/classic_group.hpp"

#include <algorithm>
#include <charconv>

#include "core/base/invariant.hpp"

namespace kafkasim::core {
namespace {

// Ids are "client-n": the number behind the last dash, 0 when there is none.
std::uint32_t number_of(const MemberId& id) {
  std::uint32_t number = 0;
  const std::size_t dash = id.rfind('-');
  if (dash != MemberId::npos) std::from_chars(id.data() + dash + 1, id.data() + id.size(), number);
  return number;
}

}  // namespace

ClassicGroup::ClassicGroup(const GroupMetadataRecord& record)
    : id_{record.group}, generation_{record.generation}, protocol_{record.protocol}, leader_{record.leader} {
  // Only the chosen protocol was written: a member that rejoins with its whole list has "changed" (R5.12).
  for (const GroupMemberRecord& one : record.members) {
    members_[one.member] = GroupMember{one.member,
                                       one.client,
                                       one.session_timeout,
                                       one.rebalance_timeout,
                                       {record.protocol},
                                       one.subscription,
                                       one.assignment,
                                       {},
                                       {},
                                       false};
    next_member_ = std::max(next_member_, number_of(one.member) + 1);
  }
  state_ = members_.empty() ? GroupState::empty : GroupState::stable;
}

void ClassicGroup::on_loaded(GroupStep& step) {
  for (const auto& [id, member] : members_) restart_session(member, step);
}

void ClassicGroup::on_unloaded(GroupStep& step) {
  for (auto& [id, member] : members_) {
    if (member.join.waiting) {
      JoinGroupResponse response;
      response.error = ErrorCode::NOT_COORDINATOR;
      response.member_id = id;
      answer_join(member, std::move(response), step);
    }
    answer_sync(member, ErrorCode::NOT_COORDINATOR, step);
  }
}

ErrorCode ClassicGroup::heartbeat(const MemberId& member, Generation generation, GroupStep& step) {
  const auto found = members_.find(member);
  if (found == members_.end()) return ErrorCode::UNKNOWN_MEMBER_ID;
  if (generation != generation_) return ErrorCode::ILLEGAL_GENERATION;
  INVARIANT(state_ != GroupState::empty, "a group with a member is not Empty");
  restart_session(found->second, step);
  return state_ == GroupState::preparing_rebalance ? ErrorCode::REBALANCE_IN_PROGRESS : ErrorCode::NONE;
}

ErrorCode ClassicGroup::leave(const MemberId& member, GroupStep& step) {
  if (pending_join_.contains(member)) {
    step.deadlines.cancel({id_, DeadlineKey::Kind::session, member});
    pending_join_.erase(member);
    complete_join_if_all_here(step);
    return ErrorCode::NONE;
  }
  if (!exists(member)) return ErrorCode::UNKNOWN_MEMBER_ID;
  remove_and_rebalance(member, RebalanceReason::leave, step);
  return ErrorCode::NONE;
}

ErrorCode ClassicGroup::validate_commit(const MemberId& member, Generation generation, GroupStep& step) {
  if (!generation.known() && state_ == GroupState::empty) return ErrorCode::NONE;  // no group management
  const auto found = members_.find(member);
  if (found == members_.end()) return ErrorCode::UNKNOWN_MEMBER_ID;
  if (generation != generation_) return ErrorCode::ILLEGAL_GENERATION;
  if (state_ == GroupState::completing_rebalance) return ErrorCode::REBALANCE_IN_PROGRESS;
  restart_session(found->second, step);
  return ErrorCode::NONE;
}

void ClassicGroup::on_deadline(const DeadlineKey& key, GroupStep& step) {
  INVARIANT(key.group == id_, "a deadline reaches its own group");
  switch (key.kind) {
    case DeadlineKey::Kind::join:
      return previous_ == GroupState::empty ? end_initial_window(step) : complete_join(step);
    case DeadlineKey::Kind::sync:
      return expire_pending_sync(step);
    case DeadlineKey::Kind::session:
      return expire_session(key.member, step);
  }
}

const GroupMember* ClassicGroup::member(const MemberId& id) const {
  const auto found = members_.find(id);
  return found == members_.end() ? nullptr : &found->second;
}

void ClassicGroup::restart_session(const GroupMember& member, GroupStep& step) {
  step.deadlines.set({id_, DeadlineKey::Kind::session, member.id}, later(step.turn.now, member.session_timeout));
}

void ClassicGroup::move_to(GroupState state, GroupStep& step) {
  previous_ = state_;
  state_ = state;
  step.turn.out.note(
      GroupStateChanged{id_, generation_, state, reason_, static_cast<std::int32_t>(members_.size()), protocol_});
}

Duration ClassicGroup::rebalance_timeout() const {
  Duration longest{};
  for (const auto& [id, member] : members_) longest = std::max(longest, member.rebalance_timeout);
  return longest;
}

GroupMetadataRecord ClassicGroup::record() const {
  GroupMetadataRecord record{id_, generation_, protocol_, leader_, {}};
  for (const auto& [id, member] : members_)
    record.members.push_back(
        {id, member.client, member.session_timeout, member.rebalance_timeout, member.subscription, member.assignment});
  return record;
}

}  // namespace kafkasim::core
