// What a fetcher does in its back-off: it asks nothing, and connections may grow old (R2.3, R2.36).
#include <algorithm>

#include "tests/core/broker/cluster.hpp"
#include "tests/core/broker/requests.hpp"
#include "tests/support/catch.hpp"

namespace kafkasim::core::test {
namespace {

std::ptrdiff_t fetches_of(const Cluster& cluster, const std::string& path) {
  return std::count_if(cluster.fetches.begin(), cluster.fetches.end(),
                       [&](const std::string& line) { return line.find(path) != std::string::npos; });
}

}  // namespace

TEST_CASE("out of range, and the leader's offsets are refused: again after the back-off (R2.36, R2.3)",
          "[broker][fetcher]") {
  TopicConfig kept_short;
  kept_short.segment_bytes = 200;
  kept_short.retention_bytes = 0;
  Cluster cluster{2, kept_short};
  cluster.start();
  cluster.run_until(ms(1000));
  cluster.freeze(1);
  const TopicPartition behind{kOrders.topic, 1};
  PartitionRegistration registration;
  registration.leader = BrokerId{2};
  registration.replicas = {BrokerId{2}, BrokerId{1}};
  registration.isr = {BrokerId{2}};
  cluster.commit(PartitionRecord{behind, registration});
  cluster.run_for(5ms);
  for (std::uint32_t serial = 1; serial <= 3; ++serial) cluster.send(2, produce_to(behind, Acks::leader, serial));
  cluster.run_for(5min);
  REQUIRE(cluster.broker(2).partition(behind)->log().log_start() == Offset{3});

  cluster.thaw(1);
  while (fetches_of(cluster, " 1->2") == 0) cluster.run_for(1us);
  cluster.run_for(kHop / 2);  // between its answer and the question for its offsets the leader hears of a new epoch
  cluster.controller().deaf = {BrokerId{1}};
  cluster.elect(behind, 2, {2});
  cluster.run_for(980ms);
  CHECK(fetches_of(cluster, " 1->2") == 1);
  CHECK(cluster.broker(1).partition(behind)->log().log_start() == Offset{0});
  cluster.run_for(30ms);
  CHECK(fetches_of(cluster, " 1->2") == 2);

  cluster.controller().deaf.clear();
  cluster.wake_observers();
  cluster.run_for(5ms);
  CHECK(cluster.broker(1).partition(behind)->log().log_start() == Offset{3});
}

TEST_CASE("a back-off longer than connections.max.idle.ms: the fetcher connects anew (R2.3)", "[broker][fetcher]") {
  BrokerConfig patient;
  patient.replica_fetch_backoff = 700s;
  Cluster cluster{3, {}, patient};
  cluster.start();
  cluster.run_until(ms(1000));
  cluster.crash(1);
  cluster.controller().deaf = {BrokerId{2}};
  cluster.elect(kOrders, 2, {2, 3});  // only broker 3 hears of it: NOT_LEADER_OR_FOLLOWER
  cluster.run_for(20ms);
  cluster.controller().deaf.clear();
  cluster.wake_observers();
  cluster.run_for(5ms);
  const int number = cluster.send(2, produce(Acks::leader, 1));
  cluster.run_until(ms(700'900));
  CHECK(fetches_of(cluster, " 3->2") == 1);
  cluster.run_until(ms(702'000));
  CHECK(fetches_of(cluster, " 3->2") > 1);
  CHECK(cluster.broker(3).partition(kOrders)->log().log_end() == Offset{1});
  CHECK(cluster.reply(number));
}

}  // namespace kafkasim::core::test
