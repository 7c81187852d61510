// Where the time of acknowledged records went: the parts against ways that are known, and their sum.
#include "sim/check/latency_split.hpp"

#include "sim/check/history.hpp"
#include "tests/sim/measure/ask.hpp"
#include "tests/support/catch.hpp"

namespace kafkasim::sim::latency_split_test {
namespace {

// One record in a second, alone on the machines: every part can be named in advance.
std::string quiet(const std::string& config, const std::string& more = "") {
  return R"(
name: a record a second
duration: 60s
cluster: { network: { latency: 2ms, jitter: 0ms, clients: +0ms } }
topics: { t: { assignment: [[1, 2, 3]] } }
producers: { p: { topic: t, rate: 1/s, config: { )" +
         config + " } } }\n" + more;
}

// Sum of the means less the mean of the whole, in nanoseconds.
std::int64_t mean_error(const std::string& text) {
  Simulation simulation{testing::load_text(text).at(0)};
  simulation.run();
  const View view = simulation.view();
  std::int64_t error = 0;
  for (const auto& [host, producer] : view.splits().producers()) {
    const LatencyHistogram& whole = view.history().producer(host)->latency;
    Duration sum{};
    for (const LatencyHistogram& part : producer.parts) {
      CHECK(part.count() == whole.count());
      sum += part.mean();
    }
    REQUIRE(whole.count() > 0);
    error = std::max(error, std::abs((sum - whole.mean()).count()));
  }
  return error;
}

}  // namespace

TEST_CASE("the parts of produce latency add up to the whole", "[latency-split]") {
  // Means are rounded down to a nanosecond each.
  constexpr auto kRounding = static_cast<std::int64_t>(kLatencyParts);
  CHECK(mean_error(quiet("acks: all")) <= kRounding);
  CHECK(mean_error(quiet("acks: 0, enable.idempotence: false")) <= kRounding);
  CHECK(mean_error(quiet("acks: 1, enable.idempotence: false, linger.ms: 1500")) <= kRounding);
  CHECK(mean_error(quiet("acks: all", R"(timeline:
  - { at: 10.5s, crash: leader of t-0, for: 15s }
  - { at: 40.5s, freeze: followers of t-0, for: 4s }
)")) <= kRounding);
}

TEST_CASE("each delay is found in its own part", "[latency-split]") {
  CHECK(testing::broken(
            quiet("acks: all, linger.ms: 0"),
            {"latency(p, retries, max) == 0ms", "latency(p, network, p50) between 4ms and 4.2ms",
             "latency(p, replication, p50) between 2ms and 4.5ms", "latency(p, client_queue, p50) < 1ms"}) == "");
  CHECK(testing::broken(quiet("acks: all, linger.ms: 700"), {"latency(p, client_queue, p50) between 700ms and 701ms",
                                                             "latency(p, network, p50) < 5ms"}) == "");
  CHECK(testing::broken(quiet("acks: 1, enable.idempotence: false"),
                        {"latency(p, replication, max) == 0ms", "latency(p, purgatory, max) == 0ms"}) == "");
  CHECK(testing::broken(quiet("acks: all", "timeline: [ { at: 10.5s, freeze: followers of t-0, for: 4s } ]\n"),
                        {"latency(p, replication, max) between 2.9s and 4s", "latency(p, append, max) < 100ms"}) == "");
  CHECK(testing::broken(quiet("acks: all", "timeline: [ { at: 10.5s, crash: leader of t-0, for: 30s } ]\n"),
                        {"latency(p, client_queue, max) between 6s and 12s", "latency(p, replication, max) < 1s"}) ==
        "");
}

}  // namespace kafkasim::sim::latency_split_test
