// Disks that lose data, fill up, fail or are slow; clocks that are wrong.
#include "tests/sim/measure/ask.hpp"
#include "tests/support/catch.hpp"

namespace kafkasim::sim::machine_faults_test {
namespace {

using testing::broken;

std::string three_brokers(const std::string& entries, const std::string& cluster = "", const std::string& config = "") {
  return "name: a machine\nduration: 60s\nsettle: 0s\ncluster: { " + cluster +
         " }\ntopics: { t: { assignment: [[1, 2, 3], [1, 2, 3]], config: { " + config +
         " } } }\nproducers: { p: { topic: t, rate: 100/s, partition: round_robin, stop: 50s } }\ntimeline:\n" +
         entries;
}

}  // namespace

TEST_CASE("lose_data: a broker that is down comes back without it", "[fault][disk]") {
  const std::string entries = R"(  - { at: 10s, crash: broker 1 }
  - { wait: 10s }
  - { id: wiped, lose_data: broker 1, all: true }
  - { start: broker 1 }
)";
  CHECK(broken(three_brokers(entries), {"under_replicated() == 0", "identical(t)", "lost() == 0"}) == "");
  const std::string part = R"(  - { at: 10s, crash: broker 1 }
  - { wait: 10s }
  - { id: cut, lose_data: broker 1, partitions: [t-1], to: 17 }
  - { id: later, wait: 1s }
  - { start: broker 1 }
)";
  CHECK(broken(three_brokers(part), {"log_end(t-1 on broker 1) == 17 at later",
                                     "log_end(t-0 on broker 1) > 400 at later", "identical(t)", "lost() == 0"}) == "");
}

TEST_CASE("lose_data of a running broker fails the run", "[fault][disk]") {
  const std::string text = three_brokers("  - { at: 10s, lose_data: broker 1, all: true }\n");
  CHECK(testing::run_and_judge(testing::load_text(text).at(0)) == "lose_data: broker 1 is not down\n");
}

TEST_CASE("a failed directory takes its replicas down; the only one takes the broker", "[fault][disk]") {
  CHECK(broken(three_brokers("  - { id: f, at: 10s, fail_disk: broker 1, dir: t-1 }\n", "disk: { dirs: 2 }"),
               {"dir(t-0 on broker 1) == 1", "dir(t-1 on broker 1) == 2", "alive(broker 1)", "leader(t-0) == 1",
                "leader(t-1) == 2", "isr(t-1) == [2, 3]", "elapsed(f, leader(t-1) == 2) < 300ms", "lost() == 0"}) ==
        "");
  CHECK(broken(three_brokers("  - { id: f, at: 10s, fill_disk: broker 1 }\n"),
               {"not alive(broker 1)", "leader(t) == [2, 2]", "elapsed(f, leader(t-0) == 2) between 6.9s and 10.3s",
                "lost() == 0"}) == "");
}

TEST_CASE("capacity: the append that does not fit fails the directory", "[fault][disk]") {
  CHECK(broken(three_brokers("  - { at: 10s, note: still room }\n", "disk: { capacity: 200KB }"),
               {"alive(broker 1) at 5s", "offline(t-0)", "not alive(broker 1)", "not alive(broker 2)"}) == "");
}

TEST_CASE("a clock that is ahead makes retention take young records", "[fault][clock]") {
  CHECK(broken(three_brokers("  - { id: ahead, at: 55s, clock: broker 1, by: +2h }\n",
                             "config: { log.retention.check.interval.ms: 1000 }", "retention.ms: 3600000"),
               {"removed(p) == 5000", "lost(p) == 0", "log_start(t-0) == 2500", "log_start(t-0 on broker 2) == 2500",
                "removed(p) == 0 before ahead"}) == "");
}

TEST_CASE("a slow follower's disk is paid for by acks=all", "[fault][disk]") {
  CHECK(broken(three_brokers("  - { at: 1s, slow_disk: broker 3, by: 1000x }\n"),
               {"latency(p, p50) > 20ms", "isr(t-0) == [1, 2, 3]"}) == "");
}

TEST_CASE("a follower that is out of range goes on where its leader's log begins (R2.36)", "[machine][retention]") {
  CHECK(testing::broken(R"(
name: away for longer than its leader keeps
duration: 80s
cluster: { config: { log.retention.check.interval.ms: 5000 } }
topics: { t: { assignment: [[1, 2, 3]], config: { retention.ms: 10000, segment.bytes: 1048576 } } }
producers: { p: { topic: t, rate: 500/s, value.size: 1000B, config: { acks: all } } }
timeline:
  - { id: down, at: 5s, crash: broker 3, for: 40s }
)",
                        {"log_start(t-0 on broker 3) == 0 before down", "log_start(t-0 on broker 3) > 10_000",
                         "log_end(t-0 on broker 3) == log_end(t-0)", "isr(t-0) == [1, 2, 3]"}) == "");
}

}  // namespace kafkasim::sim::machine_faults_test
