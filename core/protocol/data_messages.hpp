// Produce, Fetch, ListOffsets, OffsetForLeaderEpoch, Metadata, InitProducerId: Kafka's field names.
#pragma once

#include <optional>
#include <vector>

#include "core/base/error_code.hpp"
#include "core/base/fields.hpp"
#include "core/base/ids.hpp"
#include "core/base/time.hpp"
#include "core/protocol/batch.hpp"
#include "core/protocol/config.hpp"

namespace kafkasim {

/// KIP-951: where the leader is now, when the answering broker knows better than the client (R2.42, P-48).
struct CurrentLeader {
  BrokerId leader_id;
  LeaderEpoch leader_epoch;
  friend bool operator==(const CurrentLeader&, const CurrentLeader&) = default;
};

struct ProduceRequest {
  struct Partition {
    TopicPartition partition;
    Batch batch;
    friend bool operator==(const Partition&, const Partition&) = default;
  };
  Acks acks = Acks::all;
  Duration timeout{};
  std::vector<Partition> partitions;
  friend bool operator==(const ProduceRequest&, const ProduceRequest&) = default;
};

struct ProduceResponse {
  struct Partition {
    TopicPartition partition;
    ErrorCode error = ErrorCode::NONE;
    Offset base_offset;
    Offset log_start_offset;
    CurrentLeader current_leader;
    friend bool operator==(const Partition&, const Partition&) = default;
  };
  std::vector<Partition> partitions;
  friend bool operator==(const ProduceResponse&, const ProduceResponse&) = default;
};

struct FetchRequest {
  struct Partition {
    TopicPartition partition;
    Offset fetch_offset;
    LeaderEpoch current_leader_epoch;
    LeaderEpoch last_fetched_epoch;  // followers (KIP-595); unknown for consumers
    Offset log_start_offset;         // followers
    std::int32_t partition_max_bytes = 1 << 20;
    /// A follower's own one (KIP-1166 sends it; no bytes are counted for it): what the leader need not repeat.
    Offset high_watermark{};
    friend bool operator==(const Partition&, const Partition&) = default;
    FIELDS(partition, fetch_offset, current_leader_epoch, last_fetched_epoch, log_start_offset, partition_max_bytes,
           high_watermark)
  };
  BrokerId replica_id;        // unknown = a consumer
  BrokerEpoch replica_epoch;  // KIP-903
  Duration max_wait{};
  std::int32_t min_bytes = 1;
  std::int32_t max_bytes = 50 << 20;
  std::vector<Partition> partitions;
  friend bool operator==(const FetchRequest&, const FetchRequest&) = default;
};

struct EpochEndOffset {
  LeaderEpoch epoch;
  Offset end_offset;
  friend bool operator==(const EpochEndOffset&, const EpochEndOffset&) = default;
};

struct FetchResponse {
  struct Partition {
    TopicPartition partition;
    ErrorCode error = ErrorCode::NONE;
    Offset high_watermark;
    Offset last_stable_offset;
    Offset log_start_offset;
    std::optional<EpochEndOffset> diverging_epoch;
    CurrentLeader current_leader;
    Batches records;
    friend bool operator==(const Partition&, const Partition&) = default;
  };
  /// In the order of the request; for a follower without those that tell it nothing, as an incremental fetch session
  /// leaves them out (KIP-227).
  std::vector<Partition> partitions;
  std::size_t asked = 0;  // partitions of the request: what the answer's size counts with (fidelity page)
  friend bool operator==(const FetchResponse&, const FetchResponse&) = default;
};

/// Which offset is asked for: timestamps -1 and -2 of the protocol, or the first record at or after a time.
enum class OffsetSpec : std::uint8_t { latest, earliest, timestamp };

struct ListOffsetsRequest {
  struct Partition {
    TopicPartition partition;
    LeaderEpoch current_leader_epoch;
    OffsetSpec spec = OffsetSpec::latest;
    Instant timestamp{};  // with OffsetSpec::timestamp
    friend bool operator==(const Partition&, const Partition&) = default;
  };
  std::vector<Partition> partitions;
  BrokerId replica_id;  // unknown = a client; a follower that is out of range sees the log end (R2.36)
  friend bool operator==(const ListOffsetsRequest&, const ListOffsetsRequest&) = default;
};

struct ListOffsetsResponse {
  struct Partition {
    TopicPartition partition;
    ErrorCode error = ErrorCode::NONE;
    Offset offset;  // unknown: no record is that new
    LeaderEpoch leader_epoch;
    friend bool operator==(const Partition&, const Partition&) = default;
  };
  std::vector<Partition> partitions;
  friend bool operator==(const ListOffsetsResponse&, const ListOffsetsResponse&) = default;
};

/// KIP-320 position validation by consumers (C-25).
struct OffsetForLeaderEpochRequest {
  struct Partition {
    TopicPartition partition;
    LeaderEpoch current_leader_epoch;
    LeaderEpoch leader_epoch;
    friend bool operator==(const Partition&, const Partition&) = default;
  };
  std::vector<Partition> partitions;
  friend bool operator==(const OffsetForLeaderEpochRequest&, const OffsetForLeaderEpochRequest&) = default;
};

struct OffsetForLeaderEpochResponse {
  struct Partition {
    TopicPartition partition;
    ErrorCode error = ErrorCode::NONE;
    EpochEndOffset end;  // both unknown = undefined
    friend bool operator==(const Partition&, const Partition&) = default;
  };
  std::vector<Partition> partitions;
  friend bool operator==(const OffsetForLeaderEpochResponse&, const OffsetForLeaderEpochResponse&) = default;
};

struct MetadataRequest {
  std::vector<TopicId> topics;
  friend bool operator==(const MetadataRequest&, const MetadataRequest&) = default;
};

struct MetadataResponse {
  struct Partition {
    TopicPartition partition;
    ErrorCode error = ErrorCode::NONE;  // LEADER_NOT_AVAILABLE when leaderless
    BrokerId leader;
    LeaderEpoch leader_epoch;
    friend bool operator==(const Partition&, const Partition&) = default;
  };
  std::vector<BrokerId> brokers;      // unfenced brokers, as the answering broker knows them
  std::vector<TopicId> unknown;       // topics asked for that do not exist: UNKNOWN_TOPIC_OR_PARTITION
  std::vector<Partition> partitions;  // of the topics asked for, by topic and number
  friend bool operator==(const MetadataResponse&, const MetadataResponse&) = default;
};

struct InitProducerIdRequest {
  friend bool operator==(const InitProducerIdRequest&, const InitProducerIdRequest&) = default;
};

struct InitProducerIdResponse {
  ErrorCode error = ErrorCode::NONE;
  ProducerId producer_id;
  ProducerEpoch producer_epoch;
  friend bool operator==(const InitProducerIdResponse&, const InitProducerIdResponse&) = default;
};

}  // namespace kafkasim
