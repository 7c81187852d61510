// The follower's side of a fetch.
#include "tests/core/replication/replicas.hpp"
#include "tests/support/catch.hpp"

using namespace kafkasim;
using namespace kafkasim::test;
using core::FollowerStep;
using Outcome = core::FollowerStep::Outcome;

namespace {

// Broker 1 follows broker 2 in epoch 5.
Bench follower(core::Log log = core::Log{}, std::int64_t hw = 0) {
  Bench bench{std::move(log), Offset{hw}};
  bench.elect(b2, 5, {b2, b1});
  return bench;
}

FetchResponse::Partition answer(Batches records, std::int64_t hw, ErrorCode error = ErrorCode::NONE) {
  return {kOrders, error, Offset{hw}, Offset{hw}, Offset{0}, {}, {}, std::move(records)};
}

FollowerStep take(Bench& bench, const FetchResponse::Partition& response) {
  return bench.partition.on_fetch_response(response, bench.partition.next_fetch(1 << 20));
}

}  // namespace

TEST_CASE("what a follower asks for (R2.2)", "[replication]") {
  Bench bench = follower(log_of({{0, 3}, {4, 2}}));
  const auto request = bench.partition.next_fetch(500);
  CHECK(request.fetch_offset == Offset{5});
  CHECK(request.current_leader_epoch == LeaderEpoch{5});
  CHECK(request.last_fetched_epoch == LeaderEpoch{4});
  CHECK(request.partition_max_bytes == 500);
  CHECK_FALSE(follower().partition.next_fetch(500).last_fetched_epoch.known());
}

TEST_CASE("appending sets the high watermark from the leader's, clamped (R2.5)", "[replication]") {
  struct Case {
    std::int64_t leader_hw, expected;
  };
  for (const Case& row : {Case{2, 2}, Case{9, 4}, Case{0, 0}}) {
    Bench bench = follower(log_of({{0, 2}}), 1);
    const auto step = take(bench, answer({replicated(2, 5, 2)}, row.leader_hw));
    CHECK(step.outcome == Outcome::appended);
    CHECK(step.log_end_before == Offset{2});
    CHECK(step.log_end == Offset{4});
    CHECK(step.appended_bytes == 100);
    CHECK(bench.partition.high_watermark() == Offset{row.expected});
  }
}

TEST_CASE("a batch that begins below the log end ends the copying, unless the log is empty (R1.9)", "[replication]") {
  // Broker 1 holds other batches of epoch 5 than its leader: a pair where the leader has three in one.
  Bench bench = follower(log_of({{0, 2}}), 1);
  const auto step = take(bench, answer({replicated(1, 5, 3)}, 4));
  CHECK(step.outcome == Outcome::failed);
  CHECK(bench.partition.log().log_end() == Offset{2});
  CHECK(bench.partition.high_watermark() == Offset{1});
  CHECK_FALSE(bench.partition.can_fetch());
  bench.elect(b2, 6, {b2, b1});
  CHECK(bench.partition.can_fetch());

  Bench empty = follower(core::Log{TopicConfig{}, Offset{2}});
  CHECK(take(empty, answer({replicated(1, 5, 3)}, 4)).outcome == Outcome::appended);
  CHECK(empty.partition.log().log_start() == Offset{1});
  CHECK(empty.partition.log().log_end() == Offset{4});
}

TEST_CASE("batches newer than the fetch's epoch are dropped (KAFKA-18723)", "[replication]") {
  Bench bench = follower();
  take(bench, answer({replicated(0, 5), replicated(1, 6), replicated(2, 6)}, 0));
  CHECK(bench.partition.log().log_end() == Offset{1});
  Bench older = follower();
  older.settings.rules.follower_drops_newer_epochs = false;
  older.elect(b2, 5, {b2, b1});
  take(older, answer({replicated(0, 5), replicated(1, 6), replicated(2, 6)}, 0));
  CHECK(older.partition.log().log_end() == Offset{3});
}

TEST_CASE("answers to an earlier state are ignored (R2.6)", "[replication]") {
  Bench bench = follower(log_of({{0, 2}}));
  const auto request = bench.partition.next_fetch(1 << 20);
  bench.elect(b3, 6, {b3, b1});
  CHECK(bench.partition.on_fetch_response(answer({replicated(2, 5)}, 2), request).outcome == Outcome::ignored);
  const auto current = bench.partition.next_fetch(1 << 20);
  take(bench, answer({replicated(2, 6)}, 2));
  CHECK(bench.partition.on_fetch_response(answer({replicated(2, 6)}, 2), current).outcome == Outcome::ignored);
  bench.elect(b1, 7, {b1});
  CHECK(bench.partition.on_fetch_response(answer({}, 2), current).outcome == Outcome::ignored);
  CHECK(bench.partition.log().log_end() == Offset{3});
}

TEST_CASE("errors of one partition (R2.7)", "[replication]") {
  struct Case {
    ErrorCode error;
    Outcome outcome;
  };
  const Case cases[] = {
      {ErrorCode::FENCED_LEADER_EPOCH, Outcome::failed},
      {ErrorCode::UNKNOWN_LEADER_EPOCH, Outcome::back_off},
      {ErrorCode::NOT_LEADER_OR_FOLLOWER, Outcome::back_off},
      {ErrorCode::KAFKA_STORAGE_ERROR, Outcome::back_off},
      {ErrorCode::UNKNOWN_TOPIC_OR_PARTITION, Outcome::back_off},
      {ErrorCode::OFFSET_OUT_OF_RANGE, Outcome::out_of_range},
  };
  for (const Case& row : cases) {
    INFO(name(row.error));
    Bench bench = follower(log_of({{0, 2}}));
    CHECK(take(bench, answer({}, -1, row.error)).outcome == row.outcome);
    CHECK(bench.partition.can_fetch() == (row.outcome != Outcome::failed));
    bench.elect(b2, 6, {b2, b1});
    CHECK(bench.partition.can_fetch());
  }
}

TEST_CASE("truncating to a diverging epoch (R2.34, R2.31)", "[replication]") {
  struct Case {
    const char* what;
    int epoch, end;
    const char* epochs_left;
    std::int64_t log_end, hw;
  };
  const Case cases[] = {
      // own log 2@0..9, 3@10..19, 5@20..24; high watermark 15
      {"we know the epoch, the leader's ends earlier", 3, 12, "2@0 3@10", 12, 12},
      {"we know the epoch, ours ends earlier", 3, 22, "2@0 3@10", 20, 15},
      {"we lack the epoch: to the end of the one below, then ask again", 4, 30, "2@0 3@10", 20, 15},
      {"older than all of ours", 1, 0, "", 0, 0},
  };
  for (const Case& row : cases) {
    INFO(row.what);
    Bench bench = follower(log_of({{2, 10}, {3, 10}, {5, 5}}), 15);
    auto response = answer({replicated(25, 5)}, 3);  // records and high watermark are not looked at
    response.diverging_epoch = EpochEndOffset{LeaderEpoch{row.epoch}, Offset{row.end}};
    CHECK(take(bench, response).outcome == Outcome::truncated);
    CHECK(bench.partition.log().log_end() == Offset{row.log_end});
    CHECK(epochs(bench.partition.log().epochs()) == row.epochs_left);
    CHECK(bench.partition.high_watermark() == Offset{row.hw});
  }
}

TEST_CASE("out of range (R2.36)", "[replication]") {
  struct Case {
    const char* what;
    std::int64_t leader_start, leader_end, log_start, log_end;
  };
  const Case cases[] = {
      {"the leader is shorter", 0, 6, 0, 6},
      {"the leader begins above us: start anew there", 20, 30, 20, 20},
      {"neither: fetch on where we are", 5, 30, 0, 10},
  };
  for (const Case& row : cases) {
    INFO(row.what);
    Bench bench = follower(log_of({{0, 10}}), 8);
    const auto step =
        bench.partition.on_leader_offsets(Offset{row.leader_start}, Offset{row.leader_end}, LeaderEpoch{5});
    CHECK(step.outcome == Outcome::truncated);
    CHECK(bench.partition.log().log_start() == Offset{row.log_start});
    CHECK(bench.partition.log().log_end() == Offset{row.log_end});
    CHECK(bench.partition.high_watermark() >= bench.partition.log().log_start());
    CHECK(bench.partition.high_watermark() <= bench.partition.log().log_end());
  }
  Bench bench = follower(log_of({{0, 10}}));
  CHECK(bench.partition.on_leader_offsets(Offset{0}, Offset{6}, LeaderEpoch{4}).outcome == Outcome::ignored);
}

TEST_CASE("a follower adopts the leader's log start (R2.5)", "[replication]") {
  Bench bench = follower(log_of({{0, 4}}), 4);
  auto response = answer({}, 4);
  response.log_start_offset = Offset{3};
  take(bench, response);
  CHECK(bench.partition.log().log_start() == Offset{3});
  CHECK(epochs(bench.partition.log().epochs()) == "0@3");
}
