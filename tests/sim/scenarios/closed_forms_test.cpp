// Closed forms of the theory against runs: fencing and ISR shrink (Q1), unavailability (Q2), commit delay (Q3), stalled
// followers (Q4).
#include <algorithm>
#include <cmath>
#include <vector>

#include "sim/check/history.hpp"
#include "sim/fault/timeline.hpp"
#include "sim/host/host.hpp"
#include "sim/view.hpp"
#include "tests/sim/measure/ask.hpp"
#include "tests/support/catch.hpp"

namespace kafkasim::sim::closed_forms {
namespace {

/// Runs a text to its end and asks it for numbers (durations in seconds, the rest as it is).
class Run {
 public:
  Run(const std::string& yaml, std::vector<std::string> lines, std::uint64_t seed)
      : simulation_{testing::load_text(testing::with_lines(yaml, lines), seed).at(0)} {
    simulation_.run();
    const View view = simulation_.view();
    const Verdict verdict = judge(view);
    for (const Outcome& outcome : evaluate_expectations(view, verdict)) holds_ = holds_ && outcome.holds;
  }
  bool holds() const { return holds_; }
  View view() const { return simulation_.view(); }
  /// When the first note of that kind that `wanted` likes was told; -1 without one.
  template <class Told, class Wanted>
  double first(double from, Wanted&& wanted) const {
    for (const StoryEvent& event : view().history().story())
      if (const auto* told = std::get_if<Told>(&event.what))
        if (const double at = seconds(event.at - kStart); at >= from && wanted(*told)) return at;
    return -1;
  }
  const ProducerHistory& producer(const std::string& name) const {
    return *view().history().producer(view().find(name)->index);
  }

  static double seconds(Duration span) { return static_cast<double>(span.count()) / 1e9; }

 private:
  Simulation simulation_;
  bool holds_ = true;
};

struct Moments {
  std::vector<double> values{};
  void add(double value) { values.push_back(value); }
  double mean() const {
    double sum = 0;
    for (const double value : values) sum += value;
    return sum / static_cast<double>(values.size());
  }
  double least() const { return *std::min_element(values.begin(), values.end()); }
  double greatest() const { return *std::max_element(values.begin(), values.end()); }
};

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
    const double killed = Run::seconds(run.view().timeline().entries.at(0).struck - kStart);
    const double fenced = run.first<BrokerFencing>(killed, [](const auto&) { return true; });
    REQUIRE(fenced > 0);
    fencing.add(fenced - killed);
    CHECK(fenced - killed > 7.0);
    CHECK(fenced - killed <= 10.125 + 0.05);  // the last heartbeat may have been on the way
    const double gap = Run::seconds(run.producer("p").gap.longest(run.view().now()));
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
    const double apart = Run::seconds(run.view().timeline().entries.at(0).struck - kStart);
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

// Constant latencies: client - broker 0.5 ms, broker - broker 0.2 ms; one follower.
const char* const kCommitDelay = R"(
name: commit delay
duration: 60s
settle: 0s
cluster: { brokers: 2, network: { latency: 0.2ms, jitter: 0ms, clients: 0.3ms, bandwidth: 1000Gbit/s } }
topics: { t: { assignment: [[1, 2]] } }
producers: { p: { topic: t, rate: RATE, config: { linger.ms: 0, acks: ACKS, enable.idempotence: false } } }
)";

std::string filled(std::string text, const std::string& acks, const std::string& rate) {
  text.replace(text.find("RATE"), 4, rate);
  text.replace(text.find("ACKS"), 4, acks);
  return text;
}

double mean_latency_ms(const std::string& acks, const std::string& rate, std::uint64_t seed) {
  const Run run{filled(kCommitDelay, acks, rate), {"failed(p) == 0"}, seed};
  CHECK(run.holds());
  return Run::seconds(run.producer("p").latency.mean()) * 1000;
}

}  // namespace

TEST_CASE("Q3: acks=all costs one fetch round more than acks=1", "[closed-forms]") {
  const double alone = mean_latency_ms("1", "poisson(20/s)", 1);
  const double all = mean_latency_ms("all", "poisson(20/s)", 1);
  UNSCOPED_INFO("acks=1 " << alone << " ms, acks=all " << all << " ms");
  // acks=1: the way there and back (2 x 0.5 ms) and the broker's work: a lognormal request (median 50 us, p99 300 us:
  // mean 67 us), an append (20 us, 200 us: mean 33 us), some microseconds of network threads.
  CHECK(alone > 1.0 + 0.08);
  CHECK(alone < 1.0 + 0.16);
  // Light load: the fetch waits at the leader; its answer (0.2 ms), the follower's append (33 us), the next fetch (0.2
  // ms) and its request (67 us).
  const double round = 0.2 + 0.033 + 0.2 + 0.067;
  CHECK(std::abs(all - alone - round) < 0.08);
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

}  // namespace kafkasim::sim::closed_forms
