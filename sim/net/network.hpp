// Delivers envelopes: latency, bandwidth, order, silence on a cut link and retransmission after the heal.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/kernel/distribution.hpp"
#include "sim/kernel/scheduler.hpp"
#include "sim/kernel/slab.hpp"
#include "sim/net/connection.hpp"
#include "sim/net/topology.hpp"

namespace kafkasim::sim {

struct NetworkCosts {
  Distribution jitter{};               // added to the base latency of each envelope
  std::int64_t bandwidth_bits = 0;   // per second and direction of a connection's path; 0 = unlimited
  friend bool operator==(const NetworkCosts&, const NetworkCosts&) = default;
};

class Network {
 public:
  Network() = default;
  Network(Topology topology, NetworkCosts costs);

  /// A new connection, its SYN on the way.
  ConnectionId connect(HostIndex client, std::uint16_t generation, ChannelId channel, HostIndex server, Scheduler& scheduler,
                       Choices& choices);
  Connection& connection(ConnectionId id);
  const Connection& connection(ConnectionId id) const;
  std::size_t connections() const { return connections_.size(); }

  /// Writes to the connection at `from` (>= now): the envelope arrives some time later as event_kind::packet.
  void transmit(Envelope envelope, Instant from, Scheduler& scheduler, Choices& choices);
  /// A packet event. True: the envelope has reached the machine, the caller takes it from envelopes(). Else it waits for a
  /// retransmission (or, a reset, is gone).
  bool arrived(std::uint32_t handle, Scheduler& scheduler);
  /// A retransmission timer of that connection and direction ran out.
  void retransmit(ConnectionId id, bool to_server, Scheduler& scheduler);

  Topology& topology() { return topology_; }
  const Topology& topology() const { return topology_; }
  /// A machine without power neither sends nor receives.
  void power(HostIndex host, bool on) { powered_.at(host) = on ? 1 : 0; }
  /// Envelopes on the way or waiting for a retransmission.
  std::size_t in_transit() const { return envelopes_.size(); }
  const Slab<Envelope>& envelopes() const { return envelopes_; }
  Slab<Envelope>& envelopes() { return envelopes_; }

  friend bool operator==(const Network&, const Network&) = default;
  FIELDS(topology_, connections_, envelopes_, powered_)

 private:
  Lane& lane(const Envelope& envelope);
  bool carries(const Envelope& envelope) const;
  void wait_for_retransmission(std::uint32_t handle, Scheduler& scheduler);

  Topology topology_;
  NetworkCosts costs_;
  std::vector<Connection> connections_;  // [id - 1]
  Slab<Envelope> envelopes_;
  std::vector<std::uint8_t> powered_;
};

}  // namespace kafkasim::sim
