// A directory that fails at a coordinator's own write is out of service when that step ends (R6.5, R5.2).
#include "tests/core/broker/cluster.hpp"
#include "tests/core/broker/requests.hpp"
#include "tests/support/catch.hpp"

namespace kafkasim::core::test {
namespace {

const OffsetCommitRequest kAnyCommit{GroupId{0}, Generation{}, "", {{kOrders, Offset{5}, LeaderEpoch{0}}}};

}  // namespace

TEST_CASE("a directory that fails at a commit: its coordinators resign in the same step", "[broker][dirs][group]") {
  Cluster cluster{2, {}, {}, 2};
  cluster.start();
  cluster.run_until(ms(1000));
  cluster.broker(1).set_broken(1, true);
  const int sent = cluster.send(1, kAnyCommit);
  CHECK(name(cluster.answer<OffsetCommitResponse>(sent).error) == "NOT_COORDINATOR");
  CHECK_FALSE(cluster.broker(1).coordinator().leads(0));
}

TEST_CASE("a directory that fails while another coordinator of it loads", "[broker][dirs][group]") {
  Cluster cluster{2, {}, {}, 2};
  cluster.start();
  cluster.run_until(ms(1000));
  PartitionRegistration registration;
  registration.leader = BrokerId{2};
  registration.replicas = registration.isr = {BrokerId{2}, BrokerId{1}};
  // Each goes where the fewest replicas lie: three into the first directory, the fourth into the second.
  for (std::int32_t number = 1; number <= 4; ++number)
    cluster.commit(PartitionRecord{{kOffsets.topic, number}, registration});
  cluster.run_for(5ms);
  const TopicPartition loaded{kOffsets.topic, 4};
  REQUIRE(cluster.broker(1).disk().replicas.at(loaded).dir == 1);
  cluster.send(2, produce_to(loaded, Acks::all, 9, 50));  // 5 kB: 50 us to load
  cluster.run_for(1s);
  cluster.elect(loaded, 1, {1, 2});
  while (!cluster.broker(1).coordinator().leads(4)) cluster.run_for(1us);
  REQUIRE(cluster.broker(1).coordinator().loading(4));
  cluster.broker(1).set_broken(1, true);
  cluster.send(1, kAnyCommit);
  cluster.run_for(5s);
  CHECK_FALSE(cluster.broker(1).coordinator().leads(0));
  CHECK_FALSE(cluster.broker(1).coordinator().leads(4));
}

TEST_CASE("a directory that fails at a commit while a replica of it asks its leader for offsets (R2.36)",
          "[broker][dirs][group]") {
  TopicConfig kept_short;
  kept_short.segment_bytes = 200;
  kept_short.retention_bytes = 0;
  Cluster cluster{2, kept_short, {}, 2};
  cluster.start();
  cluster.run_until(ms(1000));
  PartitionRegistration registration;
  registration.leader = BrokerId{2};
  registration.replicas = {BrokerId{2}, BrokerId{1}};
  registration.isr = {BrokerId{2}};
  cluster.freeze(1);
  for (std::int32_t number = 1; number <= 4; ++number)
    cluster.commit(PartitionRecord{{kOrders.topic, number}, registration});
  cluster.run_for(5ms);
  const TopicPartition behind{kOrders.topic, 4};
  for (std::uint32_t serial = 1; serial <= 3; ++serial) cluster.send(2, produce_to(behind, Acks::leader, serial));
  cluster.run_for(5min);
  REQUIRE(cluster.broker(2).partition(behind)->log().log_start() == Offset{3});
  cluster.thaw(1);
  const auto asking = [&] {
    for (const auto& [key, thread] : cluster.broker(1).fetchers().threads())
      if (thread.state() == FetcherThread::State::asking_offsets) return true;
    return false;
  };
  while (!asking()) cluster.run_for(1us);
  cluster.run_for(195us);
  REQUIRE(cluster.broker(1).disk().replicas.at(behind).dir == 1);
  cluster.broker(1).set_broken(1, true);
  cluster.send(1, kAnyCommit);
  cluster.run_for(5s);
  CHECK(cluster.broker(1).partition(behind) == nullptr);
  CHECK(cluster.alive(1));
}

TEST_CASE("two groups empty in one step: the second write finds the directory that failed at the first",
          "[broker][dirs][group]") {
  Cluster cluster{2, {}, {}, 2};
  cluster.start();
  cluster.run_until(ms(1000));
  for (const GroupId group : {GroupId{0}, GroupId{1}}) {
    JoinGroupRequest join{group, "", "a", 10s, 300s, {"range"}, {TopicId{0}}};
    join.known_member_id_required = false;
    cluster.send(1, join);
  }
  cluster.run_until(ms(13'999));  // joined at 4 s; both sessions end at 14 s
  REQUIRE(cluster.broker(1).coordinator().group(GroupId{1})->state() == GroupState::completing_rebalance);
  cluster.broker(1).set_broken(1, true);
  cluster.run_until(ms(14'000));
  CHECK(cluster.broker(1).partition(kOffsets) == nullptr);
  CHECK_FALSE(cluster.broker(1).coordinator().leads(0));
  CHECK(cluster.alive(1));
}

TEST_CASE("a broker whose only directory fails at a commit ends with that step", "[broker][dirs][group]") {
  Cluster cluster{1};
  cluster.start();
  cluster.run_until(ms(1000));
  cluster.broker(1).set_broken(0, true);
  cluster.send(1, kAnyCommit);
  CHECK_FALSE(cluster.alive(1));
}

}  // namespace kafkasim::core::test
