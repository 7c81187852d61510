#include "sim/net/network.hpp"

#include <algorithm>

#include "core/base/invariant.hpp"
#include "sim/host/event_kind.hpp"

namespace kafkasim::sim {
namespace {

// Linux: first retransmission of data after 200 ms (TCP_RTO_MIN), of SYN and SYN-ACK after 1 s, doubling up to 120 s
// (TCP_RTO_MAX); data of a socket that its process has closed is given up after 8 vain retransmissions
// (tcp_orphan_retries).
constexpr Duration kFirstDataTimeout = 200ms;
constexpr Duration kFirstSynTimeout = 1s;
constexpr Duration kLastTimeout = 120s;
constexpr int kOrphanRetries = 8;
constexpr std::int64_t kSegmentBytes = 1448;  // Ethernet's 1500 without the headers of IP and TCP

Duration retransmission_timeout(Envelope::Kind kind, int attempts) {
  const bool opening = kind == Envelope::Kind::syn || kind == Envelope::Kind::syn_ack;
  Duration timeout = opening ? kFirstSynTimeout : kFirstDataTimeout;
  for (int i = 0; i < attempts && timeout < kLastTimeout; ++i) timeout *= 2;
  return std::min(timeout, kLastTimeout);
}

std::int32_t segments(std::int64_t bytes) {
  return static_cast<std::int32_t>((bytes + kSegmentBytes - 1) / kSegmentBytes);
}

// bytes * 8 * 1e9 / bits per second, rounded up to a nanosecond; 0 bits: unlimited.
Duration serialisation(std::int64_t bytes, std::int64_t bits) {
  // A message is far below the 1.1 GB that would overflow.
  INVARIANT(bytes < 1'000'000'000, "a message fits into the arithmetic");
  return bits == 0 ? Duration{} : Duration{(bytes * 8'000'000'000 + bits - 1) / bits};
}

bool is_reset(Envelope::Kind kind) { return kind == Envelope::Kind::reset || kind == Envelope::Kind::refuse; }

}  // namespace

Network::Network(Topology topology, NetworkCosts costs) : topology_{std::move(topology)}, costs_{std::move(costs)} {
  powered_.assign(topology_.size(), 1);
  links_.resize(topology_.size());
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
  transmit(Envelope{.kind = Envelope::Kind::syn, .to_server = true, .connection = id}, scheduler.now(), scheduler,
           choices);
  return id;
}

bool Network::carries(Way way) const {
  return topology_.reachable(way.from, way.to) && powered_[way.to] != 0 && powered_[way.from] != 0;
}

const std::vector<Degradation>* Network::degraded(Way way) const {
  if (degraded_.empty()) return nullptr;
  const auto found = degraded_.find({way.from, way.to});
  return found == degraded_.end() ? nullptr : &found->second;
}

// When the last byte has left: through the sender's link, then through every limited one.
Instant Network::leaves(Way way, std::int64_t bytes, Instant now, Instant ready) {
  Instant sent = links_[way.from].out.pass(now, ready, serialisation(bytes, costs_.bandwidth_bits));
  const auto* faults = degraded(way);
  if (faults == nullptr) return sent;
  for (const Degradation& fault : *faults)
    if (fault.queue != 0)
      sent =
          std::max(sent, queues_[fault.queue - 1].pass(now, ready, serialisation(bytes, fault.quality.bandwidth_bits)));
  return sent;
}

Duration Network::travels(Way way, Choices& choices) const {
  const auto draw = [&](const Distribution& of) {
    return Duration{of.is_constant() ? of.draw(0) : of.draw(choices.below(Choice::network_delay, ~std::uint64_t{0}))};
  };
  Duration span = topology_.latency(way.from, way.to) + draw(costs_.latency) + draw(costs_.jitter);
  if (const auto* faults = degraded(way))
    for (const Degradation& fault : *faults) span += draw(fault.quality.latency) + draw(fault.quality.jitter);
  return std::max(span, Duration{});
}

// The median without jitter.
Duration Network::usual(Way way) const {
  Duration span = topology_.latency(way.from, way.to) + Duration{costs_.latency.quantile(1, 2)};
  if (const auto* faults = degraded(way))
    for (const Degradation& fault : *faults) span += Duration{fault.quality.latency.quantile(1, 2)};
  return span;
}

// How many of these segments do not arrive.
std::int32_t Network::lost_of(Way way, std::int32_t sent, Choices& choices) const {
  const auto* faults = degraded(way);
  if (faults == nullptr) return 0;
  std::int32_t lost = 0;
  for (std::int32_t i = 0; i < sent; ++i) {
    bool gone = false;
    for (const Degradation& fault : *faults) {
      const Ratio& share = fault.quality.loss;
      if (gone || share.numerator == 0) continue;
      gone = choices.below(Choice::network_loss, static_cast<std::uint64_t>(share.denominator)) <
             static_cast<std::uint64_t>(share.numerator);
    }
    lost += gone ? 1 : 0;
  }
  return lost;
}

void Network::transmit(Envelope&& envelope, Instant from, Scheduler& scheduler, Choices& choices) {
  INVARIANT(from >= scheduler.now(), "nothing is sent in the past");
  Connection& of = connection(envelope.connection);
  const Way way = way_of(of, envelope.to_server);
  Lane& on = lane(of, envelope.to_server);
  if (!is_reset(envelope.kind)) envelope.sequence = ++on.written;
  const Instant sent = leaves(way, envelope.bytes, scheduler.now(), from);
  on.last_arrival = std::max(sent + travels(way, choices), on.last_arrival);
  scheduler.schedule(on.last_arrival, 0, event_kind::packet, envelopes_.put(std::move(envelope)));
}

bool Network::arrived(std::uint32_t handle, Scheduler& scheduler, Choices& choices) {
  Envelope& envelope = envelopes_.at(handle);
  if (envelope.released) return true;
  Connection& of = connection(envelope.connection);
  Lane& on = lane(of, envelope.to_server);
  if ((of.severed || on.abandoned) && !is_reset(envelope.kind)) {
    envelopes_.take(handle);
    return false;
  }
  if (envelope.admitted) return true;
  const Way way = way_of(of, envelope.to_server);
  const bool open = carries(way);
  if (envelope.missing != 0)
    envelope.missing = open ? lost_of(way, segments(envelope.bytes), choices) : segments(envelope.bytes);
  else if (!open)
    envelope.missing = segments(envelope.bytes);  // sent again, and lost again
  if (is_reset(envelope.kind)) {
    if (envelope.missing == 0) return true;
    envelopes_.take(handle);  // a reset is sent once
    return false;
  }
  if (envelope.missing != 0) {
    wait_for_retransmission(handle, scheduler);
    return false;
  }
  // TCP delivers in order: what follows a lost segment waits for it, also while it is on its way again.
  if (envelope.sequence != on.received + 1) {
    keep_in_order(on.waiting, handle);
    return false;
  }
  ++on.received;
  if (!on.waiting.empty() && envelopes_.at(on.waiting.front()).sequence == on.received + 1) {
    scheduler.schedule(scheduler.now(), 0, event_kind::packet, on.waiting.front());
    on.waiting.erase(on.waiting.begin());
  }
  envelope.admitted = true;
  // The receiver's link takes what several senders sent at once one after the other; the last byte of a lone one is
  // here now.
  SerialQueue& link = links_[way.to].in;
  const Duration time = serialisation(envelope.bytes, costs_.bandwidth_bits);
  link.busy_until = std::max(scheduler.now(), link.busy_until + time);
  if (link.busy_until == scheduler.now()) return true;
  scheduler.schedule(link.busy_until, 0, event_kind::packet, handle);
  return false;
}

void Network::keep_in_order(std::vector<std::uint32_t>& handles, std::uint32_t handle) const {
  const auto place = std::find_if(handles.begin(), handles.end(), [&](std::uint32_t other) {
    return envelopes_.at(other).sequence > envelopes_.at(handle).sequence;
  });
  handles.insert(place, handle);
}

void Network::wait_for_retransmission(std::uint32_t handle, Scheduler& scheduler) {
  const Envelope& envelope = envelopes_.at(handle);
  Lane& on = lane(connection(envelope.connection), envelope.to_server);
  const bool timer_runs = !on.lost.empty();
  keep_in_order(on.lost, handle);
  if (timer_runs) return;
  on.attempts = 0;
  arm(envelope.connection, envelope.to_server, scheduler);
}

// The timer of the oldest. Of several segments in a row one that is lost is noticed from the acknowledgements of the
// others, a round trip later (fast retransmit, tail loss probe); everything else waits for the time-out.
void Network::arm(ConnectionId id, bool to_server, Scheduler& scheduler) const {
  const Connection& on = connection(id);
  const Lane& way = to_server ? on.to_server : on.to_client;
  const Envelope& oldest = envelopes_.at(way.lost.front());
  Duration wait = retransmission_timeout(oldest.kind, way.attempts);
  if (way.attempts == 0 && oldest.missing < segments(oldest.bytes))
    wait = std::min(wait, usual({on.client, on.server}) + usual({on.server, on.client}));
  scheduler.schedule(scheduler.now() + wait, to_server ? 1 : 0, event_kind::retransmit, id);
}

void Network::retransmit(ConnectionId id, bool to_server, Scheduler& scheduler, Choices& choices) {
  Connection& on = connection(id);
  Lane& lane = to_server ? on.to_server : on.to_client;
  if (lane.lost.empty()) return;
  if (on.severed) return discard(lane);
  const Way way = way_of(on, to_server);
  std::size_t through = 0;
  for (; through < lane.lost.size() && carries(way); ++through) {
    Envelope& envelope = envelopes_.at(lane.lost[through]);
    const std::int32_t again = envelope.missing;
    envelope.missing = lost_of(way, again, choices);
    if (envelope.missing > 0) break;
    const std::int64_t bytes = std::min(envelope.bytes, again * kSegmentBytes);
    const Instant sent = leaves(way, bytes, scheduler.now(), scheduler.now());
    lane.last_arrival = std::max(sent + travels(way, choices), lane.last_arrival);
    scheduler.schedule(lane.last_arrival, 0, event_kind::packet, lane.lost[through]);
  }
  lane.lost.erase(lane.lost.begin(), lane.lost.begin() + static_cast<std::ptrdiff_t>(through));
  if (lane.lost.empty()) return;
  lane.attempts = through > 0 ? std::uint8_t{0} : static_cast<std::uint8_t>(std::min(lane.attempts + 1, 200));
  const bool orphan = to_server ? !on.client_open : !on.server_open;
  const Envelope::Kind oldest = envelopes_.at(lane.lost.front()).kind;
  if (orphan && oldest != Envelope::Kind::syn_ack && lane.attempts > kOrphanRetries) return discard(lane);
  arm(id, to_server, scheduler);
}

void Network::discard(Lane& lane) {
  for (std::vector<std::uint32_t>* handles : {&lane.lost, &lane.waiting}) {
    for (const std::uint32_t handle : *handles) envelopes_.take(handle);
    handles->clear();
  }
  lane.abandoned = true;
}

void Network::forget_attempt(ConnectionId id) { discard(connection(id).to_server); }

std::uint32_t Network::add_queue() {
  queues_.emplace_back();
  return static_cast<std::uint32_t>(queues_.size());
}

void Network::degrade(HostIndex from, HostIndex to, Degradation degradation) {
  INVARIANT(from < topology_.size(), "the host exists");
  INVARIANT(to < topology_.size(), "the host exists");
  degraded_[{from, to}].push_back(std::move(degradation));
}

void Network::restore(std::size_t fault) {
  for (auto it = degraded_.begin(); it != degraded_.end();) {
    std::erase_if(it->second, [&](const Degradation& one) { return one.fault == fault; });
    it = it->second.empty() ? degraded_.erase(it) : std::next(it);
  }
}

}  // namespace kafkasim::sim
