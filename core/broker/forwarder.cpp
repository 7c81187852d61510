#include "core/broker/forwarder.hpp"

#include <utility>

#include "core/base/invariant.hpp"

namespace kafkasim::core {

namespace {

// The forwarding channel: reconnect.backoff.ms 50, controller.socket.timeout.ms 30 s, given up after 60 s.
constexpr ControllerChannelTimes kForwardingTimes{50ms, 50ms, 30s, 60s};

Response timed_out(const Request& request) {
  constexpr ErrorCode kError = ErrorCode::REQUEST_TIMED_OUT;
  if (std::holds_alternative<ElectLeadersRequest>(request)) return ElectLeadersResponse{kError, {}};
  if (std::holds_alternative<CreateTopicsRequest>(request)) return CreateTopicsResponse{kError};
  if (std::holds_alternative<CreatePartitionsRequest>(request)) return CreatePartitionsResponse{kError};
  return IncrementalAlterConfigsResponse{kError};
}

}  // namespace

Forwarder::Forwarder(NodeId controller) : channel_{ControllerLink::forwarding, controller, kForwardingTimes} {}

bool Forwarder::forwards(const Request& request) {
  return std::holds_alternative<ElectLeadersRequest>(request) || std::holds_alternative<CreateTopicsRequest>(request) ||
         std::holds_alternative<CreatePartitionsRequest>(request) ||
         std::holds_alternative<IncrementalAlterConfigsRequest>(request);
}

void Forwarder::submit(RequestToken from, Request&& request, Turn& turn) {
  waiting_.push_back({from, std::move(request), turn.now, true});
  if (!channel_.busy()) act(channel_.begin(turn), turn);
}

void Forwarder::on_connection_closed(std::uint32_t connection) {
  for (Waiting& one : waiting_)
    if (one.from.connection == connection) one.wanted = false;
}

void Forwarder::on_connected(ChannelId channel, Turn& turn) { act(channel_.on_connected(channel, turn), turn); }

void Forwarder::on_disconnected(ChannelId channel, bool refused, Turn& turn) {
  act(channel_.on_disconnected(channel, refused, turn), turn);
}

void Forwarder::on_response(ChannelId channel, Correlation correlation, Response&& response, Turn& turn) {
  channel_.on_response(channel, correlation, turn);
  finish(std::move(response), turn);
}

void Forwarder::on_channel_timer(Turn& turn) { act(channel_.on_timer(turn), turn); }

void Forwarder::finish(Response&& response, Turn& turn) {
  INVARIANT(!waiting_.empty(), "an answer belongs to a request");
  if (waiting_.front().wanted) turn.out.reply(waiting_.front().from, std::move(response));
  waiting_.pop_front();
  if (!waiting_.empty()) act(channel_.begin(waiting_.front().since, turn), turn);
}

void Forwarder::act(ControllerChannel::Signal signal, Turn& turn) {
  if (signal == ControllerChannel::Signal::nothing) return;
  INVARIANT(!waiting_.empty(), "the channel works for a request");
  if (signal == ControllerChannel::Signal::transmit)
    channel_.send(waiting_.front().request, turn);
  else
    finish(timed_out(waiting_.front().request), turn);
}

}  // namespace kafkasim::core
