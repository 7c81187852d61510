// Closed forms of consumers: lag around a pause (Q8), rebalances of an eager group (Q9).
#include <cmath>

#include "tests/sim/closed_forms/measured_run.hpp"

namespace kafkasim::sim::closed_forms {

TEST_CASE("Q8: a paused consumer's lag, drain and delay", "[closed-forms]") {
  // lambda = 10/s, mu = 20/s, pause T = 4 s; D/D/1, so exact to a record and to the polls' few milliseconds.
  const char* const text = R"(
name: pause
duration: 50s
cluster: { brokers: 1, network: { latency: 0.2ms, jitter: 0ms, clients: 0.3ms } }
topics: { t: { replication.factor: 1 } }
producers: { p: { topic: t, rate: 10/s, config: { acks: 1, linger.ms: 0 } } }
consumers:
  g: { assign: [t-0], process: 50ms, commit: none, config: { max.poll.records: 1, auto.offset.reset: earliest } }
timeline:
  - { id: pause, at: 10.02s, freeze: g, for: 4s }
)";
  const Run run{text,
                {"max(position_lag(g)) == 40",                         // lambda T
                 "longest(position_lag(g) >= 1) between 7.7s and 8s",  // T mu / (mu - lambda), less what two ends of an
                                                                       // interval may take
                 "elapsed(pause, position_lag(g) == 40) between 3.9s and 4.1s",  // at the end of the pause
                 "end_to_end(g, max) between 3.9s and 4s",                       // the first one after its start
                 "sent(p) == delivered(g)"},
                1};
  for (const Outcome& outcome : run.outcomes()) CHECK((outcome.holds ? "" : outcome.text + ": " + outcome.value) == "");
  // Area under the lag: lambda T^2 / 2 * mu / (mu - lambda) = 160 record seconds; each of the lambda T mu / (mu -
  // lambda) = 80 records delayed counts up to half an interval of arrivals more or less.
  const double area = seconds(run.group("g").end_to_end.mean()) * static_cast<double>(run.group("g").delivered);
  const double undisturbed = 0.0013 * static_cast<double>(run.group("g").delivered);
  INFO("area " << area);
  CHECK(std::abs(area - undisturbed - 160) < 80 * 0.05 + 0.5);
}

namespace {

// Members that stood still for a moment have heartbeats of their own phase: uniform over the interval.
const char* const kEager = R"(
name: one of four leaves
duration: 45s
settle: 0s
topics: { t: { partitions: 12 } }
consumers: { g: { topics: [t], members: 4, config: { partition.assignment.strategy: range } } }
timeline:
  - { at: 10s..13s, freeze: g/1, for: 4s }
  - { at: 10s..13s, freeze: g/2, for: 4s }
  - { at: 10s..13s, freeze: g/3, for: 4s }
  - { id: gone, at: 30s..33s, leave: g/4 }
)";

}  // namespace

TEST_CASE("Q9: an eager rebalance waits for the last heartbeat", "[closed-forms]") {
  Moments barrier, own;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    const Run run{kEager, {"rebalances(g) == 1", "members(g) == 3"}, seed};
    INFO("seed " << seed);
    CHECK(run.holds());
    const GroupHistory& group = run.group("g");
    // New group: everybody joins in the first window of group.initial.rebalance.delay.ms, and again in its second one.
    const double formed = seconds(group.rebalances.at(0).end - kStart);
    CHECK(std::abs(formed - 6.0) < 0.05);
    const Rebalance& rebalance = group.rebalances.at(1);
    barrier.add(seconds(rebalance.end - rebalance.begin));
    CHECK(barrier.values.back() < 3.02);
    REQUIRE(rebalance.pauses.size() == 12);
    for (const Rebalance::Pause& pause : rebalance.pauses)
      if (pause.begin > rebalance.begin + 1us) own.add(seconds(pause.end - pause.begin));
  }
  INFO("barrier " << barrier.mean() << " s, pause of who stays " << own.mean() << " s");
  // Greatest of n = 3 uniform draws below h = 3 s: h n / (n + 1) = 2.25 s, standard deviation 0.58 s, of the mean 0.09.
  CHECK(std::abs(barrier.mean() - 2.25) < 0.35);
  // A member that stays is paused from its own heartbeat to the last one's: h (n / (n + 1) - 1 / 2) = 0.75 s.
  CHECK(std::abs(own.mean() - 0.75) < 0.25);
}

}  // namespace kafkasim::sim::closed_forms
