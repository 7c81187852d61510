// Which proposals for an ISR the controller refuses, and in which order it looks (R2.23, R2.24).
#include "core/controller/alter_partition.hpp"

#include "tests/core/controller/host.hpp"
#include "tests/support/catch.hpp"

namespace kafkasim::core::testing {
namespace {

using Member = AlterPartitionRequest::Member;

/// Leader 1, ISR {1,2}, leader epoch 5, partition epoch 9; broker 4 is fenced, 5 in controlled shutdown.
MetadataImage image() {
  MetadataImage image = image_of(5, {bs({1, 2, 3, 4, 5})});
  image.brokers[b(4)].fenced = true;
  image.brokers[b(5)].in_controlled_shutdown = true;
  PartitionRegistration& partition = image.partitions[{TopicId{0}, 0}];
  partition.isr = bs({1, 2});
  partition.leader_epoch = LeaderEpoch{5};
  partition.partition_epoch = PartitionEpoch{9};
  return image;
}

struct Proposal {
  std::int32_t sender = 1;
  TopicPartition partition{TopicId{0}, 0};
  std::int32_t leader_epoch = 5;
  std::int32_t partition_epoch = 9;
  std::vector<Member> isr{{b(1), BrokerEpoch{11}}, {b(2), BrokerEpoch{12}}, {b(3), BrokerEpoch{13}}};
  bool recovering = false;

  AlterPartitionRequest::Partition value() const {
    return {partition, LeaderEpoch{leader_epoch}, PartitionEpoch{partition_epoch}, isr, recovering};
  }
};

TEST_CASE("AlterPartition: what is refused, and the first reason when there are several") {
  const BrokerEpoch any{};
  struct Row {
    const char* what;
    Proposal proposal;
    ErrorCode error;
  };
  const Row table[] = {
      {"fine", {}, ErrorCode::NONE},
      {"fine without epochs", {.isr = {{b(1), any}, {b(3), any}}}, ErrorCode::NONE},
      {"unknown topic", {.partition = {TopicId{7}, 0}}, ErrorCode::UNKNOWN_TOPIC_ID},
      {"unknown partition", {.partition = {TopicId{0}, 3}}, ErrorCode::UNKNOWN_TOPIC_OR_PARTITION},
      {"newer leader epoch", {.leader_epoch = 6}, ErrorCode::NOT_CONTROLLER},
      {"newer partition epoch", {.partition_epoch = 10}, ErrorCode::NOT_CONTROLLER},
      {"older leader epoch", {.leader_epoch = 4}, ErrorCode::FENCED_LEADER_EPOCH},
      {"older leader epoch, not the leader", {.sender = 2, .leader_epoch = 4}, ErrorCode::FENCED_LEADER_EPOCH},
      {"older leader, newer partition epoch", {.leader_epoch = 4, .partition_epoch = 10}, ErrorCode::NOT_CONTROLLER},
      {"not the leader", {.sender = 2}, ErrorCode::INVALID_REQUEST},
      {"not the leader, older partition epoch", {.sender = 2, .partition_epoch = 8}, ErrorCode::INVALID_REQUEST},
      {"older partition epoch", {.partition_epoch = 8}, ErrorCode::INVALID_UPDATE_VERSION},
      {"older partition epoch, empty ISR", {.partition_epoch = 8, .isr = {}}, ErrorCode::INVALID_UPDATE_VERSION},
      {"empty ISR", {.isr = {}}, ErrorCode::INVALID_REQUEST},
      {"a member twice", {.isr = {{b(1), any}, {b(1), any}}}, ErrorCode::INVALID_REQUEST},
      {"no replica", {.isr = {{b(1), any}, {b(6), any}}}, ErrorCode::INVALID_REQUEST},
      {"without the leader", {.isr = {{b(2), any}, {b(3), any}}}, ErrorCode::INVALID_REQUEST},
      {"recovering with two", {.isr = {{b(1), any}, {b(2), any}}, .recovering = true}, ErrorCode::INVALID_REQUEST},
      {"back to recovering", {.isr = {{b(1), any}}, .recovering = true}, ErrorCode::INVALID_REQUEST},
      {"a fenced member", {.isr = {{b(1), any}, {b(4), any}}}, ErrorCode::INELIGIBLE_REPLICA},
      {"a member shutting down", {.isr = {{b(1), any}, {b(5), any}}}, ErrorCode::INELIGIBLE_REPLICA},
      {"an earlier incarnation", {.isr = {{b(1), any}, {b(3), BrokerEpoch{3}}}}, ErrorCode::INELIGIBLE_REPLICA},
  };
  for (const Row& row : table) {
    INFO(row.what);
    CHECK(name(validate_alter_partition(image(), b(row.proposal.sender), row.proposal.value())) == name(row.error));
  }
}

TEST_CASE("AlterPartition: a success raises the partition epoch, never the leader epoch; no change raises nothing") {
  Write write;
  AlterPartitionRequest request{b(1), BrokerEpoch{11}, {Proposal{}.value()}};
  const auto grown = alter_partition(image(), request, {}, write).partitions.at(0);
  CHECK(grown.isr == bs({1, 2, 3}));
  CHECK(grown.partition_epoch == PartitionEpoch{10});
  CHECK(grown.leader_epoch == LeaderEpoch{5});
  CHECK(grown.leader == b(1));
  CHECK(write.size() == 1);
  request.partitions[0].new_isr.pop_back();
  const auto same = alter_partition(image(), request, {}, write).partitions.at(0);
  CHECK(same.error == ErrorCode::NONE);
  CHECK(same.partition_epoch == PartitionEpoch{9});
  CHECK(write.size() == 1);
  request.partitions[0].new_isr.pop_back();
  const auto shrunk = alter_partition(image(), request, {.bump_leader_epoch_on_isr_shrink = true}, write);
  CHECK(shrunk.partitions.at(0).leader_epoch == LeaderEpoch{6});  // before 3.6
}

TEST_CASE("AlterPartition: a stale sender's whole request is refused, one bad partition is not the others' fault") {
  Write write;
  Proposal unknown;
  unknown.partition.partition = 3;
  AlterPartitionRequest request{b(1), BrokerEpoch{3}, {unknown.value(), Proposal{}.value()}};
  CHECK(alter_partition(image(), request, {}, write).error == ErrorCode::STALE_BROKER_EPOCH);
  CHECK(write.empty());
  request.broker_epoch = BrokerEpoch{11};
  const auto response = alter_partition(image(), request, {}, write);
  CHECK(response.partitions.at(0).error == ErrorCode::UNKNOWN_TOPIC_OR_PARTITION);
  CHECK(response.partitions.at(1).error == ErrorCode::NONE);
  CHECK(write.size() == 1);
}

TEST_CASE("AlterPartition: the reply comes with the commit") {
  Host host{image_of(3, {bs({1, 2, 3})})};
  host.alive = {};
  host.start();
  Proposal shrink{.leader_epoch = 0, .partition_epoch = 0, .isr = {{b(1), {}}}};
  host.send(b(1), AlterPartitionRequest{b(1), BrokerEpoch{11}, {shrink.value()}});
  CHECK(host.replies.empty());
  host.run_until(at(kCommitDelay));
  REQUIRE(host.replies.size() == 1);
  CHECK(host.partition(0) == "leader 1 epoch 0 isr 1");
}

}  // namespace
}  // namespace kafkasim::core::testing
