// Produce and fetch at a broker, with real followers (R2.10-R2.14, R2.38-R2.44).
#include "tests/core/broker/cluster.hpp"
#include "tests/core/broker/requests.hpp"
#include "tests/support/catch.hpp"

namespace kafkasim::core::test {

namespace {

ProduceResponse::Partition produced(const Cluster& cluster, int number) {
  return cluster.answer<ProduceResponse>(number).partitions.at(0);
}

Offset log_end(Cluster& cluster, std::int32_t broker) {
  return cluster.broker(broker).partition(kOrders)->log().log_end();
}

TopicConfig min_isr(std::int32_t value) {
  TopicConfig config;
  config.min_insync_replicas = value;
  return config;
}

}  // namespace

TEST_CASE("when a produce is answered depends on acks", "[broker][produce]") {
  struct Case {
    Acks acks;
    bool followers_run;
    bool answered_at_once;
    bool answered_after_a_round;
  };
  const auto row = GENERATE(Case{Acks::none, true, true, true}, Case{Acks::leader, true, true, true},
                            Case{Acks::all, true, false, true}, Case{Acks::none, false, true, true},
                            Case{Acks::leader, false, true, true}, Case{Acks::all, false, false, false});
  CAPTURE(static_cast<int>(row.acks), row.followers_run);
  Cluster cluster{3};
  cluster.start();
  cluster.run_for(1s);
  if (!row.followers_run) {
    cluster.freeze(2);
    cluster.freeze(3);
  }
  const int number = cluster.send(1, produce(row.acks, 1));
  CHECK(cluster.reply(number).has_value() == row.answered_at_once);
  cluster.run_for(1s);
  CHECK(cluster.reply(number).has_value() == row.answered_after_a_round);
  CHECK(log_end(cluster, 1) == Offset{1});
  CHECK(log_end(cluster, 2) == Offset{row.followers_run ? 1 : 0});
}

TEST_CASE("acks=all takes two hops to the followers and back, not a fetch wait (R2.44)", "[broker][produce]") {
  Cluster cluster{3};
  cluster.start();
  cluster.run_until(ms(1234));
  const int number = cluster.send(1, produce(Acks::all, 1));
  cluster.run_for(10ms);
  REQUIRE(cluster.reply(number));
  CHECK(cluster.reply(number)->at == ms(1234) + 2 * kHop);
  CHECK(produced(cluster, number).base_offset == Offset{0});
  CHECK(cluster.broker(1).partition(kOrders)->high_watermark() == Offset{1});
  CHECK(cluster.broker(1).replicas().parked_produces() == 0);
}

TEST_CASE("a parked produce ends at its time-out; the data stay (R2.40)", "[broker][produce]") {
  Cluster cluster{3};
  cluster.start();
  cluster.run_for(1s);
  cluster.freeze(3);
  const int number = cluster.send(1, produce(Acks::all, 1, 2s));
  cluster.run_until(ms(2999));
  CHECK_FALSE(cluster.reply(number));
  cluster.run_until(ms(3000));
  REQUIRE(cluster.reply(number));
  CHECK(produced(cluster, number).error == ErrorCode::REQUEST_TIMED_OUT);
  CHECK(log_end(cluster, 1) == Offset{1});
  CHECK(cluster.broker(1).partition(kOrders)->high_watermark() == Offset{0});
  CHECK(cluster.broker(1).replicas().parked_produces() == 0);
}

TEST_CASE("below min ISR acks=all is refused and writes nothing, acks=1 is stored unseen (R2.28, R2.39)",
          "[broker][produce]") {
  Cluster cluster{3, min_isr(2)};
  cluster.start();
  cluster.run_for(1s);
  cluster.crash(2);
  cluster.crash(3);
  auto alone = cluster.controller().image.partitions.at(kOrders);
  alone.isr = {BrokerId{1}};
  alone.partition_epoch = PartitionEpoch{1};
  cluster.commit(PartitionRecord{kOrders, alone});
  cluster.run_for(1s);
  const int refused = cluster.send(1, produce(Acks::all, 1));
  CHECK(produced(cluster, refused).error == ErrorCode::NOT_ENOUGH_REPLICAS);
  CHECK(log_end(cluster, 1) == Offset{0});
  const int stored = cluster.send(1, produce(Acks::leader, 2));
  CHECK(produced(cluster, stored).error == ErrorCode::NONE);
  CHECK(log_end(cluster, 1) == Offset{1});
  CHECK(cluster.broker(1).partition(kOrders)->high_watermark() == Offset{0});
}

TEST_CASE("a smaller ISR in the metadata releases parked acks=all (R3.16)", "[broker][produce]") {
  Cluster cluster{3};
  cluster.start();
  cluster.run_for(1s);
  cluster.freeze(3);
  const int number = cluster.send(1, produce(Acks::all, 1));
  cluster.run_for(5s);
  CHECK_FALSE(cluster.reply(number));
  auto smaller = cluster.controller().image.partitions.at(kOrders);
  smaller.isr = {BrokerId{1}, BrokerId{2}};
  smaller.partition_epoch = PartitionEpoch{1};
  // One write holds both: seen alone, the smaller ISR would still wait for a follower that was in sync lately (R2.27).
  cluster.controller().append(PartitionRecord{kOrders, smaller});
  cluster.commit(BrokerRegistrationChangeRecord{BrokerId{3}, BrokerEpoch{3}, true, false});
  cluster.run_for(1ms);
  REQUIRE(cluster.reply(number));
  CHECK(produced(cluster, number).error == ErrorCode::NONE);
}

TEST_CASE("a broker that does not lead says who does; with acks=0 it can only hang up (R2.38, R2.42)",
          "[broker][produce]") {
  Cluster cluster{3};
  cluster.start();
  cluster.run_for(1s);
  const int asked = cluster.send(2, produce(Acks::all, 1));
  const auto answer = produced(cluster, asked);
  CHECK(answer.error == ErrorCode::NOT_LEADER_OR_FOLLOWER);
  CHECK(answer.current_leader == CurrentLeader{BrokerId{1}, LeaderEpoch{0}});
  const int told = cluster.send(2, produce(Acks::none, 2));
  REQUIRE(cluster.reply(told));
  CHECK(cluster.reply(told)->dropped);
  auto unknown = produce(Acks::leader, 3);
  unknown.partitions[0].partition = {TopicId{9}, 0};
  CHECK(produced(cluster, cluster.send(1, unknown)).error == ErrorCode::UNKNOWN_TOPIC_OR_PARTITION);
}

TEST_CASE("a consumer's fetch waits for committed bytes, or for max wait (R2.12, R2.13)", "[broker][fetch]") {
  Cluster cluster{3};
  cluster.start();
  cluster.run_for(1s);
  SECTION("nothing comes") {
    const int number = cluster.send(1, consume(0, 500ms));
    cluster.run_until(ms(1499));
    CHECK_FALSE(cluster.reply(number));
    cluster.run_until(ms(1500));
    CHECK(cluster.answer<FetchResponse>(number).partitions.at(0).records.empty());
  }
  SECTION("data come, and are visible when they are committed") {
    const int number = cluster.send(1, consume(0, 500ms));
    cluster.run_until(ms(1100));
    cluster.send(1, produce(Acks::leader, 1));
    CHECK_FALSE(cluster.reply(number));  // in the log, above the high watermark
    cluster.run_for(5ms);
    REQUIRE(cluster.reply(number));
    CHECK(cluster.reply(number)->at == ms(1100) + 2 * kHop);
    CHECK(cluster.answer<FetchResponse>(number).partitions.at(0).records.size() == 1);
  }
  SECTION("less than min bytes") {
    const int number = cluster.send(1, consume(0, 500ms, 300));
    cluster.send(1, produce(Acks::leader, 1));
    cluster.run_until(ms(1400));
    CHECK_FALSE(cluster.reply(number));
    cluster.send(1, produce(Acks::leader, 2));
    cluster.run_for(5ms);
    REQUIRE(cluster.reply(number));
    CHECK(cluster.answer<FetchResponse>(number).partitions.at(0).records.size() == 2);
  }
  SECTION("out of range is an error at once (R1.37)") {
    const int number = cluster.send(1, consume(5, 500ms));
    REQUIRE(cluster.reply(number));
    CHECK(cluster.answer<FetchResponse>(number).partitions.at(0).error == ErrorCode::OFFSET_OUT_OF_RANGE);
  }
}

TEST_CASE("an idle follower fetches every half second, one fetch at a time (R2.1, R2.2)", "[broker][fetch]") {
  Cluster cluster{2};
  cluster.start();
  cluster.run_until(ms(2100));
  // The first wait is drawn (half of it here): the cluster has been up for long.
  CHECK(cluster.fetches == std::vector<std::string>{"0.00 2->1", "0.25 2->1", "0.75 2->1", "1.25 2->1", "1.75 2->1"});
}

TEST_CASE("what a closed connection waited for is forgotten", "[broker][produce]") {
  Cluster cluster{3};
  cluster.start();
  cluster.run_for(1s);
  cluster.freeze(2);
  cluster.freeze(3);
  cluster.send(1, produce(Acks::all, 1));
  cluster.send(1, consume(0, 10s));
  REQUIRE(cluster.broker(1).replicas().parked_produces() == 1);
  cluster.close_clients();
  CHECK(cluster.broker(1).replicas().parked_produces() == 0);
}

TEST_CASE("a broker is a value: a copy goes its own way", "[broker]") {
  Cluster cluster{3};
  cluster.start();
  cluster.run_for(1s);
  const Broker before = cluster.broker(1);
  CHECK(before == cluster.broker(1));
  cluster.send(1, produce(Acks::leader, 1));
  CHECK_FALSE(before == cluster.broker(1));
  CHECK(before.partition(kOrders)->log().log_end() == Offset{0});
}

}  // namespace kafkasim::core::test
