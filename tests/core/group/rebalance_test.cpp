// How long a join phase lasts and what ends it (R5.5, R5.7, R5.8, R5.10, R5.14).
#include "tests/core/group/group_bench.hpp"
#include "tests/support/catch.hpp"

using namespace kafkasim;
using namespace kafkasim::core;

using Join = JoinGroupResponse;
using Sync = SyncGroupResponse;
using Beat = HeartbeatResponse;

TEST_CASE("the first rebalance waits in windows of group.initial.rebalance.delay.ms (R5.7, F08)") {
  struct Case {
    const char* what;
    std::vector<Duration> arrivals;
    Duration rebalance_timeout;
    Duration end;
  };
  const Case cases[] = {
      {"one alone", {0s}, 300s, 3s},
      {"five at once", {0s, 0s, 0s, 0s, 0s}, 300s, 6s},
      {"five, two seconds apart", {0s, 2s, 4s, 6s, 8s}, 300s, 12s},
      {"the rebalance timeout bounds the sum", {0s, 2s, 4s, 6s}, 8s, 8s},
      {"a budget used up in the first window", {0s, 1s}, 2s, 3s},
  };
  for (const Case& one : cases) {
    INFO(one.what);
    GroupBench bench;
    std::vector<std::uint32_t> joins;
    for (std::size_t i = 0; i < one.arrivals.size(); ++i) {
      bench.until(one.arrivals[i]);
      joins.push_back(bench.enter("billing/" + std::to_string(i + 1), one.rebalance_timeout));
    }
    bench.until(one.end - 1ns);
    CHECK(bench.group().state() == GroupState::preparing_rebalance);
    bench.until(one.end);
    for (const std::uint32_t join : joins) {
      REQUIRE(bench.replied(join) == kStart + one.end);
      CHECK(bench.reply<Join>(join)->generation == Generation{1});
      CHECK(bench.reply<Join>(join)->leader == bench.id("billing/1"));
    }
    CHECK(bench.reply<Join>(joins.front())->members.size() == joins.size());
    CHECK(bench.changes_.size() == 2);  // one rebalance: Preparing, Completing
  }
}

TEST_CASE("a new member is given its id first (KIP-394, R5.5)") {
  GroupBench bench;
  const auto first = bench.join("billing/1", "");
  CHECK(bench.error<Join>(first) == "MEMBER_ID_REQUIRED");
  const MemberId id = bench.reply<Join>(first)->member_id;
  CHECK(id == "billing/1-1");
  CHECK(bench.group().state() == GroupState::empty);

  SECTION("with it, it is in") {
    CHECK(bench.error<Join>(bench.join("billing/1", id)).empty());
    CHECK(bench.group().member(id) != nullptr);
  }
  SECTION("the id lapses after the session timeout") {
    bench.until(10s);
    CHECK(bench.error<Join>(bench.join("billing/1", id)) == "UNKNOWN_MEMBER_ID");
  }
}

TEST_CASE("a newcomer rebalances a Stable group: members learn by heartbeat, the last join ends it (R5.8, R5.9)") {
  GroupBench bench;
  bench.form({"a", "b"});  // 6 s
  bench.until(8s);
  const auto newcomer = bench.enter("c");
  CHECK(bench.group().reason() == RebalanceReason::join);
  CHECK(bench.error<Beat>(bench.heartbeat("a", 1)) == "REBALANCE_IN_PROGRESS");
  bench.until(9s);
  const auto again = bench.rejoin("a");
  CHECK(bench.replied(again) == kNever);

  SECTION("all are back") {
    bench.until(10s);
    bench.rejoin("b");
    CHECK(bench.replied(again) == kStart + 10s);
    CHECK(bench.replied(newcomer) == kStart + 10s);
    CHECK(bench.group().generation() == Generation{2});
    CHECK(bench.group().leader() == bench.id("a"));
  }
  SECTION("the missing one's session ends: it is removed and the rest go on") {
    bench.until(16s);  // b's session began again with its sync at 6 s
    CHECK(bench.replied(again) == kStart + 16s);
    CHECK(bench.group().member(bench.id("b")) == nullptr);
  }
  SECTION("the missing one keeps its session but not the rebalance timeout") {
    for (auto at = 12s; at < 308s; at += 8s) {
      bench.until(at);
      bench.heartbeat("b", 1);
    }
    CHECK(bench.replied(again) == kNever);
    bench.until(308s);  // 300 s after the rebalance began
    CHECK(bench.replied(again) == kStart + 308s);
    CHECK(bench.group().member(bench.id("b")) == nullptr);
  }
}

TEST_CASE("a session ends its timeout after the last sign of life (R5.14)") {
  GroupBench bench;
  bench.form({"a", "b"});
  bench.until(9s);
  bench.heartbeat("a", 1);
  bench.heartbeat("b", 1);
  bench.until(12s);
  bench.heartbeat("a", 1);
  bench.until(19s - 1ns);
  CHECK(bench.group().state() == GroupState::stable);
  bench.until(19s);
  CHECK(bench.group().state() == GroupState::preparing_rebalance);
  CHECK(bench.group().reason() == RebalanceReason::expired);
  CHECK(bench.group().members().size() == 1);
  const auto again = bench.rejoin("a");
  CHECK(bench.replied(again) == kStart + 19s);  // nobody else to wait for
}

TEST_CASE("a first join is parked for five minutes at most (R5.14)") {
  GroupBench bench;
  bench.form({"a"});
  bench.until(7s);
  const auto newcomer = bench.enter("b", 1000s);
  for (auto at = 8s; at < 307s; at += 8s) {  // a stays alive but never polls
    bench.until(at);
    bench.heartbeat("a", 1);
  }
  CHECK(bench.replied(newcomer) == kNever);
  bench.until(307s);
  CHECK(bench.error<Join>(newcomer) == "UNKNOWN_MEMBER_ID");
}

TEST_CASE("a member that never sends SyncGroup is removed after the rebalance timeout (R5.10)") {
  GroupBench bench;
  bench.enter("a", 20s);
  bench.enter("b", 20s);
  bench.until(6s);
  bench.sync("a", 1);
  for (auto at = 8s; at < 26s; at += 8s) {
    bench.until(at);
    bench.heartbeat("a", 1);
    bench.heartbeat("b", 1);
  }
  bench.until(26s);
  CHECK(bench.group().member(bench.id("b")) == nullptr);
  CHECK(bench.group().reason() == RebalanceReason::pending_sync);
}

TEST_CASE("who rebalances a Stable group by joining again (R5.12)") {
  GroupBench bench;
  bench.form({"a", "b"});
  SECTION("a follower that has not changed does not") {
    CHECK(bench.error<Join>(bench.rejoin("b")) == "NONE");
    CHECK(bench.group().state() == GroupState::stable);
  }
  SECTION("a follower with another list does") {
    bench.join("b", bench.id("b"), 300s, {"range", "roundrobin"});
    CHECK(bench.group().state() == GroupState::preparing_rebalance);
  }
  SECTION("the leader does") {
    bench.rejoin("a");
    CHECK(bench.group().reason() == RebalanceReason::rejoin);
    CHECK(bench.group().state() == GroupState::preparing_rebalance);
  }
}

TEST_CASE("the protocol is the most voted of the common ones (R5.10, C-38)") {
  GroupBench bench;
  const auto enter = [&bench](const std::string& client, std::vector<std::string> protocols) {
    const MemberId id = bench.reply<Join>(bench.join(client, "", 300s, protocols))->member_id;
    return bench.join(client, id, 300s, protocols);
  };
  enter("a", {"sticky", "range", "roundrobin"});
  enter("b", {"roundrobin", "range"});
  const auto last = enter("c", {"roundrobin", "range"});
  const auto other = bench.join("d", "", 300s, {"sticky"});
  CHECK(bench.error<Join>(other) == "INCONSISTENT_GROUP_PROTOCOL");
  bench.until(6s);
  REQUIRE(bench.replied(last) == kStart + 6s);
  CHECK(bench.reply<Join>(last)->protocol == "roundrobin");
}

TEST_CASE("a clean leave rebalances at once, and the last one leaves an Empty group (R5.15)") {
  GroupBench bench;
  bench.form({"a", "b"});
  CHECK(bench.error<LeaveGroupResponse>(bench.leave("b")) == "NONE");
  CHECK(bench.group().reason() == RebalanceReason::leave);
  bench.rejoin("a");
  CHECK(bench.group().generation() == Generation{2});
  bench.leave("a");
  CHECK(bench.group().state() == GroupState::empty);
  CHECK(bench.group().generation() == Generation{3});  // emptying is a generation (S-14)
}
