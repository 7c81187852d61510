// Closed forms of the theory against runs: fencing and ISR shrink (Q1), unavailability (Q2), commit delay (Q3), stalled
// followers (Q4).
#include <cmath>

#include "tests/sim/closed_forms/measured_run.hpp"

namespace kafkasim::sim::closed_forms {
namespace {

const char* const kLeaderCrash = R"(
name: the leader is killed, acks=1
duration: 35s
settle: 0s
topics: { t: { assignment: [[1, 2, 3]] } }
producers: { p: { topic: t, rate: 20/s, config: { acks: 1, enable.idempotence: false } } }
timeline:
  - { id: kill, at: 10s..13s, crash: broker 1 }
)";

}  // namespace

TEST_CASE("Q1, Q2: fencing after a crash, and how much longer a producer waits", "[closed-forms]") {
  Moments fencing, beyond;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    const Run run{kLeaderCrash, {"alive(broker 1) at kill", "elections(t-0) == 1"}, seed};
    INFO("seed " << seed);
    CHECK(run.holds());
    const double killed = run.struck(0);
    const double fenced = run.first<BrokerFencing>(killed, [](const auto&) { return true; });
    REQUIRE(fenced > 0);
    fencing.add(fenced - killed);
    CHECK(fenced - killed > 7.0);
    CHECK(fenced - killed <= 10.125 + 0.05);  // the last heartbeat may have been on the way
    const double gap = seconds(run.producer("p").gap.longest(run.view().now()));
    beyond.add(gap - (fenced - killed));
  }
  // 9 s after the last heartbeat (0 to 2 s before the kill), at the next check of a 1.125 s clock: 8 + 0.5625 s.
  // The standard deviation of one is 0.66 s, of the mean of 60 0.085 s.
  CHECK(std::abs(fencing.mean() - 8.5625) < 0.25);
  CHECK(fencing.greatest() - fencing.least() > 1.8);
  // Commit and propagation (some 0.05 to 0.1 s), then the client's next look at the metadata: up to 1 s + 20 %.
  CHECK(beyond.least() > 0.0);
  CHECK(beyond.greatest() < 1.4);
  CHECK(beyond.mean() > 0.25);
  CHECK(beyond.mean() < 0.95);
}

TEST_CASE("Q1: a follower cut off from its leader alone leaves the ISR between L and 1.5 L after it was last caught up",
          "[closed-forms]") {
  const char* const text = R"(
name: lag, not death
duration: 35s
settle: 0s
cluster: { config: { replica.lag.time.max.ms: 10000 } }
topics: { t: { assignment: [[1, 2, 3]] } }
producers: { p: { topic: t, rate: 20/s, config: { acks: 1, enable.idempotence: false } } }
timeline:
  - { id: apart, at: 10s..15s, cut: broker 3, from: broker 1 }
)";
  Moments delay;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    const Run run{
        text, {"isr(t-0) == [1, 2]", "isr_shrinks(t-0) == 1", "elections(t-0) == 0", "not fenced(broker 3)"}, seed};
    INFO("seed " << seed);
    CHECK(run.holds());
    const double apart = run.struck(0);
    const double shrunk = run.first<PartitionChanged>(apart, [](const auto&) { return true; });
    delay.add(shrunk - apart);
    // Caught up at its last fetch, at most a fetch or two (50 ms apart here) before the cut.
    CHECK(shrunk - apart > 10.0 - 0.11);
    CHECK(shrunk - apart <= 15.0 + 0.05);
  }
  // Uniform over 5 s: mean 12.5 s, of 40 within 0.23 s (one standard deviation).
  CHECK(std::abs(delay.mean() - 12.5) < 0.8);
}

namespace {

// 5 ms between any two machines, so that the brokers' work is little; one follower. Poisson arrivals come from many
// connections: a broker reads one request of a connection at a time.
const char* const kCommitDelay = R"(
name: commit delay
duration: LENGTH
settle: 0s
cluster: { brokers: 2, network: { latency: 5ms, jitter: 0ms, clients: 0ms } }
topics: { t: { assignment: [[1, 2]] } }
producers:
  p: { topic: t, instances: 100, rate: poisson(RATE), config: { linger.ms: 0, acks: ACKS, enable.idempotence: false } }
)";

double mean_latency_ms(const std::string& acks, const std::string& rate, const std::string& length) {
  const Run run{with(with(with(kCommitDelay, "RATE", rate), "ACKS", acks), "LENGTH", length), {"failed(t) == 0"}, 1};
  CHECK(run.holds());
  double sum = 0;
  double records = 0;
  for (const auto& [host, producer] : run.view().history().producers()) {
    const double count = static_cast<double>(producer.counts.acked);
    sum += seconds(producer.latency.mean()) * count;
    records += count;
  }
  return sum / records * 1000;
}

/// The same draws with acks=1 and acks=all: what waiting for the follower adds.
double commit_delay_ms(const std::string& rate_of_one, const std::string& length) {
  return mean_latency_ms("all", rate_of_one, length) - mean_latency_ms("1", rate_of_one, length);
}

/// C + C^2 / (2 (C + e^(-lambda C) / lambda)), and the wait of a request behind the one before it on its connection
/// (M/G/1, service nearly constant): times in ms, lambda in records per ms over 100 connections.
double expected_delay_ms(double cycle, double lambda) {
  const double delay = cycle + cycle * cycle / (2 * (cycle + std::exp(-lambda * cycle) / lambda));
  const double rho = lambda / 100 * delay;
  return delay + rho * delay / (2 * (1 - rho));
}

}  // namespace

TEST_CASE("Q3: acks=all waits for a fetch round, one and a half under load", "[closed-forms]") {
  // acks=1: the way there and back (2 x 5 ms) and the broker's work: a lognormal request (median 50 us, p99 300 us:
  // mean 67 us), an append (20 us, 200 us: mean 33 us), some microseconds of network threads; the first request of
  // each connection waits for the connection.
  const double alone = mean_latency_ms("1", "1/s", "60s");
  CHECK(alone > 10 + 0.08);
  CHECK(alone < 10 + 0.8);
  // C: the fetch waits at the leader; its answer (5 ms), the follower's append (33 us), the next fetch (5 ms) and its
  // request (67 us).
  const double cycle = 5 + 0.033 + 5 + 0.067;
  const double light = commit_delay_ms("0.02/s", "300s");
  const double medium = commit_delay_ms("1/s", "40s");     // lambda C = 1
  const double saturated = commit_delay_ms("5/s", "20s");  // lambda C = 5
  INFO("light " << light << " medium " << medium << " saturated " << saturated);
  CHECK(std::abs(light / expected_delay_ms(cycle, 0.002) - 1) < 0.03);
  CHECK(std::abs(medium / expected_delay_ms(cycle, 0.1) - 1) < 0.05);
  CHECK(std::abs(saturated / expected_delay_ms(cycle, 0.5) - 1) < 0.06);
}

TEST_CASE("Q4: what a stalled follower had not fetched is lost with the leader", "[closed-forms]") {
  // The followers stand still for x = 2 s before the kill: lambda x records.
  const char* const text = R"(
name: records nobody else had
duration: 25s
topics: { t: { assignment: [[1, 2, 3]] } }
producers: { p: { topic: t, rate: 1000/s, config: { acks: 1, enable.idempotence: false } } }
timeline:
  - { id: stall, at: 8s, freeze: followers of t-0, for: 3s }
  - { id: kill, at: 10s, crash: leader of t-0 }
)";
  for (std::uint64_t seed = 1; seed <= 5; ++seed)
    CHECK(testing::broken(text, {"lost(p) between 1980 and 2020"}, seed) == "");
}

TEST_CASE("Q4: under load half a fetch round of records is lost with the leader", "[closed-forms]") {
  // C = 2 x 5 ms and an append, lambda = 2000/s: lambda C / 2 = 10.1 on average, uniform between 0 and lambda C. What
  // was on its way to the follower at the kill arrives: lambda d = 10 more would be lost if it did not.
  const char* const text = R"(
name: records on their way
duration: 2s
settle: 12s
cluster: { brokers: 2, network: { latency: 5ms, jitter: 0ms, clients: 0ms } }
topics: { t: { assignment: [[1, 2]] } }
producers:
  p: { topic: t, instances: 20, rate: poisson(100/s), config: { linger.ms: 0, acks: 1, enable.idempotence: false } }
timeline:
  - { id: kill, at: 1s..1.5s, crash: broker 1 }
)";
  Moments lost;
  for (std::uint64_t seed = 1; seed <= 24; ++seed) {
    const Run run{text, {"lost(t) >= 0", "elections(t-0) == 1"}, seed};
    CHECK(run.holds());
    lost.add(std::stod(run.outcomes().at(0).value));
  }
  INFO("mean " << lost.mean() << " greatest " << lost.greatest());
  // The standard deviation of one is 20 / sqrt(12) and the Poisson noise of 10: 6.6; of the mean of 24: 1.35.
  CHECK(std::abs(lost.mean() - 10.1) < 3.5);
  CHECK(lost.greatest() < 20 + 5 * std::sqrt(20.0));
}

}  // namespace kafkasim::sim::closed_forms
