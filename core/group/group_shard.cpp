#include "core/group/group_shard.hpp"

#include <algorithm>
#include <variant>

namespace kafkasim::core {

namespace {

OffsetFetchResponse fetched(const DeferredReply& reply) {
  OffsetFetchResponse response;
  response.error = reply.error;
  if (reply.error == ErrorCode::NONE)
    for (const auto& [partition, committed] : reply.offsets)
      response.partitions.push_back({partition, committed.offset, committed.leader_epoch});
  return response;
}

}  // namespace

ErrorCode write_error(ErrorCode append_error) {
  switch (append_error) {
    case ErrorCode::NONE:
      return ErrorCode::NONE;
    case ErrorCode::UNKNOWN_TOPIC_OR_PARTITION:
    case ErrorCode::NOT_ENOUGH_REPLICAS:
    case ErrorCode::NOT_ENOUGH_REPLICAS_AFTER_APPEND:
    case ErrorCode::REQUEST_TIMED_OUT:
      return ErrorCode::COORDINATOR_NOT_AVAILABLE;
    case ErrorCode::NOT_LEADER_OR_FOLLOWER:
    case ErrorCode::KAFKA_STORAGE_ERROR:
      return ErrorCode::NOT_COORDINATOR;
    case ErrorCode::MESSAGE_TOO_LARGE:
    case ErrorCode::RECORD_LIST_TOO_LARGE:
      return ErrorCode::UNKNOWN_SERVER_ERROR;
    default:
      return append_error;
  }
}

void send(const DeferredReply& reply, Turn& turn) {
  switch (reply.api) {
    case DeferredReply::Api::heartbeat:
      return turn.out.reply(reply.to, HeartbeatResponse{reply.error});
    case DeferredReply::Api::leave:
      return turn.out.reply(reply.to, LeaveGroupResponse{reply.error});
    case DeferredReply::Api::offset_commit:
      return turn.out.reply(reply.to, OffsetCommitResponse{reply.error});
    case DeferredReply::Api::offset_fetch:
      return turn.out.reply(reply.to, fetched(reply));
  }
}

void GroupShard::replay(const std::vector<GroupRecord>& records) {
  for (const GroupRecord& record : records) {
    if (const auto* offset = std::get_if<OffsetCommitRecord>(&record.value)) {
      offsets.replay(*offset);
      groups.try_emplace(offset->group, offset->group);
    } else {
      const auto& metadata = std::get<GroupMetadataRecord>(record.value);
      groups.insert_or_assign(metadata.group, ClassicGroup{metadata});
    }
  }
}

Instant GroupShard::next_limit() const {
  Instant earliest = kNever;
  for (const WriteInFlight& write : writes) {
    if (!write.timed_out) earliest = std::min(earliest, write.deadline);
    for (const DeferredReply& reply : write.replies) earliest = std::min(earliest, reply.deadline);
  }
  return earliest;
}

}  // namespace kafkasim::core
