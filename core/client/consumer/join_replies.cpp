// Joining, the network's side: JoinGroup and SyncGroup replies, the leader's assignment (C-36, C-38, C-39).
#include <algorithm>
#include <set>
#include <utility>

#include "core/base/invariant.hpp"
#include "core/client/consumer.hpp"
#include "core/group/assignor.hpp"

namespace kafkasim::core {

using consumer::MemberState;

void Consumer::end_join(ErrorCode error, Assignment assignment) {
  if (member_.join_pending) member_.join_result = consumer::JoinResult{error, std::move(assignment)};
}

void Consumer::on_join_reply(const consumer::PendingRequest& request, ErrorCode error, JoinGroupResponse&& response,
                             Turn& turn) {
  switch (error) {
    case ErrorCode::NONE:
      return joined(std::move(response), turn);
    case ErrorCode::MEMBER_ID_REQUIRED:  // KIP-394
      member_.generation = Generation{};
      member_.member_id = response.member_id;
      member_.rejoin_needed = true;
      break;
    case ErrorCode::UNKNOWN_MEMBER_ID:
      if (generation_unchanged(request)) reset_and_rejoin(true);
      break;
    default:
      doubt_coordinator(error, turn);
  }
  end_join(error);
}

void Consumer::joined(JoinGroupResponse&& response, Turn& turn) {
  // Left or reset meanwhile: UnjoinedGroupException, retriable.
  if (member_.state != MemberState::preparing_rebalance) return end_join(ErrorCode::NETWORK_EXCEPTION);
  member_.state = MemberState::completing_rebalance;
  member_.generation = response.generation;
  member_.member_id = response.member_id;
  member_.protocol = response.protocol;
  enable_heartbeats(turn);
  if (response.leader != response.member_id) return send_sync({}, turn);
  member_.leader = true;
  member_.group_members = std::move(response.members);
  INVARIANT(!member_.group_members.empty(), "the leader is told all members");
  for (const JoinGroupResponse::Member& member : member_.group_members)
    for (const TopicId topic : member.subscription) metadata_.add_topic(topic);
  assign_and_sync(turn);
}

/// The leader assigns once metadata has an answer for every topic of the group (ensureFreshMetadata).
void Consumer::assign_and_sync(Turn& turn) {
  std::vector<AssignorMember> members;
  std::set<TopicId> wanted;
  for (const JoinGroupResponse::Member& member : member_.group_members) {
    members.push_back({member.member_id, "", member.subscription});
    wanted.insert(member.subscription.begin(), member.subscription.end());
  }
  std::vector<AssignorTopic> topics;
  for (const TopicId topic : wanted) {
    if (!metadata_.knows(topic) && !metadata_.missing(topic)) return;
    if (metadata_.knows(topic)) topics.push_back({topic, catalogue_->topic(topic), metadata_.partition_count(topic)});
  }
  std::sort(topics.begin(), topics.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  const Assignor* assignor = find_assignor(member_.protocol);
  INVARIANT(assignor != nullptr, "the coordinator chooses among the assignors announced");
  update_metadata_snapshot();
  member_.assignment_snapshot = member_.metadata_snapshot;
  member_.group_members.clear();
  send_sync(assignor->assign(members, topics), turn);
}

void Consumer::send_sync(std::vector<std::pair<MemberId, Assignment>> assignments, Turn& turn) {
  if (coordinator_unknown(turn)) return end_join(ErrorCode::COORDINATOR_NOT_AVAILABLE);
  SyncGroupRequest request{group_, member_.generation, member_.member_id, std::move(assignments)};
  send_to_coordinator(std::move(request), config_.client.request_timeout, {}, turn);
}

void Consumer::on_sync_reply(const consumer::PendingRequest& request, ErrorCode error, SyncGroupResponse&& response,
                             Turn& turn) {
  switch (error) {
    case ErrorCode::NONE:
      if (!member_.generation.known() || member_.state != MemberState::completing_rebalance)
        return end_join(ErrorCode::ILLEGAL_GENERATION);  // reset by a heartbeat meanwhile: join again at once
      member_.state = MemberState::stable;
      member_.rejoin_needed = false;
      return end_join(ErrorCode::NONE, std::move(response.assignment));
    case ErrorCode::UNKNOWN_MEMBER_ID:
    case ErrorCode::ILLEGAL_GENERATION:
      if (generation_unchanged(request)) reset_and_rejoin(error == ErrorCode::UNKNOWN_MEMBER_ID);
      break;
    default:
      doubt_coordinator(error, turn);
  }
  end_join(error);
}

}  // namespace kafkasim::core
