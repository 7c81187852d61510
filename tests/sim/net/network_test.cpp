// Envelopes on a connection: latency, bandwidth, order, silence and retransmission.
#include "sim/net/network.hpp"

#include <vector>

#include "sim/host/event_kind.hpp"
#include "sim/kernel/chooser.hpp"
#include "tests/support/catch.hpp"

namespace kafkasim::sim::network_test {
namespace {

// Two machines 500 us apart (the client's link costs 400), driven by hand.
struct Wire {
  Scheduler scheduler{};
  SeededChooser chooser{3};
  Network network;
  std::vector<std::pair<std::int64_t, Correlation>> arrivals{};  // nanoseconds, what arrived

  explicit Wire(NetworkCosts costs = {}) : network{topology(), std::move(costs)} {}

  static Topology topology() {
    TopologySpec spec;
    spec.hosts = {{"", false}, {"", true}};
    spec.latency = 100us;
    spec.clients = 400us;
    return Topology{spec};
  }

  ConnectionId connect() {
    const ConnectionId id = network.connect(1, 0, 0, 0, scheduler, chooser);
    run(scheduler.now() + 1s);
    arrivals.clear();
    return id;
  }
  void send(ConnectionId id, Correlation what, std::int64_t bytes, bool to_server = true) {
    network.transmit({.kind = Envelope::Kind::request,
                      .to_server = to_server,
                      .connection = id,
                      .correlation = what,
                      .bytes = bytes},
                     scheduler.now(), scheduler, chooser);
  }
  void run(Instant until) {
    Event event;
    while (scheduler.next_at() <= until && scheduler.next(event)) handle(event);
  }
  void handle(const Event& event) {
    if (event.kind == event_kind::retransmit) {
      network.retransmit(static_cast<ConnectionId>(event.payload), event.target == 1, scheduler);
      return;
    }
    const auto handle_of = static_cast<std::uint32_t>(event.payload);
    if (!network.arrived(handle_of, scheduler)) return;
    arrivals.emplace_back(nanoseconds(scheduler.now()), network.envelopes().take(handle_of).correlation);
  }
};

}  // namespace

TEST_CASE("an envelope takes the base latency, to and fro", "[net]") {
  Wire wire;
  const ConnectionId id = wire.connect();
  const std::int64_t now = nanoseconds(wire.scheduler.now());
  wire.send(id, 1, 100);
  wire.send(id, 2, 100, false);
  wire.run(kStart + 10s);
  CHECK(wire.arrivals == std::vector<std::pair<std::int64_t, Correlation>>{{now + 500'000, 1}, {now + 500'000, 2}});
  CHECK(wire.network.in_transit() == 0);
}

TEST_CASE("bandwidth: bytes leave one after the other", "[net]") {
  NetworkCosts costs;
  costs.bandwidth_bits = 8'000'000;  // a byte per microsecond
  Wire wire{costs};
  const ConnectionId id = wire.connect();
  const std::int64_t now = nanoseconds(wire.scheduler.now());
  wire.send(id, 1, 1000);
  wire.send(id, 2, 50);
  wire.send(id, 3, 50, false);  // the other direction is free
  wire.run(kStart + 10s);
  CHECK(wire.arrivals == std::vector<std::pair<std::int64_t, Correlation>>{
                             {now + 550'000, 3}, {now + 1'500'000, 1}, {now + 1'550'000, 2}});
}

TEST_CASE("jitter never lets an envelope overtake", "[net]") {
  NetworkCosts costs;
  costs.jitter = Distribution::uniform(0, 5'000'000);
  Wire wire{costs};
  const ConnectionId id = wire.connect();
  for (Correlation i = 0; i < 200; ++i) wire.send(id, i, 100);
  wire.run(kStart + 10s);
  REQUIRE(wire.arrivals.size() == 200);
  for (std::size_t i = 0; i < 200; ++i) CHECK(wire.arrivals[i].second == static_cast<Correlation>(i));
}

TEST_CASE("a cut is silence; after the heal everything arrives in order at the next retransmission", "[net]") {
  Wire wire;
  const ConnectionId id = wire.connect();
  const Instant cut = wire.scheduler.now();
  wire.network.topology().cut(1, 0);
  wire.send(id, 1, 100);
  wire.send(id, 2, 100);
  wire.send(id, 3, 100, false);  // the way back is open
  wire.run(cut + 1s);
  REQUIRE(wire.arrivals.size() == 1);
  CHECK(wire.arrivals[0].second == 3);
  CHECK(wire.network.in_transit() == 2);
  wire.network.topology().mend(1, 0);
  wire.send(id, 4, 100);  // must not overtake what waits
  wire.run(cut + 10s);
  // Lost 0.5 ms after the cut; retransmitted 0.2, 0.6 and 1.4 s after that: the third attempt finds the way open.
  REQUIRE(wire.arrivals.size() == 4);
  CHECK(wire.arrivals[1] ==
        std::pair<std::int64_t, Correlation>{nanoseconds(cut) + 500'000 + 1'400'000'000 + 500'000, 1});
  CHECK(wire.arrivals[2].second == 2);
  CHECK(wire.arrivals[3].second == 4);
  CHECK(wire.network.in_transit() == 0);
}

TEST_CASE("a machine without power neither sends nor receives", "[net]") {
  Wire wire;
  const ConnectionId id = wire.connect();
  wire.network.power(0, false);
  wire.send(id, 1, 100);
  wire.send(id, 2, 100, false);
  wire.run(wire.scheduler.now() + 60s);
  CHECK(wire.arrivals.empty());
  CHECK(wire.network.in_transit() == 2);
}

TEST_CASE("a network is a value", "[net]") {
  Wire wire;
  const ConnectionId id = wire.connect();
  wire.send(id, 1, 100);
  Wire copy = wire;
  CHECK(copy.network == wire.network);
  copy.run(kStart + 10s);
  CHECK_FALSE(copy.network == wire.network);
  wire.run(kStart + 10s);
  CHECK(copy.network == wire.network);
  CHECK(copy.arrivals == wire.arrivals);
}

}  // namespace kafkasim::sim::network_test
