// The task kafka-log-retention (R1.14-R1.20).
#include "core/base/invariant.hpp"
#include "core/broker/replica_manager.hpp"

namespace kafkasim::core {

namespace {

constexpr TimerKey kRetentionTimer{TimerKind::log_retention, 0};
constexpr Duration kDefaultRetention = 168h;
constexpr Duration kNearly = 1h;  // no run of a scenario with default settings lasts that long by far

}  // namespace

// Unless a topic asks for it, or holds records nearly a week old, no check of a run would find anything to do: then the
// task is left out altogether.
bool ReplicaManager::retention_matters(const Turn& turn) const {
  for (const auto& [topic, config] : image().topics)
    if (config.deletes && (config.retention < kDefaultRetention || config.retention_bytes >= 0)) return true;
  for (const auto& [tp, partition] : partitions_) {
    const TopicConfig& config = image().topics.at(tp.topic);
    const Segment& oldest = partition.log().segments().front();
    if (!config.deletes || config.retention == kNever.time_since_epoch() || partition.log().size_bytes() == 0) continue;
    if (turn.wall - oldest.first_timestamp > config.retention - kNearly) return true;
  }
  return false;
}

// `formed`: the task has run for long; its next run is drawn. A process that has just started waits
// log.initial.task.delay.ms.
void ReplicaManager::arm_retention(bool formed, Turn& turn) {
  if (retention_armed_ || !retention_matters(turn)) return;
  retention_armed_ = true;
  Duration first = config_.log_initial_task_delay;
  if (formed)
    first = Duration{static_cast<std::int64_t>(turn.choices.below(
        Choice::retention_phase, static_cast<std::uint64_t>(nanoseconds(config_.log_retention_check_interval))))};
  turn.out.timer(kRetentionTimer, later(turn.now, first));
}

void ReplicaManager::delete_old_segments(Turn& turn) {
  for (auto& [tp, partition] : partitions_) {
    Deletion done = partition.delete_old_segments(turn.wall);
    if (done.rolled) turn.out.flush(tp, partition.log().log_end());
    if (done.moved || !done.batches.empty())
      turn.out.note(SegmentsDeleted{tp, partition.log().log_start(), partition.is_leader(), std::move(done.batches)});
    if (done.moved) recheck_fetches(tp, turn);
  }
  turn.out.timer(kRetentionTimer, later(turn.now, config_.log_retention_check_interval));
}

}  // namespace kafkasim::core
