// What runs out in a client's connections: requests, set-ups, idle time (P-29).
#include <algorithm>

#include "core/base/invariant.hpp"
#include "core/network/network_client.hpp"

namespace kafkasim::core {

std::optional<LossReason> NetworkClient::expired(const Connection& connection, Instant now) const {
  if (connection.state == ConnectionState::connecting && now >= connection.setup_deadline)
    return LossReason::setup_timed_out;
  if (connection.state != ConnectionState::connected) return std::nullopt;
  for (const InFlight& request : connection.in_flight)
    if (now >= later(request.sent, request.timeout)) return LossReason::request_timed_out;
  if (connection.in_flight.empty() && now >= later(connection.last_active, max_idle_)) return LossReason::idle;
  return std::nullopt;
}

std::vector<Disconnection> NetworkClient::on_tick(Turn& turn) {
  std::vector<Disconnection> lost;
  if (turn.now < std::min(not_before_.connections, not_before_.requests)) return lost;
  for (auto& [node, connection] : connections_) {
    const std::optional<LossReason> reason = expired(connection, turn.now);
    if (!reason) continue;
    turn.out.close(channel(node));
    lost.push_back(lose(node, connection, *reason, turn));
  }
  not_before_ = {exact_connection_deadline(), exact_request_deadline()};
  return lost;
}

Instant NetworkClient::exact_connection_deadline() const {
  Instant next = kNever;
  for (const auto& [node, connection] : connections_) {
    if (connection.state == ConnectionState::connecting) next = std::min(next, connection.setup_deadline);
    if (connection.state == ConnectionState::connected && connection.in_flight.empty())
      next = std::min(next, later(connection.last_active, max_idle_));
  }
  return next;
}

Instant NetworkClient::exact_request_deadline() const {
  Instant next = kNever;
  for (const auto& [node, connection] : connections_)
    for (const InFlight& request : connection.in_flight) next = std::min(next, later(request.sent, request.timeout));
  return next;
}

Instant NetworkClient::next_connection_deadline(Instant horizon) const {
  if (not_before_.connections >= horizon) return kNever;
  const Instant next = exact_connection_deadline();
  INVARIANT(next >= not_before_.connections, "no connection ends earlier than was thought possible");
  return not_before_.connections = next;
}

Instant NetworkClient::next_deadline() const {
  const Instant connection = next_connection_deadline();
  if (not_before_.requests >= connection) return connection;
  const Instant request = exact_request_deadline();
  INVARIANT(request >= not_before_.requests, "no request ends earlier than was thought possible");
  return std::min(connection, not_before_.requests = request);
}

}  // namespace kafkasim::core
