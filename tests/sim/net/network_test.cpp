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
  ScriptedChooser* luck = nullptr;                               // instead of the seed

  explicit Wire(NetworkCosts costs = {}, int hosts = 2) : network{topology(hosts), std::move(costs)} {}

  Choices& choices() { return luck != nullptr ? static_cast<Choices&>(*luck) : chooser; }

  static Topology topology(int hosts) {
    TopologySpec spec;
    spec.hosts = {{"", false}};
    for (int i = 1; i < hosts; ++i) spec.hosts.push_back({"", true});
    spec.latency = 100us;
    spec.clients = 400us;
    return Topology{spec};
  }

  ConnectionId connect(HostIndex client = 1) {
    const ConnectionId id = network.connect(client, 0, 0, 0, scheduler, chooser);
    network.connection(id).server_open = true;
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
                     scheduler.now(), scheduler, choices());
  }
  void run(Instant until) {
    Event event;
    while (scheduler.next_at() <= until && scheduler.next(event)) handle(event);
  }
  void handle(const Event& event) {
    if (event.kind == event_kind::retransmit) {
      network.retransmit(static_cast<ConnectionId>(event.payload), event.target == 1, scheduler, choices());
      return;
    }
    const auto handle_of = static_cast<std::uint32_t>(event.payload);
    if (!network.arrived(handle_of, scheduler, choices())) return;
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

TEST_CASE("a connection attempt is repeated 1, 3, 7 and 15 s after its start, until it is given up", "[net]") {
  Wire wire;
  wire.network.topology().cut(1, 0);
  const ConnectionId id = wire.network.connect(1, 0, 0, 0, wire.scheduler, wire.chooser);
  wire.run(kStart + 7500ms);
  wire.network.topology().mend(1, 0);
  wire.run(kStart + 60s);
  REQUIRE(wire.arrivals.size() == 1);
  CHECK(wire.arrivals[0].first == 15'000'000'000 + 2 * 500'000);
  wire.network.topology().cut(1, 0);
  const ConnectionId other = wire.network.connect(1, 0, 1, 0, wire.scheduler, wire.chooser);
  wire.run(wire.scheduler.now() + 2s);
  wire.network.forget_attempt(other);
  wire.network.topology().mend(1, 0);
  wire.run(kStart + 200s);
  CHECK(wire.arrivals.size() == 1);
  CHECK(wire.network.in_transit() == 0);
  CHECK(id != other);
}

TEST_CASE("data of a closed socket is given up after eight retransmissions", "[net]") {
  for (const bool open : {true, false}) {
    Wire wire;
    const ConnectionId id = wire.connect();
    wire.network.topology().cut(1, 0);
    wire.send(id, 1, 100);
    wire.network.connection(id).client_open = open;
    wire.run(wire.scheduler.now() + 110s);
    CHECK(wire.network.in_transit() == (open ? 1 : 0));
  }
}

TEST_CASE("a machine's link is shared by its connections, in both directions", "[net]") {
  NetworkCosts costs;
  costs.bandwidth_bits = 8'000'000;  // a byte per microsecond
  Wire wire{costs, 3};
  const ConnectionId one = wire.connect(), two = wire.connect(2);
  std::int64_t now = nanoseconds(wire.scheduler.now());
  wire.send(one, 1, 1000, false);
  wire.send(two, 2, 1000, false);  // the same sender
  wire.run(kStart + 10s);
  CHECK(wire.arrivals == std::vector<std::pair<std::int64_t, Correlation>>{{now + 1'500'000, 1}, {now + 2'500'000, 2}});
  wire.arrivals.clear();
  now = nanoseconds(wire.scheduler.now());
  wire.send(one, 3, 1000);
  wire.send(two, 4, 1000);  // the same receiver
  wire.run(kStart + 20s);
  CHECK(wire.arrivals == std::vector<std::pair<std::int64_t, Correlation>>{{now + 1'500'000, 3}, {now + 2'500'000, 4}});
}

TEST_CASE("loss: what follows waits, everything arrives once and in order", "[net]") {
  Wire wire;
  const ConnectionId id = wire.connect();
  LinkQuality quality;
  quality.loss = {1, 3};
  wire.network.degrade(1, 0, {.fault = 0, .queue = 0, .quality = quality});
  for (Correlation i = 0; i < 300; ++i) wire.send(id, i, i % 3 == 0 ? 10'000 : 100);
  wire.run(kStart + 3000s);
  REQUIRE(wire.arrivals.size() == 300);
  for (std::size_t i = 0; i < 300; ++i) CHECK(wire.arrivals[i].second == static_cast<Correlation>(i));
  CHECK(wire.arrivals.back().first > 1'000'000'000 + 200'000'000);
  CHECK(wire.network.in_transit() == 0);
}

TEST_CASE("loss: what is on its way again is not overtaken by what was sent meanwhile", "[net]") {
  ScriptedChooser luck;
  Wire wire;
  const ConnectionId id = wire.connect();
  LinkQuality quality;
  quality.loss = {1, 2};
  wire.network.degrade(1, 0, {.fault = 0, .queue = 0, .quality = quality});
  luck.then(Choice::network_loss, 0).otherwise(Choice::network_loss, 1);  // only the first is lost
  wire.luck = &luck;
  const Instant begin = wire.scheduler.now();
  wire.send(id, 1, 100);
  wire.scheduler.schedule(begin + 200'300us, 0, event_kind::read, 0);  // 200 us before it is sent again
  Event event;
  while (wire.scheduler.next(event))
    if (event.kind == event_kind::read)
      for (const Correlation what : {2, 3}) wire.send(id, what, 100);
    else
      wire.handle(event);
  const std::int64_t there = nanoseconds(begin) + 500'000 + 200'000'000 + 500'000;
  CHECK(wire.arrivals == std::vector<std::pair<std::int64_t, Correlation>>{{there, 1}, {there, 2}, {there, 3}});
  CHECK(wire.network.in_transit() == 0);
}

TEST_CASE("loss: a lone segment waits for the time-out, one of several a round trip", "[net]") {
  for (const std::int64_t bytes : {100, 2000}) {
    ScriptedChooser luck;
    Wire wire;
    const ConnectionId id = wire.connect();
    LinkQuality quality;
    quality.loss = {1, 2};
    wire.network.degrade(1, 0, {.fault = 0, .queue = 0, .quality = quality});
    luck.then(Choice::network_loss, 0).otherwise(Choice::network_loss, 1);  // the first segment is lost, no other
    const std::int64_t now = nanoseconds(wire.scheduler.now());
    wire.luck = &luck;
    wire.send(id, 1, bytes);
    wire.run(kStart + 10s);
    REQUIRE(wire.arrivals.size() == 1);
    CHECK(wire.arrivals[0].first == now + 2 * 500'000 + (bytes == 100 ? 200'000'000 : 2 * 500'000));
  }
}

TEST_CASE("degradations add up and end one by one", "[net]") {
  Wire wire;
  const ConnectionId id = wire.connect();
  const auto takes = [&] {
    const std::int64_t now = nanoseconds(wire.scheduler.now());
    wire.arrivals.clear();
    wire.send(id, 1, 100);
    wire.run(wire.scheduler.now() + 1s);
    return wire.arrivals.at(0).first - now;
  };
  LinkQuality slow, narrow;
  slow.latency = Distribution::constant(30ms);
  narrow.latency = Distribution::constant(5ms);
  narrow.bandwidth_bits = 8'000;  // a byte per millisecond
  wire.network.degrade(1, 0, {.fault = 7, .queue = 0, .quality = slow});
  wire.network.degrade(1, 0, {.fault = 8, .queue = wire.network.add_queue(), .quality = narrow});
  CHECK(takes() == 500'000 + 35'000'000 + 100'000'000);
  wire.network.restore(8);
  CHECK(takes() == 500'000 + 30'000'000);
  wire.network.restore(7);
  CHECK(takes() == 500'000);
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
