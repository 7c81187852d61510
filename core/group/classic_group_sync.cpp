// SyncGroup: the leader's assignment, from its request over the log to everybody (R5.11).
#include <utility>

#include "core/base/invariant.hpp"
#include "core/group/classic_group.hpp"

namespace kafkasim::core {
namespace {

void answer(RequestToken from, ErrorCode error, GroupStep& step) {
  step.turn.out.reply(from, SyncGroupResponse{error, {}});
}

}  // namespace

void ClassicGroup::sync(RequestToken from, const SyncGroupRequest& request, GroupStep& step) {
  const auto found = members_.find(request.member_id);
  if (found == members_.end()) return answer(from, ErrorCode::UNKNOWN_MEMBER_ID, step);
  if (request.generation != generation_) return answer(from, ErrorCode::ILLEGAL_GENERATION, step);
  if (state_ == GroupState::preparing_rebalance) return answer(from, ErrorCode::REBALANCE_IN_PROGRESS, step);

  GroupMember& member = found->second;
  synced(member.id, step);
  if (state_ == GroupState::stable)
    return step.turn.out.reply(from, SyncGroupResponse{ErrorCode::NONE, member.assignment});
  INVARIANT(state_ == GroupState::completing_rebalance, "a group with a member is neither Empty nor Dead");
  member.sync = {true, from};
  if (member.id != leader_) return;

  GroupMetadataRecord written = record();
  for (GroupMemberRecord& one : written.members) {
    one.assignment.clear();
    for (const auto& [id, assignment] : request.assignments)
      if (id == one.member) one.assignment = assignment;
  }
  step.write = GroupWrite{GroupWrite::Kind::assignment, std::move(written)};
}

void ClassicGroup::on_assignment_written(const GroupMetadataRecord& record, ErrorCode error, GroupStep& step) {
  // Others may have joined or left meanwhile: that rebalance has answered the syncs.
  if (state_ != GroupState::completing_rebalance || record.generation != generation_) return;
  if (error != ErrorCode::NONE) {
    drop_assignments(error, step);
    return prepare_rebalance(RebalanceReason::rejoin, step);
  }
  for (const GroupMemberRecord& one : record.members) {
    const auto found = members_.find(one.member);
    INVARIANT(found != members_.end(), "members of one generation do not change");
    found->second.assignment = one.assignment;
  }
  move_to(GroupState::stable, step);
  for (auto& [id, member] : members_) answer_sync(member, ErrorCode::NONE, step);
}

void ClassicGroup::on_creation_failed(ErrorCode error, GroupStep& step) {
  for (auto& [id, member] : members_) {
    JoinGroupResponse response;
    response.error = error;
    response.member_id = id;
    answer_join(member, std::move(response), step);
  }
}

void ClassicGroup::synced(const MemberId& member, GroupStep& step) {
  pending_sync_.erase(member);
  if (pending_sync_.empty()) step.deadlines.cancel({id_, DeadlineKey::Kind::sync, {}});
}

void ClassicGroup::drop_assignments(ErrorCode error, GroupStep& step) {
  for (auto& [id, member] : members_) {
    member.assignment.clear();
    answer_sync(member, error, step);
  }
}

void ClassicGroup::answer_sync(GroupMember& member, ErrorCode error, GroupStep& step) {
  if (!member.sync.waiting) return;
  const bool ok = error == ErrorCode::NONE;
  step.turn.out.reply(member.sync.from, SyncGroupResponse{error, ok ? member.assignment : Assignment{}});
  member.sync = {};
  // The session timer may have fired unheard while the sync was held back: start it again.
  restart_session(member, step);
}

}  // namespace kafkasim::core
