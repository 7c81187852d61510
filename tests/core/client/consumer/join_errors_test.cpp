// Joining that fails, and what the member does next (C-36, C-40, C-44, C-45).
#include "tests/core/client/consumer/member.hpp"
#include "tests/support/catch.hpp"

namespace kafkasim::core::test {
namespace {

/// As member(); its group rebalances at the next poll.
FakeCluster rebalancing(const ConsumerConfig& config = from_earliest()) {
  FakeCluster cluster = member(config);
  cluster.errors["Heartbeat"] = {ErrorCode::REBALANCE_IN_PROGRESS};
  cluster.pass(4s);
  cluster.take();
  return cluster;
}

/// The requests that joining took, names and what identifies the member.
std::string joining(FakeCluster& cluster) {
  cluster.poll(2s);
  cluster.poll(2s);
  std::string all = cluster.take(), kept, line;
  for (const char c : all) {
    line += c;
    if (c != '\n') continue;
    for (const char* wanted : {"JoinGroup->", "SyncGroup->", "FindCoordinator->", "lost"})
      if (line.rfind(wanted, 0) == 0) kept += line;
    line.clear();
  }
  return kept;
}

TEST_CASE("a JoinGroup that fails (C-36, C-45)") {
  struct Row {
    ErrorCode error;
    std::string requests;
  };
  const Row rows[] = {
      {ErrorCode::UNKNOWN_MEMBER_ID,
       "JoinGroup->2 member=m1 range\n"
       "JoinGroup->2 member= range\n"
       "JoinGroup->2 member=m1 range\n"
       "SyncGroup->2 gen=2 m1: orders-0 orders-1\n"},
      {ErrorCode::COORDINATOR_LOAD_IN_PROGRESS,
       "JoinGroup->2 member=m1 range\n"
       "JoinGroup->2 member=m1 range\n"
       "SyncGroup->2 gen=2 m1: orders-0 orders-1\n"},
      // Its connection was closed: found again, it counts as unavailable until reconnect.backoff.ms have passed.
      {ErrorCode::NOT_COORDINATOR,
       "JoinGroup->2 member=m1 range\n"
       "FindCoordinator->1\n"
       "FindCoordinator->1\n"
       "JoinGroup->2 member=m1 range\n"
       "SyncGroup->2 gen=2 m1: orders-0 orders-1\n"},
  };
  for (const Row& row : rows) {
    INFO(name(row.error));
    FakeCluster cluster = rebalancing();
    cluster.errors["JoinGroup"] = {row.error};
    CHECK(joining(cluster) == row.requests);
  }
}

TEST_CASE("a SyncGroup that fails (C-36, C-45)") {
  struct Row {
    ErrorCode error;
    std::string requests;
  };
  const Row rows[] = {
      {ErrorCode::REBALANCE_IN_PROGRESS, "JoinGroup->2 member=m1 range\n"},
      {ErrorCode::UNKNOWN_MEMBER_ID, "JoinGroup->2 member= range\nJoinGroup->2 member=m1 range\n"},
      {ErrorCode::ILLEGAL_GENERATION, "JoinGroup->2 member=m1 range\n"},
      {ErrorCode::NOT_COORDINATOR, "FindCoordinator->1\nFindCoordinator->1\nJoinGroup->2 member=m1 range\n"},
  };
  for (const Row& row : rows) {
    INFO(name(row.error));
    FakeCluster cluster = rebalancing();
    cluster.errors["SyncGroup"] = {row.error};
    CHECK(joining(cluster) == "JoinGroup->2 member=m1 range\nSyncGroup->2 gen=2 m1: orders-0 orders-1\n" +
                                  row.requests + "SyncGroup->2 gen=3 m1: orders-0 orders-1\n");
  }
}

TEST_CASE("the poll interval ends while the assignment is awaited, or lies unread: the member joins anew (C-44)") {
  for (const bool unread : {false, true}) {
    INFO("unread " << unread);
    ConsumerConfig config = from_earliest();
    config.max_poll_interval = 8s;
    FakeCluster cluster = rebalancing(config);
    cluster.held = {"SyncGroup"};
    cluster.poll(100ms);
    CHECK(cluster.take("SyncGroup") == "SyncGroup->2 gen=2 m1: orders-0 orders-1\n");
    if (unread) cluster.release("SyncGroup");
    cluster.pass(9s);
    if (!unread) cluster.release("SyncGroup");
    CHECK(joining(cluster) ==
          "JoinGroup->2 member= range\nJoinGroup->2 member=m1 range\nSyncGroup->2 gen=3 m1: orders-0 orders-1\n");
  }
}

TEST_CASE("a JoinGroup that cannot be repeated ends the poll (C-36)") {
  FakeCluster cluster{from_earliest()};
  cluster.errors["JoinGroup"] = {ErrorCode::MEMBER_ID_REQUIRED, ErrorCode::INCONSISTENT_GROUP_PROTOCOL};
  CHECK(cluster.poll(1s) == "throws InconsistentGroupProtocolException");
}

TEST_CASE("the coordinator dies between the two joins of a new member: the second goes to the next one (C-36)") {
  FakeCluster cluster{from_earliest()};
  cluster.append(orders(0), 1, 5);
  cluster.held = {"JoinGroup"};
  cluster.poll(50ms);
  cluster.take();
  cluster.release("JoinGroup");
  cluster.kill(BrokerId{2});
  cluster.pass(50ms);  // MEMBER_ID_REQUIRED and the end of the connection lie unread
  cluster.coordinator = BrokerId{3};
  CHECK(cluster.poll(1s) == "orders-0 0..4");
  CHECK(cluster.take("Group->") == "JoinGroup->3 member=m1 range\nSyncGroup->3 gen=1 m1: orders-0 orders-1\n");
}

TEST_CASE("an assignment of what was not subscribed to is given back: the member joins again (C-40)") {
  FakeCluster cluster{from_earliest()};
  cluster.assignment = Assignment{TopicPartition{kOther, 0}};
  cluster.start_poll(1s);
  cluster.pass(11ms);  // the assignment came at 10 ms
  CHECK(cluster.take("gen") == "SyncGroup->2 gen=1\n");
  cluster.assignment = Assignment{orders(0)};
  cluster.until_idle_call();
  CHECK(cluster.take("gen") == "SyncGroup->2 gen=2\nassigned gen=2 orders-0\n");
}

}  // namespace
}  // namespace kafkasim::core::test
