// Membership over time: heartbeats, rebalances, losses (C-40..C-46, README of the groups-classic measurements).
#include "tests/core/client/consumer/fake_cluster.hpp"
#include "tests/support/catch.hpp"

namespace kafkasim::core::test {
namespace {

FakeCluster reading(ConsumerConfig config = {}) {
  config.auto_offset_reset = OffsetReset::earliest;
  FakeCluster cluster{config};
  cluster.append(orders(0), 1, 5);
  cluster.poll(1s);
  cluster.poll(100ms);
  cluster.take();
  cluster.with_times = true;
  return cluster;
}

TEST_CASE("heartbeats come every interval from the JoinGroup reply on, with or without polls (C-41)") {
  FakeCluster cluster = reading();  // the reply came at 8 ms
  cluster.pass(7s);
  CHECK(cluster.take("Heartbeat") == "3008 Heartbeat->2 gen=1\n6008 Heartbeat->2 gen=1\n");
  cluster.start_poll(5s);
  cluster.pass(3s);
  CHECK(cluster.take("Heartbeat") == "9008 Heartbeat->2 gen=1\n");
}

TEST_CASE("a rebalance is heard by heartbeat and acted on at the next poll: commit, revoke all, join (C-29 b, C-52)") {
  FakeCluster cluster = reading();
  cluster.errors["Heartbeat"] = {ErrorCode::REBALANCE_IN_PROGRESS};
  cluster.pass(4s);  // processing
  CHECK(cluster.take() == "3008 Heartbeat->2 gen=1\n3108 error Heartbeat REBALANCE_IN_PROGRESS\n");
  cluster.other_members = {{"a9", {kOrders}}};
  cluster.append(orders(0), 1, 1);
  cluster.append(orders(1), 1, 2);
  CHECK(cluster.poll(1s) == "orders-1 0..1");
  CHECK(cluster.take() ==
        "4117 OffsetCommit->2 gen=1 orders-0=5 orders-1=0\n"
        "4119 revoked orders-0 orders-1\n"
        "4119 JoinGroup->2 member=m1 range\n"
        "4121 SyncGroup->2 gen=2 a9: orders-0 m1: orders-1\n"
        "4123 assigned gen=2 orders-1\n"
        "4123 OffsetFetch->2 orders-1\n"
        "4125 position orders-1=0 committed\n"
        "4125 Fetch->3 orders-1@0/e0\n"
        "4127 Fetch->3 orders-1@2/e0\n");
}

TEST_CASE("nothing is handed out while the commit before the join is under way (C-29 b)") {
  FakeCluster cluster = reading();
  cluster.errors["Heartbeat"] = {ErrorCode::REBALANCE_IN_PROGRESS};
  cluster.held = {"OffsetCommit"};
  cluster.pass(4s);
  cluster.append(orders(0), 1, 1);
  CHECK(cluster.poll(500ms).empty());
  CHECK(cluster.take("JoinGroup").empty());
  cluster.release("OffsetCommit");  // at 4616: reply 4617, join 4617 to 4619
  CHECK(cluster.poll(500ms) == "orders-0 5..5");
  CHECK(cluster.take("gen=2") ==
        "4620 SyncGroup->2 gen=2 m1: orders-0 orders-1\n4622 assigned gen=2 orders-0 orders-1\n");
}

TEST_CASE("an expired session seen by heartbeat loses the partitions at the next poll (C-45)") {
  struct Row {
    ErrorCode error;
    std::string join;
  };
  const Row rows[] = {{ErrorCode::UNKNOWN_MEMBER_ID, "4119 JoinGroup->2 member= range\n"},
                      {ErrorCode::ILLEGAL_GENERATION, "4119 JoinGroup->2 member=m1 range\n"}};
  for (const Row& row : rows) {
    FakeCluster cluster = reading();
    cluster.errors["Heartbeat"] = {row.error};
    cluster.pass(4s);
    cluster.take();
    cluster.held = {"JoinGroup"};
    cluster.poll(100ms);
    const std::string all = cluster.take();
    CHECK(all.find("lost orders-0 orders-1\n") != std::string::npos);
    CHECK(all.find(row.join.substr(5)) != std::string::npos);
    CHECK(all.find("OffsetCommit") == std::string::npos);  // refused by the client itself
  }
}

TEST_CASE("max.poll.interval.ms without a poll: leave, later everything is lost (C-44)") {
  ConsumerConfig config;
  config.max_poll_interval = 8s;
  config.enable_auto_commit = false;
  FakeCluster cluster = reading(config);
  cluster.pass(12s);
  CHECK(cluster.take("LeaveGroup") == "8108 LeaveGroup->2 member=m1\n");
  cluster.commit_sync(1);
  CHECK(cluster.take() == "12117 call 1 throws CommitFailedException\n");  // no request
  cluster.held = {"JoinGroup"};
  cluster.poll(10ms);
  CHECK(cluster.take() == "12117 lost orders-0 orders-1\n12117 JoinGroup->2 member= range\n");
}

TEST_CASE("a JoinGroup reply waits for the application when it does not poll (S-21)") {
  FakeCluster cluster = reading();
  cluster.errors["Heartbeat"] = {ErrorCode::REBALANCE_IN_PROGRESS};
  cluster.held = {"JoinGroup"};
  cluster.pass(4s);
  cluster.poll(100ms);
  cluster.take();
  cluster.release("JoinGroup");
  cluster.pass(60s);  // no heartbeat, no SyncGroup
  CHECK(cluster.take().empty());
  cluster.poll(100ms);
  CHECK(cluster.take("SyncGroup") == "64217 SyncGroup->2 gen=2 m1: orders-0 orders-1\n");
}

TEST_CASE("new partitions are seen by the leader at its next metadata refresh (C-40)") {
  ConsumerConfig config;
  config.client.metadata_max_age = 10s;
  FakeCluster cluster = reading(config);
  cluster.logs[orders(2)].leader = BrokerId{2};
  for (int i = 0; i < 12; ++i) cluster.poll(1s);
  const std::string assigned = cluster.take("assigned");
  REQUIRE(assigned.size() > 6);
  CHECK(assigned.substr(assigned.find(' ')) == " assigned gen=2 orders-0 orders-1 orders-2\n");
}

TEST_CASE("a non-leader leaves new partitions to the leader (C-40)") {
  ConsumerConfig config;
  config.client.metadata_max_age = 10s;
  config.auto_offset_reset = OffsetReset::earliest;
  FakeCluster cluster{config};
  cluster.assignment = Assignment{orders(1)};
  cluster.poll(1s);
  CHECK(cluster.take("gen=1") == "SyncGroup->2 gen=1\nassigned gen=1 orders-1\n");
  cluster.logs[orders(2)].leader = BrokerId{2};
  for (int i = 0; i < 12; ++i) cluster.poll(1s);
  CHECK(cluster.take("JoinGroup").empty());
}

TEST_CASE("the coordinator dies: it is looked for, membership and partitions are kept (C-46)") {
  FakeCluster cluster = reading();
  cluster.kill(BrokerId{2});
  for (int i = 0; i < 10; ++i) {
    cluster.append(orders(0), 1, 1);
    CHECK(cluster.poll(1s) == "orders-0 " + std::to_string(5 + i) + ".." + std::to_string(5 + i));
    cluster.pass(300ms);
  }
  cluster.coordinator = BrokerId{3};
  for (int i = 0; i < 8; ++i) cluster.poll(1s);
  const std::string all = cluster.take();
  CHECK(all.find("FindCoordinator") != std::string::npos);
  CHECK(all.find("Heartbeat->3 gen=1") != std::string::npos);
  CHECK(all.find("OffsetCommit->3 gen=1 orders-0=15 orders-1=0") != std::string::npos);
  for (const char* never : {"JoinGroup", "revoked", "lost", "assigned"}) CHECK(all.find(never) == std::string::npos);
}

TEST_CASE(
    "a call after the coordinator's end, which nobody has read yet: nothing is written there, it is looked for "
    "(C-46)") {
  FakeCluster cluster = reading();
  cluster.kill(BrokerId{2});
  cluster.pass(50ms);  // processing; the heartbeat thread looks at the connection every 100 ms
  cluster.coordinator = BrokerId{3};
  cluster.commit_sync(1);
  cluster.until_idle_call();
  const std::string all = cluster.take();
  CHECK(all.find("->2") == std::string::npos);
  CHECK(all.find("OffsetCommit->3 gen=1 orders-0=5 orders-1=0") != std::string::npos);
}

TEST_CASE("NOT_COORDINATOR: rediscovery, no rejoin (C-45)") {
  FakeCluster cluster = reading();
  cluster.errors["Heartbeat"] = {ErrorCode::NOT_COORDINATOR};
  cluster.coordinator = BrokerId{3};
  cluster.pass(10s);
  CHECK(cluster.take("Join").empty());
  CHECK(cluster.consumer.coordinator() == BrokerId{3});
  CHECK(cluster.consumer.member_state() == consumer::MemberState::stable);
}

}  // namespace
}  // namespace kafkasim::core::test
