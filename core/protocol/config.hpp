// Kafka settings that change behaviour, with Kafka's names beside ours. Defaults are those of the newest profile (4.3);
// the option table (sim/scenario) sets what the version and the scenario say.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "core/base/fields.hpp"
#include "core/base/time.hpp"

namespace kafkasim {

inline constexpr std::int64_t kUnlimited = std::numeric_limits<std::int64_t>::max();

/// Broker and controller settings (kafka-broker.md section 8).
struct BrokerConfig {
  Duration replica_lag_time_max = 30s;                       // replica.lag.time.max.ms
  Duration replica_fetch_wait_max = 500ms;                   // replica.fetch.wait.max.ms
  std::int32_t replica_fetch_min_bytes = 1;                  // replica.fetch.min.bytes
  std::int32_t replica_fetch_max_bytes = 1 << 20;            // replica.fetch.max.bytes
  std::int32_t replica_fetch_response_max_bytes = 10 << 20;  // replica.fetch.response.max.bytes
  Duration replica_fetch_backoff = 1s;                       // replica.fetch.backoff.ms
  Duration replica_socket_timeout = 30s;                     // replica.socket.timeout.ms
  std::int32_t num_replica_fetchers = 1;                     // num.replica.fetchers
  Duration replica_high_watermark_checkpoint_interval = 5s;  // replica.high.watermark.checkpoint.interval.ms
  Duration broker_heartbeat_interval = 2s;                   // broker.heartbeat.interval.ms
  Duration broker_session_timeout = 9s;                      // broker.session.timeout.ms
  Duration initial_broker_registration_timeout = 60s;        // initial.broker.registration.timeout.ms
  Duration controlled_shutdown_max_wait = 5min;              // R3.18: fixed in Kafka
  bool controlled_shutdown_enable = true;                    // controlled.shutdown.enable
  bool unclean_leader_election_enable = false;               // unclean.leader.election.enable
  Duration unclean_leader_election_interval = 5min;          // unclean.leader.election.interval.ms
  std::int32_t min_insync_replicas = 1;                      // min.insync.replicas
  bool auto_leader_rebalance_enable = true;                  // auto.leader.rebalance.enable
  Duration leader_imbalance_check_interval = 300s;           // leader.imbalance.check.interval.seconds
  std::int32_t num_network_threads = 3;                      // num.network.threads
  std::int32_t num_io_threads = 8;                           // num.io.threads
  std::int32_t queued_max_requests = 500;                    // queued.max.requests
  std::int32_t message_max_bytes = 1048588;                  // message.max.bytes
  std::int32_t fetch_max_bytes = 55 << 20;                   // fetch.max.bytes
  std::int64_t log_segment_bytes = 1 << 30;                  // log.segment.bytes
  std::int64_t log_flush_interval_messages = kUnlimited;     // log.flush.interval.messages
  std::int32_t offsets_topic_num_partitions = 50;            // offsets.topic.num.partitions
  std::int32_t offsets_topic_replication_factor = 3;         // offsets.topic.replication.factor
  Duration log_retention_check_interval = 5min;              // log.retention.check.interval.ms
  Duration log_initial_task_delay = 30s;                     // log.initial.task.delay.ms
  std::int64_t log_retention_bytes = -1;                     // log.retention.bytes; -1: no limit
  std::int64_t log_retention_ms = 604'800'000;               // log.retention.ms, .minutes, .hours; -1: no limit
  std::int64_t log_roll_ms = 604'800'000;                    // log.roll.ms, log.roll.hours
  bool log_append_time = false;                              // log.message.timestamp.type is LogAppendTime
  Duration offsets_commit_timeout = 5s;                      // offsets.commit.timeout.ms
  Duration group_initial_rebalance_delay = 3s;               // group.initial.rebalance.delay.ms
  Duration group_min_session_timeout = 6s;                   // group.min.session.timeout.ms
  Duration group_max_session_timeout = 30min;                // group.max.session.timeout.ms
  std::int32_t group_max_size = std::numeric_limits<std::int32_t>::max();  // group.max.size

  friend bool operator==(const BrokerConfig&, const BrokerConfig&) = default;
};

/// Per topic: set values override the broker's.
struct TopicConfig {
  std::int32_t min_insync_replicas = 1;         // min.insync.replicas
  bool unclean_leader_election_enable = false;  // unclean.leader.election.enable
  std::int32_t max_message_bytes = 1048588;     // max.message.bytes
  std::int64_t segment_bytes = 1 << 30;         // segment.bytes
  std::int64_t flush_messages = kUnlimited;     // flush.messages
  Duration segment_ms = 168h;                   // segment.ms
  Duration retention = 168h;                    // retention.ms; kNever's: no limit
  std::int64_t retention_bytes = -1;            // retention.bytes; -1: no limit
  bool log_append_time = false;                 // message.timestamp.type is LogAppendTime
  bool deletes = true;                          // cleanup.policy holds delete

  friend bool operator==(const TopicConfig&, const TopicConfig&) = default;
};

enum class Acks : std::int8_t { none = 0, leader = 1, all = -1 };

/// Settings every client has (kafka-clients.md 0.1, 0.2).
struct ClientConfig {
  Duration request_timeout = 30s;                      // request.timeout.ms
  Duration retry_backoff = 100ms;                      // retry.backoff.ms
  Duration retry_backoff_max = 1s;                     // retry.backoff.max.ms
  Duration reconnect_backoff = 50ms;                   // reconnect.backoff.ms
  Duration reconnect_backoff_max = 1s;                 // reconnect.backoff.max.ms
  Duration socket_connection_setup_timeout = 10s;      // socket.connection.setup.timeout.ms
  Duration socket_connection_setup_timeout_max = 30s;  // socket.connection.setup.timeout.max.ms
  Duration connections_max_idle = 540s;                // connections.max.idle.ms
  Duration metadata_max_age = 300s;                    // metadata.max.age.ms

  friend bool operator==(const ClientConfig&, const ClientConfig&) = default;
};

struct ProducerConfig {
  ClientConfig client;
  Acks acks = Acks::all;                                            // acks
  bool enable_idempotence = true;                                   // enable.idempotence (already resolved, P-43)
  std::int32_t retries = std::numeric_limits<std::int32_t>::max();  // retries
  Duration delivery_timeout = 120s;                                 // delivery.timeout.ms
  Duration linger = 5ms;                                            // linger.ms
  std::int32_t batch_size = 16384;                                  // batch.size
  std::int32_t max_request_size = 1 << 20;                          // max.request.size
  std::int64_t buffer_memory = 32 << 20;                            // buffer.memory
  Duration max_block = 60s;                                         // max.block.ms
  std::int32_t max_in_flight = 5;                                   // max.in.flight.requests.per.connection
  bool partitioner_adaptive = true;                                 // partitioner.adaptive.partitioning.enable
  bool partitioner_ignore_keys = false;                             // partitioner.ignore.keys

  friend bool operator==(const ProducerConfig&, const ProducerConfig&) = default;
};

enum class OffsetReset : std::uint8_t { earliest, latest, none };

struct ConsumerConfig {
  ClientConfig client;
  Duration session_timeout = 45s;       // session.timeout.ms
  Duration heartbeat_interval = 3s;     // heartbeat.interval.ms
  Duration max_poll_interval = 300s;    // max.poll.interval.ms
  std::int32_t max_poll_records = 500;  // max.poll.records
  std::vector<std::string> partition_assignment_strategy{"range", "cooperative-sticky"};
  bool enable_auto_commit = true;                       // enable.auto.commit
  Duration auto_commit_interval = 5s;                   // auto.commit.interval.ms
  OffsetReset auto_offset_reset = OffsetReset::latest;  // auto.offset.reset
  std::int32_t fetch_min_bytes = 1;                     // fetch.min.bytes
  Duration fetch_max_wait = 500ms;                      // fetch.max.wait.ms
  std::int32_t fetch_max_bytes = 50 << 20;              // fetch.max.bytes
  std::int32_t max_partition_fetch_bytes = 1 << 20;     // max.partition.fetch.bytes
  Duration default_api_timeout = 60s;                   // default.api.timeout.ms

  friend bool operator==(const ConsumerConfig&, const ConsumerConfig&) = default;
};

}  // namespace kafkasim
