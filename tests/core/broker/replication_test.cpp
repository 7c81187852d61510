// Fetchers, metadata changes and ISR changes between brokers (R2.3-R2.7, R2.16-R2.25, R3.34, R3.35).
#include "tests/core/broker/cluster.hpp"
#include "tests/core/broker/requests.hpp"
#include "tests/support/catch.hpp"

namespace kafkasim::core::test {

namespace {

using Lines = std::vector<std::string>;

template <class T>
std::vector<std::pair<Instant, T>> noted(const Cluster& cluster, std::int32_t id) {
  std::vector<std::pair<Instant, T>> found;
  const auto all = cluster.notes.find(BrokerId{id});
  if (all == cluster.notes.end()) return found;
  for (const auto& [at, note] : all->second) {
    if (const T* one = std::get_if<T>(&note)) found.push_back({at, *one});
  }
  return found;
}

std::vector<std::int32_t> isr(Cluster& cluster, std::int32_t broker) {
  std::vector<std::int32_t> ids;
  for (const BrokerId id : cluster.broker(broker).partition(kOrders)->isr()) ids.push_back(id.value());
  return ids;
}

ErrorCode error_of(const Cluster& cluster, int number) {
  return cluster.answer<ProduceResponse>(number).partitions.at(0).error;
}

}  // namespace

TEST_CASE("a fetcher whose leader is gone tries again every second (R2.3)", "[broker][fetcher]") {
  Cluster cluster{2};
  cluster.start();
  cluster.run_until(ms(1000));
  cluster.crash(1);
  cluster.run_until(ms(3500));
  const auto losses = noted<ConnectionLost>(cluster, 2);
  REQUIRE(losses.size() == 3);
  CHECK_FALSE(losses[0].second.refused);
  CHECK(losses[0].second.in_flight == 1);
  for (std::size_t i = 1; i < losses.size(); ++i) {
    CHECK(losses[i].second.refused);
    CHECK(losses[i].first - losses[i - 1].first == 1s + kHop);
  }
}

TEST_CASE("a silent leader: the fetch ends after 30 s, then it is a second between attempts", "[broker][fetcher]") {
  Cluster cluster{2};
  cluster.start();
  cluster.run_until(ms(1000));
  cluster.freeze(1);
  cluster.run_until(ms(40'000));
  const auto losses = noted<ConnectionLost>(cluster, 2);
  REQUIRE(losses.size() >= 1);
  CHECK(losses[0].second.timed_out);
  CHECK(losses[0].first == ms(30'750) + 5 * kHop);  // the last fetch left at 0.75 s and got there before the silence
}

TEST_CASE("asked too early: the new leader does not know yet, its follower backs off a second (fact 5)",
          "[broker][fetcher]") {
  Cluster cluster{3};
  cluster.start();
  cluster.run_until(ms(1000));
  cluster.crash(1);
  cluster.controller().deaf = {BrokerId{2}};
  cluster.elect(kOrders, 2, {2, 3});  // only broker 3 hears of it
  cluster.run_for(20ms);
  cluster.controller().deaf.clear();
  cluster.wake_observers();
  cluster.run_for(5ms);
  const int number = cluster.send(2, produce(Acks::all, 1));
  cluster.run_until(ms(1900));
  CHECK_FALSE(cluster.reply(number));
  cluster.run_until(ms(2100));
  REQUIRE(cluster.reply(number));
  CHECK(error_of(cluster, number) == ErrorCode::NONE);
}

TEST_CASE("a follower that hears in time goes on at once", "[broker][fetcher]") {
  Cluster cluster{3};
  cluster.start();
  cluster.run_until(ms(1000));
  cluster.crash(1);
  cluster.elect(kOrders, 2, {2, 3});
  cluster.run_for(5ms);
  const int number = cluster.send(2, produce(Acks::all, 1));
  cluster.run_for(5ms);
  REQUIRE(cluster.reply(number));
  const auto led = noted<BecameLeader>(cluster, 2);
  REQUIRE(led.size() == 1);
  CHECK(led[0].second.epoch == LeaderEpoch{1});
  CHECK(noted<BecameFollower>(cluster, 3).back().second.leader == BrokerId{2});
}

TEST_CASE("a leader with stale metadata goes on, then steps down: its tail is cut (R3.19, R3.35, R2.43)",
          "[broker][metadata]") {
  Cluster cluster{3};
  cluster.start();
  cluster.run_until(ms(1000));
  cluster.controller().deaf = {BrokerId{1}};
  cluster.elect(kOrders, 2, {1, 2, 3});
  cluster.run_for(5ms);
  const int lost = cluster.send(1, produce(Acks::leader, 1));
  const int parked = cluster.send(1, produce(Acks::all, 2));
  CHECK(error_of(cluster, lost) == ErrorCode::NONE);
  const auto stale = cluster.answer<MetadataResponse>(cluster.send(1, MetadataRequest{{TopicId{0}}}));
  CHECK(stale.partitions.at(0).leader == BrokerId{1});
  const auto fresh = cluster.answer<MetadataResponse>(cluster.send(3, MetadataRequest{{TopicId{0}}}));
  CHECK(fresh.partitions.at(0).leader == BrokerId{2});
  CHECK(fresh.brokers.size() == 3);
  CHECK_FALSE(cluster.reply(parked));
  cluster.controller().deaf.clear();
  cluster.wake_observers();
  cluster.run_for(5ms);
  REQUIRE(cluster.reply(parked));
  const auto answer = cluster.answer<ProduceResponse>(parked).partitions.at(0);
  CHECK(answer.error == ErrorCode::NOT_LEADER_OR_FOLLOWER);
  CHECK(answer.current_leader == CurrentLeader{BrokerId{2}, LeaderEpoch{1}});
  const auto cuts = noted<LogTruncated>(cluster, 1);
  REQUIRE(cuts.size() == 1);
  CHECK(cuts[0].second.from == Offset{2});
  CHECK(cuts[0].second.to == Offset{0});
}

TEST_CASE("metadata: leaderless partitions, unknown topics, fenced brokers are hidden (R3.30)", "[broker][metadata]") {
  Cluster cluster{3};
  cluster.start();
  cluster.run_until(ms(1500));
  auto leaderless = cluster.controller().image.partitions.at(kOrders);
  leaderless.leader = BrokerId{};
  leaderless.leader_epoch = LeaderEpoch{1};
  leaderless.partition_epoch = PartitionEpoch{1};
  cluster.controller().append(PartitionRecord{kOrders, leaderless});
  cluster.commit(BrokerRegistrationChangeRecord{BrokerId{3}, BrokerEpoch{3}, true, false});
  cluster.run_for(5ms);
  const auto answer = cluster.answer<MetadataResponse>(cluster.send(2, MetadataRequest{{TopicId{0}, TopicId{7}}}));
  CHECK(answer.brokers == std::vector{BrokerId{1}, BrokerId{2}});
  CHECK(answer.unknown == std::vector{TopicId{7}});
  REQUIRE(answer.partitions.size() == 1);
  CHECK(answer.partitions[0].error == ErrorCode::LEADER_NOT_AVAILABLE);
  CHECK_FALSE(answer.partitions[0].leader.known());
}

TEST_CASE("a silent follower leaves the ISR at a lag check and comes back when it has caught up", "[broker][isr]") {
  Cluster cluster{3};
  cluster.start();
  cluster.run_until(ms(1000));
  cluster.freeze(3);
  cluster.send(1, produce(Acks::leader, 1));
  // Checks at 7.5 s + k * 15 s (phase: half); caught up last at 0.75 s.
  cluster.run_until(ms(37'400));
  CHECK(isr(cluster, 1) == std::vector{1, 2, 3});
  cluster.run_until(ms(37'600));
  CHECK(isr(cluster, 1) == std::vector{1, 2});
  CHECK(cluster.broker(1).partition(kOrders)->high_watermark() == Offset{1});
  cluster.thaw(3);
  cluster.run_for(3s);
  CHECK(isr(cluster, 1) == std::vector{1, 2, 3});
}

TEST_CASE("AlterPartition: after an error of the whole request again in 50 ms (R2.22)", "[broker][isr]") {
  Cluster cluster{3};
  cluster.start();
  cluster.run_until(ms(1000));
  cluster.freeze(3);
  cluster.send(1, produce(Acks::leader, 1));
  cluster.controller().alter_errors = {ErrorCode::STALE_BROKER_EPOCH, ErrorCode::STALE_BROKER_EPOCH};
  cluster.run_until(ms(38'000));
  Lines sent;
  for (const std::string& line : cluster.to_controller) {
    if (line.find("AlterPartition") != std::string::npos) sent.push_back(line);
  }
  CHECK(sent == Lines{"37.50 1 AlterPartition", "37.55 1 AlterPartition", "37.60 1 AlterPartition"});
  CHECK(isr(cluster, 1) == std::vector{1, 2});
}

TEST_CASE("two partitions join the ISR: one change in flight, the next with its answer (fact 11)", "[broker][isr]") {
  Cluster cluster{2};
  cluster.start();
  cluster.run_until(ms(1000));
  cluster.crash(2);
  for (const TopicPartition tp : {kOrders, kOffsets}) {
    auto alone = cluster.controller().image.partitions.at(tp);
    alone.isr = {BrokerId{1}};
    alone.partition_epoch = PartitionEpoch{1};
    cluster.controller().append(PartitionRecord{tp, alone});
  }
  cluster.wake_observers();
  cluster.run_for(5ms);
  cluster.to_controller.clear();
  cluster.restart(2);
  cluster.run_until(ms(3000));
  Lines sent;
  for (const std::string& line : cluster.to_controller) {
    if (line.find("1 AlterPartition") != std::string::npos) sent.push_back(line);
  }
  CHECK(sent.size() == 2);
  CHECK(isr(cluster, 1) == std::vector{1, 2});
  CHECK(cluster.broker(1).partition(kOffsets)->isr().size() == 2);
}

}  // namespace kafkasim::core::test
