// Between brokers and the active controller: Kafka's field names.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/base/error_code.hpp"
#include "core/base/fields.hpp"
#include "core/base/ids.hpp"
#include "core/protocol/metadata_records.hpp"

namespace kafkasim {

struct BrokerRegistrationRequest {
  BrokerId broker_id;
  std::uint64_t incarnation_id = 0;
  std::string rack;
  BrokerEpoch previous_broker_epoch;  // from the clean-shutdown file; unknown after an unclean end (R3.11, R3.27)
  std::vector<TopicPartition> offline_replicas{};  // in directories that are offline from the start
  friend bool operator==(const BrokerRegistrationRequest&, const BrokerRegistrationRequest&) = default;
};

struct BrokerRegistrationResponse {
  ErrorCode error = ErrorCode::NONE;
  BrokerEpoch broker_epoch;
  friend bool operator==(const BrokerRegistrationResponse&, const BrokerRegistrationResponse&) = default;
};

struct BrokerHeartbeatRequest {
  BrokerId broker_id;
  BrokerEpoch broker_epoch;
  std::int64_t current_metadata_offset = -1;
  bool want_fence = false;
  bool want_shut_down = false;
  std::vector<TopicPartition> offline_replicas{};  // ascending: in the offline log directories (R3.20; fidelity page)
  friend bool operator==(const BrokerHeartbeatRequest&, const BrokerHeartbeatRequest&) = default;
};

struct BrokerHeartbeatResponse {
  ErrorCode error = ErrorCode::NONE;
  bool is_caught_up = false;
  bool is_fenced = true;
  bool should_shut_down = false;
  friend bool operator==(const BrokerHeartbeatResponse&, const BrokerHeartbeatResponse&) = default;
};

struct AlterPartitionRequest {
  struct Member {
    BrokerId broker;
    BrokerEpoch epoch;  // unknown = not given
    friend bool operator==(const Member&, const Member&) = default;
    FIELDS(broker, epoch)
  };
  struct Partition {
    TopicPartition partition;
    LeaderEpoch leader_epoch;
    PartitionEpoch partition_epoch;
    std::vector<Member> new_isr;
    bool recovering = false;
    friend bool operator==(const Partition&, const Partition&) = default;
    FIELDS(partition, leader_epoch, partition_epoch, new_isr, recovering)
  };
  BrokerId broker_id;
  BrokerEpoch broker_epoch;
  std::vector<Partition> partitions;
  friend bool operator==(const AlterPartitionRequest&, const AlterPartitionRequest&) = default;
};

struct AlterPartitionResponse {
  struct Partition {
    TopicPartition partition;
    ErrorCode error = ErrorCode::NONE;
    BrokerId leader;
    LeaderEpoch leader_epoch;
    std::vector<BrokerId> isr;
    PartitionEpoch partition_epoch;
    friend bool operator==(const Partition&, const Partition&) = default;
  };
  ErrorCode error = ErrorCode::NONE;
  std::vector<Partition> partitions;
  friend bool operator==(const AlterPartitionResponse&, const AlterPartitionResponse&) = default;
};

/// A broker blocks a thousand producer ids at a time (R4.1).
struct AllocateProducerIdsRequest {
  BrokerId broker_id;
  BrokerEpoch broker_epoch;
  friend bool operator==(const AllocateProducerIdsRequest&, const AllocateProducerIdsRequest&) = default;
};

struct AllocateProducerIdsResponse {
  ErrorCode error = ErrorCode::NONE;
  std::int64_t producer_id_start = 0;
  std::int32_t producer_id_len = 0;
  friend bool operator==(const AllocateProducerIdsResponse&, const AllocateProducerIdsResponse&) = default;
};

/// A broker as observer of the metadata log: long poll, committed records only (R3.34; KIP-1166).
struct MetadataFetchRequest {
  BrokerId broker_id;
  std::int64_t fetch_offset = 0;
  Duration max_wait{};
  friend bool operator==(const MetadataFetchRequest&, const MetadataFetchRequest&) = default;
};

struct MetadataFetchResponse {
  std::int64_t base_offset = 0;
  std::vector<MetadataRecord> records;
  std::shared_ptr<const MetadataImage> snapshot;  // the reader was behind the start of the log; records follow it
  std::int64_t high_watermark = 0;                // end of the committed log
  friend bool operator==(const MetadataFetchResponse&, const MetadataFetchResponse&) = default;
};

}  // namespace kafkasim
