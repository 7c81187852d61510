// The classic consumer step by step: transcripts of requests and of what the application is told.
#include "core/client/consumer.hpp"

#include "tests/core/client/consumer/fake_cluster.hpp"
#include "tests/support/catch.hpp"

namespace kafkasim::core::test {
namespace {

ConsumerConfig earliest() {
  ConsumerConfig config;
  config.auto_offset_reset = OffsetReset::earliest;
  return config;
}

/// A member of a stable group that has read `records` of orders-0.
FakeCluster reading(ConsumerConfig config, std::int32_t records) {
  FakeCluster cluster{std::move(config)};
  cluster.append(orders(0), 1, records);
  cluster.poll(1s);
  cluster.poll(100ms);
  cluster.take();
  return cluster;
}

TEST_CASE("a new dynamic member starts in Kafka's order (C-36, C-20)") {
  FakeCluster cluster{earliest()};
  cluster.with_times = true;
  cluster.append(orders(0), 3, 2);
  CHECK(cluster.poll(1s) == "orders-0 0..1 orders-0 2..3 orders-0 4..5");
  CHECK(cluster.take() ==
        "1 FindCoordinator->5001\n"       // the bootstrap server is a node of its own
        "4 JoinGroup->2 member= range\n"  // cooperative-sticky is not announced (C-38)
        "6 error JoinGroup MEMBER_ID_REQUIRED\n"
        "6 JoinGroup->2 member=m1 range\n"
        "8 SyncGroup->2 gen=1 m1: orders-0 orders-1\n"
        "10 assigned gen=1 orders-0 orders-1\n"
        "10 OffsetFetch->2 orders-0 orders-1\n"
        "13 ListOffsets->1 orders-0=earliest\n"
        "13 ListOffsets->3 orders-1=earliest\n"
        "15 position orders-0=0 earliest\n"
        "15 Fetch->1 orders-0@0/e0\n"
        "15 position orders-1=0 earliest\n"
        "15 Fetch->3 orders-1@0/e0\n"
        "17 Fetch->1 orders-0@6/e0\n");  // the next fetch leaves before the records are returned (C-1)
  CHECK(cluster.consumer.position(orders(0)) == Offset{6});
  CHECK(cluster.consumer.records_lag(orders(0)) == 0);
  CHECK(cluster.consumer.member_id() == "m1");
}

TEST_CASE("committed positions are validated before the first fetch (C-20, C-25)") {
  FakeCluster cluster{earliest()};
  cluster.append(orders(0), 1, 10);
  cluster.committed = {{orders(0), Offset{4}}, {orders(1), Offset{0}}};
  cluster.committed_epoch = LeaderEpoch{0};
  CHECK(cluster.poll(1s) == "orders-0 4..9");  // whole batches come; the first four records are skipped (C-11)
  CHECK(cluster.take("orders-0") ==
        "SyncGroup->2 gen=1 m1: orders-0 orders-1\n"
        "assigned gen=1 orders-0 orders-1\n"
        "OffsetFetch->2 orders-0 orders-1\n"
        "position orders-0=4 committed\n"
        "OffsetForLeaderEpoch->1 orders-0/e0\n"
        "Fetch->1 orders-0@4/e0\n"
        "Fetch->1 orders-0@10/e0\n");
}

TEST_CASE("max.poll.records caps what is handed out, not what is fetched (C-5, C-9)") {
  ConsumerConfig config = earliest();
  config.max_poll_records = 4;
  FakeCluster cluster{config};
  cluster.append(orders(0), 3, 3);
  CHECK(cluster.poll(1s) == "orders-0 0..2 orders-0 3..3");
  CHECK(cluster.poll(1s) == "orders-0 4..5 orders-0 6..7");
  cluster.take();
  CHECK(cluster.poll(1s) == "orders-0 8..8");
  CHECK(cluster.take("orders-0@") == "Fetch->1 orders-0@9/e0\n");  // none while broker 1 has buffered data
}

TEST_CASE("auto-commit happens at the start of a poll and covers earlier polls (C-2, C-29 a)") {
  FakeCluster cluster = reading(earliest(), 5);
  cluster.append(orders(0), 1, 5);
  cluster.with_times = true;
  cluster.pass(6s);  // no poll, no commit
  CHECK(cluster.take("OffsetCommit").empty());
  CHECK(cluster.poll(1s) == "orders-0 5..9");
  CHECK(cluster.take("OffsetCommit") == "6117 OffsetCommit->2 gen=1 orders-0=5 orders-1=0\n");
  for (int i = 0; i < 6; ++i) cluster.poll(1s);
  CHECK(cluster.take("OffsetCommit") == "11117 OffsetCommit->2 gen=1 orders-0=10 orders-1=0\n");
}

TEST_CASE("commitSync retries, commitAsync does not (C-32, C-33)") {
  ConsumerConfig config = earliest();
  config.enable_auto_commit = false;
  FakeCluster cluster = reading(config, 5);
  cluster.errors["OffsetCommit"] = {ErrorCode::COORDINATOR_LOAD_IN_PROGRESS};
  cluster.commit_sync(7);
  CHECK(cluster.take() ==
        "OffsetCommit->2 gen=1 orders-0=5 orders-1=0\n"
        "error OffsetCommit COORDINATOR_LOAD_IN_PROGRESS\n"
        "OffsetCommit->2 gen=1 orders-0=5 orders-1=0\n"
        "call 7 ok\n");
  cluster.errors["OffsetCommit"] = {ErrorCode::COORDINATOR_LOAD_IN_PROGRESS};
  cluster.commit_async(8);
  cluster.pass(200ms);
  CHECK(cluster.take("call") == "call 8 throws RetriableCommitFailedException\n");
}

TEST_CASE("what a failed commit throws and does to the membership (C-33)") {
  struct Row {
    ErrorCode error;
    std::string thrown, revoked, join;
  };
  const Row rows[] = {
      {ErrorCode::UNKNOWN_MEMBER_ID, "CommitFailedException", "lost orders-0 orders-1\n",
       "JoinGroup->2 member= range\n"},
      {ErrorCode::ILLEGAL_GENERATION, "CommitFailedException", "lost orders-0 orders-1\n",
       "JoinGroup->2 member=m1 range\n"},
      {ErrorCode::REBALANCE_IN_PROGRESS, "RebalanceInProgressException", "revoked orders-0 orders-1\n",
       "JoinGroup->2 member=m1 range\n"},
  };
  for (const Row& row : rows) {
    ConsumerConfig config = earliest();
    config.enable_auto_commit = false;
    FakeCluster cluster = reading(config, 5);
    cluster.errors["OffsetCommit"] = {row.error};
    cluster.commit_sync(1);
    CHECK(cluster.take("call") == "call 1 throws " + row.thrown + "\n");
    cluster.held = {"JoinGroup"};
    cluster.poll(10ms);
    const std::string all = cluster.take();
    CHECK(all == row.revoked + row.join);
  }
}

TEST_CASE("close commits, revokes and leaves (C-47)") {
  FakeCluster cluster = reading(earliest(), 5);
  cluster.close();
  CHECK(cluster.take() ==
        "OffsetCommit->2 gen=1 orders-0=5 orders-1=0\n"
        "revoked orders-0 orders-1\n"
        "LeaveGroup->2 member=m1\n"
        "closed\n");
  CHECK(cluster.consumer.closed());
}

TEST_CASE("close while a join is pending commits nothing (S-20)") {
  FakeCluster cluster = reading(earliest(), 5);
  cluster.errors["Heartbeat"] = {ErrorCode::REBALANCE_IN_PROGRESS};
  cluster.held = {"JoinGroup"};
  cluster.pass(4s);
  cluster.poll(100ms);
  cluster.take();
  cluster.committed.clear();
  cluster.close();
  CHECK(cluster.committed.empty());
  CHECK(cluster.take() == "LeaveGroup->2 member=m1\nclosed\n");
}

TEST_CASE("assign() without a group reads and never commits") {
  FakeCluster cluster{earliest(), false};
  cluster.append(orders(0), 1, 3);
  CHECK(cluster.poll(1s) == "orders-0 0..2");
  cluster.pass(10s);
  cluster.poll(1s);
  cluster.commit_sync(1);
  cluster.close();
  CHECK(cluster.take("Commit").empty());
}

TEST_CASE("a copy of a consumer goes on by itself and compares equal until then") {
  FakeCluster cluster = reading(earliest(), 5);
  const Consumer before = cluster.consumer;
  CHECK(before == cluster.consumer);
  CHECK(before.idle());
  cluster.append(orders(0), 1, 1);
  CHECK(cluster.poll(1s) == "orders-0 5..5");
  CHECK(!(before == cluster.consumer));
  CHECK(before.position(orders(0)) == Offset{5});
}

}  // namespace
}  // namespace kafkasim::core::test
