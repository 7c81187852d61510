// An operator's requests: sent to any broker, forwarded to the controller (KIP-590), answered per partition or topic.
#pragma once

#include <optional>
#include <vector>

#include "core/base/error_code.hpp"
#include "core/base/ids.hpp"
#include "core/base/time.hpp"
#include "core/protocol/config.hpp"

namespace kafkasim {

/// R2.48. Answers per partition; KIP-460.
struct ElectLeadersRequest {
  bool unclean = false;  // else preferred
  std::vector<TopicPartition> partitions;
  friend bool operator==(const ElectLeadersRequest&, const ElectLeadersRequest&) = default;
};

struct ElectLeadersResponse {
  struct Partition {
    TopicPartition partition;
    ErrorCode error = ErrorCode::NONE;
    friend bool operator==(const Partition&, const Partition&) = default;
  };
  ErrorCode error = ErrorCode::NONE;  // of the whole request
  std::vector<Partition> partitions;
  friend bool operator==(const ElectLeadersResponse&, const ElectLeadersResponse&) = default;
};

/// One topic. An assignment, or numbers for the placer (R3.32).
struct CreateTopicsRequest {
  TopicId topic;
  TopicConfig config;
  std::int32_t num_partitions = 1;
  std::int32_t replication_factor = 1;
  std::vector<std::vector<BrokerId>> assignments;
  friend bool operator==(const CreateTopicsRequest&, const CreateTopicsRequest&) = default;
};

struct CreateTopicsResponse {
  ErrorCode error = ErrorCode::NONE;
  friend bool operator==(const CreateTopicsResponse&, const CreateTopicsResponse&) = default;
};

/// One topic, to `count` partitions in all; the new ones are placed with the topic's replication factor.
struct CreatePartitionsRequest {
  TopicId topic;
  std::int32_t count = 0;
  std::vector<std::vector<BrokerId>> assignments;  // of the new ones; empty: by the placer
  friend bool operator==(const CreatePartitionsRequest&, const CreatePartitionsRequest&) = default;
};

struct CreatePartitionsResponse {
  ErrorCode error = ErrorCode::NONE;
  friend bool operator==(const CreatePartitionsResponse&, const CreatePartitionsResponse&) = default;
};

/// Settings of one topic; those without a value stay as they are.
struct IncrementalAlterConfigsRequest {
  TopicId topic;
  std::optional<std::int32_t> min_insync_replicas;
  std::optional<bool> unclean_leader_election_enable;
  std::optional<std::int32_t> max_message_bytes;
  std::optional<std::int64_t> segment_bytes;
  std::optional<std::int64_t> flush_messages;
  std::optional<Duration> segment_ms;
  std::optional<Duration> retention;
  std::optional<std::int64_t> retention_bytes;
  std::optional<bool> log_append_time;  // message.timestamp.type is LogAppendTime
  std::optional<bool> deletes;          // cleanup.policy holds delete
  friend bool operator==(const IncrementalAlterConfigsRequest&, const IncrementalAlterConfigsRequest&) = default;
};

struct IncrementalAlterConfigsResponse {
  ErrorCode error = ErrorCode::NONE;
  friend bool operator==(const IncrementalAlterConfigsResponse&, const IncrementalAlterConfigsResponse&) = default;
};

}  // namespace kafkasim
