#include "core/broker/coordinator_host.hpp"

#include <algorithm>
#include <utility>

#include "core/base/invariant.hpp"

namespace kafkasim::core {

namespace {

constexpr TimerKey kGroupLoadTimer{TimerKind::group, 1};
constexpr std::int64_t kLoadNanosecondsPerByte = 10;  // 100 MB/s: R5.3, a guess

}  // namespace

CoordinatorHost::CoordinatorHost(BrokerId self, CataloguePtr catalogue, const BrokerConfig& config)
    : self_{self}, catalogue_{std::move(catalogue)}, groups_{catalogue_, config} {}

bool CoordinatorHost::serves(const Request& request) {
  return std::holds_alternative<JoinGroupRequest>(request) || std::holds_alternative<SyncGroupRequest>(request) ||
         std::holds_alternative<HeartbeatRequest>(request) || std::holds_alternative<LeaveGroupRequest>(request) ||
         std::holds_alternative<OffsetCommitRequest>(request) || std::holds_alternative<OffsetFetchRequest>(request);
}

void CoordinatorHost::on_request(RequestToken from, Request&& request, Turn& turn) {
  if (auto* join = std::get_if<JoinGroupRequest>(&request)) {
    groups_.on_join(from, std::move(*join), turn);
  } else if (auto* sync = std::get_if<SyncGroupRequest>(&request)) {
    groups_.on_sync(from, std::move(*sync), turn);
  } else if (const auto* heartbeat = std::get_if<HeartbeatRequest>(&request)) {
    groups_.on_heartbeat(from, *heartbeat, turn);
  } else if (const auto* leave = std::get_if<LeaveGroupRequest>(&request)) {
    groups_.on_leave(from, *leave, turn);
  } else if (const auto* commit = std::get_if<OffsetCommitRequest>(&request)) {
    groups_.on_offset_commit(from, *commit, turn);
  } else {
    groups_.on_offset_fetch(from, std::get<OffsetFetchRequest>(request), turn);
  }
}

FindCoordinatorResponse CoordinatorHost::find(const FindCoordinatorRequest& request, const MetadataImage& image) const {
  const PartitionRegistration* partition = image.partition(offsets_partition(groups_.partition_for(request.group)));
  const BrokerRegistration* leader = partition == nullptr ? nullptr : image.broker(partition->leader);
  if (leader == nullptr || leader->fenced) return {ErrorCode::COORDINATOR_NOT_AVAILABLE, BrokerId{}};
  return {ErrorCode::NONE, partition->leader};
}

void CoordinatorHost::apply(const std::vector<ReplicaManager::Transition>& transitions, bool at_once,
                            ReplicaManager& replicas, Turn& turn) {
  for (const ReplicaManager::Transition& change : transitions) {
    if (change.partition.topic != catalogue_->offsets_topic) continue;
    const std::int32_t number = change.partition.partition;
    const Partition& partition = *replicas.partition(change.partition);
    if (change.role != Partition::Role::leader) {
      waiting_.erase(number);  // the coordinator forgets its tokens
      loads_.erase(number);
      if (groups_.leads(number)) groups_.on_resigned(number, turn);
    } else if (change.leader_epoch_grew) {
      groups_.on_elected(number, partition.leader_epoch(), turn);
      if (!groups_.loading(number)) continue;  // re-elected: everything is in memory
      const Duration cost{at_once ? 0 : partition.log().size_bytes() * kLoadNanosecondsPerByte};
      loads_[number] = Load{partition.leader_epoch(), later(turn.now, cost)};
    }
  }
  if (at_once) {
    on_timer(kGroupLoadTimer, replicas, turn);
  } else {
    arm(turn);
  }
}

void CoordinatorHost::resign(const std::vector<TopicPartition>& gone, Turn& turn) {
  for (const TopicPartition tp : gone) {
    if (tp.topic != catalogue_->offsets_topic) continue;
    waiting_.erase(tp.partition);
    loads_.erase(tp.partition);
    if (groups_.leads(tp.partition)) groups_.on_resigned(tp.partition, turn);
  }
}

void CoordinatorHost::on_timer(TimerKey key, ReplicaManager& replicas, Turn& turn) {
  if (key != kGroupLoadTimer) {
    groups_.on_timer(turn);
    return;
  }
  for (auto at = loads_.begin(); at != loads_.end();) {
    if (at->second.done > turn.now) {
      ++at;
      continue;
    }
    load(at->first, at->second.epoch, replicas, turn);
    at = loads_.erase(at);
  }
  arm(turn);
}

void CoordinatorHost::load(std::int32_t partition, LeaderEpoch epoch, ReplicaManager& replicas, Turn& turn) {
  const Partition* replica = replicas.partition(offsets_partition(partition));
  INVARIANT(replica != nullptr, "a coordinator loads what its broker leads");
  std::vector<GroupRecordsPtr> records;
  for (const Batch& batch : replica->log().batches()) {
    if (batch.group_records) records.push_back(batch.group_records);
  }
  groups_.load(partition, epoch, records, turn);
}

void CoordinatorHost::arm(Turn& turn) const {
  Instant next = kNever;
  for (const auto& [number, load] : loads_) next = std::min(next, load.done);
  if (next != kNever) turn.out.timer(kGroupLoadTimer, next);
}

void CoordinatorHost::settle(ReplicaManager& replicas, Turn& turn) {
  for (;;) {
    const std::vector<TopicPartition> touched = replicas.take_touched();
    for (const TopicPartition tp : touched) commit(tp, replicas, turn);
    std::vector<PendingWrite> writes = groups_.take_writes();
    for (PendingWrite& write : writes) append(std::move(write), replicas, turn);
    if (touched.empty() && writes.empty()) return;
  }
}

void CoordinatorHost::commit(TopicPartition tp, const ReplicaManager& replicas, Turn& turn) {
  const auto found = waiting_.find(tp.partition);
  const Partition* replica = replicas.partition(tp);
  if (found == waiting_.end() || replica == nullptr) return;
  const Offset committed = replica->high_watermark();
  std::vector<std::uint64_t> done;
  while (!found->second.empty() && found->second.front().required_offset <= committed) {
    done.push_back(found->second.front().token);
    found->second.pop_front();
  }
  if (found->second.empty()) waiting_.erase(found);
  for (const std::uint64_t token : done) groups_.on_write_done(token, ErrorCode::NONE, turn);
}

void CoordinatorHost::append(PendingWrite&& write, ReplicaManager& replicas, Turn& turn) {
  Batch batch;
  batch.record_count = static_cast<std::int32_t>(write.records->size());
  batch.size_bytes = write.size_bytes;
  batch.max_timestamp = turn.wall;
  batch.payload = PayloadId{-self_.value(), next_serial_++};
  batch.group_records = std::move(write.records);
  const TopicPartition tp = offsets_partition(write.partition);
  const ProduceAppend result = replicas.append(tp, std::move(batch), turn);
  if (result.error != ErrorCode::NONE) {
    groups_.on_write_done(write.token, result.error, turn);
    return;
  }
  waiting_[write.partition].push_back({result.required_offset, write.token});
  commit(tp, replicas, turn);
}

}  // namespace kafkasim::core
