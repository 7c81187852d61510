// One conversation with the controller: a connection of its own, at most one request, resent until it is answered.
#pragma once

#include "core/base/fields.hpp"
#include "core/broker/channels.hpp"

namespace kafkasim::core {

/// Timing of one such conversation.
struct ControllerChannelTimes {
  Duration reconnect_backoff{};
  Duration reconnect_backoff_max{};
  Duration request_timeout{};  // after it the connection is closed
  Duration retry_timeout{};    // after it the request is given up; Duration::max() = never

  friend bool operator==(const ControllerChannelTimes&, const ControllerChannelTimes&) = default;
  FIELDS(reconnect_backoff, reconnect_backoff_max, request_timeout, retry_timeout)
};

/// Kafka's NodeToControllerChannelManager (and the Raft channel of an observer). The owner builds the request each time
/// it is to be written, so nothing is kept here but the wish.
class ControllerChannel {
 public:
  /// What the owner has to do now.
  enum class Signal : std::uint8_t { nothing, transmit, timed_out };

  ControllerChannel() = default;
  ControllerChannel(ControllerLink link, NodeId controller, const ControllerChannelTimes& times);

  /// The owner wants to send a request. Nothing may be wanted already.
  Signal begin(Turn& turn) { return begin(turn.now, turn); }
  /// The same for one that has waited for its turn since then: the time-out counts from there.
  Signal begin(Instant since, Turn& turn);
  /// Answers Signal::transmit.
  void send(Request request, Turn& turn);

  Signal on_connected(ChannelId channel, Turn& turn);
  Signal on_disconnected(ChannelId channel, bool refused, Turn& turn);
  /// The request is answered; the next may be begun.
  void on_response(ChannelId channel, Correlation correlation, Turn& turn);
  Signal on_timer(Turn& turn);

  bool busy() const { return wanted_; }
  bool owns(ChannelId channel) const { return client_.owns(channel); }

  friend bool operator==(const ControllerChannel&, const ControllerChannel&) = default;
  FIELDS(link_, controller_, times_, client_, wanted_, since_)

 private:
  Signal pursue(Turn& turn);
  void arm(Turn& turn) const;

  ControllerLink link_ = ControllerLink::life_cycle;
  NodeId controller_;
  ControllerChannelTimes times_;
  NetworkClient client_;
  bool wanted_ = false;
  Instant since_{};  // when the wish began; meaningful while wanted_
};

}  // namespace kafkasim::core
