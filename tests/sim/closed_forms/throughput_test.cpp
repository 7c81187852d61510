// Closed forms of throughput (Q17): what one connection, one consumer carries at most.
#include <cmath>

#include "tests/sim/closed_forms/measured_run.hpp"

namespace kafkasim::sim::closed_forms {
namespace {

constexpr double kOneWay = 0.010;     // s, between any two machines
constexpr double kService = 0.00012;  // s: request, append, network threads
constexpr double kLength = 20;        // s

// One record fills a batch, a request carries one batch; buffer.memory keeps the queue short.
const char* const kOneConnection = R"(
name: one connection
duration: 20s
settle: 0s
cluster: { brokers: 2, network: { latency: 10ms, jitter: 0ms, clients: 0ms } }
topics: { t: { assignment: [[1, 2]] } }
producers:
  p:
    topic: t
    rate: max
    value.size: 900B
    config: { acks: ACKS, max.in.flight.requests.per.connection: IN_FLIGHT, enable.idempotence: false, linger.ms: 0,
              batch.size: 1000, buffer.memory: 40000 }
)";

double acked_per_second(const std::string& acks, const std::string& in_flight) {
  const Run run{with(with(kOneConnection, "ACKS", acks), "IN_FLIGHT", in_flight), {"failed(p) == 0"}, 1};
  CHECK(run.holds());
  return static_cast<double>(run.producer("p").counts.acked) / kLength;
}

}  // namespace

TEST_CASE("Q17: a connection carries its requests in flight per round trip, and with acks=all one per commit",
          "[closed-forms]") {
  const double round_trip = 2 * kOneWay + kService;
  const double commit = 2 * kOneWay + kService;  // the fetch round of one follower that waits at the leader (Q3)
  CHECK(std::abs(acked_per_second("1", "1") * round_trip - 1) < 0.02);
  CHECK(std::abs(acked_per_second("1", "5") * round_trip / 5 - 1) < 0.02);
  CHECK(std::abs(acked_per_second("all", "1") * (round_trip + commit) - 1) < 0.02);
  // More in flight hides the client's round trip, not the replication round: the broker reads the next request of a
  // connection when it has answered the last one.
  CHECK(std::abs(acked_per_second("all", "5") * commit - 1) < 0.03);
}

TEST_CASE("Q17: a consumer works off max.poll.records per poll and their processing", "[closed-forms]") {
  const char* const text = R"(
name: one consumer
duration: 20s
settle: 0s
topics: { t: {} }
producers: { p: { topic: t, rate: 2000/s } }
consumers:
  g: { assign: [t-0], process: 1ms, process.poll: 5ms, commit: none,
       config: { max.poll.records: 10, auto.offset.reset: earliest } }
)";
  const Run run{text, {"failed(p) == 0"}, 1};
  CHECK(run.holds());
  // 10 records in 5 ms + 10 x 1 ms.
  CHECK(std::abs(static_cast<double>(run.group("g").processed) / kLength / (10 / 0.015) - 1) < 0.02);
}

}  // namespace kafkasim::sim::closed_forms
