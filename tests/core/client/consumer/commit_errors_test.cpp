// Commits that fail, and coordinators that are none (C-32, C-33, C-46, C-47).
#include "tests/core/client/consumer/member.hpp"
#include "tests/support/catch.hpp"

namespace kafkasim::core::test {
namespace {

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

TEST_CASE("with every broker gone and all connections backing off a commit asks nobody (C-33)") {
  FakeCluster cluster = member();
  for (const std::int32_t id : {1, 2, 3, 5001}) cluster.kill(BrokerId{id});
  for (int i = 0; i < 100; ++i) cluster.poll(100ms);
  cluster.take();
  cluster.commit_async(4);
  CHECK(cluster.take() == "call 4 throws RetriableCommitFailedException\n");
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
