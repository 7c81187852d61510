// An operator's requests on their way to the controller (KIP-590): one after the other over a channel of their own.
#pragma once

#include <deque>

#include "core/base/fields.hpp"
#include "core/broker/controller_channel.hpp"
#include "core/protocol/effects.hpp"

namespace kafkasim::core {

/// Kafka's ForwardingManager: the client's request waits here until the controller has answered, or REQUEST_TIMED_OUT
/// after 60 s.
class Forwarder {
 public:
  Forwarder() = default;
  explicit Forwarder(NodeId controller);

  /// ElectLeaders, CreateTopics, CreatePartitions, IncrementalAlterConfigs.
  static bool forwards(const Request& request);

  void submit(RequestToken from, Request&& request, Turn& turn);
  /// A client's connection is gone: nobody waits for its answer any more; what was sent is still carried out.
  void on_connection_closed(std::uint32_t connection);

  bool owns(ChannelId channel) const { return channel_.owns(channel); }
  void on_connected(ChannelId channel, Turn& turn);
  void on_disconnected(ChannelId channel, bool refused, Turn& turn);
  void on_response(ChannelId channel, Correlation correlation, Response&& response, Turn& turn);
  void on_channel_timer(Turn& turn);

  friend bool operator==(const Forwarder&, const Forwarder&) = default;
  FIELDS(channel_, waiting_)

 private:
  struct Waiting {
    RequestToken from;
    Request request;
    Instant since{};     // its 60 s count from here, whatever went before it
    bool wanted = true;  // its client still listens
    friend bool operator==(const Waiting&, const Waiting&) = default;
    FIELDS(from.connection, from.correlation, since, wanted)
  };
  void act(ControllerChannel::Signal signal, Turn& turn);
  void finish(Response&& response, Turn& turn);

  ControllerChannel channel_;
  std::deque<Waiting> waiting_;  // the first is on its way
};

}  // namespace kafkasim::core
