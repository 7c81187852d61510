// What waits for the offsets topic, and what a successor reads from it (R5.2, R5.4, R5.11, R5.17, S-15).
#include "sim/kernel/state_hash.hpp"
#include "tests/core/group/group_bench.hpp"
#include "tests/support/catch.hpp"

using namespace kafkasim;
using namespace kafkasim::core;

using Join = JoinGroupResponse;
using Sync = SyncGroupResponse;
using Beat = HeartbeatResponse;
using Commit = OffsetCommitResponse;

TEST_CASE("a commit is visible and answered once its record is committed (R5.17)") {
  GroupBench bench;
  bench.form({"a"});
  bench.log_commits_at_once = false;
  const auto commit = bench.commit(bench.id("a"), 1, 200);
  const auto fetch = bench.fetch();
  const auto beat = bench.heartbeat("a", 1);
  CHECK(bench.committed() == -1);
  CHECK(bench.error<Commit>(commit).empty());
  CHECK(bench.replied(fetch) == kNever);  // stable offsets
  CHECK(bench.replied(beat) == kNever);   // S-15

  SECTION("committed") {
    bench.until(8s);
    bench.write_done(ErrorCode::NONE);
    CHECK(bench.committed() == 200);
    CHECK(bench.error<Commit>(commit) == "NONE");
    CHECK(bench.error<Beat>(beat) == "NONE");
    CHECK(bench.reply<OffsetFetchResponse>(fetch)->partitions.front().offset == Offset{200});
    CHECK(bench.replied(beat) == kStart + 8s);
  }
  SECTION("refused: only the commit fails") {
    bench.write_done(ErrorCode::NOT_ENOUGH_REPLICAS);
    CHECK(bench.error<Commit>(commit) == "COORDINATOR_NOT_AVAILABLE");
    CHECK(bench.error<Beat>(beat) == "NONE");
    CHECK(bench.committed() == -1);
  }
  SECTION("offsets.commit.timeout.ms passes; the record may still be committed later") {
    bench.until(11s - 1ns);
    CHECK(bench.replied(commit) == kNever);
    bench.until(11s);
    CHECK(bench.error<Commit>(commit) == "COORDINATOR_NOT_AVAILABLE");
    CHECK(bench.error<Beat>(beat) == "COORDINATOR_NOT_AVAILABLE");
    CHECK(bench.committed() == -1);
    bench.write_done(ErrorCode::NONE);
    CHECK(bench.committed() == 200);
  }
}

TEST_CASE("whose commit is accepted (R5.17, S-13, F09)") {
  GroupBench bench;
  bench.form({"a", "b"});
  const auto result = [&bench](const MemberId& member, std::int32_t generation, std::int64_t offset) {
    return bench.error<Commit>(bench.commit(member, generation, offset));
  };
  CHECK(result(bench.id("a"), 1, 200) == "NONE");
  CHECK(result(bench.id("b"), 1, 150) == "NONE");  // neither owner nor direction is checked
  CHECK(bench.committed() == 150);
  CHECK(result("", -1, 7) == "UNKNOWN_MEMBER_ID");  // a group with members
  CHECK(result(bench.id("a"), 0, 7) == "ILLEGAL_GENERATION");

  bench.leave("b");
  CHECK(bench.group().state() == GroupState::preparing_rebalance);
  CHECK(result(bench.id("a"), 1, 160) == "NONE");
  bench.rejoin("a");
  CHECK(bench.group().state() == GroupState::completing_rebalance);
  CHECK(result(bench.id("a"), 2, 170) == "REBALANCE_IN_PROGRESS");
  CHECK(result(bench.id("a"), 1, 170) == "ILLEGAL_GENERATION");

  bench.leave("a");
  CHECK(result(bench.id("a"), 2, 170) == "UNKNOWN_MEMBER_ID");
  CHECK(result("", -1, 7) == "NONE");  // Empty: anybody without membership
  CHECK(bench.committed() == 7);
}

TEST_CASE("a zombie's commit is refused and changes nothing (F09)") {
  GroupBench bench;
  bench.form({"c1", "c2"});
  bench.until(12s);
  bench.heartbeat("c2", 1);
  bench.until(16s);  // c1 is gone
  bench.rejoin("c2");
  bench.sync("c2", 2, {{bench.id("c2"), {{GroupBench::kOrders, 0}}}});
  CHECK(bench.error<Commit>(bench.commit(bench.id("c2"), 2, 200)) == "NONE");
  CHECK(bench.error<Commit>(bench.commit(bench.id("c1"), 1, 150)) == "UNKNOWN_MEMBER_ID");
  CHECK(bench.committed() == 200);
}

TEST_CASE("the assignment is handed out once it is in the log (R5.11)") {
  GroupBench bench;
  const auto a = bench.enter("a");
  bench.enter("b");
  bench.until(6s);
  REQUIRE(bench.error<Join>(a) == "NONE");
  bench.log_commits_at_once = false;
  const auto follower = bench.sync("b", 1);
  const auto leader = bench.sync("a", 1, {{bench.id("b"), {{GroupBench::kOrders, 3}}}});
  CHECK(bench.replied(follower) == kNever);
  CHECK(bench.group().state() == GroupState::completing_rebalance);

  SECTION("written") {
    bench.write_done(ErrorCode::NONE);
    CHECK(bench.reply<Sync>(follower)->assignment == Assignment{{GroupBench::kOrders, 3}});
    CHECK(bench.reply<Sync>(leader)->assignment.empty());
    CHECK(bench.group().state() == GroupState::stable);
  }
  SECTION("refused: everybody rejoins") {
    bench.write_done(ErrorCode::NOT_ENOUGH_REPLICAS);
    CHECK(bench.error<Sync>(follower) == "COORDINATOR_NOT_AVAILABLE");
    CHECK(bench.error<Sync>(leader) == "COORDINATOR_NOT_AVAILABLE");
    CHECK(bench.group().state() == GroupState::preparing_rebalance);
  }
  SECTION("not committed in offsets.commit.timeout.ms: the same") {
    bench.until(11s);
    CHECK(bench.error<Sync>(leader) == "COORDINATOR_NOT_AVAILABLE");
    CHECK(bench.group().state() == GroupState::preparing_rebalance);
  }
}

TEST_CASE("a successor goes on with the generation in the log (R5.2, F10)") {
  GroupBench old;
  old.form({"a", "b"});
  old.commit(old.id("a"), 1, 42);
  const auto parked = old.enter("c");  // a join phase that will be forgotten

  GroupBench next;
  next.now_ = kStart + 20s;
  const auto ask = [&next](auto call) { next.turn(call); };
  ask([](GroupCoordinator& it, Turn& t) { it.on_resigned(0, t); });
  CHECK(next.error<Commit>(next.commit(old.id("a"), 1, 43)) == "NOT_COORDINATOR");
  ask([](GroupCoordinator& it, Turn& t) { it.on_elected(0, LeaderEpoch{2}, t); });
  CHECK(next.error<Commit>(next.commit(old.id("a"), 1, 43)) == "COORDINATOR_LOAD_IN_PROGRESS");
  next.turn([&](GroupCoordinator& it, Turn& t) { it.load(0, LeaderEpoch{1}, old.log_, t); });
  CHECK(next.coordinator_.loading(0));  // a load of another epoch
  next.turn([&](GroupCoordinator& it, Turn& t) { it.load(0, LeaderEpoch{2}, old.log_, t); });

  CHECK(next.group().state() == GroupState::stable);
  CHECK(next.group().generation() == Generation{1});
  CHECK(next.group().leader() == old.id("a"));
  CHECK(next.group().member(old.id("a"))->assignment == Assignment{{GroupBench::kOrders, 0}});
  CHECK(next.group().member(old.id("c")) == nullptr);
  CHECK(next.committed() == 42);
  next.until(30s - 1ns);
  CHECK(next.group().members().size() == 2);  // fresh session timers
  next.until(30s);
  CHECK(next.group().state() == GroupState::empty);  // both at once

  old.turn([](GroupCoordinator& it, Turn& t) { it.on_resigned(0, t); });
  CHECK(old.error<Join>(parked) == "NOT_COORDINATOR");
  CHECK(old.coordinator_.group(GroupBench::kGroup) == nullptr);
}

TEST_CASE("a coordinator is a value") {
  GroupBench bench;
  bench.form({"a", "b"});
  GroupBench fork = bench;
  CHECK(fork.coordinator_ == bench.coordinator_);
  CHECK(sim::hash_state(fork.coordinator_) == sim::hash_state(bench.coordinator_));
  fork.leave("b");
  CHECK_FALSE(fork.coordinator_ == bench.coordinator_);
  CHECK(sim::hash_state(fork.coordinator_) != sim::hash_state(bench.coordinator_));
  CHECK(bench.group().state() == GroupState::stable);
}

TEST_CASE("a group's offsets partition is abs(javaHash) mod partitions (R5.1)") {
  CHECK(GroupCoordinator::partition_for("billing", 50) == 9);  // hash -109829509
  CHECK(GroupCoordinator::partition_for("group-id", 50) == 13);
  CHECK(GroupCoordinator::partition_for("checkout-service", 50) == 38);
  CHECK(GroupCoordinator::partition_for("polygenelubricants", 50) == 0);  // hash INT_MIN
}
