// A broker as observer of the metadata log: one long poll after another (R3.34, KIP-1166).
#pragma once

#include "core/base/fields.hpp"
#include "core/broker/controller_channel.hpp"
#include "core/protocol/effects.hpp"

namespace kafkasim::core {

/// Fetches committed records from wherever the broker's image ends. What is done with them is the broker's business:
/// it replays them and then calls fetch_from again.
class MetadataObserver {
 public:
  MetadataObserver() = default;
  MetadataObserver(BrokerId id, NodeId controller);

  /// The first fetch waits at the controller for `max_wait` only: brokers that have run for long are out of step.
  void start(std::int64_t end, Duration max_wait, Turn& turn);
  /// Everything before `end` is replayed: ask for the rest.
  void fetch_from(std::int64_t end, Turn& turn);

  bool owns(ChannelId channel) const { return channel_.owns(channel); }
  void on_connected(ChannelId channel, Turn& turn);
  void on_disconnected(ChannelId channel, bool refused, Turn& turn);
  void on_response(ChannelId channel, Correlation correlation, Turn& turn);
  void on_channel_timer(Turn& turn);

  friend bool operator==(const MetadataObserver&, const MetadataObserver&) = default;
  FIELDS(id_, channel_, end_, max_wait_)

 private:
  void act(ControllerChannel::Signal signal, Turn& turn);

  BrokerId id_;
  ControllerChannel channel_;
  std::int64_t end_ = 0;
  Duration max_wait_{};
};

}  // namespace kafkasim::core
