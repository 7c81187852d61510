#include "sim/net/network.hpp"

#include <algorithm>

#include "core/base/invariant.hpp"
#include "sim/host/event_kind.hpp"

namespace kafkasim::sim {
namespace {

// Linux: first retransmission of data after 200 ms (TCP_RTO_MIN), of a SYN after 1 s, doubling up to 120 s (TCP_RTO_MAX).
constexpr Duration kFirstDataTimeout = 200ms;
constexpr Duration kFirstSynTimeout = 1s;
constexpr Duration kLastTimeout = 120s;

Duration retransmission_timeout(Envelope::Kind kind, int attempts) {
  Duration timeout = kind == Envelope::Kind::syn ? kFirstSynTimeout : kFirstDataTimeout;
  for (int i = 0; i < attempts && timeout < kLastTimeout; ++i) timeout *= 2;
  return std::min(timeout, kLastTimeout);
}

}  // namespace

Network::Network(Topology topology, NetworkCosts costs) : topology_{std::move(topology)}, costs_{std::move(costs)} {
  powered_.assign(topology_.size(), 1);
}

ConnectionId Network::connect(HostIndex client, std::uint16_t generation, ChannelId channel, HostIndex server,
                              Scheduler& scheduler, Choices& choices) {
  Connection connection;
  connection.client = client;
  connection.client_generation = generation;
  connection.channel = channel;
  connection.server = server;
  connections_.push_back(std::move(connection));
  const auto id = static_cast<ConnectionId>(connections_.size());
  transmit(Envelope{.kind = Envelope::Kind::syn, .to_server = true, .connection = id}, scheduler.now(), scheduler, choices);
  return id;
}

Connection& Network::connection(ConnectionId id) {
  INVARIANT(id > 0, "connections are numbered from 1");
  INVARIANT(id <= connections_.size(), "a connection id comes from connect");
  return connections_[id - 1];
}

const Connection& Network::connection(ConnectionId id) const { return const_cast<Network*>(this)->connection(id); }

Lane& Network::lane(const Envelope& envelope) {
  Connection& on = connection(envelope.connection);
  return envelope.to_server ? on.to_server : on.to_client;
}

bool Network::carries(const Envelope& envelope) const {
  const Connection& on = connection(envelope.connection);
  const HostIndex from = envelope.to_server ? on.client : on.server;
  const HostIndex to = envelope.to_server ? on.server : on.client;
  return topology_.reachable(from, to) && powered_[to] != 0 && powered_[from] != 0;
}

void Network::transmit(Envelope envelope, Instant from, Scheduler& scheduler, Choices& choices) {
  INVARIANT(from >= scheduler.now(), "nothing is sent in the past");
  const Connection& on = connection(envelope.connection);
  Lane& way = lane(envelope);
  Instant sent = std::max(from, way.sent_until);
  if (costs_.bandwidth_bits > 0) {
    // bytes * 8 * 1e9 / bits per second, rounded up to a nanosecond; a message is far below the 1.1 GB that would overflow.
    INVARIANT(envelope.bytes < 1'000'000'000, "a message fits into the arithmetic");
    sent += Duration{(envelope.bytes * 8'000'000'000 + costs_.bandwidth_bits - 1) / costs_.bandwidth_bits};
  }
  way.sent_until = sent;
  const Duration base = envelope.to_server ? topology_.latency(on.client, on.server) : topology_.latency(on.server, on.client);
  const std::int64_t jitter = costs_.jitter.draw(choices.below(Choice::network_delay, ~std::uint64_t{0}));
  const Instant at = std::max(sent + base + Duration{jitter}, way.last_arrival);
  way.last_arrival = at;
  scheduler.schedule(at, 0, event_kind::packet, envelopes_.put(std::move(envelope)));
}

bool Network::arrived(std::uint32_t handle, Scheduler& scheduler) {
  const Envelope& envelope = envelopes_.at(handle);
  // What follows a lost segment waits behind it, as TCP delivers in order.
  if (!carries(envelope) || !lane(envelope).lost.empty()) {
    if (envelope.kind == Envelope::Kind::reset || envelope.kind == Envelope::Kind::refuse) {
      if (!carries(envelope)) {
        envelopes_.take(handle);  // a reset is sent once
        return false;
      }
    } else {
      wait_for_retransmission(handle, scheduler);
      return false;
    }
  }
  return true;
}

void Network::wait_for_retransmission(std::uint32_t handle, Scheduler& scheduler) {
  const Envelope& envelope = envelopes_.at(handle);
  Lane& way = lane(envelope);
  way.lost.push_back(handle);
  if (way.lost.size() > 1) return;  // the timer runs for the oldest
  way.attempts = 0;
  scheduler.schedule(scheduler.now() + retransmission_timeout(envelope.kind, 0), envelope.to_server ? 1 : 0,
                     event_kind::retransmit, envelope.connection);
}

void Network::retransmit(ConnectionId id, bool to_server, Scheduler& scheduler) {
  Connection& on = connection(id);
  Lane& way = to_server ? on.to_server : on.to_client;
  if (way.lost.empty()) return;
  const Envelope& oldest = envelopes_.at(way.lost.front());
  if (!carries(oldest)) {
    ++way.attempts;
    scheduler.schedule(scheduler.now() + retransmission_timeout(oldest.kind, way.attempts), to_server ? 1 : 0,
                       event_kind::retransmit, id);
    return;
  }
  const Duration base = to_server ? topology_.latency(on.client, on.server) : topology_.latency(on.server, on.client);
  const Instant at = std::max(scheduler.now() + base, way.last_arrival);
  way.last_arrival = at;
  for (const std::uint32_t handle : way.lost) scheduler.schedule(at, 0, event_kind::packet, handle);
  way.lost.clear();
}

}  // namespace kafkasim::sim
