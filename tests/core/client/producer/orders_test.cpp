// Retries and the order of what they leave in the log (P-24..P-28, P-37; README-crash facts 6 and 8).
#include "tests/core/client/producer/bench.hpp"
#include "tests/support/catch.hpp"

using namespace kafkasim;
using namespace kafkasim::core;
using namespace kafkasim::core::bench;

namespace {
ProducerConfig plain(Acks acks) {
  ProducerConfig config;
  config.acks = acks;
  config.enable_idempotence = false;
  config.linger = 0ms;
  return config;
}

/// Three requests in flight on a leader that dies before it stored any; broker 2 takes over a second later.
void lose_three(Bench& bench) {
  bench.send(1);  // learns the metadata, opens the connection
  bench.run_to(100);
  bench.mode(1, Mode::hold);
  for (int i = 0; i < 3; ++i) bench.send(1);
  bench.run_to(110);
  bench.crash(1);
  bench.run_to(1'000);
  bench.lead(0, 2, 1);
  bench.run_to(5'000);
}
}  // namespace

TEST_CASE("the first record goes metadata, connection, request") {
  Bench bench{plain(Acks::leader)};
  bench.hidden.clear();
  bench.run_to(10);
  bench.send(2);
  bench.run_to(50);
  CHECK(bench.story() ==
        "12 leader t-0 is 1 epoch 0\n"
        "12 unblocked\n"
        "12 closed #1 records 1 bytes 161\n"
        "12 sent #1 t-0 to 1 try 0\n"
        "13 acked #1 at 0\n");
}

TEST_CASE("without idempotence the requests in flight come back in reverse order") {
  Bench bench{plain(Acks::leader)};
  lose_three(bench);
  CHECK(bench.log() == std::vector<std::int64_t>{0, 3, 2, 1});
  CHECK(bench.count("error") == 3);
  CHECK(bench.count("failed") == 0);
}

TEST_CASE("with idempotence their order is kept") {
  ProducerConfig config;
  config.linger = 0ms;
  Bench bench{config};
  lose_three(bench);
  CHECK(bench.log() == std::vector<std::int64_t>{0, 1, 2, 3});
  CHECK(bench.producer.producer_epoch() == ProducerEpoch{0});
}

TEST_CASE("the client asks for metadata 0.1, 0.2, 0.4, 0.8, 1, 1 s apart after the crash (P-46)") {
  Bench bench{plain(Acks::leader)};
  bench.send(1);
  bench.run_to(100);
  bench.crash(1);
  bench.metadata_requests.clear();
  bench.send(1);
  bench.run_to(6'000);
  std::vector<std::int64_t> gaps;
  for (std::size_t i = 1; i < bench.metadata_requests.size(); ++i)
    gaps.push_back(bench.metadata_requests[i] - bench.metadata_requests[i - 1]);
  REQUIRE(gaps.size() >= 6);
  const std::vector<std::int64_t> expected{100, 200, 400, 800, 1000, 1000};
  for (std::size_t i = 0; i < expected.size(); ++i) {
    CAPTURE(i);
    CHECK(gaps[i] >= expected[i]);
    CHECK(gaps[i] <= expected[i] * 6 / 5 + 10);
  }
}

TEST_CASE("one refused batch is overtaken by the younger ones in flight (P-28)") {
  for (const bool idempotent : {false, true}) {
    CAPTURE(idempotent);
    ProducerConfig config = plain(Acks::all);
    config.enable_idempotence = idempotent;
    Bench bench{config};
    bench.send(1);
    bench.run_to(100);
    bench.refuse_once = {{0, 1}};
    for (int i = 0; i < 3; ++i) bench.send(1);
    bench.run_to(2'000);
    const std::vector<std::int64_t> reordered{0, 2, 3, 1}, kept{0, 1, 2, 3};
    CHECK(bench.log() == (idempotent ? kept : reordered));
    CHECK(bench.producer.quiescent());
  }
}

TEST_CASE("one request in flight keeps the order without idempotence: the partition is muted (P-27)") {
  ProducerConfig config = plain(Acks::all);
  config.max_in_flight = 1;
  Bench bench{config};
  bench.send(1);
  bench.run_to(100);
  bench.refuse_once = {{0, 1}};
  for (int i = 0; i < 3; ++i) bench.send(1);
  bench.run_to(2'000);
  CHECK(bench.log() == std::vector<std::int64_t>{0, 1, 2});  // 2 and 3 wait together in one batch
}

TEST_CASE("a hint about the new leader skips the retry back-off (P-48)") {
  Bench bench{plain(Acks::leader)};
  bench.send(1);
  bench.run_to(100);
  bench.story();
  bench.mode(1, Mode::hold);
  bench.send(1);
  bench.run_to(110);
  bench.lead(0, 2, 1);
  bench.answer(1, ErrorCode::NOT_LEADER_OR_FOLLOWER, CurrentLeader{BrokerId{2}, LeaderEpoch{1}});
  bench.run_to(300);
  CHECK(bench.story() ==
        "100 sent #2 t-0 to 1 try 0\n"
        "110 error #2 NOT_LEADER_OR_FOLLOWER retried\n"
        "111 sent #2 t-0 to 2 try 1\n"
        "112 acked #2 at 1\n");
}

TEST_CASE("without a hint or news of the leader the retry waits about 100 ms (P-25)") {
  Bench bench{plain(Acks::leader)};
  bench.send(1);
  bench.run_to(100);
  bench.story();
  bench.mode(1, Mode::hold);
  bench.send(1);
  bench.run_to(110);
  bench.answer(1, ErrorCode::NOT_ENOUGH_REPLICAS);
  bench.start(1);
  bench.run_to(300);
  CHECK(bench.story() ==
        "100 sent #2 t-0 to 1 try 0\n"
        "110 error #2 NOT_ENOUGH_REPLICAS retried\n"
        "210 sent #2 t-0 to 1 try 1\n"
        "211 acked #2 at 1\n");
}

TEST_CASE("acks=0 believes whatever it has written; a closed connection is the only signal (P-35)") {
  Bench bench{plain(Acks::none)};
  bench.send(1);
  bench.run_to(100);
  bench.story();
  bench.lead(0, 2, 1);  // the producer does not know
  bench.send(1);
  bench.run_to(101);
  bench.send(1);
  bench.run_to(400);
  CHECK(bench.story() ==
        "100 sent #2 t-0 to 1 try 0\n"
        "100 acked #2 at -1\n"
        "101 lost 1 in flight 0\n"
        "104 sent #3 t-0 to 2 try 0\n"  // retry.backoff.ms after the refresh before, and the answer
        "104 acked #3 at -1\n");
  CHECK(bench.log() == std::vector<std::int64_t>{0, 2});
}

TEST_CASE("partitioner.ignore.keys hands records with a key to the sticky partitioner (P-50)") {
  for (const bool ignored : {false, true}) {
    ProducerConfig config;
    config.linger = 0ms;
    config.partitioner_ignore_keys = ignored;
    Bench bench{config, 4};
    for (std::int64_t ms = 10; ms < 90; ms += 10) {
      bench.send(1, PartitionChoice::key(std::string(1, static_cast<char>('a' + ms / 10))));
      bench.run_to(ms);
    }
    bench.run_to(200);
    std::size_t used = 0;
    for (const std::int32_t partition : {0, 1, 2, 3}) used += bench.log(partition).empty() ? 0 : 1;
    CHECK((used == 1) == ignored);
  }
}
