#include "core/broker/alter_partition_manager.hpp"

#include <algorithm>
#include <utility>

#include "core/base/invariant.hpp"

namespace kafkasim::core {

namespace {

constexpr Duration kRetryDelay = 50ms;  // R2.22
constexpr TimerKey kRetryTimer{TimerKind::alter_partition, 0};

// controller.socket.timeout.ms 30 s; an ISR change is never given up.
constexpr ControllerChannelTimes kTimes{50ms, 50ms, 30s, Duration::max()};

}  // namespace

AlterPartitionManager::AlterPartitionManager(BrokerId id, NodeId controller)
    : id_{id}, channel_{ControllerLink::alter_partition, controller, kTimes} {}

bool AlterPartitionManager::submit(const AlterPartitionRequest::Partition& change, Turn& turn) {
  if (!pending_.emplace(change.partition, change).second) return false;
  send_pending(turn);
  return true;
}

void AlterPartitionManager::on_connected(ChannelId channel, Turn& turn) {
  act(channel_.on_connected(channel, turn), turn);
}

void AlterPartitionManager::on_disconnected(ChannelId channel, bool refused, Turn& turn) {
  act(channel_.on_disconnected(channel, refused, turn), turn);
}

std::vector<AlterPartitionResponse::Partition> AlterPartitionManager::on_response(ChannelId channel,
                                                                                  Correlation correlation,
                                                                                  AlterPartitionResponse&& response,
                                                                                  Turn& turn) {
  channel_.on_response(channel, correlation, turn);
  const std::vector<TopicPartition> asked = std::exchange(asked_, {});
  if (response.error != ErrorCode::NONE) {
    turn.out.timer(kRetryTimer, later(turn.now, kRetryDelay));
    return {};
  }
  for (const auto& verdict : response.partitions) {
    INVARIANT(std::find(asked.begin(), asked.end(), verdict.partition) != asked.end(),
              "the controller answers questions");
    pending_.erase(verdict.partition);
  }
  return std::move(response.partitions);
}

void AlterPartitionManager::send_pending(Turn& turn) {
  if (pending_.empty() || channel_.busy()) return;
  for (const auto& [tp, change] : pending_) asked_.push_back(tp);
  act(channel_.begin(turn), turn);
}

void AlterPartitionManager::on_channel_timer(Turn& turn) { act(channel_.on_timer(turn), turn); }

void AlterPartitionManager::on_retry_timer(Turn& turn) { send_pending(turn); }

void AlterPartitionManager::act(ControllerChannel::Signal signal, Turn& turn) {
  INVARIANT(signal != ControllerChannel::Signal::timed_out, "ISR changes are sent for ever");
  if (signal != ControllerChannel::Signal::transmit) return;
  AlterPartitionRequest request{id_, epoch_, {}};
  for (const TopicPartition tp : asked_) request.partitions.push_back(pending_.at(tp));
  channel_.send(std::move(request), turn);
}

}  // namespace kafkasim::core
