// Distances between machines, and cuts that add up.
#include "sim/net/topology.hpp"

#include "tests/support/catch.hpp"

namespace kafkasim::sim::topology_test {
namespace {

// Brokers 0, 1 in rack a, 2 in rack b; client 3 in rack a, client 4 in rack b, client 5 in none.
Topology three_racks() {
  TopologySpec spec;
  spec.hosts = {{"a", false}, {"a", false}, {"b", false}, {"a", true}, {"b", true}, {"", true}};
  spec.latency = 200us;
  spec.between_racks = 500us;
  spec.clients = 300us;
  return Topology{spec};
}

}  // namespace

TEST_CASE("latency is the way through the racks", "[net]") {
  const Topology topology = three_racks();
  CHECK(topology.size() == 6);
  struct Case {
    HostIndex from, to;
    Duration latency;
  };
  for (const Case& c : {Case{0, 0, 0us}, Case{0, 1, 200us}, Case{0, 2, 700us}, Case{3, 0, 500us}, Case{3, 2, 1000us},
                        Case{4, 2, 500us}, Case{3, 4, 1300us}, Case{5, 0, 1000us}}) {
    INFO(c.from << " to " << c.to);
    CHECK(topology.latency(c.from, c.to) == c.latency);
    CHECK(topology.latency(c.to, c.from) == c.latency);
  }
}

TEST_CASE("cuts add up and have a direction", "[net]") {
  Topology topology = three_racks();
  topology.cut(0, 1);
  CHECK_FALSE(topology.reachable(0, 1));
  CHECK(topology.reachable(1, 0));
  CHECK(topology.reachable(0, 2));
  topology.cut(0, 1);
  topology.mend(0, 1);
  CHECK_FALSE(topology.reachable(0, 1));
  topology.mend(0, 1);
  CHECK(topology.reachable(0, 1));
  CHECK(topology == three_racks());
  topology.cut(0, 1);
  topology.cut(0, 1);
  topology.cut(2, 0);
  CHECK_FALSE(topology == three_racks());
  topology.mend_all();
  CHECK(topology == three_racks());
}

}  // namespace kafkasim::sim::topology_test
