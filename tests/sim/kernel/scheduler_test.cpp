#include "sim/kernel/scheduler.hpp"

#include <cstdint>
#include <vector>

#include "sim/kernel/random.hpp"
#include "sim/kernel/state_hash.hpp"
#include "sim/kernel/state_print.hpp"
#include "tests/support/catch.hpp"

using namespace kafkasim;
using namespace kafkasim::sim;

namespace {

std::vector<std::uint32_t> payloads_of_all(Scheduler& scheduler) {
  std::vector<std::uint32_t> payloads;
  for (Event event; scheduler.next(event);) payloads.push_back(event.payload);
  return payloads;
}

}  // namespace

TEST_CASE("every event knows the event that scheduled it", "[kernel][scheduler]") {
  Scheduler scheduler;
  scheduler.schedule(at_nanoseconds(10), 1, 2, 3);
  Event event;
  REQUIRE(scheduler.next(event));
  CHECK(event == Event{at_nanoseconds(10), 1, 2, 3, 0});
  CHECK(scheduler.now() == at_nanoseconds(10));
  CHECK(scheduler.executing() == 1);
  scheduler.schedule(at_nanoseconds(30), 4, 5, 6);
  scheduler.arm(at_nanoseconds(20), 7, 8, 9);
  REQUIRE(scheduler.next(event));
  CHECK(event == Event{at_nanoseconds(20), 7, 8, 9, 1});
  REQUIRE(scheduler.next(event));
  CHECK(event == Event{at_nanoseconds(30), 4, 5, 6, 1});
  CHECK(scheduler.executing() == 3);
  CHECK_FALSE(scheduler.next(event));
  CHECK(scheduler.now() == at_nanoseconds(30));
}

TEST_CASE("nothing is scheduled before the present", "[kernel][scheduler]") {
  Scheduler scheduler;
  scheduler.schedule(at_nanoseconds(10), 0, 0, 0);
  Event event;
  REQUIRE(scheduler.next(event));
  CHECK_THROWS_AS(scheduler.schedule(at_nanoseconds(9), 0, 0, 0), InvariantViolation);
  CHECK_THROWS_AS(scheduler.arm(at_nanoseconds(9), 0, 0, 0), InvariantViolation);
  scheduler.schedule(at_nanoseconds(10), 0, 0, 1);
  REQUIRE(scheduler.next(event));
  CHECK(event.payload == 1);
}

TEST_CASE("a cancelled timer is not executed and not counted", "[kernel][scheduler]") {
  Scheduler scheduler;
  const TimerId first = scheduler.arm(at_nanoseconds(10), 0, 0, 1);
  const TimerId second = scheduler.arm(at_nanoseconds(20), 0, 0, 2);
  scheduler.schedule(at_nanoseconds(30), 0, 0, 3);
  CHECK(scheduler.pending() == 3);
  CHECK(scheduler.cancel(first));
  CHECK_FALSE(scheduler.cancel(first));
  CHECK_FALSE(scheduler.armed(first));
  CHECK(scheduler.armed(second));
  CHECK(scheduler.pending() == 2);
  CHECK(scheduler.next_at() == at_nanoseconds(20));
  CHECK(payloads_of_all(scheduler) == std::vector<std::uint32_t>{2, 3});
  CHECK(scheduler.executing() == 2);
  CHECK_FALSE(scheduler.cancel(second));
  CHECK_FALSE(scheduler.cancel(TimerId{}));
  CHECK(scheduler.next_at() == kNever);
}

TEST_CASE("an old timer id never meets a later timer", "[kernel][scheduler]") {
  Scheduler scheduler;
  // The slot of a far cancelled timer must not be given to others while its event is queued.
  const TimerId far = scheduler.arm(at_nanoseconds(1'000'000), 0, 0, 99);
  scheduler.cancel(far);
  std::vector<std::uint32_t> executed;
  Event event;
  for (std::uint32_t i = 0; i < 700; ++i) {
    const TimerId near = scheduler.arm(scheduler.now() + Duration{1}, 0, 0, i);
    CHECK_FALSE(scheduler.cancel(far));
    REQUIRE(scheduler.next(event));
    executed.push_back(event.payload);
    CHECK_FALSE(scheduler.cancel(near));
  }
  CHECK(executed.size() == 700);
  CHECK(executed.back() == 699);
  CHECK_FALSE(scheduler.next(event));
}

TEST_CASE("cancelled timers do not pile up", "[kernel][scheduler]") {
  // A request timeout, armed and taken back over and over: the queue stays small and what is live stays in order.
  Scheduler scheduler;
  std::vector<std::uint32_t> expected;
  for (std::uint32_t i = 0; i < 100'000; ++i) {
    const TimerId timeout = scheduler.arm(at_nanoseconds(30'000'000 + i), 0, 0, i);
    if (i % 1000 == 0)
      expected.push_back(i);
    else
      scheduler.cancel(timeout);
    REQUIRE(scheduler.pending() == expected.size());
  }
  CHECK(payloads_of_all(scheduler) == expected);
}

TEST_CASE("a scheduler is a value: copy, compare, hash, print", "[kernel][scheduler]") {
  Scheduler scheduler;
  Stream random{5};
  for (std::uint32_t i = 0; i < 200; ++i) {
    const Instant at = at_nanoseconds(static_cast<std::int64_t>(random.below(1'000'000)));
    if (i % 3 == 0)
      scheduler.schedule(at, 0, 0, i);
    else if (const TimerId id = scheduler.arm(at, 0, 1, i); i % 3 == 1)
      scheduler.cancel(id);
  }
  Event event;
  for (int i = 0; i < 50; ++i) REQUIRE(scheduler.next(event));
  Scheduler copy = scheduler;
  CHECK(copy == scheduler);
  CHECK(hash_state(copy) == hash_state(scheduler));
  CHECK(print_state(copy) == print_state(scheduler));
  REQUIRE(copy.next(event));
  CHECK_FALSE(copy == scheduler);
  CHECK(first_difference(copy, scheduler)->path == "now_");
  REQUIRE(scheduler.next(event));
  CHECK(copy == scheduler);
  CHECK(payloads_of_all(copy) == payloads_of_all(scheduler));
  CHECK(copy.fingerprint() == scheduler.fingerprint());
}

TEST_CASE("the fingerprint sees every part of an event", "[kernel][scheduler]") {
  const auto fingerprint = [](Instant at, std::uint16_t target, std::uint16_t kind, std::uint32_t payload) {
    Scheduler scheduler;
    scheduler.schedule(at, target, kind, payload);
    Event event;
    REQUIRE(scheduler.next(event));
    return scheduler.fingerprint().hex();
  };
  const std::string base = fingerprint(at_nanoseconds(1), 2, 3, 4);
  CHECK(fingerprint(at_nanoseconds(1), 2, 3, 4) == base);
  CHECK(fingerprint(at_nanoseconds(2), 2, 3, 4) != base);
  CHECK(fingerprint(at_nanoseconds(1), 3, 3, 4) != base);
  CHECK(fingerprint(at_nanoseconds(1), 2, 4, 4) != base);
  CHECK(fingerprint(at_nanoseconds(1), 2, 3, 5) != base);
}
