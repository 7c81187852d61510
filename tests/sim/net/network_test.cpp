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
    network.transmit({.kind = Envelope::Kind::request, .to_server = to_server, .connection = id, .correlation = what, .bytes = bytes},
                     scheduler.now(), scheduler, chooser);
  }
  void run(Instant until) {
    while (const auto event = scheduler.next_before(until)) handle(*event);
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
}  // namespace kafkasim::sim::network_test
