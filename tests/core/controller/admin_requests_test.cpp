// What an operator gets from the controller: elections by request (R2.48), new partitions, other settings (R3.28).
#include "tests/core/controller/host.hpp"
#include "tests/support/catch.hpp"

namespace kafkasim::core::testing {
namespace {

constexpr TopicId kTopic{0};

/// The answers of one ElectLeaders request for partitions 0.., as names.
std::vector<std::string_view> elect(Host& host, bool unclean, std::int32_t partitions) {
  ElectLeadersRequest request{unclean, {}};
  for (std::int32_t p = 0; p < partitions; ++p) request.partitions.push_back({kTopic, p});
  host.send(b(1), request);
  host.run_until(host.now + 2 * kCommitDelay);
  std::vector<std::string_view> answers;
  for (const auto& part : host.last_reply<ElectLeadersResponse>().partitions) answers.push_back(name(part.error));
  return answers;
}

using Names = std::vector<std::string_view>;

TEST_CASE("a preferred election by request moves leaders home, and says where there was nothing to do (R2.48)") {
  MetadataImage image = image_of(3, {bs({1, 2, 3}), bs({2, 1, 3}), bs({3, 1, 2})});
  image.partitions[{kTopic, 0}].leader = b(2);
  image.partitions[{kTopic, 1}].leader = b(1);
  image.partitions[{kTopic, 1}].isr = bs({1, 3});  // its preferred leader is behind
  Host host{image};
  host.start();
  CHECK(elect(host, false, 4) ==
        Names{"NONE", "PREFERRED_LEADER_NOT_AVAILABLE", "ELECTION_NOT_NEEDED", "UNKNOWN_TOPIC_OR_PARTITION"});
  CHECK(host.partition(0) == "leader 1 epoch 1 isr 1,2,3");
  CHECK(host.partition(1) == "leader 1 epoch 0 isr 1,3");
}

TEST_CASE("an unclean election by request works where the topic forbids it, and only without a leader (R2.48)") {
  MetadataImage image = image_of(3, {bs({1, 2}), bs({1, 2}), bs({1})});
  for (const std::int32_t p : {0, 2}) {
    image.partitions[{kTopic, p}].leader = BrokerId{};
    image.partitions[{kTopic, p}].isr = {};
    image.partitions[{kTopic, p}].elr = bs({1});
  }
  image.brokers[b(1)].fenced = true;
  image.partitions[{kTopic, 1}].leader = b(2);
  image.partitions[{kTopic, 1}].isr = bs({2});
  Host host{image};
  host.alive = {b(2), b(3)};
  host.start();
  CHECK(elect(host, true, 3) == Names{"NONE", "ELECTION_NOT_NEEDED", "ELIGIBLE_LEADERS_NOT_AVAILABLE"});
  CHECK(host.partition(0) == "leader 2 epoch 1 isr 2 recovering");
}

TEST_CASE("a topic grows, never shrinks, and new topics are made once") {
  Host host{image_of(3, {bs({1, 2, 3})})};
  host.start();
  const auto grow = [&](TopicId topic, std::int32_t count) {
    host.send(b(1), CreatePartitionsRequest{topic, count, {}});
    host.run_until(host.now + 2 * kCommitDelay);
    return name(host.last_reply<CreatePartitionsResponse>().error);
  };
  CHECK(grow(kTopic, 1) == "INVALID_PARTITIONS");
  CHECK(grow(TopicId{7}, 3) == "UNKNOWN_TOPIC_OR_PARTITION");
  CHECK(grow(kTopic, 3) == "NONE");
  CHECK(host.controller.image().partition_count(kTopic) == 3);
  CHECK(host.controller.image().partition({kTopic, 2})->replicas.size() == 3);

  const auto create = [&](TopicId topic, std::int32_t factor) {
    host.send(b(1), CreateTopicsRequest{topic, {}, 2, factor, {}});
    host.run_until(host.now + 2 * kCommitDelay);
    return name(host.last_reply<CreateTopicsResponse>().error);
  };
  CHECK(create(kTopic, 3) == "TOPIC_ALREADY_EXISTS");
  CHECK(create(TopicId{1}, 4) == "INVALID_REPLICATION_FACTOR");
  CHECK(host.controller.image().topics.contains(TopicId{1}) == false);
  CHECK(create(TopicId{1}, 2) == "NONE");
  CHECK(host.controller.image().partition_count(TopicId{1}) == 2);
}

TEST_CASE("another min.insync.replicas clears the topic's ELR (R3.28); other settings do not") {
  MetadataImage image = image_of(3, {bs({1, 2, 3})}, 2);
  image.partitions[{kTopic, 0}].isr = bs({1});
  image.partitions[{kTopic, 0}].elr = bs({2});
  Host host{image};
  host.start();
  IncrementalAlterConfigsRequest request;
  request.topic = kTopic;
  request.unclean_leader_election_enable = true;
  host.send(b(1), request);
  host.run_until(host.now + 2 * kCommitDelay);
  CHECK(host.partition(0) == "leader 1 epoch 0 isr 1 elr 2");
  CHECK(host.controller.image().topics.at(kTopic).unclean_leader_election_enable);
  CHECK(host.controller.image().topics.at(kTopic).min_insync_replicas == 2);
  request.min_insync_replicas = 1;
  host.send(b(1), request);
  host.run_until(host.now + 2 * kCommitDelay);
  CHECK(host.partition(0) == "leader 1 epoch 0 isr 1");
  CHECK(host.controller.image().topics.at(kTopic).min_insync_replicas == 1);
  request.topic = TopicId{7};
  host.send(b(1), request);
  CHECK(name(host.last_reply<IncrementalAlterConfigsResponse>().error) == "UNKNOWN_TOPIC_OR_PARTITION");
}

}  // namespace
}  // namespace kafkasim::core::testing
