// Positions that cannot be had, or do not hold any more (C-20, C-22, C-25).
#include <algorithm>

#include "tests/core/client/consumer/member.hpp"
#include "tests/support/catch.hpp"

namespace kafkasim::core::test {
namespace {

TEST_CASE("a truncated log: by policy, or thrown (C-25)") {
  struct Row {
    OffsetReset policy;
    std::int64_t end;  // of the position's epoch at the new leader; -1: it knows nothing of that epoch
    std::string polled, position;
  };
  const Row rows[] = {
      {OffsetReset::none, 6, "throws LogTruncationException", ""},
      {OffsetReset::earliest, -1, "orders-0 0..11", "position orders-0=0 earliest\n"},
      {OffsetReset::latest, -1, "", "position orders-0=12 latest\n"},
  };
  for (const Row& row : rows) {
    ConsumerConfig config = from_earliest();
    config.auto_offset_reset = row.policy;
    FakeCluster cluster{config};
    cluster.committed = {{orders(0), Offset{0}}, {orders(1), Offset{0}}};
    cluster.append(orders(0), 1, 10);
    cluster.poll(1s);
    cluster.poll(100ms);
    cluster.take();
    FakeLog& log = cluster.logs[orders(0)];
    log.leader = BrokerId{2};
    log.epoch = LeaderEpoch{1};
    log.batches.clear();
    log.epoch_ends[0] = row.end;
    cluster.append(orders(0), 1, 12);
    std::string polled;
    for (int i = 0; i < 5 && polled.empty(); ++i) polled = cluster.poll(1s);
    CHECK(polled == row.polled);
    CHECK(cluster.take("position") == row.position);
  }
}

TEST_CASE("committed offsets that cannot be had (C-20)") {
  struct Row {
    ErrorCode error;
    std::string polled;
    std::ptrdiff_t lookups;  // of the coordinator
  };
  const Row rows[] = {
      {ErrorCode::COORDINATOR_LOAD_IN_PROGRESS, "orders-0 0..4", 1},
      {ErrorCode::NOT_COORDINATOR, "orders-0 0..4", 3},
      {ErrorCode::UNKNOWN_SERVER_ERROR, "throws KafkaException", 1},
  };
  for (const Row& row : rows) {
    INFO(name(row.error));
    FakeCluster cluster{from_earliest()};
    cluster.append(orders(0), 1, 5);
    cluster.errors["OffsetFetch"] = {row.error};
    CHECK(cluster.poll(1s) == row.polled);
    cluster.poll(1s);
    const std::string asked = cluster.take("FindCoordinator->");
    CHECK(std::count(asked.begin(), asked.end(), '\n') == row.lookups);
  }
}

TEST_CASE("positions are asked for again after retry.backoff.ms: refused, and with a connection that broke (C-22)") {
  for (const bool broken : {false, true}) {
    FakeCluster cluster = member();
    cluster.pass(500ms);  // no fetch is parked at the broker
    cluster.with_times = true;
    cluster.seek_to(orders(0), OffsetSpec::earliest);
    if (broken) {
      cluster.held = {"ListOffsets"};
      cluster.poll(50ms);
      cluster.kill(BrokerId{1});
      cluster.pass(10ms);
      cluster.down.clear();
      cluster.held.clear();
    } else {
      cluster.errors["ListOffsets"] = {ErrorCode::LEADER_NOT_AVAILABLE};
    }
    CHECK(cluster.poll(1s) == "orders-0 0..4");
    CHECK(cluster.take("ListOffsets->") ==
          std::string{"617 ListOffsets->1 orders-0=earliest\n"} +
              (broken ? "778 ListOffsets->1 orders-0=earliest\n" : "721 ListOffsets->1 orders-0=earliest\n"));
  }
}

TEST_CASE("the validation of a position that broke off is made again (C-25)") {
  FakeCluster cluster = member();
  FakeLog& log = cluster.logs[orders(0)];
  log.epoch = LeaderEpoch{1};
  cluster.held = {"OffsetForLeaderEpoch"};
  cluster.with_times = true;
  cluster.append(orders(0), 1, 1);
  for (int i = 0; i < 3; ++i) cluster.poll(200ms);
  cluster.kill(BrokerId{1});
  cluster.poll(10ms);
  cluster.down.clear();
  cluster.held.clear();
  CHECK(cluster.poll(3s) == "orders-0 5..5");
  CHECK(cluster.take("Epoch") ==
        "120 OffsetForLeaderEpoch->1 orders-0/e0\n"
        "828 OffsetForLeaderEpoch->1 orders-0/e0\n");
}

TEST_CASE("a validation that the leader refuses is made again after retry.backoff.ms (C-25)") {
  FakeCluster cluster = member();
  cluster.logs[orders(0)].epoch = LeaderEpoch{1};
  cluster.errors["OffsetForLeaderEpoch"] = {ErrorCode::FENCED_LEADER_EPOCH};
  cluster.append(orders(0), 1, 1);
  std::string polled;
  for (int i = 0; i < 5 && polled.empty(); ++i) polled = cluster.poll(1s);
  CHECK(polled == "orders-0 5..5");
  CHECK(cluster.take("Epoch->") == "OffsetForLeaderEpoch->1 orders-0/e0\nOffsetForLeaderEpoch->1 orders-0/e0\n");
  CHECK(cluster.consumer.reads_from(orders(0)) == BrokerId{1});
  CHECK_FALSE(cluster.consumer.reads_from(TopicPartition{kOther, 0}).known());
}

TEST_CASE("a committed position without a leader waits for metadata (C-25)") {
  FakeCluster cluster{from_earliest()};
  cluster.committed = {{orders(0), Offset{2}}, {orders(1), Offset{0}}};
  cluster.committed_epoch = LeaderEpoch{0};
  cluster.append(orders(0), 1, 5);
  cluster.logs[orders(0)].leader = BrokerId{};
  CHECK(cluster.poll(1s).empty());
  CHECK(cluster.take("orders-0/e0").empty());
  cluster.logs[orders(0)].leader = BrokerId{2};
  CHECK(cluster.poll(1s) == "orders-0 2..4");
  CHECK(cluster.take("orders-0/e0") == "OffsetForLeaderEpoch->2 orders-0/e0\n");
}

}  // namespace
}  // namespace kafkasim::core::test
