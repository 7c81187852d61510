// Producer ids by the block (R4.1, S-3).
#pragma once

#include "core/base/fields.hpp"
#include "core/broker/controller_channel.hpp"
#include "core/protocol/effects.hpp"

namespace kafkasim::core {

/// Kafka's RPCProducerIdManager: hands out ids of the current block, fetches the next one when 90 % are gone, and
/// makes nobody wait: without a block the client is told to come back (COORDINATOR_LOAD_IN_PROGRESS).
class ProducerIdManager {
 public:
  ProducerIdManager() = default;
  ProducerIdManager(BrokerId id, NodeId controller);

  /// `epoch`: the broker's own, for the request to the controller.
  InitProducerIdResponse claim(BrokerEpoch epoch, Turn& turn);

  bool owns(ChannelId channel) const { return channel_.owns(channel); }
  void on_connected(ChannelId channel, Turn& turn);
  void on_disconnected(ChannelId channel, bool refused, Turn& turn);
  void on_response(ChannelId channel, Correlation correlation, const AllocateProducerIdsResponse& response, Turn& turn);
  void on_channel_timer(Turn& turn);

  struct Block {
    std::int64_t next = 0;
    std::int64_t end = 0;
    std::int64_t prefetch_at = -1;
    bool empty() const { return next == end; }
    friend bool operator==(const Block&, const Block&) = default;
    FIELDS(next, end, prefetch_at)
  };

  friend bool operator==(const ProducerIdManager&, const ProducerIdManager&) = default;
  FIELDS(id_, epoch_, channel_, current_, next_, not_before_)

 private:
  void request_block(Turn& turn);
  void act(ControllerChannel::Signal signal, Turn& turn);

  BrokerId id_;
  BrokerEpoch epoch_;
  ControllerChannel channel_;
  Block current_;
  Block next_;
  Instant not_before_ = Instant::min();  // back-off after a failed request
};

}  // namespace kafkasim::core
