// A consumer as a single server: waiting times of the textbook, and Little's law to the nanosecond.
#include <cmath>

#include "sim/measure/recorder.hpp"
#include "tests/sim/closed_forms/measured_run.hpp"

namespace kafkasim::sim::closed_forms {
namespace {

// Polls take one record each. The unit of time is the mean service, 100 ms; the way of a record to an idle consumer is
// some 1.5 % of it.
const char* const kServer = R"(
name: single server
duration: LENGTH
cluster: { brokers: 1, network: { latency: 0.2ms, jitter: 0ms, clients: 0.3ms } }
topics: { t: { replication.factor: 1 } }
producers: { p: { topic: t, rate: ARRIVALS, config: { acks: 1, linger.ms: 0 } } }
consumers:
  g: { assign: [t-0], process: SERVICE, commit: none, config: { max.poll.records: 1, auto.offset.reset: earliest } }
)";

/// Mean time from hand-over to poll, in services, over `seeds` runs.
double mean_wait(const std::string& arrivals, const std::string& service, const std::string& length,
                 std::uint64_t seeds) {
  Moments waits;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    const Run run{with(with(with(kServer, "ARRIVALS", arrivals), "SERVICE", service), "LENGTH", length),
                  {"sent(p) == delivered(g)"},
                  seed};
    CHECK(run.holds());
    waits.add(seconds(run.group("g").end_to_end.mean()) / 0.1);
  }
  return waits.mean();
}

}  // namespace

TEST_CASE("M/M/1, M/D/1, D/D/1: mean wait in queue", "[closed-forms]") {
  // Of N waits the mean has variance s2 / N; N = 40000 at rho 0.5 (s2 = 29 and 3.3), 80000 at 0.8 (1976 and 239):
  // bounds are some four standard deviations, and the way to an idle consumer.
  const double way = 0.02;
  CHECK(std::abs(mean_wait("poisson(5/s)", "exp(100ms)", "2000s", 4) - 1.0) < 0.11 + way);
  CHECK(std::abs(mean_wait("poisson(5/s)", "100ms", "2000s", 4) - 0.5) < 0.04 + way);
  CHECK(std::abs(mean_wait("poisson(8/s)", "exp(100ms)", "2500s", 4) - 4.0) < 0.65 + way);
  CHECK(std::abs(mean_wait("poisson(8/s)", "100ms", "2500s", 4) - 2.0) < 0.25 + way);
  CHECK(mean_wait("8/s", "100ms", "500s", 1) < way);  // nobody waits
}

namespace {

/// Time integral of a counter, in record nanoseconds.
std::int64_t integral(const Run& run, const std::string& counter) {
  const Series* const series = run.view().recorder().series(counter);
  REQUIRE(series != nullptr);
  std::int64_t sum = 0;
  std::int64_t before = 0;
  for (const auto& [at, value] : series->steps()) {
    if (!value.is_number()) continue;
    sum += (value.number - before) * (run.view().now() - at).count();
    before = value.number;
  }
  return sum;
}

/// The sum of latencies; the mean is it, rounded down to a nanosecond per record.
bool is_sum_of(std::int64_t sum, const LatencyHistogram& latencies) {
  const std::int64_t least = latencies.mean().count() * latencies.count();
  return sum >= least && sum < least + latencies.count();
}

}  // namespace

TEST_CASE("Little's law holds exactly: integral of the number in a system = sum of times in it", "[closed-forms]") {
  // The run starts and ends empty. The numbers come from the counters, the times from the latencies.
  const std::string text =
      with(with(with(kServer, "ARRIVALS", "poisson(8/s)"), "SERVICE", "exp(100ms)"), "LENGTH", "200s");
  const std::vector<std::string> lines{"max(sent(p)) > 1000", "max(acked(p)) > 1000", "max(delivered(g)) > 1000",
                                       "sent(p) == delivered(g)", "sent(p) == acked(p)"};
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const Run run{text, lines, seed};
    INFO("seed " << seed);
    CHECK(run.holds());
    const std::int64_t sent = integral(run, "sent(p)");
    CHECK(is_sum_of(sent - integral(run, "delivered(g)"), run.group("g").end_to_end));
    CHECK(is_sum_of(sent - integral(run, "acked(p)"), run.producer("p").latency));
  }
}

}  // namespace kafkasim::sim::closed_forms
