#include "core/broker/controller_channel.hpp"

#include <algorithm>
#include <utility>

#include "core/base/invariant.hpp"

namespace kafkasim::core {

namespace {

ClientConfig network_config(const ControllerChannelTimes& times) {
  ClientConfig config;
  config.request_timeout = times.request_timeout;
  config.reconnect_backoff = times.reconnect_backoff;
  config.reconnect_backoff_max = times.reconnect_backoff_max;
  config.connections_max_idle = 600s;  // connections.max.idle.ms of a broker
  return config;
}

}  // namespace

ControllerChannel::ControllerChannel(ControllerLink link, NodeId controller, const ControllerChannelTimes& times)
    : link_{link}, controller_{controller}, times_{times}, client_{channel_base(link), network_config(times), 1} {}

ControllerChannel::Signal ControllerChannel::begin(Instant since, Turn& turn) {
  INVARIANT(!wanted_, "one request at a time");
  wanted_ = true;
  since_ = since;
  return pursue(turn);
}

void ControllerChannel::send(Request request, Turn& turn) {
  INVARIANT(wanted_, "only a wanted request is sent");
  client_.send(controller_, std::move(request), times_.request_timeout, 0, turn);
  arm(turn);
}

ControllerChannel::Signal ControllerChannel::on_connected(ChannelId channel, Turn& turn) {
  client_.on_connected(channel, turn);
  return pursue(turn);
}

ControllerChannel::Signal ControllerChannel::on_disconnected(ChannelId channel, bool refused, Turn& turn) {
  client_.on_disconnected(channel, refused, turn);
  return pursue(turn);
}

void ControllerChannel::on_response(ChannelId channel, Correlation correlation, Turn& turn) {
  client_.on_response(channel, correlation, turn);
  wanted_ = false;
  arm(turn);
}

ControllerChannel::Signal ControllerChannel::on_timer(Turn& turn) {
  client_.on_tick(turn);
  return pursue(turn);
}

ControllerChannel::Signal ControllerChannel::pursue(Turn& turn) {
  Signal signal = Signal::nothing;
  if (wanted_ && client_.in_flight(controller_) == 0) {
    if (turn.now >= later(since_, times_.retry_timeout)) {
      wanted_ = false;
      signal = Signal::timed_out;
    } else if (client_.ready(controller_, turn)) {
      signal = Signal::transmit;
    }
  }
  if (signal != Signal::transmit) arm(turn);
  return signal;
}

void ControllerChannel::arm(Turn& turn) const {
  Instant at = client_.next_deadline();
  if (wanted_ && client_.in_flight(controller_) == 0) {
    at = std::min({at, client_.may_connect_at(controller_, turn.now), later(since_, times_.retry_timeout)});
  }
  turn.out.timer({TimerKind::controller_channel, static_cast<std::int32_t>(link_)}, at);
}

}  // namespace kafkasim::core
