// A log directory fails at the first access: its replicas go offline, the broker runs on (KIP-858).
#include "tests/core/broker/cluster.hpp"
#include "tests/core/broker/requests.hpp"
#include "tests/support/catch.hpp"

namespace kafkasim::core::test {
namespace {

Cluster serving(std::int32_t brokers) {
  Cluster cluster{brokers, {}, {}, 2};
  cluster.start();
  cluster.run_until(ms(1000));
  return cluster;
}

ErrorCode produce_error(const Cluster& cluster, int number, std::size_t part = 0) {
  return cluster.answer<ProduceResponse>(number).partitions.at(part).error;
}

}  // namespace

TEST_CASE("a follower whose directory fails stops following; the leader's data stay", "[broker][dirs]") {
  Cluster cluster = serving(2);
  cluster.broker(2).set_broken(1, true);
  const int sent = cluster.send(1, produce(Acks::all, 1));
  cluster.run_for(100ms);
  CHECK_FALSE(cluster.reply(sent));  // the follower counts until the ISR shrinks
  CHECK(cluster.broker(2).partition(kOrders) == nullptr);
  CHECK(cluster.broker(1).partition(kOrders)->log().log_end() == Offset{1});
  const std::size_t before = cluster.fetches.size();
  cluster.run_for(5s);
  CHECK(cluster.fetches.size() == before);
}

TEST_CASE("a leader whose directory fails answers KAFKA_STORAGE_ERROR and coordinates no more (R5.2)",
          "[broker][dirs]") {
  Cluster cluster = serving(2);
  CHECK(cluster.broker(1).coordinator().leads(0));
  cluster.broker(1).set_broken(1, true);
  const int sent = cluster.send(1, produce(Acks::all, 1));
  cluster.run_for(5ms);
  CHECK(name(produce_error(cluster, sent)) == "KAFKA_STORAGE_ERROR");
  const int again = cluster.send(1, produce(Acks::leader, 2));
  cluster.run_for(5ms);
  CHECK(name(produce_error(cluster, again)) == "KAFKA_STORAGE_ERROR");
  CHECK_FALSE(cluster.broker(1).coordinator().leads(0));
}

TEST_CASE("a full directory fails: what waits for it in the same request fails with it", "[broker][dirs]") {
  Cluster cluster = serving(2);
  cluster.crash(1);
  cluster.disks.at(BrokerId{1}).dirs.at(1).capacity = 300;
  cluster.restart(1);
  cluster.run_for(5s);
  cluster.elect(kOrders, 1, {1, 2});
  cluster.elect(kOffsets, 1, {1, 2});
  cluster.run_for(1s);
  ProduceRequest both = produce(Acks::all, 1);  // 161 bytes
  both.partitions.push_back(both.partitions.front());
  both.partitions.back().partition = kOffsets;
  both.partitions.back().batch.payload.serial = 2;
  const int sent = cluster.send(1, both);
  cluster.run_for(5ms);
  CHECK(name(produce_error(cluster, sent, 0)) == "KAFKA_STORAGE_ERROR");
  CHECK(name(produce_error(cluster, sent, 1)) == "KAFKA_STORAGE_ERROR");
}

TEST_CASE("a broker whose only directory fails ends (KIP-858)", "[broker][dirs]") {
  Cluster cluster{1};
  cluster.start();
  cluster.run_until(ms(1000));
  cluster.broker(1).set_broken(0, true);
  cluster.send(1, produce(Acks::leader, 1));
  cluster.run_for(5ms);
  CHECK_FALSE(cluster.alive(1));
}

TEST_CASE("a broker that does not host a partition says so, and who leads it (R2.38)", "[broker][produce]") {
  Cluster cluster = serving(2);
  const TopicPartition elsewhere{TopicId{0}, 1}, nowhere{TopicId{0}, 9};
  PartitionRegistration registration;
  registration.leader = BrokerId{1};
  registration.leader_epoch = LeaderEpoch{4};
  registration.replicas = registration.isr = {BrokerId{1}};
  cluster.commit(PartitionRecord{elsewhere, registration});
  cluster.run_for(5ms);
  const int sent = cluster.send(2, produce_to(elsewhere, Acks::leader, 1));
  const auto refused = cluster.answer<ProduceResponse>(sent).partitions.at(0);
  CHECK(name(refused.error) == "NOT_LEADER_OR_FOLLOWER");
  CHECK(refused.current_leader == CurrentLeader{BrokerId{1}, LeaderEpoch{4}});

  ListOffsetsRequest offsets;
  offsets.partitions = {{elsewhere, LeaderEpoch{}, OffsetSpec::latest}, {nowhere, LeaderEpoch{}, OffsetSpec::latest}};
  const auto found = cluster.answer<ListOffsetsResponse>(cluster.send(2, offsets)).partitions;
  CHECK(name(found.at(0).error) == "NOT_LEADER_OR_FOLLOWER");
  CHECK(name(found.at(1).error) == "UNKNOWN_TOPIC_OR_PARTITION");

  OffsetForLeaderEpochRequest epochs;
  epochs.partitions = {{elsewhere, LeaderEpoch{}, LeaderEpoch{4}}};
  const auto ends = cluster.answer<OffsetForLeaderEpochResponse>(cluster.send(2, epochs)).partitions;
  CHECK(name(ends.at(0).error) == "NOT_LEADER_OR_FOLLOWER");
}

}  // namespace kafkasim::core::test
