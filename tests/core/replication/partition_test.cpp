// Roles, produce, high watermark.
#include "core/replication/partition.hpp"

#include "tests/core/replication/replicas.hpp"
#include "tests/support/catch.hpp"

using namespace kafkasim;
using namespace kafkasim::test;
using core::Partition;

TEST_CASE("LogAppendTime: every record has the time of the append by the leader's clock (R1.2)", "[replication]") {
  for (const bool log_append_time : {false, true}) {
    Bench bench;
    bench.settings.topic.log_append_time = log_append_time;
    bench.elect(b1, 5, {b1});
    Batch sent = batch(4);
    sent.max_timestamp = bench.now - 1s;
    RecordTimesRuns times{{3, bench.now - 9s, 1s}, {1, bench.now - 1s, {}}};
    sent.times = RecordTimesPtr{times};
    const core::View view{bench.now, bench.metadata, bench.now + 5s};
    REQUIRE(bench.partition.append(sent, Acks::leader, view).error == ErrorCode::NONE);
    const Batch& stored = bench.partition.log().batches().back();
    CHECK(stored.timestamp(0) == (log_append_time ? view.wall : bench.now - 9s));
    CHECK(stored.timestamp(3) == (log_append_time ? view.wall : bench.now - 1s));
  }
}

TEST_CASE("becoming leader starts an epoch at the log end (R2.29)", "[replication]") {
  Bench bench{log_of({{0, 4}}), Offset{2}};
  const auto change = bench.elect(b1, 3, {b1, b2});
  CHECK(change.became_leader);
  CHECK(change.leader_epoch_grew);
  CHECK_FALSE(change.hw_moved);
  CHECK(bench.partition.epoch_start_offset() == Offset{4});
  CHECK(epochs(bench.partition.log().epochs()) == "0@0 3@4");
  CHECK(bench.partition.high_watermark() == Offset{2});
  CHECK_FALSE(bench.partition.followers().at(b2).log_end.known());
  CHECK(bench.partition.followers().at(b2).last_caught_up == bench.now);
  CHECK(bench.partition.followers().at(b3).last_caught_up == core::kLongAgo);
}

TEST_CASE("a leader alone in its ISR commits at once, if min ISR allows (R2.29)", "[replication]") {
  Bench alone{log_of({{0, 4}})};
  CHECK(alone.elect(b1, 1, {b1}).hw_moved);
  CHECK(alone.partition.high_watermark() == Offset{4});
  Bench gated{log_of({{0, 4}})};
  gated.settings.topic.min_insync_replicas = 2;
  CHECK_FALSE(gated.elect(b1, 1, {b1}).hw_moved);
  CHECK(gated.partition.high_watermark() == Offset{0});
}

TEST_CASE("metadata: older ignored, same epoch keeps followers, new epoch of the same leader keeps where they are",
          "[replication]") {
  Bench bench;
  bench.elect(b1, 1, {b1, b2, b3});
  bench.produce(2);
  bench.fetch(b2, 2);
  PartitionRegistration old = bench.registration;
  old.partition_epoch = PartitionEpoch{0};
  old.isr = {b1};
  CHECK(bench.partition.apply(old, bench.settings, bench.view()).ignored);
  CHECK(bench.partition.isr().size() == 3);

  const auto same_epoch = bench.elect(b1, 1, {b1, b2});  // b3 held the high watermark back
  CHECK_FALSE(same_epoch.leader_epoch_grew);
  CHECK(same_epoch.hw_moved);
  CHECK(bench.partition.high_watermark() == Offset{2});
  CHECK(bench.partition.epoch_start_offset() == Offset{0});

  bench.now += 100s;
  const auto again = bench.elect(b1, 2, {b1, b2});
  CHECK(again.leader_epoch_grew);
  CHECK_FALSE(again.became_leader);
  CHECK(bench.partition.epoch_start_offset() == Offset{2});
  const core::FollowerState& follower = bench.partition.followers().at(b2);
  CHECK(follower.log_end == Offset{2});
  CHECK(follower.broker_epoch == broker_epoch(b2));
  CHECK(follower.last_fetch_leader_log_end == Offset{2});
  CHECK(follower.last_fetch_time == bench.now);
  CHECK(bench.partition.followers().at(b3).last_caught_up == core::kLongAgo);
}

TEST_CASE("a leader that becomes follower forgets its followers and answers so", "[replication]") {
  Bench bench;
  bench.elect(b1, 1, {b1, b2});
  bench.produce(1);
  const auto change = bench.elect(b2, 2, {b2, b1});
  CHECK(change.became_follower);
  CHECK(bench.partition.followers().empty());
  CHECK(bench.produce().error == ErrorCode::NOT_LEADER_OR_FOLLOWER);
  CHECK(bench.partition.check_produce(Offset{1}) == ErrorCode::NOT_LEADER_OR_FOLLOWER);
  CHECK(bench.fetch(b3, 0).answer.error == ErrorCode::NOT_LEADER_OR_FOLLOWER);
  CHECK(bench.fetch(b3, 0).answer.current_leader.leader_id == b2);
  CHECK(bench.partition.can_fetch());
  CHECK_FALSE(bench.elect(BrokerId{}, 3, {}).ignored);
  CHECK_FALSE(bench.partition.can_fetch());  // leaderless
}

TEST_CASE("before any metadata a replica has no role", "[replication]") {
  Bench bench{log_of({{0, 3}}), Offset{9}};
  CHECK(bench.partition.role() == Partition::Role::none);
  CHECK(bench.partition.high_watermark() == Offset{3});  // clamped (R1.34)
  CHECK(bench.produce().error == ErrorCode::NOT_LEADER_OR_FOLLOWER);
  CHECK(bench.partition.read_for_consumer(bench.request(0), 100, true).answer.error ==
        ErrorCode::NOT_LEADER_OR_FOLLOWER);
}

TEST_CASE("acks=all below min ISR is refused, acks=1 is not (R2.39)", "[replication]") {
  struct Case {
    std::int32_t min_isr;
    std::vector<BrokerId> isr;
    Acks acks;
    ErrorCode error;
  };
  const Case cases[] = {
      {2, {b1, b2}, Acks::all, ErrorCode::NONE},     {2, {b1}, Acks::all, ErrorCode::NOT_ENOUGH_REPLICAS},
      {2, {b1}, Acks::leader, ErrorCode::NONE},      {2, {b1}, Acks::none, ErrorCode::NONE},
      {9, {b1, b2, b3}, Acks::all, ErrorCode::NONE},  // never more than the assigned replicas (R2.27)
  };
  for (const Case& row : cases) {
    Bench bench;
    bench.settings.topic.min_insync_replicas = row.min_isr;
    bench.elect(b1, 1, row.isr);
    CHECK(bench.produce(1, row.acks).error == row.error);
    CHECK(bench.partition.log().log_end() == Offset{row.error == ErrorCode::NONE ? 1 : 0});
  }
}

TEST_CASE("the high watermark is what the ISR and caught-up followers have (R2.27)", "[replication]") {
  struct Case {
    const char* what;
    std::vector<BrokerId> isr;
    int b2_end, b3_end;  // -1: has not fetched
    Duration idle;       // since those fetches
    int expected;
  };
  const Case cases[] = {
      {"nobody has fetched", {b1, b2, b3}, -1, -1, 0s, 0},
      {"the slowest of the ISR", {b1, b2, b3}, 10, 6, 0s, 6},
      {"a caught-up outsider holds it back", {b1, b2}, 10, 6, 0s, 6},
      {"an outsider behind for long does not", {b1, b2}, 10, 6, 31s, 10},
      {"an outsider that never fetched does not", {b1, b2}, 10, -1, 0s, 10},
  };
  for (const Case& row : cases) {
    INFO(row.what);
    Bench bench;
    bench.elect(b1, 1, {b1, b2, b3});
    bench.produce(6);
    if (row.b3_end >= 0) bench.fetch(b3, row.b3_end);  // caught up with what is there now
    bench.produce(4);
    bench.now += row.idle;
    if (row.b2_end >= 0) bench.fetch(b2, row.b2_end);
    bench.elect(b1, 1, row.isr);
    CHECK(bench.partition.high_watermark() == Offset{row.expected});
  }
}

TEST_CASE("parked acks=all produces (R2.40, R2.41)", "[replication]") {
  Bench bench;
  bench.settings.topic.min_insync_replicas = 2;
  bench.elect(b1, 1, {b1, b2});
  const auto done = bench.produce(3, Acks::all);
  CHECK(done.base_offset == Offset{0});
  CHECK(done.required_offset == Offset{3});
  CHECK_FALSE(bench.partition.check_produce(done.required_offset));
  CHECK(bench.fetch(b2, 3).hw_moved);
  CHECK(bench.partition.check_produce(done.required_offset) == ErrorCode::NONE);
  bench.elect(b1, 1, {b1});  // committed, but the ISR fell below the minimum before the answer
  CHECK(bench.partition.check_produce(done.required_offset) == ErrorCode::NOT_ENOUGH_REPLICAS_AFTER_APPEND);
}

TEST_CASE("a duplicate waits for the original (R4.2 a)", "[replication]") {
  Bench bench;
  bench.elect(b1, 1, {b1, b2});
  const auto first = bench.partition.append(idempotent(7, 0, 0, 2), Acks::all, bench.view());
  bench.produce(5);
  const auto again = bench.partition.append(idempotent(7, 0, 0, 2), Acks::all, bench.view());
  CHECK(again.duplicate);
  CHECK(again.base_offset == first.base_offset);
  CHECK(again.required_offset == Offset{2});
  CHECK(bench.partition.log().log_end() == Offset{7});
}

TEST_CASE("latest and earliest offsets (R2.30, R2.36)", "[replication]") {
  Bench bench{log_of({{0, 4}}), Offset{2}};
  bench.elect(b1, 1, {b1, b2});
  const auto ask = [&](OffsetSpec spec, bool replica) {
    return bench.partition.list_offset({kOrders, LeaderEpoch{}, spec}, replica);
  };
  CHECK(ask(OffsetSpec::latest, false).error == ErrorCode::OFFSET_NOT_AVAILABLE);
  CHECK(ask(OffsetSpec::timestamp, false).error == ErrorCode::NONE);  // of the epoch, which record 0 has
  const ListOffsetsRequest::Partition late{kOrders, LeaderEpoch{}, OffsetSpec::timestamp, bench.now};
  CHECK(bench.partition.list_offset(late, false).error == ErrorCode::OFFSET_NOT_AVAILABLE);
  CHECK(ask(OffsetSpec::latest, true).offset == Offset{4});
  CHECK(ask(OffsetSpec::earliest, false).offset == Offset{0});
  CHECK(ask(OffsetSpec::earliest, false).leader_epoch == LeaderEpoch{0});
  bench.fetch(b2, 4);
  CHECK(ask(OffsetSpec::latest, false).offset == Offset{4});
  CHECK(ask(OffsetSpec::latest, false).leader_epoch == LeaderEpoch{1});
  const auto end = bench.partition.offset_for_leader_epoch({kOrders, LeaderEpoch{1}, LeaderEpoch{0}});
  CHECK(end.end == EpochEndOffset{LeaderEpoch{0}, Offset{4}});
  CHECK(bench.partition.offset_for_leader_epoch({kOrders, LeaderEpoch{0}, LeaderEpoch{0}}).error ==
        ErrorCode::FENCED_LEADER_EPOCH);
}

TEST_CASE("a partition is a value", "[replication]") {
  Bench bench;
  bench.elect(b1, 1, {b1, b2});
  const Partition before = bench.partition;
  bench.produce(1);
  CHECK_FALSE(before == bench.partition);
  int members = 0;
  bench.partition.each_field([&](const char*, const auto&) { ++members; });
  CHECK(members == 15);
  const core::Log log = std::move(bench.partition).take_log();
  CHECK(log.log_end() == Offset{1});
}
