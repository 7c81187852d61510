// The follower's side of a fetch response (R2.5-R2.7, R2.36).
#include "core/base/invariant.hpp"
#include "core/broker/replica_manager.hpp"

namespace kafkasim::core {

FollowerStep ReplicaManager::follow(const FetchResponse::Partition& response, const FetchRequest::Partition& requested,
                                    Turn& turn) {
  Partition* partition = find(requested.partition);
  std::int64_t bytes = 0;
  for (const Batch& batch : response.records) bytes += batch.size_bytes;
  if (partition == nullptr || (bytes > 0 && !can_write(requested.partition, bytes, turn))) {
    INVARIANT(disk_.offline(requested.partition), "a fetcher fetches for hosted replicas");
    FollowerStep failed;
    failed.outcome = FollowerStep::Outcome::failed;
    return failed;
  }
  const FollowerStep step = partition->on_fetch_response(response, requested);
  settle_step(*partition, step, turn);
  return step;
}

FollowerStep ReplicaManager::follow_leader_offsets(TopicPartition tp, Offset leader_log_start, Offset leader_log_end,
                                                   LeaderEpoch requested_epoch, Turn& turn) {
  Partition* partition = find(tp);
  INVARIANT(partition != nullptr, "a fetcher follows hosted replicas, and no step of this kind breaks a directory");
  const FollowerStep step = partition->on_leader_offsets(leader_log_start, leader_log_end, requested_epoch);
  settle_step(*partition, step, turn);
  return step;
}

void ReplicaManager::settle_step(Partition& partition, const FollowerStep& step, Turn& turn) {
  const TopicPartition tp = partition.topic_partition();
  if (step.outcome == FollowerStep::Outcome::truncated) {
    turn.out.note(LogTruncated{tp, step.log_end_before, step.log_end});
    recheck_fetches(tp, turn);  // consumers may wait at a follower (KIP-392)
  }
  if (step.outcome == FollowerStep::Outcome::appended && step.log_end > step.log_end_before)
    turn.out.note(LogAppended{tp, step.log_end_before, step.log_end, {}});
  if (step.flushed_to.known()) turn.out.flush(tp, step.flushed_to, step.synced);
  if (step.hw_moved) on_high_watermark(partition, turn);
}

}  // namespace kafkasim::core
