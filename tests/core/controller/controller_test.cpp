// The event loop: commits, metadata fetches, producer ids, periodic rounds, controlled shutdown.
#include "core/controller/controller.hpp"

#include "tests/core/controller/host.hpp"
#include "tests/support/catch.hpp"

namespace kafkasim::core::testing {
namespace {

Host quiet_host(MetadataImage image, bool elr = true) {
  Host host{std::move(image), elr};
  host.alive = {};
  return host;
}

AllocateProducerIdsRequest ids(std::int32_t broker) { return {b(broker), BrokerEpoch{10 + broker}}; }

TEST_CASE("records written during a write form the next one; replies wait for all they rest on (R3.8)") {
  Host host = quiet_host(image_of(3, {bs({1, 2, 3})}));
  host.start();
  host.send(b(1), ids(1));
  host.run_until(at(500us));
  host.send(b(2), ids(2));
  host.send(b(3), ids(3));
  host.heartbeat(b(1));  // writes nothing, but was decided upon uncommitted records
  CHECK(host.replies.empty());
  host.run_until(at(10ms));
  REQUIRE(host.replies.size() == 4);
  const Duration want[] = {1ms, 2ms, 2ms, 2ms};
  for (std::size_t i = 0; i < 4; ++i) CHECK(host.replies[i].first == at(want[i]));
  for (std::size_t i = 0; i < 3; ++i) {
    const auto block = std::get<AllocateProducerIdsResponse>(host.replies[i].second);
    CHECK(block.producer_id_start == 1000 * (1 + std::int64_t(i)));
    CHECK(block.producer_id_len == 1000);
  }
  host.heartbeat(b(1));
  CHECK(host.replies.size() == 5);  // nothing uncommitted: at once
}

TEST_CASE("a stale broker gets no producer ids and changes no ISR") {
  Host host = quiet_host(image_of(3, {bs({1, 2, 3})}));
  host.start();
  host.send(b(1), AllocateProducerIdsRequest{b(1), BrokerEpoch{3}});
  CHECK(host.last_reply<AllocateProducerIdsResponse>().error == ErrorCode::STALE_BROKER_EPOCH);
  host.send(b(1), AlterPartitionRequest{b(1), BrokerEpoch{3}, {}});
  CHECK(host.last_reply<AlterPartitionResponse>().error == ErrorCode::STALE_BROKER_EPOCH);
}

TEST_CASE("a crash loses what was not committed, and only that") {
  Host host = quiet_host(image_of(3, {bs({1, 2, 3})}));
  host.start();
  host.send(b(1), ids(1));
  host.run_until(at(1ms));
  host.send(b(2), ids(2));
  DurableMetadata disk = std::move(host.controller).take_disk();
  CHECK(disk.next_producer_id == 2000);
  CHECK(disk.records.size() == 1);
  host.controller = Controller{b(101), BrokerConfig{}, nullptr, true, kCommitDelay, std::move(disk)};
  host.start();
  host.send(b(3), ids(3));
  host.run_until(at(3ms));
  CHECK(host.last_reply<AllocateProducerIdsResponse>().producer_id_start == 2000);
  host.send(b(1), MetadataFetchRequest{b(1), 50, 500ms});
  CHECK(host.last_reply<MetadataFetchResponse>().records.size() == 2);
}

TEST_CASE("a metadata fetch gets committed records, is parked at the end, and ends with its wait (R3.34)") {
  Host host = quiet_host(image_of(3, {bs({1, 2, 3})}));
  host.start();
  host.send(b(1), MetadataFetchRequest{b(1), 50, 500ms});
  host.run_until(at(100ms));
  CHECK(host.replies.empty());
  host.send(b(2), ids(2));
  host.send(b(3), MetadataFetchRequest{b(3), 50, 500ms});  // the record is appended, not committed
  host.run_until(at(101ms));
  REQUIRE(host.replies.size() == 3);
  for (const std::size_t i : {1u, 2u}) {
    const auto fetched = std::get<MetadataFetchResponse>(host.replies[i].second);
    CHECK(fetched.base_offset == 50);
    CHECK(fetched.records == std::vector<MetadataRecord>{ProducerIdsRecord{2000}});
    CHECK(fetched.high_watermark == 51);
  }
  host.send(b(1), MetadataFetchRequest{b(1), 51, 500ms});
  host.send(b(2), MetadataFetchRequest{b(2), 51, 200ms});
  host.step([&](Turn& turn) { host.controller.on_connection_closed(1, turn); });
  host.run_until(at(2s));
  REQUIRE(host.replies.size() == 4);
  CHECK(host.replies[3].first == at(301ms));
  CHECK(std::get<MetadataFetchResponse>(host.replies[3].second).records.empty());
}

TEST_CASE("replaying fetched records gives the controller's image") {
  Host host{image_of(3, {bs({1, 2, 3}), bs({2, 3, 1})}, 2)};
  MetadataImage view = host.controller.image();
  host.alive = {b(2)};
  host.start();
  host.run_until(at(20s));
  host.send(b(2), MetadataFetchRequest{b(2), view.end, 500ms});
  for (const MetadataRecord& record : host.last_reply<MetadataFetchResponse>().records) view.replay(record);
  CHECK(view == host.controller.image());
  CHECK(view.end > 50);
}

TEST_CASE("controlled shutdown: leaders move at once, the grant waits for the others' metadata (R3.18)") {
  Host host{image_of(3, {bs({1, 2, 3}), bs({2, 1, 3})})};
  host.alive = {b(2), b(3)};
  host.start();
  host.run_until(at(500ms));
  host.heartbeat(b(1), true);
  host.run_until(at(501ms));
  auto reply = host.last_reply<BrokerHeartbeatResponse>();
  CHECK(!reply.should_shut_down);
  CHECK(!reply.is_fenced);
  CHECK(host.partition(0) == "leader 2 epoch 1 isr 2,3");
  CHECK(host.partition(1) == "leader 2 epoch 0 isr 2,3");
  CHECK(host.controller.image().brokers.at(b(1)).in_controlled_shutdown);
  CHECK(host.of<BrokerFencing>().empty());
  host.run_until(at(590ms));
  host.heartbeat(b(1), true);  // 2 and 3 have not said yet that they know
  CHECK(!host.last_reply<BrokerHeartbeatResponse>().should_shut_down);
  host.run_until(at(2590ms));  // they did at 2 s
  host.heartbeat(b(1), true);
  host.run_until(at(2600ms));
  reply = host.last_reply<BrokerHeartbeatResponse>();
  CHECK(reply.should_shut_down);
  CHECK(reply.is_fenced);
  REQUIRE(host.of<BrokerFencing>().size() == 1);
  CHECK(host.of<BrokerFencing>()[0].first == at(2591ms));
  host.run_until(at(20s));
  CHECK(host.of<BrokerFencing>().size() == 1);  // the end of its session changes nothing more
}

TEST_CASE("controlled shutdown of a broker that leads nothing is granted at once") {
  Host host = quiet_host(image_of(3, {bs({2, 1, 3})}));
  host.start();
  host.heartbeat(b(1), true);
  host.run_until(at(1ms));
  CHECK(host.last_reply<BrokerHeartbeatResponse>().should_shut_down);
  CHECK(host.partition(0) == "leader 2 epoch 0 isr 2,3");
}

TEST_CASE("controlled shutdown of an only replica leaves no leader (R3.18)") {
  for (const bool elr : {false, true}) {
    Host host = quiet_host(image_of(2, {bs({1})}), elr);
    host.start();
    host.heartbeat(b(1), true);
    host.run_until(at(1ms));
    CHECK(host.partition(0) == (elr ? "leader -1 epoch 1 elr 1 known 1" : "leader -1 epoch 1 isr 1"));
  }
}

/// Leader 2 where 1 is preferred; a second partition whose preferred replica is out of sync.
MetadataImage imbalanced() {
  MetadataImage image = image_of(3, {bs({1, 2, 3}), bs({1, 2, 3})});
  for (auto& [tp, partition] : image.partitions.edit()) partition.leader = b(2);
  image.partitions[{TopicId{0}, 1}].isr = bs({2, 3});
  return image;
}

TEST_CASE("preferred leaders come back every interval, where they are in sync (R2.47, S-34)") {
  BrokerConfig config;
  config.leader_imbalance_check_interval = 20s;
  Host formed{imbalanced(), true, config};
  formed.choices.script[Choice::timer_phase] = {0, 5'000'000'000};
  formed.start();
  formed.run_until(at(4999ms));
  CHECK(formed.of<PartitionChanged>().empty());
  formed.run_until(at(6s));
  CHECK(formed.partition(0) == "leader 1 epoch 1 isr 1,2,3");
  CHECK(formed.partition(1) == "leader 2 epoch 0 isr 2,3");
  CHECK(formed.timers.at({TimerKind::leader_balance}) == at(25s));

  config.auto_leader_rebalance_enable = false;
  Host off{imbalanced(), true, config};
  off.start();
  off.run_until(at(60s));
  CHECK(off.of<PartitionChanged>().empty());

  MetadataImage image = imbalanced();
  config.auto_leader_rebalance_enable = true;
  const std::int64_t end = image.end;
  Host restarted{image_of(3, {}), true, config};
  restarted.controller =
      Controller{b(101), config, nullptr, true, kCommitDelay, DurableMetadata{std::move(image), 0, end, {}}};
  restarted.start();
  restarted.run_until(at(60s));
  REQUIRE(restarted.of<PartitionChanged>().size() == 1);
  CHECK(restarted.of<PartitionChanged>()[0].first == at(20s + kCommitDelay));
}

TEST_CASE("the unclean sweep elects where the topic allows it (R3.29)") {
  for (const bool allowed : {false, true}) {
    MetadataImage image = image_of(2, {bs({1, 2})}, 1, allowed);
    image.brokers[b(1)].fenced = true;
    image.partitions[{TopicId{0}, 0}].isr = bs({1});
    image.partitions[{TopicId{0}, 0}].leader = BrokerId{};
    Host host{std::move(image), false};
    host.alive = {b(2)};
    host.choices.script[Choice::timer_phase] = {0, 0, 7'000'000'000};
    host.start();
    host.run_until(at(8s));
    CHECK(host.partition(0) == (allowed ? "leader 2 epoch 1 isr 2 recovering" : "leader -1 epoch 0 isr 1"));
    const auto changes = host.of<PartitionChanged>();
    REQUIRE(changes.size() == (allowed ? 1 : 0));
    if (allowed) CHECK(changes[0].second.unclean);
  }
}

TEST_CASE("a copy of a controller goes on alike") {
  Host host{image_of(3, {bs({1, 2, 3})})};
  host.alive = {b(2), b(3)};
  host.start();
  host.run_until(at(9s));
  Host copy = host;
  CHECK(copy.controller == host.controller);
  host.run_until(at(12s));
  CHECK(!(copy.controller == host.controller));
  copy.run_until(at(12s));
  CHECK(copy.controller == host.controller);
}

TEST_CASE("SIGTERM ends a controller at once") {
  Host host = quiet_host(image_of(1, {bs({1})}));
  host.start();
  CHECK(host.controller.active());
  Outbox out;
  Turn turn{host.now, host.now, host.choices, out};
  host.controller.on_shutdown(turn);
  CHECK(!host.controller.active());
  REQUIRE(out.effects().size() == 1);
  CHECK(std::holds_alternative<Terminate>(out.effects()[0]));
}

}  // namespace
}  // namespace kafkasim::core::testing
