#include "core/broker/replica_manager.hpp"

#include <algorithm>
#include <utility>

#include "core/base/invariant.hpp"

namespace kafkasim::core {

namespace {

constexpr Duration kFlushOffsetCheckpointInterval = 60s;  // log.flush.offset.checkpoint.interval.ms (R1.35)

constexpr TimerKey kIsrTimer{TimerKind::isr_check, 0};
constexpr TimerKey kHighWatermarkTimer{TimerKind::high_watermark_checkpoint, 0};
constexpr TimerKey kRecoveryPointTimer{TimerKind::high_watermark_checkpoint, 1};

bool holds(const std::vector<BrokerId>& replicas, BrokerId broker) {
  return std::find(replicas.begin(), replicas.end(), broker) != replicas.end();
}

}  // namespace

ReplicaManager::ReplicaManager(BrokerId self, const BrokerConfig& config, const Rules& rules, CataloguePtr catalogue,
                               NodeId controller, LogDir disk)
    : self_{self},
      config_{config},
      rules_{rules},
      catalogue_{std::move(catalogue)},
      disk_{std::move(disk)},
      alter_{self, controller} {}

void ReplicaManager::replay(const std::vector<MetadataRecord>& records) {
  for (const MetadataRecord& record : records) disk_.metadata.replay(record);
}

std::vector<TopicPartition> ReplicaManager::assigned() const {
  std::vector<TopicPartition> here;
  for (const auto& [tp, registration] : image().partitions) {
    if (holds(registration.replicas, self_)) here.push_back(tp);
  }
  return here;
}

std::vector<ReplicaManager::Transition> ReplicaManager::apply(const std::vector<TopicPartition>& changed, Turn& turn) {
  std::vector<Transition> transitions;
  for (const bool leading : {true, false}) {
    for (const TopicPartition tp : changed) {
      const PartitionRegistration* registration = image().partition(tp);
      INVARIANT(registration != nullptr, "a changed partition is in the image");
      if (!holds(registration->replicas, self_) || (registration->leader == self_) != leading) continue;
      if (disk_.offline(tp)) continue;
      Partition& partition = hosted(tp);
      const MetadataChange change = partition.apply(*registration, settings(tp.topic), view(turn));
      if (change.ignored) continue;
      if (change.leader_epoch_grew) {
        if (leading) {
          turn.out.note(BecameLeader{tp, partition.leader_epoch(), partition.epoch_start_offset()});
        } else {
          turn.out.note(BecameFollower{tp, partition.leader_epoch(), partition.leader()});
        }
      }
      if (change.hw_moved) on_high_watermark(partition, turn);
      if (change.leader_epoch_grew || !leading) {  // R2.43
        recheck_produces(tp, turn);
        recheck_fetches(tp, turn);
      }
      transitions.push_back({tp, partition.role(), partition.leader(), change.leader_epoch_grew});
    }
  }
  arm_retention(true, turn);
  return transitions;
}

void ReplicaManager::start(bool formed, Turn& turn) {
  const auto first = [&](Duration period) {
    if (!formed) return later(turn.now, period);
    return later(turn.now, Duration{static_cast<std::int64_t>(turn.choices.below(
                               Choice::timer_phase, static_cast<std::uint64_t>(nanoseconds(period))))});
  };
  turn.out.timer(kIsrTimer, first(config_.replica_lag_time_max / 2));
  turn.out.timer(kHighWatermarkTimer, first(config_.replica_high_watermark_checkpoint_interval));
  turn.out.timer(kRecoveryPointTimer, first(kFlushOffsetCheckpointInterval));
  if (!formed) arm_retention(false, turn);
}

void ReplicaManager::on_timer(TimerKey key, Turn& turn) {
  if (key == kIsrTimer) {
    check_isr(turn);
    turn.out.timer(kIsrTimer, later(turn.now, config_.replica_lag_time_max / 2));
  } else if (key == kHighWatermarkTimer) {
    check_dirs(turn);
    checkpoint_high_watermarks();
    turn.out.timer(kHighWatermarkTimer, later(turn.now, config_.replica_high_watermark_checkpoint_interval));
  } else if (key == kRecoveryPointTimer) {
    for (const auto& [tp, partition] : partitions_) disk_.checkpoint_recovery_point(tp, partition.log().flushed_end());
    turn.out.timer(kRecoveryPointTimer, later(turn.now, kFlushOffsetCheckpointInterval));
  } else if (key.kind == TimerKind::log_retention) {
    delete_old_segments(turn);
  } else if (key.kind == TimerKind::produce_purgatory) {
    for (ParkedProduce& produce : produces_.expire(turn)) {
      for (ParkedProduce::Part& part : produce.partitions) {
        if (!part.done) part.error = ErrorCode::REQUEST_TIMED_OUT;
      }
      answer_produce(produce, turn);
    }
  } else if (key.kind == TimerKind::fetch_purgatory) {
    for (const ParkedFetch& fetch : fetches_.expire(turn)) answer_fetch(fetch, turn);
  } else {
    INVARIANT(key.kind == TimerKind::alter_partition, "every timer has an owner");
    alter_.on_retry_timer(turn);
  }
}

void ReplicaManager::on_alter_response(ChannelId channel, Correlation correlation, AlterPartitionResponse&& response,
                                       Turn& turn) {
  const bool refused = response.error != ErrorCode::NONE;  // then again in 50 ms (R2.22)
  for (const auto& verdict : alter_.on_response(channel, correlation, std::move(response), turn)) {
    Partition* partition = find(verdict.partition);
    if (partition == nullptr && disk_.offline(verdict.partition)) continue;
    INVARIANT(partition != nullptr, "only hosted partitions change their ISR");
    const AlterOutcome outcome = partition->on_alter_response(verdict, view(turn));
    if (outcome.hw_moved) on_high_watermark(*partition, turn);
    if (outcome.resend) propose_isr(*partition, turn);
  }
  if (!refused) alter_.send_pending(turn);
}

void ReplicaManager::check_isr(Turn& turn) {
  for (auto& [tp, partition] : partitions_) {
    if (partition.is_leader() && partition.check_isr(view(turn))) propose_isr(partition, turn);
  }
}

void ReplicaManager::propose_isr(Partition& partition, Turn& turn) {
  const auto change = partition.take_alter_request(alter_.epoch());
  if (change && !alter_.submit(*change, turn)) partition.on_alter_refused();
}

void ReplicaManager::checkpoint_high_watermarks() {
  for (const auto& [tp, partition] : partitions_) disk_.checkpoint_high_watermark(tp, partition.high_watermark());
}

Partition& ReplicaManager::hosted(TopicPartition tp) {
  if (Partition* known = find(tp)) return *known;
  LogDir::Loaded loaded = disk_.take(tp, image().topics.at(tp.topic));
  return partitions_.add(tp, Partition{tp, self_, std::move(loaded.log), loaded.high_watermark});
}

ReplicaSettings ReplicaManager::settings(TopicId topic) const {
  return {image().topics.at(topic), config_.replica_lag_time_max, rules_};
}

void ReplicaManager::reconfigure(TopicId topic, Turn& turn) {
  for (auto& [tp, partition] : partitions_)
    if (tp.topic == topic && partition.configure(settings(topic), view(turn))) on_high_watermark(partition, turn);
}

void ReplicaManager::retire_below(TopicPartition tp, Offset offset) {
  if (Partition* known = find(tp)) known->log().retire_below(offset);
}

void ReplicaManager::close_cleanly(BrokerEpoch epoch, Turn& turn) {
  for (auto& [tp, partition] : partitions_) {
    Log& log = partition.log();
    if (log.flushed_end() < log.log_end()) turn.out.flush(tp, log.log_end());
    log.flush();
  }
  checkpoint_high_watermarks();
  // The marker lies in every directory: one that is missing makes the next start an unclean one.
  const bool all = std::none_of(disk_.dirs.begin(), disk_.dirs.end(), [](const DirState& dir) { return dir.offline; });
  if (all) closed_cleanly_ = epoch;
}

LogDir ReplicaManager::take_disk() && {
  for (auto& [tp, partition] : partitions_) disk_.store(tp, std::move(partition).take_log());
  partitions_.clear();
  if (closed_cleanly_) disk_.write_clean_shutdown(*closed_cleanly_);
  return std::move(disk_);
}

}  // namespace kafkasim::core
