// flush(), and records that are handed over before the network thread looks.
#include "tests/core/client/producer/bench.hpp"
#include "tests/support/catch.hpp"

using namespace kafkasim;
using namespace kafkasim::core;
using namespace kafkasim::core::bench;

namespace {
ProducerConfig linger_of(Duration linger) {
  ProducerConfig config;
  config.enable_idempotence = false;
  config.linger = linger;
  return config;
}

/// One record is stored. The story starts at 20000 ms.
void stored_one(Bench& bench) {
  bench.send(1);
  bench.run_to(20'000);
  bench.story();
}
}  // namespace

TEST_CASE("flush() ends the linger and returns with the last answer") {
  Bench bench{linger_of(10s), 2};
  stored_one(bench);
  bench.send(3);
  bench.send(1, PartitionChoice::partition(1));
  bench.run_to(20'500);
  CHECK(bench.story().empty());
  bench.mode(1, Mode::hold);
  bench.flush(7);
  bench.run_to(20'600);
  CHECK(bench.count("try 0") == 2);
  CHECK(bench.count("returned") == 0);
  while (bench.held(1) > 0) bench.answer(1, ErrorCode::NONE);
  bench.run_to(20'700);
  CHECK(bench.count("flush 7 returned") == 1);
}

TEST_CASE("flush() with nothing to wait for returns at once; it does not wait for what comes later") {
  Bench bench{linger_of(10s)};
  stored_one(bench);
  bench.flush(1);
  CHECK(bench.count("20000 flush 1 returned") == 1);
  bench.mode(1, Mode::hold);
  bench.send(1);
  bench.flush(2);
  bench.run_to(20'010);
  bench.send(1);  // a batch of its own: it leaves at once, too, but nobody waits for it
  bench.run_to(20'020);
  CHECK(bench.held(1) == 2);
  bench.answer(1, ErrorCode::NONE);
  bench.run_to(20'030);
  CHECK(bench.count("flush 2 returned") == 1);
}

TEST_CASE("flush() returns when a batch fails, too (P-30)") {
  ProducerConfig config = linger_of(0ms);
  config.delivery_timeout = 2s;
  Bench bench{config};
  stored_one(bench);
  bench.mode(1, Mode::hold);
  bench.send(1);
  bench.flush(3);
  bench.run_to(23'000);
  CHECK(bench.count("22000 flush 3 returned") == 1);
}

TEST_CASE("records handed over before the network thread looks leave together") {
  Bench bench{linger_of(0ms)};
  stored_one(bench);
  bench.hidden.erase("closed");
  bench.send_more(1);
  bench.send_more(2);
  CHECK(bench.story().empty());
  bench.send(1);
  bench.run_to(20'010);
  CHECK(bench.producer.unsent_records() == 0);
  CHECK(bench.log() == std::vector<std::int64_t>{0, 1});
}

TEST_CASE("a blocked send() that is not the last of its batch waits for the others") {
  Bench bench{linger_of(0ms)};
  bench.send_more(1);  // no metadata yet
  CHECK(bench.producer.blocked());
  bench.run_to(100);
  CHECK_FALSE(bench.producer.blocked());
  CHECK(bench.producer.unsent_records() == 1);
  bench.send(1);
  bench.run_to(200);
  CHECK(bench.log() == std::vector<std::int64_t>{0});
}
