// Records of the cluster metadata log, as the active controller commits them and brokers replay them (R3.34).
#pragma once

#include <map>
#include <string>
#include <variant>
#include <vector>

#include "core/base/fields.hpp"
#include "core/base/ids.hpp"
#include "core/base/shared_map.hpp"
#include "core/protocol/config.hpp"

namespace kafkasim {

/// One partition as the controller knows it (kafka-broker.md section 0).
struct PartitionRegistration {
  std::vector<BrokerId> replicas;  // [0] is preferred
  std::vector<BrokerId> isr;
  std::vector<BrokerId> elr;             // KIP-966
  std::vector<BrokerId> last_known_elr;  // at most one member
  BrokerId leader;                       // unknown = none
  LeaderEpoch leader_epoch{0};
  PartitionEpoch partition_epoch{0};
  bool recovering = false;  // leaderRecoveryState (KIP-704)

  friend bool operator==(const PartitionRegistration&, const PartitionRegistration&) = default;
  FIELDS(replicas, isr, elr, last_known_elr, leader, leader_epoch, partition_epoch, recovering)
};

struct BrokerRegistration {
  BrokerEpoch epoch;
  std::uint64_t incarnation = 0;
  std::string rack;
  bool fenced = true;
  bool in_controlled_shutdown = false;
  std::vector<TopicPartition> offline_replicas{};  // ascending: replicas in its offline log directories (KIP-858)

  bool has_offline(TopicPartition tp) const;
  friend bool operator==(const BrokerRegistration&, const BrokerRegistration&) = default;
  FIELDS(epoch, incarnation, rack, fenced, in_controlled_shutdown)
};

struct RegisterBrokerRecord {
  BrokerId broker;
  BrokerRegistration registration;
  friend bool operator==(const RegisterBrokerRecord&, const RegisterBrokerRecord&) = default;
};

struct BrokerRegistrationChangeRecord {
  BrokerId broker;
  BrokerEpoch epoch;
  bool fenced = false;
  bool in_controlled_shutdown = false;
  std::vector<TopicPartition> offline_replicas{};  // as in the registration
  friend bool operator==(const BrokerRegistrationChangeRecord&, const BrokerRegistrationChangeRecord&) = default;
};

struct TopicRecord {
  TopicId topic;
  TopicConfig config;
  friend bool operator==(const TopicRecord&, const TopicRecord&) = default;
};

/// The whole partition, new or changed (PartitionRecord and PartitionChangeRecord in one: the values are the same).
struct PartitionRecord {
  TopicPartition partition;
  PartitionRegistration registration;
  friend bool operator==(const PartitionRecord&, const PartitionRecord&) = default;
};

struct ProducerIdsRecord {
  std::int64_t next_producer_id = 0;
  friend bool operator==(const ProducerIdsRecord&, const ProducerIdsRecord&) = default;
};

using MetadataRecord =
    std::variant<RegisterBrokerRecord, BrokerRegistrationChangeRecord, TopicRecord, PartitionRecord, ProducerIdsRecord>;

/// What replaying the log up to `end` gives: the controller's truth, or a broker's view of it. Every process has one,
/// and they hardly ever differ or change.
struct MetadataImage {
  std::int64_t end = 0;  // offset after the last record replayed
  SharedMap<std::map<BrokerId, BrokerRegistration>> brokers;
  SharedMap<std::map<TopicId, TopicConfig>> topics;
  SharedMap<std::map<TopicPartition, PartitionRegistration>> partitions;

  void replay(const MetadataRecord& record);
  const PartitionRegistration* partition(TopicPartition tp) const;
  const BrokerRegistration* broker(BrokerId id) const;
  /// Registered, not fenced, not in controlled shutdown (section 3.3 "acceptable").
  bool active(BrokerId id) const;
  std::int32_t partition_count(TopicId topic) const;
  /// min(min.insync.replicas, replicas of partition 0 of the topic) (R3.25).
  std::int32_t effective_min_isr(TopicId topic) const;

  friend bool operator==(const MetadataImage&, const MetadataImage&) = default;
  FIELDS(end, brokers, partitions)
};

}  // namespace kafkasim
