// Time scopes and functions of the expect language over one small run: lines that hold and lines that fail.
#include "tests/sim/measure/ask.hpp"
#include "tests/support/catch.hpp"

namespace kafkasim::sim::when_test {
namespace {

using testing::surprises;

// Ten records a second; the leader is killed at 8.05 s, missed between 15 and 18.2 s, started again at 20.05 s, up 3 s
// later.
const char* const kCrash = R"(
name: a leader crash, asked about in every way
duration: 40s
settle: 0s
topics: { t: { assignment: [[1, 2, 3]] } }
producers: { p: { topic: t, rate: 10/s } }
timeline:
  - { id: mark, at: 5050ms, note: an ordinary moment }
  - { id: kill, at: 8050ms, crash: leader of t-0, for: 12s }
  - { id: late, at: 35050ms, note: long after }
  - { id: never_struck, when: leader(t-0) == 3, note: does not happen }
)";

}  // namespace

TEST_CASE("instants: at a time, just before an entry", "[measure]") {
  CHECK(surprises(kCrash, {{"leader(t-0) == 1 at 9s", true},
                           {"leader(t-0) == 2 at 9s", false},
                           {"leader(t-0) == 2 at 19s", true},
                           {"sent(p) == 51 at 5050ms", true},
                           {"sent(p) == 50 at 4.95s", true},
                           {"alive(broker 1) at kill", true},
                           {"not alive(broker 1) at kill", false},
                           {"not alive(broker 1) at 8050ms", true},
                           {"acked(p) == 51 at mark", true},
                           {"acked(p) == 51 at late", false},
                           {"leader(t-0) == 1 at never_struck", false}}) == "");
}

TEST_CASE("spans: states throughout, counters by what they gained", "[measure]") {
  CHECK(surprises(kCrash, {{"leader(t-0) == 1 before kill", true},
                           {"leader(t-0) == 1 before late", false},
                           {"alive(broker 1) before kill", true},
                           {"leader(t-0) == 2 after late", true},
                           {"leader(t-0) == 2 after kill", false},
                           {"acked(p) == 81 before kill", true},
                           {"sent(p) == 81 before kill", true},
                           {"sent(p) == 30 from mark to kill", true},
                           {"sent(p) == 51 from mark to kill", false},
                           {"sent(p) == 120 during kill", true},
                           {"elections(t-0) == 1 during kill", true},
                           {"elections(t-0) == 1 from kill to kill.end", true},
                           {"elections(t-0) == 1 after kill.end", false},
                           {"alive(broker 1) at kill.end", false},
                           {"elapsed(kill.end, alive(broker 1)) == 3s", true},
                           {"elapsed(kill.end, isr(t-0) == [1, 2, 3]) between 3s and 6s", true},
                           {"elections(t-0) == 0 from mark to kill", true},
                           {"elections(t-0) == 1 from mark to kill", false},
                           {"elections(t-0) == 0 after late", true},
                           {"isr(t-0) == [1, 2, 3] from mark to kill", true},
                           {"isr(t-0) == [1, 2, 3] from mark to late", false},
                           {"leader(t-0) in [1, 2] during kill", true},
                           {"elections(t-0) == 0 after never_struck", false},
                           {"elections(t-0) == 0 before never_struck", false},
                           {"elections(t-0) == 0 from mark to never_struck", false},
                           {"elections(t-0) == 1", true}}) == "");
}

TEST_CASE("ever, never, always, unchanged", "[measure]") {
  CHECK(surprises(kCrash, {{"leader(t-0) == 2 ever", true},
                           {"leader(t-0) == 3 ever", false},
                           {"leader(t-0) == 3 never", true},
                           {"leader(t-0) == 1 never", false},
                           {"leader(t-0) != 3 always", true},
                           {"leader(t-0) == 1 always", false},
                           {"leader(t-0) == none never", true},
                           {"count(isr(t-0)) == 2 ever", true},
                           {"count(isr(t-0)) < 2 ever", false},
                           {"leader(t-0) unchanged after late", true},
                           {"leader(t-0) unchanged after mark", false},
                           {"leader_epoch(t-0) unchanged after kill", false},
                           {"alive(broker 2) always", true},
                           {"not alive(broker 1) ever", true}}) == "");
}

TEST_CASE("functions over the run", "[measure]") {
  CHECK(surprises(kCrash, {{"time(leader(t-0) == 2) between 15s and 18.3s", true},
                           {"time(leader(t-0) == 2) < 15s", false},
                           {"time(leader(t-0) == 1) == 0s", true},
                           {"time(leader(t-0) == 3) >= 0s", false},
                           {"time(leader(t-0) == 3) == none", true},
                           {"elapsed(kill, leader(t-0) == 2) between 6.9s and 10.2s", true},
                           {"elapsed(mark, leader(t-0) == 2) > 10.2s", true},
                           {"elapsed(kill, not alive(broker 1)) == 0s", true},
                           {"elapsed(late, leader(t-0) == 2) >= 0s", false},  // held already
                           {"elapsed(kill, leader(t-0) == 3) >= 0s", false},  // never
                           {"elapsed(never_struck, leader(t-0) == 2) >= 0s", false},
                           {"elapsed(kill, leader(t-0) == 2) - elapsed(mark, leader(t-0) == 2) == -3s", true},
                           {"first(elections(t-0)) == time(leader(t-0) == 2)", true},
                           {"last(elections(t-0)) == first(elections(t-0))", true},
                           {"last(isr_expands(t-0)) > first(elections(t-0))", true},
                           {"first(unclean_elections(t-0)) == none", true},
                           {"total(leader(t-0) == 1) == time(leader(t-0) == 2)", true},
                           {"total(leader(t-0) == 1) == 40s", false},
                           {"longest(leader(t-0) in [1, 2]) == 40s", true},
                           {"total(not alive(broker 1)) == 15s", true},
                           {"longest(not alive(broker 1)) > 15s", false},
                           {"max(leader_epoch(t-0)) - min(leader_epoch(t-0)) == 1", true},
                           {"max(leader(t-0)) == 2", true},
                           {"min(leader(t-0)) == 1", true},
                           {"max(sent(p)) == 2 * sent(p)", false},
                           {"2 * leader(t-0) == 4", true},
                           {"0.5 * acked(p) < acked(p)", true},
                           {"count(isr(t-0)) == 3", true},
                           {"count(isr(t)) == 1", true},
                           {"count(leader(t-0)) == 1", false}}) == "");
}

TEST_CASE("the state at time 0 is known: the cluster has formed", "[measure]") {
  CHECK(surprises(kCrash, {{"leader(t-0) == 1 at 0s", true},
                           {"isr(t-0) == [1, 2, 3] at 0s", true},
                           {"alive(broker 2) always", true},
                           {"leader_epoch(t-0) >= 0 always", true},
                           {"leader(t-0) == none ever", false}}) == "");
}

TEST_CASE("sent counts what was handed over, also while the producer waits", "[measure]") {
  const char* const text = R"(
name: a frozen broker, a producer that goes on
duration: 20s
cluster: { brokers: 1 }
topics: { t: { partitions: 1 } }
producers: { p: { topic: t, rate: 10/s } }
timeline:
  - { id: pause, at: 10.05s, freeze: broker 1, for: 4s }
)";
  CHECK(surprises(text, {{"sent(p) == 140 at 13.95s", true}}) == "");
}

TEST_CASE("a line without a time scope needs no timeline", "[measure]") {
  const char* const text = R"(
name: nothing happens
duration: 5s
topics: { t: { partitions: 1 } }
producers: { p: { topic: t, rate: 10/s } }
)";
  CHECK(surprises(text, {{"acked(p) == 50", true},
                         {"lost(p) == 0", true},
                         {"failed(p) > 0", false},
                         {"first(acked(p)) < 1s", true}}) == "");
}

TEST_CASE("an item with alternatives needs one of them", "[measure]") {
  const std::string text = std::string{kCrash} + R"(
expect:
  - any: [leader(t-0) == 3, leader(t-0) == 2]
  - any: [leader(t-0) == 3, [leader(t-0) == 2, elections(t-0) == 7]]
)";
  Simulation simulation{testing::load_text(text).at(0)};
  simulation.run();
  const View view = simulation.view();
  const std::vector<Outcome> outcomes = evaluate_expectations(view, judge(view));
  REQUIRE(outcomes.size() == 2);
  CHECK(outcomes[0].holds);
  CHECK_FALSE(outcomes[1].holds);
  CHECK(outcomes[1].value.find("2") != std::string::npos);
}

}  // namespace kafkasim::sim::when_test
