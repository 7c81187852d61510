#include "core/network/network_client.hpp"

#include <algorithm>
#include <utility>

#include "core/base/invariant.hpp"

namespace kafkasim::core {

NetworkClient::NetworkClient(ChannelId base, const ClientConfig& config, std::int32_t max_in_flight)
    : base_{base},
      max_in_flight_{max_in_flight},
      reconnect_{config.reconnect_backoff, config.reconnect_backoff_max},
      setup_{config.socket_connection_setup_timeout, config.socket_connection_setup_timeout_max},
      max_idle_{config.connections_max_idle} {
  INVARIANT(max_in_flight > 0, "a connection that may carry no request is useless");
}

const NetworkClient::Connection* NetworkClient::find(NodeId node) const {
  const auto it = connections_.find(node);
  return it == connections_.end() ? nullptr : &it->second;
}

NetworkClient::Connection& NetworkClient::at(ChannelId channel) {
  const auto it = connections_.find(node_of(channel));
  INVARIANT(it != connections_.end(), "a channel reports only after it was opened");
  return it->second;
}

bool NetworkClient::may_connect(const Connection& connection, Instant now) const {
  if (connection.state != ConnectionState::disconnected) return false;
  return connection.last_attempt == Instant::min() || now >= connection.last_attempt + connection.backoff;
}

void NetworkClient::connect(NodeId node, Connection& connection, Turn& turn) {
  connection.state = ConnectionState::connecting;
  connection.last_attempt = turn.now;
  connection.setup_deadline = later(turn.now, setup_.draw(connection.failed_setups, turn));
  not_before_.connections = std::min(not_before_.connections, connection.setup_deadline);
  turn.out.open(channel(node), peer_of(node));
}

bool NetworkClient::ready(NodeId node, Turn& turn) {
  INVARIANT(node.known(), "a request goes to a known node");
  INVARIANT(node.value() < kChannelSpan, "node ids fit into the channels of one client");
  Connection& connection = connections_[node];
  if (may_connect(connection, turn.now)) connect(node, connection, turn);
  return takes(connection);
}

bool NetworkClient::can_send(NodeId node) const {
  const Connection* connection = find(node);
  return connection != nullptr && takes(*connection);
}

NetworkClient::Connection& NetworkClient::sendable(NodeId node) {
  const auto at = connections_.find(node);
  INVARIANT(at != connections_.end(), "requests go only to connected nodes");
  INVARIANT(takes(at->second), "requests go only to connected nodes below their in-flight limit");
  return at->second;
}

Correlation NetworkClient::write(NodeId node, Connection& connection, Request&& request, Turn& turn) {
  connection.last_active = turn.now;
  const Correlation correlation = next_correlation_++;
  turn.out.request(channel(node), correlation, std::move(request));
  return correlation;
}

Correlation NetworkClient::send(NodeId node, Request request, Duration timeout, std::int64_t tag, Turn& turn) {
  const auto api = static_cast<std::int32_t>(request.index());
  Connection& connection = sendable(node);
  const Correlation correlation = write(node, connection, std::move(request), turn);
  connection.in_flight.push_back(InFlight{correlation, api, tag, node, turn.now, timeout});
  not_before_.requests = std::min(not_before_.requests, later(turn.now, timeout));
  return correlation;
}

Correlation NetworkClient::send_one_way(NodeId node, Request request, Turn& turn) {
  return write(node, sendable(node), std::move(request), turn);
}

/// Book-keeping of any end of a connection (ClusterConnectionStates: back-off from this moment, P-33).
Disconnection NetworkClient::lose(NodeId node, Connection& connection, LossReason reason, Turn& turn) {
  Disconnection lost{node, reason, {connection.in_flight.begin(), connection.in_flight.end()}};
  connection.in_flight.clear();
  connection.failed_setups = connection.state == ConnectionState::connecting ? connection.failed_setups + 1 : 0;
  connection.state = ConnectionState::disconnected;
  connection.setup_deadline = kNever;
  connection.last_attempt = turn.now;
  connection.backoff = reconnect_.draw(connection.failed_attempts++, turn);
  if (reason != LossReason::idle) {
    const bool never_established = reason == LossReason::refused || reason == LossReason::setup_timed_out;
    turn.out.note(ConnectionLost{peer_of(node), static_cast<std::int32_t>(lost.aborted.size()),
                                 reason == LossReason::request_timed_out, never_established});
  }
  return lost;
}

std::optional<Disconnection> NetworkClient::close(NodeId node, Turn& turn) {
  const auto it = connections_.find(node);
  if (it == connections_.end() || it->second.state == ConnectionState::disconnected) return std::nullopt;
  turn.out.close(channel(node));
  return lose(node, it->second, LossReason::idle, turn);
}

void NetworkClient::close_all(Turn& turn) {
  for (const auto& [node, connection] : connections_)
    if (connection.state != ConnectionState::disconnected) turn.out.close(channel(node));
  connections_.clear();
}

void NetworkClient::on_connected(ChannelId channel, Turn& turn) {
  Connection& connection = at(channel);
  INVARIANT(connection.state == ConnectionState::connecting, "only an open attempt can be established");
  connection.state = ConnectionState::connected;
  connection.failed_attempts = 0;
  connection.failed_setups = 0;
  connection.setup_deadline = kNever;
  connection.last_active = turn.now;
  not_before_.connections = std::min(not_before_.connections, later(turn.now, max_idle_));
}

Disconnection NetworkClient::on_disconnected(ChannelId channel, bool refused, Turn& turn) {
  Connection& connection = at(channel);
  INVARIANT(connection.state != ConnectionState::disconnected, "a closed channel reports nothing");
  const bool never_established = refused || connection.state == ConnectionState::connecting;
  return lose(node_of(channel), connection, never_established ? LossReason::refused : LossReason::closed_by_peer, turn);
}

InFlight NetworkClient::on_response(ChannelId channel, Correlation correlation, Turn& turn) {
  Connection& connection = at(channel);
  INVARIANT(connection.state == ConnectionState::connected, "replies come over an open connection");
  INVARIANT(!connection.in_flight.empty(), "a reply answers a request");
  const InFlight answered = connection.in_flight.front();
  INVARIANT(answered.correlation == correlation, "replies of a connection come in the order of its requests (P-32)");
  connection.in_flight.pop_front();
  connection.last_active = turn.now;
  if (connection.in_flight.empty())
    not_before_.connections = std::min(not_before_.connections, later(turn.now, max_idle_));
  return answered;
}

ConnectionState NetworkClient::state(NodeId node) const {
  const Connection* connection = find(node);
  return connection == nullptr ? ConnectionState::disconnected : connection->state;
}

Instant NetworkClient::may_connect_at(NodeId node, Instant now) const {
  const Connection* connection = find(node);
  if (connection == nullptr || may_connect(*connection, now)) return now;
  if (connection->state != ConnectionState::disconnected) return kNever;
  return connection->last_attempt + connection->backoff;
}

std::int32_t NetworkClient::in_flight(NodeId node) const {
  const Connection* connection = find(node);
  return connection == nullptr ? 0 : static_cast<std::int32_t>(connection->in_flight.size());
}

std::int32_t NetworkClient::in_flight() const {
  std::int32_t total = 0;
  for (const auto& [node, connection] : connections_) total += static_cast<std::int32_t>(connection.in_flight.size());
  return total;
}

std::optional<NodeId> NetworkClient::least_loaded(const std::vector<NodeId>& nodes, Turn& turn) const {
  if (nodes.empty()) return std::nullopt;
  const std::size_t first = turn.choices.below(Choice::least_loaded_node, nodes.size());
  std::optional<NodeId> sendable, connecting, connectable;
  std::int32_t fewest = max_in_flight_;
  Instant longest_ago = kNever;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const NodeId node = nodes[(first + i) % nodes.size()];
    const Connection* connection = find(node);
    if (can_send(node)) {
      if (in_flight(node) >= fewest) continue;
      fewest = in_flight(node);
      sendable = node;
    } else if (connection != nullptr && connection->state == ConnectionState::connecting) {
      connecting = node;
    } else if (connection == nullptr || may_connect(*connection, turn.now)) {
      const Instant attempt = connection == nullptr ? Instant::min() : connection->last_attempt;
      if (attempt >= longest_ago) continue;
      longest_ago = attempt;
      connectable = node;
    }
  }
  if (sendable) return sendable;
  return connecting ? connecting : connectable;
}

}  // namespace kafkasim::core
