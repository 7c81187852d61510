// Connections of one client to many nodes: states, reconnect back-off, requests in flight, time-outs (P-29, P-32,
// P-33).
#pragma once

#include <boost/container/deque.hpp>
#include <boost/container/flat_map.hpp>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/base/fields.hpp"
#include "core/network/exponential_backoff.hpp"
#include "core/protocol/config.hpp"
#include "core/protocol/effects.hpp"

namespace kafkasim::core {

/// A request that was written and not answered yet.
struct InFlight {
  Correlation correlation = 0;
  std::int32_t api = 0;  // index of the alternative of Request: api_name(api)
  std::int64_t tag = 0;  // the owner's own number for it
  NodeId node;
  Instant sent{};
  Duration timeout{};

  template <class Message>
  bool is() const {
    return api == static_cast<std::int32_t>(Request{Message{}}.index());
  }
  friend bool operator==(const InFlight&, const InFlight&) = default;
  FIELDS(correlation, api, tag, node, sent, timeout)
};

enum class ConnectionState : std::uint8_t { disconnected, connecting, connected };

/// Why a connection ended.
enum class LossReason : std::uint8_t {
  closed_by_peer,     // reset or closed: NETWORK_EXCEPTION for what was in flight
  refused,            // never established
  setup_timed_out,    // we gave up connecting (socket.connection.setup.timeout.ms)
  request_timed_out,  // we closed it: a request ran out of time: REQUEST_TIMED_OUT for all in flight (P-29)
  idle,               // we closed it: connections.max.idle.ms
};

/// A connection ended; its requests in flight, oldest first, will never be answered.
struct Disconnection {
  NodeId node;
  LossReason reason = LossReason::closed_by_peer;
  std::vector<InFlight> aborted;

  /// The error Kafka's clients report for the aborted requests.
  ErrorCode error() const {
    return reason == LossReason::request_timed_out ? ErrorCode::REQUEST_TIMED_OUT : ErrorCode::NETWORK_EXCEPTION;
  }
};

/// A bootstrap server as Java's client sees it: a node of its own (ids -1, -2, ...) that happens to sit at a broker's
/// address. Once the brokers themselves are known its connection is never used again: not for the next refresh either
/// (README-partitions 6).
inline constexpr std::int32_t kBootstrapOffset = 5'000;
constexpr NodeId bootstrap_node(NodeId broker) { return NodeId{broker.value() + kBootstrapOffset}; }
/// The machine behind a node, bootstrap or not.
constexpr NodeId peer_of(NodeId node) {
  return node.value() >= kBootstrapOffset ? NodeId{node.value() - kBootstrapOffset} : node;
}

/// Value; one per client of a process. It sets no timer: its owner wakes at `next_deadline()` (or later, see there)
/// and calls `on_tick`. Nodes are addressed by channel `base + node id`, so clients of one process coexist when
/// their bases differ by kChannelSpan.
class NetworkClient {
 public:
  /// Channels [base, base + kChannelSpan) belong to one client.
  static constexpr ChannelId kChannelSpan = 10'000;

  NetworkClient() = default;
  NetworkClient(ChannelId base, const ClientConfig& config, std::int32_t max_in_flight);

  // --- sending ------------------------------------------------------------------------------------------------
  /// True: a request may be sent to the node now. False: not yet; a connection is begun if there is none and the
  /// reconnect back-off is over (P-33).
  bool ready(NodeId node, Turn& turn);
  /// As ready(), without connecting.
  bool can_send(NodeId node) const;
  /// Writes a request. can_send(node) must hold. Counted as in flight until on_response, a disconnection or `timeout`.
  Correlation send(NodeId node, Request request, Duration timeout, std::int64_t tag, Turn& turn);
  /// Writes a request that has no reply (acks=0, P-35): never in flight. can_send(node) must hold.
  Correlation send_one_way(NodeId node, Request request, Turn& turn);
  /// Closes the connection from our side; returns what was in flight. Nothing happens when there is none.
  std::optional<Disconnection> close(NodeId node, Turn& turn);
  /// The client ends: closes every connection, drops what is in flight.
  void close_all(Turn& turn);

  // --- what the host reports ------------------------------------------------------------------------------------
  bool owns(ChannelId channel) const { return channel >= base_ && channel < base_ + kChannelSpan; }
  NodeId node_of(ChannelId channel) const { return NodeId{channel - base_}; }
  void on_connected(ChannelId channel, Turn& turn);
  /// Notes ConnectionLost.
  Disconnection on_disconnected(ChannelId channel, bool refused, Turn& turn);
  /// The request this reply answers: always the oldest in flight of that channel.
  InFlight on_response(ChannelId channel, Correlation correlation, Turn& turn);
  /// Expired requests, set-ups and idle connections, by node: the connections are closed here. Notes ConnectionLost.
  std::vector<Disconnection> on_tick(Turn& turn);
  /// The earliest instant at which on_tick would find something. Kafka's Java client does not always wake then:
  /// its thread sleeps up to request.timeout.ms when nothing else happens (S-42); that is its owner's decision.
  Instant next_deadline() const;
  /// As next_deadline, without the expiry of requests: what the Java client does wake for. What is not before `horizon`
  /// may be told as kNever.
  Instant next_connection_deadline(Instant horizon = kNever) const;

  // --- questions --------------------------------------------------------------------------------------------------
  ConnectionState state(NodeId node) const;
  bool connected(NodeId node) const { return state(node) == ConnectionState::connected; }
  /// When ready() may connect again; kNever while connecting or connected.
  Instant may_connect_at(NodeId node, Instant now) const;
  std::int32_t in_flight(NodeId node) const;
  std::int32_t in_flight() const;
  /// The node with the fewest requests in flight among those that can take one; else one that is connecting; else
  /// one that may be connected, the one tried longest ago first. None: all are full or backing off.
  /// Ties are cut by Choice::least_loaded_node (one draw).
  std::optional<NodeId> least_loaded(const std::vector<NodeId>& nodes, Turn& turn) const;

  friend bool operator==(const NetworkClient&, const NetworkClient&) = default;
  struct Connection {
    ConnectionState state = ConnectionState::disconnected;
    Instant last_attempt = Instant::min();  // last connect or disconnect
    Duration backoff{};                     // after last_attempt, while disconnected
    std::int32_t failed_attempts = 0;
    Instant setup_deadline = kNever;  // while connecting
    std::int32_t failed_setups = 0;
    Instant last_active{};                        // last write or read, while connected
    boost::container::deque<InFlight> in_flight;  // oldest first; holds no memory before the first

    friend bool operator==(const Connection&, const Connection&) = default;
    FIELDS(state, last_attempt, backoff, failed_attempts, setup_deadline, failed_setups, last_active, in_flight)
  };
  FIELDS(base_, max_in_flight_, next_correlation_, connections_)

 private:
  const Connection* find(NodeId node) const;
  Connection& at(ChannelId channel);
  ChannelId channel(NodeId node) const { return base_ + node.value(); }
  bool takes(const Connection& connection) const {
    return connection.state == ConnectionState::connected && std::ssize(connection.in_flight) < max_in_flight_;
  }
  Correlation write(NodeId node, Connection& connection, Request&& request, Turn& turn);
  Connection& sendable(NodeId node);
  bool may_connect(const Connection& connection, Instant now) const;
  void connect(NodeId node, Connection& connection, Turn& turn);
  Disconnection lose(NodeId node, Connection& connection, LossReason reason, Turn& turn);
  std::optional<LossReason> expired(const Connection& connection, Instant now) const;
  Instant exact_connection_deadline() const;
  Instant exact_request_deadline() const;
  /// No state: nothing is due before these instants, so nobody need look. They fall when a deadline is set and rise
  /// when all are looked at.
  struct NotBefore {
    Instant connections = kNever;
    Instant requests = kNever;
    friend bool operator==(const NotBefore&, const NotBefore&) { return true; }
  };

  ChannelId base_ = 0;
  std::int32_t max_in_flight_ = 5;
  ExponentialBackoff reconnect_;
  ExponentialBackoff setup_;
  Duration max_idle_{};
  Correlation next_correlation_ = 0;
  boost::container::flat_map<NodeId, Connection> connections_;
  mutable NotBefore not_before_;
};

}  // namespace kafkasim::core
