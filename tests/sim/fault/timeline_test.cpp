// When entries strike, what their ids mean, and how they are undone.
#include "tests/sim/measure/ask.hpp"
#include "tests/support/catch.hpp"

namespace kafkasim::sim::timeline_test {
namespace {

using testing::broken;

std::string story(const std::string& entries, int seconds = 30) {
  return "name: a timeline\nduration: " + std::to_string(seconds) + R"(s
settle: 0s
topics: { t: { assignment: [[1, 2, 3]] } }
producers: { p: { topic: t, rate: 10/s } }
timeline:
)" + entries;
}

}  // namespace

TEST_CASE("at, after, and what stands below without a time", "[fault]") {
  CHECK(broken(story(R"(  - { id: a, at: 2050ms, note: first }
  - { id: b, after: a, delay: 3s, note: later }
  - { id: c, wait: 2s }
  - { id: d, note: last }
)"),
               {"acked(p) == 21 at a", "sent(p) == 51 at b", "sent(p) == 71 at d", "acked(p) == 20 from b to d"}) ==
        "");
}

TEST_CASE("when: the first instant a condition holds, or has held for a while", "[fault]") {
  CHECK(broken(story(R"(  - { id: kill, at: 5050ms, crash: broker 1 }
  - { id: elected, when: leader(t-0) == 2, note: at once }
  - { id: settled, when: leader(t-0) == 2, lasting: 3s, note: three seconds later }
)"),
               {"leader(t-0) == 1 at elected", "elapsed(kill, leader(t-0) == 2) between 6.9s and 10.2s",
                "elections(t-0) == 1 before settled", "acked(p) > 20 from elected to settled",
                "acked(p) < 145 from elected to settled"}) == "");
}

TEST_CASE("for and undo put things right; faults on one link add up", "[fault]") {
  CHECK(broken(story(R"(  - { id: first, at: 5050ms, freeze: broker 1, for: 1s }
  - { id: second, at: 10050ms, freeze: broker 1 }
  - { id: over, at: 12050ms, undo: second }
)"),
               {"acked(p) == 51 at 6s", "acked(p) == 101 at 12s", "elections(t-0) == 0", "isr(t-0) == [1, 2, 3]",
                "gap(p) between 1.9s and 2.3s", "acked(p) > 290"}) == "");
}

TEST_CASE("a start command waits for the clean stop that is under way", "[fault]") {
  // Cut off from the controller the broker cannot get leave to stop before the link heals.
  CHECK(broken(story(R"(  - { at: 5s, isolate: broker 1, for: 6s }
  - { id: stop, at: 6s, shutdown: broker 1, for: 1s }
)"),
               {"alive(broker 1) at 11s", "time(not alive(broker 1)) between 11s and 17s", "alive(broker 1)",
                "isr(t-0) == [1, 2, 3]"}) == "");
}

TEST_CASE("a frozen process hears of its clean stop when it wakes", "[fault]") {
  CHECK(broken(story(R"(  - { at: 5s, freeze: broker 1, for: 2s }
  - { at: 6s, shutdown: broker 1 }
  - { id: gone, wait: 1ms }
  - { start: broker 1 }
)"),
               {"time(not alive(broker 1)) between 7s and 10s", "not alive(broker 1) at gone", "alive(broker 1)",
                "isr(t-0) == [1, 2, 3]"}) == "");
}

TEST_CASE("targets are resolved when the entry strikes; an id is what it struck", "[fault]") {
  CHECK(broken(story(R"(  - { id: one, at: 5050ms, crash: leader of t-0 }
  - { id: elected, wait: leader(t-0) == 2 }
  - { id: two, wait: 2s }
  - { id: next, crash: leader of t-0 }
  - { id: back, at: 25050ms, start: one }
)",
                     40),
               {"not alive(broker 1) at 24s", "not alive(broker 2) at 24s", "alive(broker 3)", "alive(broker 1)",
                "not alive(broker 2)", "leader(t-0) == 2 at next"}) == "");
}

TEST_CASE("an entry below one that never happens never happens either", "[fault]") {
  CHECK(broken(story(R"(  - { id: never, when: leader(t-0) == 3, note: no }
  - { id: below, crash: broker 1 }
)"),
               {"alive(broker 1)", "errors(p) == 0"}) == "");
}

TEST_CASE("every: again and again within its bounds", "[fault]") {
  CHECK(broken(story("  - { id: pulse, every: 5s from 5s until 16s, send: p, records: 100 }\n"), {"acked(p) == 600"}) ==
        "");
}

TEST_CASE("a draw is the same for the same seed and lies within its bounds", "[fault]") {
  const std::string text = story("  - { id: kill, at: 4s..9s, crash: broker 1 }\n", 12);
  std::vector<std::string> seen;
  for (const std::uint64_t seed : {1, 2, 3, 1}) {
    const auto outcomes = testing::ask(text, {"time(not alive(broker 1)) between 4s and 9s"}, seed);
    CHECK(outcomes.at(0).holds);
    seen.push_back(outcomes.at(0).value);
  }
  CHECK(seen[0] == seen[3]);
  CHECK(seen[0] != seen[1]);
  CHECK(seen[1] != seen[2]);
}

}  // namespace kafkasim::sim::timeline_test
