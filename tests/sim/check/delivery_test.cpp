// What groups missed or saw twice, over small runs whose counts are known.
#include "tests/sim/measure/ask.hpp"
#include "tests/support/catch.hpp"

namespace kafkasim::sim::delivery_test {

using testing::broken;

TEST_CASE("auto.offset.reset latest: what was there before the group is skipped for ever", "[check]") {
  const char* const text = R"(
name: a group that begins at the end
duration: 20s
topics: { t: { assignment: [[1, 2, 3]] } }
producers: { p: { topic: t, rate: 10/s, stop: 15s } }
consumers:
  early: { topics: [t], config: { auto.offset.reset: earliest } }
  tail: { topics: [t], members: { 1: { start: 5s } }, config: { auto.offset.reset: latest } }
)";
  CHECK(
      broken(text, {"acked(p) == 150", "delivered(early) == 150", "processed(early) == 150", "skipped(early) == 0",
                    "unread(early) == 0", "first_offset(early/1, t-0) == 0", "first_offset(tail/1, t-0) > 40",
                    "delivered(tail) == 150 - first_offset(tail/1, t-0)", "skipped(tail) == first_offset(tail/1, t-0)",
                    "unread(tail) == 0", "redelivered(tail) == 0", "out_of_order(tail) == 0", "lag(early) == 0",
                    "lag(tail) == 0", "committed(early, t-0) == 150", "position(tail, t-0) == 150"}) == "");
}

TEST_CASE("a crashed consumer's uncommitted records come again, none is missed", "[check]") {
  const char* const text = R"(
name: crash between two commits
duration: 40s
topics: { t: { assignment: [[1, 2, 3]] } }
producers: { p: { topic: t, rate: 100/s, stop: 30s } }
consumers:
  g: { topics: [t], process: 1ms, config: { auto.offset.reset: earliest, session.timeout.ms: 6000, auto.commit.interval.ms: 5000 } }
timeline:
  - { id: kill, at: 14s, crash: g/1 }
  - { id: again, at: 16s, start: g/1 }
)";
  // Whatever was worked through since the last commit (every 5 s) is handed out again.
  CHECK(broken(text,
               {"acked(p) == 3000", "redelivered(g) between 1 and 520", "delivered(g) == 3000 - -1 * redelivered(g)",
                "skipped(g) == 0", "unread(g) == 0", "lag(g) == 0", "redelivered(g) == 0 before kill"}) == "");
}

TEST_CASE("commit before processing: a crash skips nothing that poll handed out", "[check]") {
  const char* const text = R"(
name: at most once
duration: 40s
topics: { t: { assignment: [[1, 2, 3]] } }
producers: { p: { topic: t, rate: 100/s, stop: 30s } }
consumers:
  g: { topics: [t], process: 8ms, commit: before, config: { auto.offset.reset: earliest, session.timeout.ms: 6000, max.poll.records: 50 } }
timeline:
  - { id: kill, at: 14s, crash: g/1 }
  - { id: again, at: 16s, start: g/1 }
)";
  CHECK(broken(text, {"delivered(g) == 3000", "redelivered(g) == 0", "skipped(g) == 0",
                      "processed(g) between 2950 and 2999", "unread(g) == 0"}) == "");
}

TEST_CASE("no commit at all: everything comes again after a restart", "[check]") {
  const char* const text = R"(
name: never committed
duration: 40s
topics: { t: { assignment: [[1, 2, 3]] } }
producers: { p: { topic: t, rate: 100/s, stop: 10s } }
consumers:
  g: { topics: [t], commit: none, config: { auto.offset.reset: earliest, session.timeout.ms: 6000 } }
timeline:
  - { id: kill, at: 14s, crash: g/1 }
  - { id: again, at: 16s, start: g/1 }
)";
  CHECK(broken(text,
               {"redelivered(g) == 1000", "delivered(g) == 2000", "skipped(g) == 0", "redelivered(g) == 0 before again",
                "redelivered(g) == 1000 after again", "committed(g, t-0) == none"}) == "");
}

}  // namespace kafkasim::sim::delivery_test
