// Answers that are no: to joining, positions, validation and commits, and what the member does next.
#include <algorithm>

#include "tests/core/client/consumer/fake_cluster.hpp"
#include "tests/support/catch.hpp"

namespace kafkasim::core::test {
namespace {

ConsumerConfig from_earliest() {
  ConsumerConfig config;
  config.auto_offset_reset = OffsetReset::earliest;
  return config;
}

/// A member of a stable group that has read five records of orders-0 by itself.
FakeCluster member(const ConsumerConfig& config = from_earliest()) {
  FakeCluster cluster{config};
  cluster.append(orders(0), 1, 5);
  cluster.poll(1s);
  cluster.poll(100ms);
  cluster.take();
  return cluster;
}

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

TEST_CASE("a commit with nobody to ask for the coordinator fails at once, retriably (C-33)") {
  FakeCluster cluster = member();
  for (const std::int32_t id : {1, 2, 3}) cluster.kill(BrokerId{id});
  cluster.down.insert(BrokerId{5001});
  cluster.pass(300ms);
  cluster.take();
  cluster.commit_async(4);
  cluster.pass(200ms);
  CHECK(cluster.take("call") == "call 4 throws RetriableCommitFailedException\n");
}

TEST_CASE("a commit that timed out at the coordinator looks for it anew (C-33)") {
  ConsumerConfig config = from_earliest();
  config.enable_auto_commit = false;
  FakeCluster cluster = member(config);
  cluster.errors["OffsetCommit"] = {ErrorCode::REQUEST_TIMED_OUT};
  cluster.commit_sync(3);
  CHECK(cluster.take() ==
        "OffsetCommit->2 gen=1 orders-0=5 orders-1=0\n"
        "error OffsetCommit REQUEST_TIMED_OUT\n"
        "FindCoordinator->1\n"
        "OffsetCommit->2 gen=1 orders-0=5 orders-1=0\n"
        "call 3 ok\n");
}

TEST_CASE(
    "a commit of a generation that is gone, refused while the member joins anew: a rebalance in progress (C-33)") {
  ConsumerConfig config = from_earliest();
  config.enable_auto_commit = false;
  FakeCluster cluster = member(config);
  cluster.errors["Heartbeat"] = {ErrorCode::UNKNOWN_MEMBER_ID};
  cluster.errors["OffsetCommit"] = {ErrorCode::UNKNOWN_MEMBER_ID};
  cluster.held = {"OffsetCommit"};
  cluster.pass(Instant{} + 3008500us - cluster.now);  // the heartbeat is on its way
  cluster.commit_async(5);
  cluster.poll(100ms);
  cluster.release("OffsetCommit");
  cluster.poll(1s);
  const std::string all = cluster.take();
  CHECK(all.find("JoinGroup->2 member= range\n"
                 "error OffsetCommit UNKNOWN_MEMBER_ID\n"
                 "call 5 throws RebalanceInProgressException\n") != std::string::npos);
  CHECK(all.find("assigned gen=2") != std::string::npos);
}

TEST_CASE("a commit nobody answers throws after default.api.timeout.ms (C-32)") {
  ConsumerConfig config = from_earliest();
  config.enable_auto_commit = false;
  FakeCluster cluster = member(config);
  cluster.held = {"OffsetCommit"};
  const Instant called = cluster.now;
  cluster.commit_sync(6);
  CHECK(cluster.take("call") == "call 6 throws TimeoutException\n");
  CHECK(cluster.now - called == 60s);
}

TEST_CASE("a consumer without a group commits nothing") {
  FakeCluster cluster{from_earliest(), false};
  cluster.poll(1s);
  CHECK_FALSE(cluster.consumer.current_lag(orders(1)));
  cluster.commit_async(2);
  CHECK(cluster.take("call") == "call 2 throws InvalidGroupIdException\n");
}

TEST_CASE("with every broker gone and all connections backing off a commit asks nobody (C-33)") {
  FakeCluster cluster = member();
  for (const std::int32_t id : {1, 2, 3, 5001}) cluster.kill(BrokerId{id});
  for (int i = 0; i < 100; ++i) cluster.poll(100ms);
  cluster.take();
  cluster.commit_async(4);
  CHECK(cluster.take() == "call 4 throws RetriableCommitFailedException\n");
}

TEST_CASE("close() interrupts a commitSync (C-47)") {
  ConsumerConfig config = from_earliest();
  config.enable_auto_commit = false;
  FakeCluster cluster = member(config);
  cluster.held = {"OffsetCommit"};
  cluster.start_commit_sync(7);
  cluster.pass(10ms);
  cluster.close();
  CHECK(cluster.take("call") == "call 7 throws WakeupException\n");
  CHECK(cluster.consumer.closed());
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

TEST_CASE("a request that cannot be written within request.timeout.ms has timed out") {
  ConsumerConfig config = from_earliest();
  config.enable_auto_commit = false;
  config.client.request_timeout = 5s;  // shorter than socket.connection.setup.timeout.ms
  FakeCluster cluster = member(config);
  cluster.coordinator = BrokerId{3};
  cluster.errors["OffsetCommit"] = {ErrorCode::NOT_COORDINATOR};
  cluster.silent = {BrokerId{3}};
  cluster.start_commit_sync(8);
  cluster.pass(12s);
  const std::string all = cluster.take();
  CHECK(all.find("OffsetCommit->3") == std::string::npos);
  CHECK(all.find("call 8") == std::string::npos);
  cluster.silent.clear();
  cluster.until_idle_call();
  CHECK(cluster.take("call") == "call 8 ok\n");
}

TEST_CASE("an answer of a coordinator that is no more one, and the end of its connection, read at once (C-46)") {
  FakeCluster cluster = member();
  cluster.errors["Heartbeat"] = {ErrorCode::NOT_COORDINATOR};
  cluster.pass(Instant{} + 3009500us - cluster.now);  // answered; nobody reads it before 3108 ms
  cluster.kill(BrokerId{2});
  cluster.coordinator = BrokerId{3};
  cluster.pass(1s);
  CHECK(cluster.poll(1s).empty());
  CHECK(cluster.consumer.coordinator() == BrokerId{3});
  CHECK(cluster.take("Join").empty());
}

}  // namespace
}  // namespace kafkasim::core::test
