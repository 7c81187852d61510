#include "core/group/coordinator.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "core/base/invariant.hpp"
#include "core/group/java_hash.hpp"

namespace kafkasim::core {

GroupCoordinator::GroupCoordinator(CataloguePtr catalogue, const BrokerConfig& config)
    : catalogue_{std::move(catalogue)}, config_{config} {}

std::int32_t GroupCoordinator::partition_for(std::string_view group, std::int32_t partitions) {
  INVARIANT(partitions > 0, "the offsets topic has partitions");
  const std::int64_t hash = java_hash(group);
  const std::int64_t positive = hash == INT32_MIN ? 0 : std::abs(hash);
  return static_cast<std::int32_t>(positive % partitions);
}

std::int32_t GroupCoordinator::partition_for(GroupId group) const {
  return partition_for(catalogue_->group(group), config_.offsets_topic_num_partitions);
}

void GroupCoordinator::on_elected(std::int32_t partition, LeaderEpoch epoch, Turn&) {
  shards_[partition].epoch = epoch;
}

bool GroupCoordinator::loading(std::int32_t partition) const {
  const auto found = shards_.find(partition);
  return found != shards_.end() && found->second.loading;
}

void GroupCoordinator::load(std::int32_t partition, LeaderEpoch epoch, const std::vector<GroupRecordsPtr>& log,
                            Turn& turn) {
  const auto found = shards_.find(partition);
  if (found == shards_.end() || !found->second.loading || found->second.epoch != epoch) return;
  GroupShard& shard = found->second;
  for (const GroupRecordsPtr& records : log)
    if (records) shard.replay(*records);
  shard.loading = false;
  for (auto& [id, group] : shard.groups) {
    GroupStep step{turn, config_, deadlines_};
    group.on_loaded(step);
  }
  arm(turn);
}

void GroupCoordinator::on_resigned(std::int32_t partition, Turn& turn) {
  const auto found = shards_.find(partition);
  if (found == shards_.end()) return;
  for (auto& [id, group] : found->second.groups) {
    GroupStep step{turn, config_, deadlines_};
    group.on_unloaded(step);
    deadlines_.cancel(id);
  }
  for (WriteInFlight& write : found->second.writes) {
    for (DeferredReply& reply : write.replies) {
      reply.error = ErrorCode::NOT_COORDINATOR;
      send(reply, turn);
    }
  }
  shards_.erase(found);
  std::erase_if(writes_, [partition](const PendingWrite& write) { return write.partition == partition; });
  arm(turn);
}

void GroupCoordinator::on_timer(Turn& turn) {
  armed_ = kNever;
  for (DeadlineKey due; deadlines_.take_due(turn.now, due);) {
    const Route to = route(due.group);
    INVARIANT(to.shard != nullptr, "deadlines end with the leadership");
    GroupStep step{turn, config_, deadlines_};
    to.shard->groups.at(due.group).on_deadline(due, step);
    group_wrote(*to.shard, to.partition, step);
  }
  for (auto& [partition, shard] : shards_) expire_waits(shard, partition, turn);
  arm(turn);
}

void GroupCoordinator::arm(Turn& turn) {
  Instant next = deadlines_.next();
  for (const auto& [partition, shard] : shards_) next = std::min(next, shard.next_limit());
  if (next == armed_) return;
  armed_ = next;
  turn.out.timer({TimerKind::group, 0}, next);
}

GroupCoordinator::Route GroupCoordinator::route(GroupId group) {
  const std::int32_t partition = partition_for(group);
  const auto found = shards_.find(partition);
  if (found == shards_.end()) return {partition, nullptr, ErrorCode::NOT_COORDINATOR};
  if (found->second.loading) return {partition, nullptr, ErrorCode::COORDINATOR_LOAD_IN_PROGRESS};
  return {partition, &found->second, ErrorCode::NONE};
}

const ClassicGroup* GroupCoordinator::group(GroupId id) const {
  const auto shard = shards_.find(partition_for(id));
  if (shard == shards_.end()) return nullptr;
  const auto found = shard->second.groups.find(id);
  return found == shard->second.groups.end() ? nullptr : &found->second;
}

const CommittedOffsets& GroupCoordinator::committed(GroupId id) const {
  static const CommittedOffsets kNone;
  const auto shard = shards_.find(partition_for(id));
  return shard == shards_.end() ? kNone : shard->second.offsets.committed(id);
}

}  // namespace kafkasim::core
