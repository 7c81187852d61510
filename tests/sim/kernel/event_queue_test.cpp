#include "sim/kernel/event_queue.hpp"

#include <cstdint>
#include <vector>

#include "sim/kernel/random.hpp"
#include "sim/kernel/sorted_queue.hpp"
#include "sim/kernel/state_hash.hpp"
#include "tests/support/catch.hpp"

using namespace kafkasim;
using namespace kafkasim::sim;

namespace {

Event event_at(std::int64_t at, std::uint32_t payload = 0) { return {at_nanoseconds(at), 1, 2, payload, 3}; }

std::vector<std::uint32_t> drained(EventQueue& queue) {
  std::vector<std::uint32_t> payloads;
  for (; !queue.empty(); queue.pop()) payloads.push_back(queue.front().payload);
  return payloads;
}

// How far ahead of the present a schedule places its next event.
struct Shape {
  const char* name;
  int pending;
  std::uint64_t (*delay)(Stream&);
};

std::uint64_t steady(Stream& random) { return random.below(100'000); }
std::uint64_t ties(Stream& random) { return random.below(3); }
std::uint64_t all_at_once(Stream&) { return 0; }
std::uint64_t bimodal(Stream& random) {
  return random.below(8) == 0 ? 1'000'000'000 + random.below(1'000'000) : random.below(1'000);
}
std::uint64_t every_scale(Stream& random) { return random.word() >> (12 + random.below(52)); }
std::uint64_t coarse(Stream& random) { return random.below(5) * 4096; }

const Shape kShapes[] = {
    {"one event", 1, steady},
    {"few events", 30, steady},
    {"many events", 5000, steady},
    {"heavy ties", 500, ties},
    {"nothing but ties", 500, all_at_once},
    {"bimodal", 2000, bimodal},
    {"every scale", 300, every_scale},
    {"on bucket borders", 800, coarse},
};

}  // namespace

TEST_CASE("random schedules come out as from a plain sorted queue", "[kernel][event_queue]") {
  for (const Shape& shape : kShapes)
    for (std::uint64_t seed = 1; seed <= 3; ++seed) DYNAMIC_SECTION(shape.name << ", seed " << seed) {
        Stream random{seed};
        EventQueue queue;
        SortedQueue reference;
        std::uint32_t payload = 0;
        std::uint64_t mismatches = 0;
        const auto push = [&](Instant now) {
          const Event event{now + Duration{static_cast<std::int64_t>(shape.delay(random))}, 0, 0, ++payload, 0};
          queue.push(event);
          reference.push(event);
        };
        for (int i = 0; i < shape.pending; ++i) push(kStart);
        for (int step = 0; step < 40'000; ++step) {
          if (step == 20'000) {  // a copy made half way goes on alike; the original is thrown away
            EventQueue copy = queue;
            mismatches += copy == queue ? 0U : 1U;
            queue = std::move(copy);
          }
          mismatches += queue.front() == reference.front() ? 0U : 1U;
          const Instant now = queue.front().at;
          // Now and then something is pushed between looking at the front and taking it, as early as allowed.
          if (random.below(64) == 0) push(queue.floor());
          mismatches += queue.front() == reference.front() ? 0U : 1U;
          queue.pop();
          reference.pop();
          // Phases: the queue grows to twice its size and empties to an eighth of it.
          const bool growing = (step / 4000) % 2 == 0;
          const std::size_t pushes = growing ? random.below(3) : (random.below(4) == 0 ? 0 : 1);
          for (std::size_t i = 0; i < pushes && queue.size() < 2U * static_cast<unsigned>(shape.pending); ++i)
            push(now);
          if (queue.empty()) push(now);
        }
        CHECK(mismatches == 0);
        CHECK(queue.size() == reference.size());
        for (; !queue.empty() && !reference.empty(); queue.pop(), reference.pop())
          mismatches += queue.front() == reference.front() ? 0U : 1U;
        CHECK(mismatches == 0);
      }
}

TEST_CASE("one instant is served in the order of insertion", "[kernel][event_queue]") {
  EventQueue queue;
  for (std::uint32_t i = 0; i < 1000; ++i) queue.push(event_at(i % 2 == 0 ? 700 : 5'000'000, i));
  const std::vector<std::uint32_t> order = drained(queue);
  REQUIRE(order.size() == 1000);
  for (std::uint32_t i = 0; i < 500; ++i) {
    CHECK(order[i] == 2 * i);
    CHECK(order[500 + i] == 2 * i + 1);
  }
}

TEST_CASE("a long window returns its far half and order holds", "[kernel][event_queue]") {
  // A lone far event opens a wide window; hundreds of events then crowd into it, last ones first.
  EventQueue queue;
  queue.push(event_at(1'000'000'000));
  CHECK(queue.front().at == at_nanoseconds(1'000'000'000));
  for (std::uint32_t i = 0; i < 600; ++i) queue.push(event_at(1'000'000'600 - i, i + 1));
  for (std::uint32_t i = 0; i < 600; ++i) queue.push(event_at(600 - i, i + 1000));
  std::int64_t last = 0;
  std::size_t count = 0;
  for (; !queue.empty(); queue.pop(), ++count) {
    REQUIRE(nanoseconds(queue.front().at) >= last);
    last = nanoseconds(queue.front().at);
  }
  CHECK(count == 1201);
}

TEST_CASE("the far end of time is an instant like others", "[kernel][event_queue]") {
  EventQueue queue;
  queue.push({kNever, 0, 0, 1, 0});
  queue.push(event_at(0, 2));
  queue.push({kNever - Duration{1}, 0, 0, 3, 0});
  queue.push({kNever, 0, 0, 4, 0});
  CHECK(drained(queue) == std::vector<std::uint32_t>{2, 3, 1, 4});
  queue.push({kNever, 0, 0, 5, 0});
  CHECK(drained(queue) == std::vector<std::uint32_t>{5});
}

TEST_CASE("nothing is pushed before the last popped time", "[kernel][event_queue]") {
  EventQueue queue;
  CHECK_THROWS_AS(queue.push(event_at(-1)), InvariantViolation);
  queue.push(event_at(100));
  queue.pop();
  CHECK_THROWS_AS(queue.push(event_at(99)), InvariantViolation);
  queue.push(event_at(100, 7));
  CHECK(queue.front().payload == 7);
  queue.pop();
  CHECK_THROWS_AS(queue.front(), InvariantViolation);
}

TEST_CASE("memory follows the peak of pending events, not their history", "[kernel][event_queue]") {
  // Sparse and dense phases in turn, at scales that touch every level of buckets.
  EventQueue queue;
  Stream random{11};
  std::size_t after_first_round = 0;
  for (int round = 0; round < 40; ++round) {
    Instant now = queue.floor();
    for (int i = 0; i < 2000; ++i)
      queue.push({now + Duration{static_cast<std::int64_t>(random.below(1U << (round % 30)))}, 0, 0, 0, 0});
    for (int i = 0; i < 100'000 && !queue.empty(); ++i) {
      now = queue.front().at;
      queue.pop();
      if (i < 90'000)
        queue.push({now + Duration{static_cast<std::int64_t>(random.below(1U << (round % 30)))}, 0, 0, 0, 0});
    }
    while (!queue.empty()) queue.pop();
    if (round == 0) after_first_round = queue.capacity();
  }
  CHECK(after_first_round > 0);
  // 2000 pending, a chunk of 32 for each bucket that is begun, and the vectors' own headroom.
  CHECK(queue.capacity() < 2 * (2000 + 64 * 3 * 32));
}

TEST_CASE("queues with the same future are equal and hash alike", "[kernel][event_queue]") {
  EventQueue left;
  EventQueue right;
  for (const std::int64_t at : {5, 900, 70'000, 5, 3}) left.push(event_at(at, static_cast<std::uint32_t>(at)));
  for (const std::int64_t at : {70'000, 3, 5, 900, 5}) right.push(event_at(at, static_cast<std::uint32_t>(at)));
  static_cast<void>(left.front());  // sorts: invisible
  CHECK(left == right);
  CHECK(hash_state(left) == hash_state(right));
  right.push(event_at(5, 6));
  CHECK_FALSE(left == right);
  left.push(event_at(5, 7));
  CHECK_FALSE(left == right);
  CHECK_FALSE(hash_state(left) == hash_state(right));
}

TEST_CASE("erase_if keeps the order of the rest", "[kernel][event_queue]") {
  EventQueue queue;
  for (std::uint32_t i = 0; i < 300; ++i) queue.push(event_at(1000 * (i % 50), i));
  EventQueue expected = queue;
  queue.pop();
  expected.pop();
  queue.erase_if([](const Event& event) { return event.payload % 3 == 0; });
  std::vector<std::uint32_t> kept;
  for (const std::uint32_t payload : drained(expected))
    if (payload % 3 != 0) kept.push_back(payload);
  CHECK(queue.size() == kept.size());
  CHECK(drained(queue) == kept);
}
