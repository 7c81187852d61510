// Delivers envelopes: latency, bandwidth, order, loss, silence on a cut link and retransmission after the heal.
#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "core/base/invariant.hpp"
#include "sim/kernel/distribution.hpp"
#include "sim/kernel/scheduler.hpp"
#include "sim/kernel/slab.hpp"
#include "sim/net/connection.hpp"
#include "sim/net/link_quality.hpp"
#include "sim/net/topology.hpp"

namespace kafkasim::sim {

struct NetworkCosts {
  Distribution latency{};           // of each envelope, when the topology's latencies are without it
  Distribution jitter{};            // added to the latency of each envelope
  std::int64_t bandwidth_bits = 0;  // per second, of each machine's link and direction; 0 = unlimited
  friend bool operator==(const NetworkCosts&, const NetworkCosts&) = default;
};

class Network {
 public:
  Network() = default;
  Network(Topology topology, NetworkCosts costs);

  /// A new connection, its SYN on the way.
  ConnectionId connect(HostIndex client, std::uint16_t generation, ChannelId channel, HostIndex server,
                       Scheduler& scheduler, Choices& choices);
  Connection& connection(ConnectionId id) {
    const ConnectionId index = id - 1;  // 0 is none: it wraps around
    INVARIANT(index < connections_.size(), "a connection id comes from connect; they are numbered from 1");
    return connections_[index];
  }
  const Connection& connection(ConnectionId id) const { return const_cast<Network*>(this)->connection(id); }
  std::size_t connections() const { return connections_.size(); }

  /// Writes to the connection at `from` (>= now): the envelope arrives some time later as event_kind::packet.
  void transmit(Envelope&& envelope, Instant from, Scheduler& scheduler, Choices& choices);
  /// A packet event. True: the envelope has reached the machine, the caller takes it from envelopes(). Else it waits
  /// (for a retransmission, for the receiver's link) or is gone (a reset; anything on a severed connection).
  bool arrived(std::uint32_t handle, Scheduler& scheduler, Choices& choices);
  /// A retransmission timer of that connection and direction ran out.
  void retransmit(ConnectionId id, bool to_server, Scheduler& scheduler, Choices& choices);
  /// The client gives up an attempt that was never answered: its machine forgets the SYN.
  void forget_attempt(ConnectionId id);

  Topology& topology() { return topology_; }
  const Topology& topology() const { return topology_; }
  /// A machine without power neither sends nor receives.
  void power(HostIndex host, bool on) { powered_.at(host) = on ? 1 : 0; }

  /// A queue for a limited bandwidth, shared by the directions it is given to.
  std::uint32_t add_queue();
  /// Faults add up: latencies and jitters are summed, each loss strikes by itself, the narrowest bandwidth counts.
  void degrade(HostIndex from, HostIndex to, Degradation degradation);
  /// All directions that this fault made worse are as before.
  void restore(std::size_t fault);

  /// Envelopes on the way or waiting for a retransmission.
  std::size_t in_transit() const { return envelopes_.size(); }
  const Slab<Envelope>& envelopes() const { return envelopes_; }
  Slab<Envelope>& envelopes() { return envelopes_; }

  friend bool operator==(const Network&, const Network&) = default;
  FIELDS(topology_, connections_, envelopes_, powered_, links_, degraded_, queues_)

 private:
  struct Way {
    HostIndex from = 0;
    HostIndex to = 0;
  };

  static Way way_of(const Connection& on, bool to_server) {
    return to_server ? Way{on.client, on.server} : Way{on.server, on.client};
  }
  static Lane& lane(Connection& on, bool to_server) { return to_server ? on.to_server : on.to_client; }
  bool carries(Way way) const;
  const std::vector<Degradation>* degraded(Way way) const;
  Instant leaves(Way way, std::int64_t bytes, Instant now, Instant ready);
  Duration travels(Way way, Choices& choices) const;
  Duration usual(Way way) const;
  std::int32_t lost_of(Way way, std::int32_t segments, Choices& choices) const;
  void keep_in_order(std::vector<std::uint32_t>& handles, std::uint32_t handle) const;
  void wait_for_retransmission(std::uint32_t handle, Scheduler& scheduler);
  void arm(ConnectionId id, bool to_server, Scheduler& scheduler) const;
  void discard(Lane& lane);

  Topology topology_;
  NetworkCosts costs_;
  std::vector<Connection> connections_;  // [id - 1]
  Slab<Envelope> envelopes_;
  std::vector<std::uint8_t> powered_;
  std::vector<HostLink> links_;
  std::map<std::pair<HostIndex, HostIndex>, std::vector<Degradation>> degraded_;
  std::vector<SerialQueue> queues_;  // of limited bandwidths, [number - 1]
};

}  // namespace kafkasim::sim
