// ISR changes on their way to the controller (R2.22).
#pragma once

#include <map>
#include <vector>

#include "core/base/fields.hpp"
#include "core/broker/controller_channel.hpp"
#include "core/protocol/controller_messages.hpp"
#include "core/protocol/effects.hpp"

namespace kafkasim::core {

/// One request in flight per broker; it carries everything that was pending when it was written. What fails as a whole
/// is sent again 50 ms later, or with the next change if that comes earlier; for ever.
class AlterPartitionManager {
 public:
  AlterPartitionManager() = default;
  AlterPartitionManager(BrokerId id, NodeId controller);

  /// The broker's own epoch, for the requests; unknown until registered.
  void set_epoch(BrokerEpoch epoch) { epoch_ = epoch; }
  BrokerEpoch epoch() const { return epoch_; }
  /// False: an earlier change of this partition is still queued or in flight (OPERATION_NOT_ATTEMPTED).
  bool submit(const AlterPartitionRequest::Partition& change, Turn& turn);

  bool owns(ChannelId channel) const { return channel_.owns(channel); }
  void on_connected(ChannelId channel, Turn& turn);
  void on_disconnected(ChannelId channel, bool refused, Turn& turn);
  /// The controller's verdicts on partitions that were asked about; those are free for a new change now. What was
  /// submitted meanwhile is sent by send_pending(), after the caller has dealt with the verdicts.
  std::vector<AlterPartitionResponse::Partition> on_response(ChannelId channel, Correlation correlation,
                                                             AlterPartitionResponse&& response, Turn& turn);
  void send_pending(Turn& turn);
  void on_channel_timer(Turn& turn);
  /// TimerKind::alter_partition: the pause after an error is over.
  void on_retry_timer(Turn& turn);

  friend bool operator==(const AlterPartitionManager&, const AlterPartitionManager&) = default;
  FIELDS(id_, epoch_, channel_, pending_, asked_)

 private:
  void act(ControllerChannel::Signal signal, Turn& turn);

  BrokerId id_;
  BrokerEpoch epoch_;
  ControllerChannel channel_;
  std::map<TopicPartition, AlterPartitionRequest::Partition> pending_;
  std::vector<TopicPartition> asked_;  // in the request in flight
};

}  // namespace kafkasim::core
