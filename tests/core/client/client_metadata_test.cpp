#include "core/client/client_metadata.hpp"

#include "tests/core/network/steady.hpp"
#include "tests/support/catch.hpp"

using namespace kafkasim;
using namespace kafkasim::core;

namespace {
const TopicId topic{0};
const TopicPartition tp{topic, 0};
const std::vector<NodeId> brokers{NodeId{1}, NodeId{2}};

struct Setting {
  Steps steps;
  NetworkClient network{0, ClientConfig{}, 5};
  ClientMetadata metadata{ClientConfig{}, brokers};

  Setting() {
    Turn turn = steps.at(0);
    // Broker 1 twice: as the bootstrap server and as itself.
    for (const NodeId node : {bootstrap_node(NodeId{1}), NodeId{1}}) {
      network.ready(node, turn);
      network.on_connected(static_cast<ChannelId>(node.value()), turn);
    }
    metadata.add_topic(topic);
  }
  /// Asks when due; true when a request went out, which is then answered at once.
  bool refresh(std::int64_t ms, std::int32_t leader, std::int32_t epoch, ErrorCode error = ErrorCode::NONE) {
    Turn turn = steps.at(ms);
    if (!metadata.maybe_update(network, 0, turn)) return false;
    const SendRequest sent = steps.all<SendRequest>().at(0);
    network.on_response(sent.channel, sent.correlation, turn);
    MetadataResponse reply;
    reply.brokers = brokers;
    reply.partitions.push_back({tp, error, BrokerId{leader}, LeaderEpoch{epoch}});
    metadata.on_response(reply, turn);
    return true;
  }
};
}  // namespace

TEST_CASE("a reply is believed unless its leader epoch is older (P-47)") {
  Setting s;
  REQUIRE(s.refresh(0, 1, 5));
  CHECK(s.metadata.knows(topic));
  CHECK(s.metadata.leader(tp) == ClientMetadata::Leader{BrokerId{1}, LeaderEpoch{5}});
  CHECK(s.steps.notes<LeaderLearned>().size() == 1);
  s.metadata.request_update();
  REQUIRE(s.refresh(100, 2, 4));
  CHECK(s.metadata.leader(tp).id == BrokerId{1});
  CHECK(s.steps.notes<LeaderLearned>().empty());
  s.metadata.request_update();
  REQUIRE(s.refresh(500, 2, 6));
  CHECK(s.metadata.leader(tp) == ClientMetadata::Leader{BrokerId{2}, LeaderEpoch{6}});
}

TEST_CASE("replies without a newer epoch back off 100, 200, 400, 800, 1000 ms; news ends that (P-46)") {
  Setting s;
  REQUIRE(s.refresh(0, 1, 0));
  std::int64_t now = 100;
  for (const std::int64_t wait : {100, 200, 400, 800, 1000, 1000}) {
    s.metadata.request_update();
    REQUIRE(s.refresh(now, 1, 0));
    s.metadata.request_update();
    CHECK_FALSE(s.refresh(now + wait - 1, 1, 0));
    CHECK(s.metadata.next_deadline(s.network, at_ms(now)) == at_ms(now + wait));
    now += wait;
  }
  REQUIRE(s.refresh(now, 2, 1));
  s.metadata.request_update();
  CHECK_FALSE(s.refresh(now + 99, 2, 1));  // the first back-off follows every refresh
  CHECK(s.refresh(now + 100, 2, 1));
}

TEST_CASE("a leaderless partition keeps the client asking; a quiet client asks after metadata.max.age.ms (P-45)") {
  Setting s;
  REQUIRE(s.refresh(0, 1, 0));
  CHECK(s.metadata.next_deadline(s.network, at_ms(1)) == at_ms(300'000));
  s.metadata.request_update();
  REQUIRE(s.refresh(1'000, -1, 1, ErrorCode::LEADER_NOT_AVAILABLE));
  CHECK_FALSE(s.metadata.leader(tp).id.known());
  CHECK(s.metadata.available(topic).empty());
  CHECK_FALSE(s.metadata.due(at_ms(1'099)));  // no two refreshes within the first back-off
  CHECK(s.metadata.due(at_ms(1'100)));
}

TEST_CASE("hints of newer leaders are taken, others not (P-48)") {
  struct Row {
    std::int32_t leader, epoch;
    bool taken;
  };
  const Row rows[] = {{2, 6, true}, {2, 5, false}, {2, 4, false}, {-1, 6, false}, {9, 6, false}, {2, -1, false}};
  for (const Row& row : rows) {
    CAPTURE(row.leader, row.epoch);
    Setting s;
    REQUIRE(s.refresh(0, 1, 5));
    Turn turn = s.steps.at(1);
    CHECK(s.metadata.apply_hint(tp, {BrokerId{row.leader}, LeaderEpoch{row.epoch}}, turn) == row.taken);
    CHECK(s.metadata.leader(tp).id == BrokerId{row.taken ? 2 : 1});
  }
}

TEST_CASE("a lost request is tried again after a back-off, elsewhere") {
  Setting s;
  Turn turn = s.steps.at(0);
  REQUIRE(s.metadata.maybe_update(s.network, 0, turn));
  CHECK_FALSE(s.metadata.maybe_update(s.network, 0, turn));  // one in flight
  s.metadata.on_disconnected(s.network.on_disconnected(5001, false, turn), turn);
  CHECK(s.metadata.next_deadline(s.network, at_ms(0)) == at_ms(100));
  Turn later_turn = s.steps.at(100);
  s.metadata.maybe_update(s.network, 0, later_turn);
  CHECK(s.network.state(bootstrap_node(NodeId{2})) == ConnectionState::connecting);  // 1 was tried more recently
}

// capture below-min-isr.followers-5s-apart: a client whose refresh finds nobody goes on with what else it has to send.
TEST_CASE("an attempt to connect that fails while a refresh is due puts the refresh off, longer each time (P-46)") {
  Setting s;
  Turn turn = s.steps.at(0);
  s.network.ready(bootstrap_node(NodeId{2}), turn);
  REQUIRE(s.metadata.due(at_ms(0)));
  s.metadata.on_disconnected(s.network.on_disconnected(5002, true, turn), turn);
  CHECK_FALSE(s.metadata.due(at_ms(99)));
  REQUIRE(s.metadata.due(at_ms(100)));
  Turn again = s.steps.at(100);
  s.network.ready(bootstrap_node(NodeId{2}), again);
  s.metadata.on_disconnected(s.network.on_disconnected(5002, true, again), again);
  CHECK(s.metadata.next_deadline(s.network, at_ms(100)) == at_ms(300));
  // Not due: asked for, no more.
  Turn third = s.steps.at(200);
  s.network.ready(bootstrap_node(NodeId{2}), third);
  s.metadata.on_disconnected(s.network.on_disconnected(5002, true, third), third);
  CHECK(s.metadata.next_deadline(s.network, at_ms(200)) == at_ms(300));
}

TEST_CASE("with every broker gone the client forgets its topics and starts from the bootstrap servers (P-49, S-40)") {
  Setting s;
  REQUIRE(s.refresh(0, 1, 3));
  Turn turn = s.steps.at(1'000);
  s.network.ready(NodeId{2}, turn);
  s.network.on_disconnected(2, true, turn);
  s.metadata.on_disconnected(s.network.on_disconnected(1, false, turn), turn);
  s.metadata.maybe_update(s.network, 0, turn);
  CHECK_FALSE(s.metadata.knows(topic));
  CHECK_FALSE(s.metadata.leader(tp).id.known());
  CHECK(s.metadata.leader(tp).epoch == LeaderEpoch{3});
  CHECK(s.metadata.nodes() == std::vector<NodeId>{bootstrap_node(NodeId{1}), bootstrap_node(NodeId{2})});
}

TEST_CASE("what a broker leads follows every change of a leader") {
  Setting s;
  const auto led = [&](std::int32_t broker) { return s.metadata.led_by(BrokerId{broker}).size(); };
  CHECK(led(1) == 0);
  REQUIRE(s.refresh(0, 1, 5));
  CHECK(led(1) == 1);
  CHECK(s.metadata.led_by(BrokerId{1})[0].partition == tp);
  CHECK(led(2) == 0);
  Turn turn = s.steps.at(1);
  REQUIRE(s.metadata.apply_hint(tp, {BrokerId{2}, LeaderEpoch{6}}, turn));
  CHECK(led(1) == 0);
  CHECK(led(2) == 1);
  s.metadata.request_update();
  REQUIRE(s.refresh(200, -1, 7));
  CHECK(led(2) == 0);
}
