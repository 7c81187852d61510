// ISR shrink, expand, and the AlterPartition exchange.
#include "tests/core/replication/replicas.hpp"
#include "tests/support/catch.hpp"

using namespace kafkasim;
using namespace kafkasim::test;
using core::PendingIsr;

TEST_CASE("who is out of sync at a check (R2.16, R2.17)", "[replication]") {
  struct Case {
    const char* what;
    bool busy;        // an append right after the follower's last fetch, and all the time
    Duration silent;  // since its last fetch
    bool shrinks;
  };
  const Case cases[] = {
      {"idle for ever", false, 3600s, false},
      {"busy, exactly the limit", true, 30s, false},
      {"busy, above the limit", true, 30s + 1ms, true},
  };
  for (const Case& row : cases) {
    INFO(row.what);
    Bench bench;
    bench.elect(b1, 1, {b1, b2});
    bench.fetch(b2, 0);
    if (row.busy) bench.produce(1);
    bench.now += row.silent;
    CHECK(bench.partition.check_isr(bench.view()) == row.shrinks);
  }
}

TEST_CASE("after long silence the first append makes a follower leave at the next check (R2.17)", "[replication]") {
  Bench bench;
  bench.elect(b1, 1, {b1, b2});
  bench.fetch(b2, 0);
  bench.now += 600s;
  bench.produce(1);
  CHECK(bench.partition.check_isr(bench.view()));
}

TEST_CASE("a follower one batch behind all the time stays (R2.15)", "[replication]") {
  Bench bench;
  bench.elect(b1, 1, {b1, b2});
  for (int offset = 0; offset < 20; ++offset) {  // 100 s, never at the log end
    bench.produce(1);
    bench.fetch(b2, offset);
    CHECK_FALSE(bench.partition.check_isr(bench.view()));
    bench.now += 5s;
  }
}

TEST_CASE("a shrink releases nothing before the controller agrees (R2.18)", "[replication]") {
  Bench bench;
  bench.elect(b1, 1, {b1, b2, b3});
  bench.produce(1);
  bench.fetch(b2, 1);
  bench.now += 31s;
  bench.fetch(b2, 1);
  CHECK(bench.partition.check_isr(bench.view()));
  CHECK(bench.partition.pending()->isr == std::vector{b1, b2});
  CHECK(bench.partition.isr() == std::vector{b1, b2, b3});
  CHECK(bench.partition.maximal_isr() == std::vector{b1, b2, b3});
  CHECK(bench.partition.high_watermark() == Offset{0});
  CHECK_FALSE(bench.partition.check_isr(bench.view()));  // one change at a time
  CHECK(bench.grant().hw_moved);
  CHECK(bench.partition.isr() == std::vector{b1, b2});
  CHECK(bench.partition.high_watermark() == Offset{1});
}

TEST_CASE("who may join (R2.20)", "[replication]") {
  struct Case {
    const char* what;
    std::int64_t offset;  // high watermark 2, epoch start 4, log end 5
    bool fenced, shutting_down;
    std::int64_t epoch;  // in its fetch
    bool joins;
  };
  const Case cases[] = {
      {"at the log end", 5, false, false, 1003, true},
      {"behind the log end, at the epoch start", 4, false, false, 1003, true},
      {"above the high watermark, below the epoch start", 3, false, false, 1003, false},
      {"fenced", 4, true, false, 1003, false},
      {"in controlled shutdown", 4, false, true, 1003, false},
      {"fetched without an epoch", 4, false, false, -1, true},
      {"of an incarnation not yet in our metadata", 4, false, false, 1999, false},
  };
  for (const Case& row : cases) {
    INFO(row.what);
    Bench bench{log_of({{0, 4}}), Offset{2}};
    bench.elect(b1, 1, {b1, b2});
    bench.produce(1);
    bench.metadata.brokers[b3].fenced = row.fenced;
    bench.metadata.brokers[b3].in_controlled_shutdown = row.shutting_down;
    const auto fetched = bench.partition.fetch_by_follower(bench.request(row.offset), b3, BrokerEpoch{row.epoch},
                                                           1 << 20, true, bench.view());
    CHECK(fetched.answer.error == ErrorCode::NONE);
    CHECK(fetched.isr_proposed == row.joins);
    CHECK(bench.partition.pending().has_value() == row.joins);
  }
}

TEST_CASE("below the high watermark nobody joins", "[replication]") {
  Bench bench;
  bench.elect(b1, 1, {b1});
  bench.produce(5);
  CHECK_FALSE(bench.fetch(b3, 4).isr_proposed);
  CHECK(bench.fetch(b3, 5).isr_proposed);
}

TEST_CASE("an expand restricts at once (R2.21)", "[replication]") {
  Bench bench;
  bench.elect(b1, 1, {b1, b2});
  bench.fetch(b2, 0);
  bench.fetch(b3, 0);
  CHECK(bench.partition.maximal_isr() == std::vector{b1, b2, b3});
  CHECK(bench.partition.isr() == std::vector{b1, b2});
  const auto asked = bench.partition.take_alter_request(BrokerEpoch{1001});
  REQUIRE(asked);
  CHECK(asked->new_isr == std::vector<AlterPartitionRequest::Member>{
                              {b1, BrokerEpoch{1001}}, {b2, BrokerEpoch{1002}}, {b3, BrokerEpoch{1003}}});
  CHECK_FALSE(bench.partition.take_alter_request(BrokerEpoch{1001}));
  bench.now += 60s;  // b3 would not count as caught up any more
  bench.produce(1);
  bench.fetch(b2, 1);
  CHECK(bench.partition.high_watermark() == Offset{0});

  Bench committed_only;  // the rule before KIP-497
  committed_only.settings.rules.hw_counts_maximal_isr = false;
  committed_only.elect(b1, 1, {b1, b2});
  committed_only.fetch(b2, 0);
  committed_only.fetch(b3, 0);
  committed_only.now += 60s;
  committed_only.produce(1);
  committed_only.fetch(b2, 1);
  CHECK(committed_only.partition.high_watermark() == Offset{1});
}

TEST_CASE("what the controller's answer does (R2.25)", "[replication]") {
  struct Case {
    ErrorCode error;
    bool pending_after, resend;
  };
  const Case cases[] = {
      {ErrorCode::INELIGIBLE_REPLICA, false, false},        {ErrorCode::OPERATION_NOT_ATTEMPTED, false, false},
      {ErrorCode::FENCED_LEADER_EPOCH, true, false},        {ErrorCode::INVALID_UPDATE_VERSION, true, false},
      {ErrorCode::NEW_LEADER_ELECTED, true, false},         {ErrorCode::INVALID_REQUEST, true, false},
      {ErrorCode::UNKNOWN_TOPIC_OR_PARTITION, true, false}, {ErrorCode::NOT_CONTROLLER, true, true},
      {ErrorCode::UNKNOWN_SERVER_ERROR, true, true},
  };
  for (const Case& row : cases) {
    INFO(name(row.error));
    Bench bench;
    bench.elect(b1, 1, {b1, b2});
    bench.fetch(b3, 0);
    REQUIRE(bench.partition.take_alter_request(broker_epoch(b1)));
    const auto outcome = bench.refuse(row.error);
    CHECK_FALSE(outcome.committed);
    CHECK(outcome.resend == row.resend);
    CHECK(bench.partition.pending().has_value() == row.pending_after);
    CHECK(bench.partition.take_alter_request(broker_epoch(b1)).has_value() == row.resend);
    CHECK(bench.partition.isr() == std::vector{b1, b2});
  }
}

TEST_CASE("metadata overtakes a pending change; the late answer is ignored (R2.25)", "[replication]") {
  Bench bench;
  bench.elect(b1, 1, {b1, b2});
  bench.fetch(b3, 0);
  const auto asked = bench.partition.take_alter_request(broker_epoch(b1));
  bench.elect(b1, 1, {b1});
  CHECK_FALSE(bench.partition.pending());
  const auto late = bench.partition.on_alter_response(
      {kOrders, ErrorCode::NONE, b1, asked->leader_epoch, {b1, b2, b3}, PartitionEpoch{9}}, bench.view());
  CHECK_FALSE(late.committed);
  CHECK(bench.partition.isr() == std::vector{b1});
  CHECK(bench.fetch(b3, 0).isr_proposed);
  bench.partition.on_alter_refused();  // an earlier change is still in flight (R2.22)
  CHECK_FALSE(bench.partition.pending());
}
