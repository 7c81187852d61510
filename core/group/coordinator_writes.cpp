// Writes to the offsets topic, and the replies that wait for them (R5.4, R5.11, R5.17, S-15).
#include <algorithm>
#include <iterator>
#include <memory>
#include <utility>

#include "core/base/invariant.hpp"
#include "core/group/coordinator.hpp"
#include "core/group/group_record_size.hpp"

namespace kafkasim::core {

std::vector<PendingWrite> GroupCoordinator::take_writes() { return std::exchange(writes_, {}); }

void GroupCoordinator::group_wrote(GroupShard& shard, std::int32_t partition, GroupStep& step) {
  if (!step.write) return;
  auto kind = WriteInFlight::Kind::new_group;
  if (step.write->kind == GroupWrite::Kind::assignment) kind = WriteInFlight::Kind::assignment;
  if (step.write->kind == GroupWrite::Kind::empty_group) kind = WriteInFlight::Kind::empty_group;
  std::vector<GroupRecord> records{{step.write->record}};
  write(shard, partition, kind, std::move(step.write->record), std::move(records), step.turn.now);
  step.write.reset();
}

void GroupCoordinator::write(GroupShard& shard, std::int32_t partition, WriteInFlight::Kind kind,
                             GroupMetadataRecord&& metadata, std::vector<GroupRecord>&& records, Instant now) {
  const std::uint64_t token = next_token_++;
  if (kind == WriteInFlight::Kind::offsets) shard.offsets.add_pending(token, records);
  const GroupId group = metadata.group;
  shard.writes.push_back(
      {token, kind, group, std::move(metadata), later(now, config_.offsets_commit_timeout), false, {}});
  const std::int32_t size = batch_size(records, *catalogue_);
  writes_.push_back({partition, GroupRecordsPtr{std::move(records)}, size, token});
}

void GroupCoordinator::answer(GroupShard& shard, DeferredReply&& reply, bool own, Turn& turn) {
  if (shard.writes.empty()) return send(reply, turn);
  reply.own = own;
  reply.deadline = later(turn.now, config_.offsets_commit_timeout);
  shard.writes.back().replies.push_back(std::move(reply));
}

void GroupCoordinator::on_write_done(std::uint64_t token, ErrorCode error, Turn& turn) {
  for (auto& [partition, shard] : shards_) {
    const auto found = std::find_if(shard.writes.begin(), shard.writes.end(),
                                    [token](const WriteInFlight& one) { return one.token == token; });
    if (found == shard.writes.end()) continue;
    if (error == ErrorCode::NONE)
      INVARIANT(found == shard.writes.begin(), "writes of one partition are committed in order");
    WriteInFlight write = std::move(*found);
    const bool alone = found == shard.writes.begin();
    const auto next = shard.writes.erase(found);
    // Later operations that wrote nothing wait for what was written before a refused write.
    std::vector<DeferredReply> ready;
    for (DeferredReply& reply : write.replies) {
      if (error != ErrorCode::NONE && reply.own) reply.error = write_error(error);
      if (error != ErrorCode::NONE && !reply.own && !alone)
        std::prev(next)->replies.push_back(std::move(reply));
      else
        ready.push_back(std::move(reply));
    }
    apply(shard, partition, write, error, turn);
    for (const DeferredReply& reply : ready) send(reply, turn);
    return arm(turn);
  }
}

void GroupCoordinator::apply(GroupShard& shard, std::int32_t partition, const WriteInFlight& write, ErrorCode error,
                             Turn& turn) {
  const bool refused = error != ErrorCode::NONE;
  if (write.kind == WriteInFlight::Kind::offsets)
    return refused ? shard.offsets.drop(write.token) : shard.offsets.commit(write.token);
  const auto group = shard.groups.find(write.group);
  if (group == shard.groups.end()) return;
  GroupStep step{turn, config_, deadlines_};
  if (write.kind == WriteInFlight::Kind::assignment && !write.timed_out)
    group->second.on_assignment_written(write.record, write_error(error), step);
  if (write.kind == WriteInFlight::Kind::new_group && refused) {
    group->second.on_creation_failed(write_error(error), step);
    deadlines_.cancel(write.group);
    shard.groups.erase(group);
  }
  group_wrote(shard, partition, step);
}

void GroupCoordinator::expire_waits(GroupShard& shard, std::int32_t partition, Turn& turn) {
  const ErrorCode error = write_error(ErrorCode::REQUEST_TIMED_OUT);
  // A step may write: the list grows behind the ones looked at, and `write` is of no use after that.
  for (std::size_t i = 0; i < shard.writes.size(); ++i) {
    WriteInFlight& write = shard.writes[i];
    std::vector<DeferredReply> waiting;
    for (DeferredReply& reply : std::exchange(write.replies, {})) {
      if (reply.deadline > turn.now) {
        waiting.push_back(std::move(reply));
        continue;
      }
      reply.error = error;
      send(reply, turn);
    }
    write.replies = std::move(waiting);
    if (write.timed_out || write.deadline > turn.now) continue;
    write.timed_out = true;
    const auto group = shard.groups.find(write.group);
    if (group == shard.groups.end()) continue;
    GroupStep step{turn, config_, deadlines_};
    if (write.kind == WriteInFlight::Kind::assignment)
      group->second.on_assignment_written(GroupMetadataRecord{write.record}, error, step);
    if (write.kind == WriteInFlight::Kind::new_group) group->second.on_creation_failed(error, step);
    group_wrote(shard, partition, step);
  }
}

}  // namespace kafkasim::core
