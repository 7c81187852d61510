// Serving fetches: order of checks, diverging epochs, parked fetches.
#include <map>
#include <utility>

#include "tests/core/replication/replicas.hpp"
#include "tests/support/catch.hpp"

using namespace kafkasim;
using namespace kafkasim::test;
using core::judge_parked;
using core::ParkedFacts;
using core::ParkedVerdict;

TEST_CASE("order of checks of a follower's fetch (R2.10)", "[replication]") {
  struct Case {
    const char* what;
    BrokerId replica;
    int epoch;  // in the request; we lead epoch 5
    std::int64_t offset;
    int last_epoch;
    std::int64_t replica_epoch;
    ErrorCode error;
  };
  const Case cases[] = {
      {"fits", b2, 5, 4, 0, 1002, ErrorCode::NONE},
      {"without epochs", b2, -1, 0, -1, 1002, ErrorCode::NONE},
      {"old epoch", b2, 4, 4, 0, 1002, ErrorCode::FENCED_LEADER_EPOCH},
      {"new epoch", b2, 6, 4, 0, 1002, ErrorCode::UNKNOWN_LEADER_EPOCH},
      {"old epoch before unknown replica", b4, 4, 4, 0, 1004, ErrorCode::FENCED_LEADER_EPOCH},
      {"not assigned, epoch given", b4, 5, 4, 0, 1004, ErrorCode::UNKNOWN_LEADER_EPOCH},
      {"not assigned, no epoch", b4, -1, 4, 0, 1004, ErrorCode::NOT_LEADER_OR_FOLLOWER},
      {"above the log end", b2, 5, 7, -1, 1002, ErrorCode::OFFSET_OUT_OF_RANGE},
      {"an epoch newer than all we know", b2, 5, 4, 9, 1002, ErrorCode::OFFSET_OUT_OF_RANGE},
      {"an older incarnation of the broker", b2, 5, 4, 0, 1001, ErrorCode::NOT_LEADER_OR_FOLLOWER},
      {"not yet registered", b2, 5, 4, 0, -1, ErrorCode::NONE},
  };
  for (const Case& row : cases) {
    INFO(row.what);
    Bench bench{log_of({{0, 4}})};
    bench.elect(b1, 5, {b1, b2, b3});
    FetchRequest::Partition request = bench.request(row.offset, row.last_epoch);
    request.current_leader_epoch = LeaderEpoch{row.epoch};
    const auto answer = bench.partition.fetch_by_follower(request, row.replica, BrokerEpoch{row.replica_epoch}, 1 << 20,
                                                          true, bench.view());
    CHECK(answer.answer.error == row.error);
    const bool recorded = bench.partition.followers().at(b2).log_end.known();
    CHECK(recorded == (row.error == ErrorCode::NONE));  // a refused fetch leaves no trace
    if (row.error != ErrorCode::NONE) CHECK(answer.answer.records.empty());
  }
}

// The follower's replica, on broker 2, in the leadership of `bench`.
core::Partition follower_of(const Bench& bench, core::Log log, std::int64_t hw) {
  core::Partition follower{kOrders, b2, std::move(log), Offset{hw}};
  follower.apply(bench.registration, bench.settings, bench.view());
  return follower;
}

// A leader with two records of epoch 5 and a follower.
struct Lagging {
  std::int32_t leads_in = 5;  // 7: elected since, has written nothing
  std::int32_t wrote_in = 5;  // 4: what the follower has is not the leader's
  std::int64_t leader_hw = 0, leader_start = 0;
  std::int32_t follower_has = 0;  // records
  std::int64_t follower_start = 0, follower_hw = 0;
};

// True: there was nothing to tell. Then an answer would have changed nothing, and the leader learns what it would have
// learnt from a full fetch; otherwise the short way does nothing.
bool left_out(const Lagging& of) {
  const auto log = [](std::int32_t epoch, std::int32_t records) {
    return records == 0 ? core::Log{} : records == 1 ? log_of({{epoch, 1}}) : log_of({{epoch, 2}});
  };
  Bench bench{log(5, 2), Offset{of.leader_hw}};
  bench.partition.log().increment_log_start(Offset{of.leader_start});
  bench.elect(b1, of.leads_in, {b1, b2, b3});
  core::Log own = log(of.wrote_in, of.follower_has);
  own.increment_log_start(Offset{of.follower_start});
  const core::Partition before = follower_of(bench, std::move(own), of.follower_hw);
  const FetchRequest::Partition request = before.next_fetch(1 << 20);
  const core::Partition untouched = bench.partition;
  core::FetchEffects idle;
  const bool nothing = bench.partition.nothing_to_tell(request, b2);
  CHECK(bench.partition.idle_fetch(request, b2, broker_epoch(b2), bench.view(), idle) == nothing);
  if (!nothing) {
    CHECK(bench.partition == untouched);
    return false;
  }
  core::Partition after = before;
  after.on_fetch_response(untouched.read_for_follower(request, b2, 1 << 20, true).answer, request);
  CHECK(after == before);
  core::Partition answering = untouched;
  const auto full = answering.fetch_by_follower(request, b2, broker_epoch(b2), 1 << 20, true, bench.view());
  CHECK(bench.partition == answering);
  CHECK(idle.hw_moved == full.hw_moved);
  CHECK(full.answer.records.empty());
  return true;
}

TEST_CASE("what an answer leaves out would have changed nothing (KIP-227)", "[replication]") {
  std::map<std::pair<std::int32_t, std::int32_t>, int> silent, told;  // by epochs
  for (const std::int32_t leads_in : {5, 7})
    for (const std::int32_t wrote_in : {4, 5})
      for (const std::int64_t leader_hw : {0, 1, 2})
        for (const std::int64_t leader_start : {0, 1})
          for (const std::int32_t follower_has : {0, 1, 2})
            for (const std::int64_t follower_start : {0, 1})
              for (const std::int64_t follower_hw : {0, 1, 2}) {
                if (follower_start > follower_has) continue;
                const Lagging of{leads_in,     wrote_in,       leader_hw,  leader_start,
                                 follower_has, follower_start, follower_hw};
                INFO("epochs " << leads_in << " and " << wrote_in << ", high watermarks " << leader_hw << " and "
                               << follower_hw << ", the follower has " << follower_has << " from " << follower_start);
                ++(left_out(of) ? silent : told)[{leads_in, wrote_in}];
              }
  CHECK(silent[{5, 5}] > 5);
  CHECK(silent[{7, 5}] == silent[{5, 5}]);  // an epoch without records tells a follower nothing
  CHECK(silent[{5, 4}] + silent[{7, 4}] == 0);
  CHECK(told[{7, 5}] > 5);
}

TEST_CASE("a follower is told what it lacks, and what is wrong with its fetch (KIP-227)", "[replication]") {
  Bench bench{log_of({{5, 2}}), Offset{2}};
  bench.elect(b1, 5, {b1, b2, b3});
  const FetchRequest::Partition fits = follower_of(bench, log_of({{5, 2}}), 2).next_fetch(1 << 20);
  CHECK(bench.partition.nothing_to_tell(fits, b2));
  CHECK_FALSE(bench.partition.nothing_to_tell(fits, b4));  // no replica
  const auto changed = [&](auto&& change) {
    FetchRequest::Partition request = fits;
    change(request);
    return bench.partition.nothing_to_tell(request, b2);
  };
  CHECK_FALSE(changed([](auto& request) { request.fetch_offset = Offset{1}; }));
  CHECK_FALSE(changed([](auto& request) { request.high_watermark = Offset{1}; }));
  CHECK_FALSE(changed([](auto& request) { request.high_watermark = Offset{}; }));
  CHECK_FALSE(changed([](auto& request) { request.last_fetched_epoch = LeaderEpoch{3}; }));
  CHECK_FALSE(changed([](auto& request) { request.current_leader_epoch = LeaderEpoch{4}; }));
  bench.partition.log().increment_log_start(Offset{1});
  CHECK_FALSE(bench.partition.nothing_to_tell(fits, b2));
}

TEST_CASE("diverging epochs (R2.33)", "[replication]") {
  struct Case {
    std::int64_t offset;
    int last_epoch, epoch, end;  // end -1: fits
  };
  const Case cases[] = {
      // log 0@0..1, 3@2..7, 4@8..9; we lead epoch 6 from 10
      {2, 0, -1, -1}, {3, 0, 0, 2}, {8, 3, -1, -1}, {9, 3, 3, 8}, {5, 2, 0, 2}, {10, 4, -1, -1}, {10, 5, 4, 10},
  };
  for (const Case& row : cases) {
    INFO("at " << row.offset << ", last epoch " << row.last_epoch);
    Bench bench{log_of({{0, 2}, {3, 6}, {4, 2}})};
    bench.elect(b1, 6, {b1, b2, b3});
    const auto answer = bench.partition.fetch_by_follower(bench.request(row.offset, row.last_epoch), b2,
                                                          broker_epoch(b2), 1 << 20, true, bench.view());
    CHECK(answer.answer.error == ErrorCode::NONE);
    const auto& diverging = answer.answer.diverging_epoch;
    CHECK(diverging.has_value() == (row.end >= 0));
    if (diverging) CHECK(*diverging == EpochEndOffset{LeaderEpoch{row.epoch}, Offset{row.end}});
    CHECK(bench.partition.followers().at(b2).log_end.known() == (row.end < 0));
  }
}

TEST_CASE("the answer carries the high watermark of before the fetch (R2.9, R2.11)", "[replication]") {
  Bench bench;
  bench.elect(b1, 1, {b1, b2});
  bench.produce(3);
  const auto first = bench.fetch(b2, 0);
  CHECK(first.answer.records.size() == 1);
  CHECK(first.size_bytes == 100);
  const auto second = bench.fetch(b2, 3);
  CHECK(second.answer.high_watermark == Offset{0});
  CHECK(second.hw_moved);
  CHECK(bench.fetch(b2, 3).answer.high_watermark == Offset{3});
}

TEST_CASE("completing a parked fetch touches no follower state (R2.13)", "[replication]") {
  Bench bench;
  bench.elect(b1, 1, {b1, b2});
  const auto request = bench.request(0);
  bench.partition.fetch_by_follower(request, b2, broker_epoch(b2), 1 << 20, true, bench.view());
  bench.produce(2);
  const core::Partition before = bench.partition;
  CHECK(bench.partition.read_for_follower(request, b2, 1 << 20, true).answer.records.size() == 1);
  CHECK(before == bench.partition);
}

TEST_CASE("consumers read up to the high watermark, also from followers (R2.10, R2.45)", "[replication]") {
  Bench bench{log_of({{0, 4}}), Offset{2}};
  bench.elect(b2, 1, {b1, b2});
  const auto read = [&](std::int64_t from, bool leader_only) {
    return bench.partition.read_for_consumer(bench.request(from), 1 << 20, true, leader_only);
  };
  CHECK(offsets(read(0, false).answer.records) == "0-0 1-1");
  CHECK(read(3, false).answer.records.empty());
  CHECK(read(3, false).answer.error == ErrorCode::NONE);
  CHECK(read(5, false).answer.error == ErrorCode::OFFSET_OUT_OF_RANGE);
  CHECK(read(0, true).answer.error == ErrorCode::NOT_LEADER_OR_FOLLOWER);
}

TEST_CASE("when a parked fetch is done (R2.13)", "[replication]") {
  const auto facts = [](std::int64_t at, std::int64_t bound, bool same_segment) {
    ParkedFacts made;
    made.fetch_offset = Offset{at};
    made.bound = Offset{bound};
    made.same_segment = same_segment;
    made.readable_bytes = at < bound ? 70 : 0;
    return made;
  };
  CHECK(judge_parked(facts(5, 5, true)) == ParkedVerdict::wait);
  CHECK(judge_parked(facts(5, 5, false)) == ParkedVerdict::wait);  // just rolled
  CHECK(judge_parked(facts(6, 5, true)) == ParkedVerdict::truncated);
  CHECK(judge_parked(facts(5, 8, false)) == ParkedVerdict::older_segment);
  CHECK(judge_parked(facts(5, 8, true)) == ParkedVerdict::wait);
  CHECK(core::countable_bytes(facts(5, 8, true)) == 70);
  CHECK(core::countable_bytes(facts(5, 5, true)) == 0);

  ParkedFacts throttled = facts(5, 8, false);
  throttled.throttled = true;
  CHECK(judge_parked(throttled) == ParkedVerdict::wait);
  CHECK(core::countable_bytes(throttled) == 0);
  ParkedFacts diverging = facts(5, 5, true);
  diverging.diverging = true;
  CHECK(judge_parked(diverging) == ParkedVerdict::diverging_epoch);
  ParkedFacts fenced = facts(5, 5, true);
  fenced.error = ErrorCode::FENCED_LEADER_EPOCH;
  CHECK(judge_parked(fenced) == ParkedVerdict::error);
}

TEST_CASE("facts of a parked fetch follow the partition", "[replication]") {
  Bench bench;
  bench.elect(b1, 1, {b1, b2});
  const auto request = bench.request(0);
  CHECK(bench.partition.parked_facts(request, b2).readable_bytes == 0);
  bench.produce(2);
  CHECK(bench.partition.parked_facts(request, b2).readable_bytes == 100);
  CHECK(bench.partition.parked_facts(request, BrokerId{}).readable_bytes ==
        0);  // a consumer waits for the high watermark
  bench.fetch(b2, 2);
  CHECK(bench.partition.parked_facts(request, BrokerId{}).readable_bytes == 100);
  bench.elect(b1, 2, {b1, b2});
  CHECK(bench.partition.parked_facts(request, b2).error == ErrorCode::FENCED_LEADER_EPOCH);
}
