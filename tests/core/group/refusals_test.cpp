// What the coordinator says no to, and what becomes of it when its log says no (R5.4, R5.5, R5.17).
#include "core/group/group_shard.hpp"
#include "tests/core/group/group_bench.hpp"
#include "tests/support/catch.hpp"

using namespace kafkasim;
using namespace kafkasim::core;

TEST_CASE("what a client is told when the offsets topic refuses a write (R5.4)") {
  const std::pair<ErrorCode, ErrorCode> rows[] = {
      {ErrorCode::NONE, ErrorCode::NONE},
      {ErrorCode::UNKNOWN_TOPIC_OR_PARTITION, ErrorCode::COORDINATOR_NOT_AVAILABLE},
      {ErrorCode::NOT_ENOUGH_REPLICAS, ErrorCode::COORDINATOR_NOT_AVAILABLE},
      {ErrorCode::NOT_ENOUGH_REPLICAS_AFTER_APPEND, ErrorCode::COORDINATOR_NOT_AVAILABLE},
      {ErrorCode::REQUEST_TIMED_OUT, ErrorCode::COORDINATOR_NOT_AVAILABLE},
      {ErrorCode::NOT_LEADER_OR_FOLLOWER, ErrorCode::NOT_COORDINATOR},
      {ErrorCode::KAFKA_STORAGE_ERROR, ErrorCode::NOT_COORDINATOR},
      {ErrorCode::MESSAGE_TOO_LARGE, ErrorCode::UNKNOWN_SERVER_ERROR},
      {ErrorCode::RECORD_LIST_TOO_LARGE, ErrorCode::UNKNOWN_SERVER_ERROR},
      {ErrorCode::INVALID_TIMESTAMP, ErrorCode::INVALID_TIMESTAMP},
  };
  for (const auto& [from_log, told] : rows) CHECK(name(write_error(from_log)) == name(told));
}

TEST_CASE("a session timeout outside group.{min,max}.session.timeout.ms is refused (R5.5)") {
  struct Row {
    Duration session_timeout;
    std::string error;
  };
  const Row rows[] = {{6s - 1ms, "INVALID_SESSION_TIMEOUT"},
                      {6s, "MEMBER_ID_REQUIRED"},
                      {30min, "MEMBER_ID_REQUIRED"},
                      {30min + 1ms, "INVALID_SESSION_TIMEOUT"}};
  for (const Row& row : rows) {
    GroupBench bench;
    CHECK(bench.error<JoinGroupResponse>(bench.join("a", "", 300s, {"range"}, row.session_timeout)) == row.error);
  }
}

TEST_CASE("a group that is not here, or no more (R5.5, R5.17)") {
  GroupBench bench;
  CHECK(bench.error<JoinGroupResponse>(bench.join("a", "a-1")) == "UNKNOWN_MEMBER_ID");
  CHECK(bench.error<SyncGroupResponse>(bench.sync("a", 1)) == "UNKNOWN_MEMBER_ID");
  CHECK(bench.error<HeartbeatResponse>(bench.heartbeat("a", 1)) == "UNKNOWN_MEMBER_ID");
  CHECK(bench.error<OffsetCommitResponse>(bench.commit("a-1", 1, 5)) == "GROUP_ID_NOT_FOUND");
  bench.turn([](GroupCoordinator& it, Turn& t) { it.on_resigned(0, t); });
  CHECK(bench.error<JoinGroupResponse>(bench.join("a", "")) == "NOT_COORDINATOR");
  CHECK(bench.error<SyncGroupResponse>(bench.sync("a", 1)) == "NOT_COORDINATOR");
}

TEST_CASE("a new group whose first record is refused was never there: who joined is told (R5.4)") {
  GroupBench bench;
  bench.log_commits_at_once = false;
  const auto joined = bench.enter("a");
  CHECK(bench.replied(joined) == kNever);
  bench.write_done(ErrorCode::NOT_ENOUGH_REPLICAS);
  CHECK(bench.error<JoinGroupResponse>(joined) == "COORDINATOR_NOT_AVAILABLE");
  CHECK(bench.coordinator_.group(GroupBench::kGroup) == nullptr);
}

TEST_CASE("a heartbeat behind two writes waits for the first when the second is refused (S-15)") {
  GroupBench bench;
  bench.form({"a"});
  bench.log_commits_at_once = false;
  const auto first = bench.commit(bench.id("a"), 1, 100);
  const auto second = bench.commit(bench.id("a"), 1, 200);
  const auto beat = bench.heartbeat("a", 1);
  std::swap(bench.pending_.front(), bench.pending_.back());
  bench.write_done(ErrorCode::NOT_ENOUGH_REPLICAS);
  CHECK(bench.error<OffsetCommitResponse>(second) == "COORDINATOR_NOT_AVAILABLE");
  CHECK(bench.replied(beat) == kNever);
  bench.write_done(ErrorCode::NONE);
  CHECK(bench.error<OffsetCommitResponse>(first) == "NONE");
  CHECK(bench.error<HeartbeatResponse>(beat) == "NONE");
  CHECK(bench.committed() == 100);
}

TEST_CASE("a member that joins differently while the assignment is awaited starts the rebalance again (R5.12)") {
  GroupBench bench;
  bench.enter("a");
  bench.until(6s);
  REQUIRE(bench.group().state() == GroupState::completing_rebalance);
  const auto same = bench.rejoin("a");
  CHECK(bench.reply<JoinGroupResponse>(same)->generation == Generation{1});
  const auto other = bench.join("a", bench.id("a"), 300s, {"roundrobin", "range"});
  CHECK(bench.reply<JoinGroupResponse>(other)->generation == Generation{2});
  CHECK(bench.reply<JoinGroupResponse>(other)->protocol == "roundrobin");
}
