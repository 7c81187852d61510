// JoinGroup: who is let in, and what a join sets off (R5.5, R5.6, R5.12).
#include <algorithm>
#include <utility>

#include "core/base/invariant.hpp"
#include "core/group/classic_group.hpp"

namespace kafkasim::core {
namespace {

void refuse(RequestToken from, ErrorCode error, const MemberId& member, GroupStep& step) {
  JoinGroupResponse response;
  response.error = error;
  response.member_id = member;
  step.turn.out.reply(from, std::move(response));
}

bool same_metadata(const GroupMember& member, const JoinGroupRequest& request) {
  return member.protocols == request.protocols && member.subscription == request.subscription;
}

RebalanceReason reason_of(const GroupMember& member, const JoinGroupRequest& request) {
  if (member.subscription != request.subscription) return RebalanceReason::subscription;
  if (request.reason == JoinGroupRequest::Reason::metadata) return RebalanceReason::metadata;
  return RebalanceReason::rejoin;
}

}  // namespace

void ClassicGroup::join(RequestToken from, JoinGroupRequest&& request, GroupStep& step) {
  if (!accepts(request.member_id, step.config.group_max_size)) {
    remove(request.member_id, step);
    return refuse(from, ErrorCode::GROUP_MAX_SIZE_REACHED, {}, step);
  }
  if (!supports(request.protocols))
    return refuse(from, ErrorCode::INCONSISTENT_GROUP_PROTOCOL, request.member_id, step);
  if (request.member_id.empty()) return join_new(from, std::move(request), step);
  join_known(from, std::move(request), step);
}

void ClassicGroup::join_new(RequestToken from, JoinGroupRequest&& request, GroupStep& step) {
  // Kafka appends a random UUID to the client id.
  MemberId id = request.client_id + "-" + std::to_string(next_member_++);
  INVARIANT(!exists(id), "member ids of a group are handed out once");
  if (request.known_member_id_required) {
    pending_join_.insert(id);
    step.deadlines.set({id_, DeadlineKey::Kind::session, id}, later(step.turn.now, request.session_timeout));
    return refuse(from, ErrorCode::MEMBER_ID_REQUIRED, id, step);
  }
  request.member_id = std::move(id);
  add_and_rebalance(from, std::move(request), step);
}

void ClassicGroup::join_known(RequestToken from, JoinGroupRequest&& request, GroupStep& step) {
  if (pending_join_.contains(request.member_id)) return add_and_rebalance(from, std::move(request), step);
  const auto found = members_.find(request.member_id);
  if (found == members_.end()) return refuse(from, ErrorCode::UNKNOWN_MEMBER_ID, request.member_id, step);

  GroupMember& member = found->second;
  const bool same = same_metadata(member, request);
  INVARIANT(state_ != GroupState::empty, "an Empty group has no member");
  INVARIANT(state_ != GroupState::dead, "a Dead group has no member");
  switch (state_) {
    case GroupState::preparing_rebalance:
      return update_and_rebalance(member, from, std::move(request), reason_, step);
    case GroupState::completing_rebalance:
      // Perhaps the reply to its first join was lost: the same once more.
      if (same) return step.turn.out.reply(from, current_generation(member));
      return update_and_rebalance(member, from, std::move(request), reason_of(member, request), step);
    default: {
      if (same && member.id != leader_) {
        JoinGroupResponse response = current_generation(member);
        return step.turn.out.reply(from, std::move(response));
      }
      const RebalanceReason reason = reason_of(member, request);
      return update_and_rebalance(member, from, std::move(request), reason, step);
    }
  }
}

void ClassicGroup::add_and_rebalance(RequestToken from, JoinGroupRequest&& request, GroupStep& step) {
  // The one that starts the first rebalance is no newcomer: the state is still Empty then (R5.7).
  if (state_ == GroupState::preparing_rebalance && previous_ == GroupState::empty) newcomer_ = true;
  const MemberId id = request.member_id;
  pending_join_.erase(id);
  GroupMember& member = members_[id];
  member.id = id;
  member.client = std::move(request.client_id);
  member.session_timeout = request.session_timeout;
  member.rebalance_timeout = request.rebalance_timeout;
  member.protocols = std::move(request.protocols);
  member.subscription = std::move(request.subscription);
  member.join = {true, from};
  member.is_new = true;
  if (leader_.empty()) leader_ = id;
  step.deadlines.set({id_, DeadlineKey::Kind::session, id}, later(step.turn.now, kNewMemberJoinTimeout));
  rebalance(RebalanceReason::join, step);
}

void ClassicGroup::update_and_rebalance(GroupMember& member, RequestToken from, JoinGroupRequest&& request,
                                        RebalanceReason reason, GroupStep& step) {
  member.session_timeout = request.session_timeout;
  member.rebalance_timeout = request.rebalance_timeout;
  member.protocols = std::move(request.protocols);
  member.subscription = std::move(request.subscription);
  member.join = {true, from};
  rebalance(reason, step);
}

bool ClassicGroup::accepts(const MemberId& member, std::int32_t max_size) const {
  const auto found = members_.find(member);
  switch (state_) {
    case GroupState::empty:
    case GroupState::dead:
      return true;
    case GroupState::preparing_rebalance:
      // Counting those who wait, not all, turns away the last to come back when the limit was lowered.
      return (found != members_.end() && found->second.join.waiting) || awaiting_join() < max_size;
    default:
      return found != members_.end() || static_cast<std::int32_t>(members_.size()) < max_size;
  }
}

bool ClassicGroup::supports(const std::vector<std::string>& protocols) const {
  return std::any_of(protocols.begin(), protocols.end(), [this](const std::string& name) {
    return state_ == GroupState::empty || std::all_of(members_.begin(), members_.end(), [&name](const auto& entry) {
             const std::vector<std::string>& theirs = entry.second.protocols;
             return std::find(theirs.begin(), theirs.end(), name) != theirs.end();
           });
  });
}

JoinGroupResponse ClassicGroup::current_generation(const GroupMember& member) const {
  JoinGroupResponse response;
  response.generation = generation_;
  response.protocol = protocol_;
  response.leader = leader_;
  response.member_id = member.id;
  if (member.id == leader_)
    for (const auto& [id, one] : members_) response.members.push_back({id, one.subscription});
  return response;
}

void ClassicGroup::answer_join(GroupMember& member, JoinGroupResponse&& response, GroupStep& step) {
  if (!member.join.waiting) return;
  step.turn.out.reply(member.join.from, std::move(response));
  member.join = {};
}

}  // namespace kafkasim::core
