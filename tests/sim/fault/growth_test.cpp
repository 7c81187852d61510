// Topics and partitions that come to be during a run, wherever a line or a target may name them.
#include "sim/measure/condition.hpp"
#include "tests/sim/measure/ask.hpp"
#include "tests/support/catch.hpp"

namespace kafkasim::sim::growth_test {

using testing::broken;

TEST_CASE("partitions and topics of later are accepted in expect, wait, when and as targets", "[fault]") {
  CHECK(broken(R"(name: growth
duration: 30s
topics: { t: { assignment: [[1, 2, 3]] } }
producers: { p: { topic: t, rate: 10/s, partition: round_robin }, q: { topic: later, rate: 10/s, start: 12s } }
consumers: { g: { topics: [t, later], config: { auto.offset.reset: earliest, metadata.max.age.ms: 5000 } } }
timeline:
  - { id: early, at: 2s, note: before }
  - { id: grow, at: 5s, add_partitions: t, to: 3, assignment: [[2, 3, 1], [3, 1, 2]], gets: ok }
  - { id: there, wait: leader(t-2) == 3 }
  - { id: made, create_topic: later, assignment: [[1, 2], [2, 3]], gets: ok }
  - { id: formed, when: "isr(later-1) == [2, 3]", note: there it is }
  - { id: next, at: 20s, freeze: leader of later-1, for: 100ms }
  - expect:
      - leader(later) == [1, 2]
      - not under_replicated(t-2)
)",
               {"leader(t-2) == none at early", "leader(t) == [1] at early", "leader(later-0) == none at early",
                "elapsed(grow, leader(t-2) == 3) < 1s", "elapsed(made, leader(later-1) == 2) < 1s",
                "time(isr(later-1) == [2, 3]) between 5s and 6s", "isr_expands(t) == 0", "isr_expands(later) == 0",
                "elections(t-2) == 0", "identical(later)", "offline() == 0", "in_log(q, later) == acked(q)",
                "lag(g, later) == 0", "owner(g, later-1) == g/1", "skipped(g) == 0"}) == "");
}

TEST_CASE("what never comes to be is a mistake all the same", "[fault]") {
  const auto scenario =
      testing::load_text("name: x\ntopics: { t: {} }\ntimeline:\n  - { at: 1s, add_partitions: t, to: 3 }\n").at(0);
  std::vector<Diagnostic> found;
  compile_condition("leader(t-2) == 1", {}, *scenario, found, false);
  CHECK(found.empty());
  compile_condition("leader(t-3) == 1", {}, *scenario, found, false);
  REQUIRE(found.size() == 1);
  CHECK(found[0].message.find("'t-3' does not fit here") == 0);
}

}  // namespace kafkasim::sim::growth_test
