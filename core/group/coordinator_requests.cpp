// The six group requests: find the group, let it decide, see to the log.
#include <utility>

#include "core/group/coordinator.hpp"

namespace kafkasim::core {

void GroupCoordinator::on_join(RequestToken from, JoinGroupRequest&& request, Turn& turn) {
  const auto refuse = [&](ErrorCode error) {
    JoinGroupResponse response;
    response.error = error;
    response.member_id = request.member_id;
    turn.out.reply(from, std::move(response));
  };
  if (request.session_timeout < config_.group_min_session_timeout ||
      request.session_timeout > config_.group_max_session_timeout)
    return refuse(ErrorCode::INVALID_SESSION_TIMEOUT);
  const Route to = route(request.group);
  if (to.shard == nullptr) return refuse(to.error);

  auto found = to.shard->groups.find(request.group);
  const bool created = found == to.shard->groups.end();
  if (created && !request.member_id.empty()) return refuse(ErrorCode::UNKNOWN_MEMBER_ID);
  if (created) found = to.shard->groups.emplace(request.group, ClassicGroup{request.group}).first;

  GroupStep step{turn, config_, deadlines_};
  const GroupId id = request.group;
  found->second.join(from, std::move(request), step);
  if (created && !step.write)
    step.write = GroupWrite{GroupWrite::Kind::new_group, GroupMetadataRecord{id, Generation{0}, {}, {}, {}}};
  group_wrote(*to.shard, to.partition, step);
  arm(turn);
}

void GroupCoordinator::on_sync(RequestToken from, SyncGroupRequest&& request, Turn& turn) {
  const Route to = route(request.group);
  ErrorCode error = to.error;
  if (to.shard != nullptr) {
    const auto found = to.shard->groups.find(request.group);
    if (found != to.shard->groups.end()) {
      GroupStep step{turn, config_, deadlines_};
      found->second.sync(from, request, step);
      group_wrote(*to.shard, to.partition, step);
      return arm(turn);
    }
    error = ErrorCode::UNKNOWN_MEMBER_ID;
  }
  turn.out.reply(from, SyncGroupResponse{error, {}});
}

void GroupCoordinator::on_heartbeat(RequestToken from, const HeartbeatRequest& request, Turn& turn) {
  const Route to = route(request.group);
  if (to.shard == nullptr) {
    // While it loads the coordinator knows no member: it says yes to all rather than lose them.
    const bool loading = to.error == ErrorCode::COORDINATOR_LOAD_IN_PROGRESS;
    return turn.out.reply(from, HeartbeatResponse{loading ? ErrorCode::NONE : to.error});
  }
  DeferredReply reply{from, DeferredReply::Api::heartbeat, ErrorCode::UNKNOWN_MEMBER_ID, {}, kNever, false};
  const auto found = to.shard->groups.find(request.group);
  if (found != to.shard->groups.end()) {
    GroupStep step{turn, config_, deadlines_};
    reply.error = found->second.heartbeat(request.member_id, request.generation, step);
  }
  answer(*to.shard, std::move(reply), false, turn);
  arm(turn);
}

void GroupCoordinator::on_leave(RequestToken from, const LeaveGroupRequest& request, Turn& turn) {
  const Route to = route(request.group);
  if (to.shard == nullptr) return turn.out.reply(from, LeaveGroupResponse{to.error});
  DeferredReply reply{from, DeferredReply::Api::leave, ErrorCode::UNKNOWN_MEMBER_ID, {}, kNever, false};
  bool wrote = false;
  const auto found = to.shard->groups.find(request.group);
  if (found != to.shard->groups.end()) {
    GroupStep step{turn, config_, deadlines_};
    reply.error = found->second.leave(request.member_id, step);
    wrote = step.write.has_value();
    group_wrote(*to.shard, to.partition, step);
  }
  answer(*to.shard, std::move(reply), wrote, turn);
  arm(turn);
}

void GroupCoordinator::on_offset_commit(RequestToken from, const OffsetCommitRequest& request, Turn& turn) {
  const Route to = route(request.group);
  if (to.shard == nullptr) return turn.out.reply(from, OffsetCommitResponse{to.error});
  DeferredReply reply{from, DeferredReply::Api::offset_commit, ErrorCode::NONE, {}, kNever, false};
  auto found = to.shard->groups.find(request.group);
  if (found == to.shard->groups.end()) {
    if (request.generation.known()) {
      reply.error = ErrorCode::GROUP_ID_NOT_FOUND;  // OffsetCommit v9+; ILLEGAL_GENERATION before
      return answer(*to.shard, std::move(reply), false, turn), arm(turn);
    }
    // Somebody without membership: a simple group (R5.17).
    found = to.shard->groups.emplace(request.group, ClassicGroup{request.group}).first;
  }
  GroupStep step{turn, config_, deadlines_};
  reply.error = found->second.validate_commit(request.member_id, request.generation, step);
  const bool writes = reply.error == ErrorCode::NONE && !request.partitions.empty();
  if (writes) {
    std::vector<GroupRecord> records;
    for (const OffsetCommitRequest::Partition& one : request.partitions)
      records.push_back({OffsetCommitRecord{request.group, one.partition, one.offset, one.leader_epoch}});
    write(*to.shard, to.partition, WriteInFlight::Kind::offsets, GroupMetadataRecord{request.group, {}, {}, {}, {}},
          std::move(records), turn.now);
  }
  answer(*to.shard, std::move(reply), writes, turn);
  arm(turn);
}

void GroupCoordinator::on_offset_fetch(RequestToken from, const OffsetFetchRequest& request, Turn& turn) {
  const Route to = route(request.group);
  if (to.shard == nullptr) return turn.out.reply(from, OffsetFetchResponse{to.error, {}});
  // The Java client asks for stable offsets (KIP-447): what is written so far is read once it is committed.
  DeferredReply reply{from, DeferredReply::Api::offset_fetch, ErrorCode::NONE, {}, kNever, false};
  for (const TopicPartition& tp : request.partitions)
    reply.offsets.emplace_back(tp, to.shard->offsets.latest(request.group, tp));
  answer(*to.shard, std::move(reply), false, turn);
  arm(turn);
}

}  // namespace kafkasim::core
