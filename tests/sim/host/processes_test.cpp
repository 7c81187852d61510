// What peers see of a process that is killed, frozen, cut off or without power: small runs with one fault each.
#include "tests/sim/measure/ask.hpp"
#include "tests/support/catch.hpp"

namespace kafkasim::sim::processes_test {
namespace {

using testing::broken;

// One broker, ten records a second, the fault given.
std::string one_broker(const std::string& entry, const std::string& config = "acks: 1, enable.idempotence: false") {
  return R"(
name: one fault
duration: 30s
cluster: { brokers: 1 }
topics: { t: { partitions: 1 } }
producers: { p: { topic: t, rate: 10/s, config: { )" +
         config + R"( } } }
timeline:
  - { id: fault, )" +
         entry + " }\n";
}

}  // namespace

TEST_CASE("a frozen broker answers when it wakes, in order, without an error", "[host]") {
  CHECK(broken(one_broker("at: 10.05s, freeze: broker 1, for: 4s"),
               {"acked(p) == 300", "errors(p) == 0", "retries(p) == 0", "lost(p) == 0", "reordered(p) == 0",
                "duplicated(p) == 0", "gap(p) between 3.9s and 4.2s"}) == "");
}

TEST_CASE("a frozen broker works on nothing", "[host]") {
  CHECK(broken(one_broker("at: 10.05s, freeze: broker 1, for: 4s"),
               {"acked(p) == 101 at 14s", "alive(broker 1) during fault"}) == "");
}

// What it hands over as it wakes makes its network thread notice the time-out and close the connection on which the
// answer lies unread.
TEST_CASE("a producer frozen past its time-outs wakes with an unread answer", "[host]") {
  const std::string text = one_broker(
      "at: 10.001s, freeze: p, for: 4s",
      "acks: 1, enable.idempotence: false, linger.ms: 0, request.timeout.ms: 1000, delivery.timeout.ms: 3000");
  CHECK(broken(text, {"errors(p, REQUEST_TIMED_OUT) >= 1", "failed(p) >= 1", "sent(p) == 300", "lost(p) == 0"}) == "");
}

TEST_CASE("a killed broker resets its connections after the teardown; the client hears of it at once", "[host]") {
  CHECK(broken(one_broker("at: 10.05s, crash: broker 1, for: 4s", "acks: 1, enable.idempotence: false, retries: 0"),
               {"alive(broker 1) at fault", "not alive(broker 1) at 10.06s", "errors(p, NETWORK_EXCEPTION) <= 1",
                "errors(p, REQUEST_TIMED_OUT) == 0", "lost(p) == 0"}) == "");
}

// The sender looks at its requests' age when it wakes: at the latest request.timeout.ms after it went to sleep behind
// the fifth request in flight.
TEST_CASE("without power there is silence: the request times out", "[host]") {
  const std::string text =
      one_broker("at: 10.05s, power_loss: broker 1",
                 "acks: 1, enable.idempotence: false, request.timeout.ms: 4000, delivery.timeout.ms: 9000");
  CHECK(broken(text, {"first(errors(p, NETWORK_EXCEPTION)) == none",
                      "first(errors(p, REQUEST_TIMED_OUT)) between 14.1s and 14.7s", "errors(p) == 0 before fault",
                      "acked(p) == 101 before fault"}) == "");
}

TEST_CASE("a cut link is silence until the request times out", "[host]") {
  const std::string text =
      one_broker("at: 10.05s, cut: p, from: broker 1, for: 6s",
                 "acks: 1, enable.idempotence: false, request.timeout.ms: 4000, delivery.timeout.ms: 20000");
  CHECK(broken(text, {"errors(p) == 0 at 14s", "first(errors(p, REQUEST_TIMED_OUT)) between 14.1s and 14.7s",
                      "acked(p) == 300", "lost(p) == 0", "acked(p) == 101 at 16s"}) == "");
}

TEST_CASE("a short cut is bridged by retransmission: late, once, without an error", "[host]") {
  const std::string text = one_broker("at: 10.05s, cut: p, from: broker 1, for: 2s");
  // The first lost segment is sent again 0.2, 0.6, 1.4, 3.0 s after it was lost (at 10.1 s).
  CHECK(broken(text, {"errors(p) == 0", "retries(p) == 0", "acked(p) == 300", "duplicated(p) == 0", "reordered(p) == 0",
                      "gap(p) between 2.9s and 3.2s", "acked(p) == 101 at 13s"}) == "");
}

TEST_CASE("cuts add up: the link carries when the last one is undone", "[host]") {
  const std::string text = one_broker("at: 10.05s, cut: p, from: broker 1, for: 2s") +
                           "  - { id: second, at: 11.05s, isolate: broker 1, for: 3s }\n";
  CHECK(broken(text, {"acked(p) == 101 at 14s", "acked(p) == 300", "errors(p) == 0", "gap(p) between 6s and 6.6s"}) ==
        "");
}

TEST_CASE("only one direction: the broker writes what it cannot confirm", "[host]") {
  const std::string text = one_broker("at: 10.05s, cut: broker 1, from: p, direction: out, for: 2s");
  CHECK(broken(text, {"acked(p) == 101 at 12s", "high_watermark(t-0) > 101 at 12s", "acked(p) == 300",
                      "duplicated(p) == 0"}) == "");
}

TEST_CASE("a full request queue holds requests back, and loses none", "[host]") {
  const char* const text = R"(
name: one place in the queue
duration: 20s
cluster: { brokers: 1, config: { queued.max.requests: 1, num.io.threads: 1 } }
topics: { t: { partitions: 1 } }
producers: { p: { topic: t, instances: 8, rate: 200/s, config: { linger.ms: 0, acks: 1, enable.idempotence: false } } }
)";
  CHECK(broken(text, {"acked() == 32000", "errors(p) == 0", "lost() == 0", "duplicated() == 0",
                      "latency(p/1, max) < 1s", "latency(p/8, max) < 1s"}) == "");
}

}  // namespace kafkasim::sim::processes_test
