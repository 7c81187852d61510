// A partition of brokers 1, 2, 3 as tests need it: broker 1 is the replica under test.
#pragma once

#include "core/replication/partition.hpp"
#include "tests/core/log/batches.hpp"

namespace kafkasim::test {

constexpr TopicPartition kOrders{TopicId{0}, 0};
constexpr BrokerId b1{1}, b2{2}, b3{3}, b4{4};

inline BrokerEpoch broker_epoch(BrokerId id) { return BrokerEpoch{1000 + id.value()}; }

/// The replica under test with its view of the cluster; every broker unfenced, time 1000 s.
struct Bench {
  core::Partition partition;
  core::ReplicaSettings settings;
  MetadataImage metadata;
  PartitionRegistration registration;
  Instant now = at_nanoseconds(1'000'000'000'000);

  explicit Bench(core::Log log = core::Log{}, Offset hw = Offset{0}) : partition{kOrders, b1, std::move(log), hw} {
    registration.replicas = {b1, b2, b3};
    registration.isr = {b1, b2, b3};
    for (const BrokerId id : {b1, b2, b3, b4}) metadata.brokers[id] = {broker_epoch(id), 1, "", false, false};
  }

  core::View view() const { return {now, metadata}; }

  core::MetadataChange elect(BrokerId leader, int epoch, std::vector<BrokerId> isr) {
    registration.leader = leader;
    registration.leader_epoch = LeaderEpoch{epoch};
    registration.isr = std::move(isr);
    registration.partition_epoch = PartitionEpoch{registration.partition_epoch.value() + 1};
    return partition.apply(registration, settings, view());
  }

  core::ProduceAppend produce(std::int32_t records = 1, Acks acks = Acks::leader) {
    return partition.append(batch(records), acks, view());
  }

  FetchRequest::Partition request(std::int64_t offset, int last_epoch = -1) const {
    return {kOrders, Offset{offset}, partition.leader_epoch(), LeaderEpoch{last_epoch}, Offset{0}, 1 << 20};
  }

  core::FollowerFetch fetch(BrokerId follower, std::int64_t offset) {
    return partition.fetch_by_follower(request(offset), follower, broker_epoch(follower), 1 << 20, true, view());
  }

  /// The controller grants what is pending.
  core::AlterOutcome grant() {
    const auto asked = partition.take_alter_request(broker_epoch(b1));
    AlterPartitionResponse::Partition answer{kOrders, ErrorCode::NONE, b1, asked->leader_epoch, {}, {}};
    for (const auto& member : asked->new_isr) answer.isr.push_back(member.broker);
    answer.partition_epoch = PartitionEpoch{asked->partition_epoch.value() + 1};
    registration.partition_epoch = answer.partition_epoch;
    return partition.on_alter_response(answer, view());
  }

  core::AlterOutcome refuse(ErrorCode error) {
    return partition.on_alter_response({kOrders, error, {}, {}, {}, {}}, view());
  }
};

}  // namespace kafkasim::test
