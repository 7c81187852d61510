// Notes: what a process says about itself for the history. The judge, the measures and the story are made of them;
// no process ever reads one. The world adds time, actor and cause.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/base/error_code.hpp"
#include "core/base/ids.hpp"
#include "core/protocol/batch.hpp"
#include "core/protocol/metadata_records.hpp"
#include "core/protocol/record_run.hpp"

namespace kafkasim {

// --- producer -------------------------------------------------------------------------------------------------

/// A batch left the accumulator for the first time (or failed before): its records are fixed from now on.
struct BatchClosed {
  PayloadId payload;
  TopicPartition partition;
  std::int32_t size_bytes = 0;
  RecordRuns runs;
};
/// A request with this batch was written to a connection; attempt 0 = first.
struct BatchSent {
  PayloadId payload;
  TopicPartition partition;
  BrokerId broker;
  std::int32_t attempt = 0;
};
/// The application's futures completed. Offset unknown with acks=0.
struct BatchAcked {
  PayloadId payload;
  TopicPartition partition;
  Offset base_offset;
};
/// The application's futures failed with exception_name(error).
struct BatchFailed {
  PayloadId payload;
  TopicPartition partition;
  ErrorCode error = ErrorCode::NONE;
};
/// An error for one batch: in a reply that the client read, or made by the client itself
/// (NETWORK_EXCEPTION, REQUEST_TIMED_OUT).
struct BatchError {
  PayloadId payload;
  TopicPartition partition;
  ErrorCode error = ErrorCode::NONE;
  bool retried = false;
};
/// send() itself failed for these records (too large, no memory in max.block.ms, no metadata).
struct RecordsRejected {
  TopicPartition partition;  // partition may be -1: not chosen yet
  RecordRun run;
  ErrorCode error = ErrorCode::NONE;
};
/// Producer id obtained, or epoch raised (P-40).
struct ProducerIdentity {
  ProducerId producer_id;
  ProducerEpoch epoch;
};

// --- any client (brokers' fetchers and controller channels included) -----------------------------------------------

struct ConnectionLost {
  BrokerId peer;
  std::int32_t in_flight = 0;
  bool timed_out = false;  // we closed it: a request ran into request.timeout.ms
  bool refused = false;    // it was never established
};
/// What a client believes of a partition's leader, when that changes.
struct LeaderLearned {
  TopicPartition partition;
  BrokerId leader;
  LeaderEpoch epoch;
};

// --- consumer -------------------------------------------------------------------------------------------------

struct PartitionsAssigned {
  Generation generation;
  std::vector<TopicPartition> partitions;
};
struct PartitionsRevoked {
  std::vector<TopicPartition> partitions;
  bool lost = false;  // onPartitionsLost
};
struct PositionSet {
  TopicPartition partition;
  Offset position;
  enum class Why : std::uint8_t { committed, reset_earliest, reset_latest, truncated, seek } why = Why::committed;
};
/// A commit request was answered with success.
struct OffsetsCommitted {
  std::vector<std::pair<TopicPartition, Offset>> offsets;
};
/// An error code in a reply the member read outside of produce.
struct ClientError {
  std::string_view api;
  ErrorCode error = ErrorCode::NONE;
};
/// poll() threw (e.g. OffsetOutOfRangeException with auto.offset.reset=none).
struct ConsumerException {
  ErrorCode error = ErrorCode::NONE;  // NONE: an exception without a code of the protocol
  std::string_view exception{};       // "NoOffsetForPartitionException"
};

// --- broker ---------------------------------------------------------------------------------------------------

struct BecameLeader {
  TopicPartition partition;
  LeaderEpoch epoch;
  Offset epoch_start;
};
struct BecameFollower {
  TopicPartition partition;
  LeaderEpoch epoch;
  BrokerId leader;
};
/// A replica's log grew from one log end to another: on a leader by that batch, on a follower by what it fetched.
struct LogAppended {
  TopicPartition partition;
  Offset from;
  Offset to;
  PayloadId payload;  // unknown on a follower
};
struct LogTruncated {
  TopicPartition partition;
  Offset from;  // log end before
  Offset to;
};
/// Old segments are gone (R1.14-R1.19): the log begins at `log_start` now. `batches`: client batches that were in them.
struct SegmentsDeleted {
  TopicPartition partition;
  Offset log_start;
  bool leader = false;
  std::vector<PayloadId> batches;
};
/// A log directory went offline (R6.5); numbered from 0.
struct LogDirFailed {
  std::int32_t dir = 0;
};
struct HighWatermarkMoved {
  TopicPartition partition;
  Offset to;
};
struct BrokerStateChanged {
  enum class State : std::uint8_t { starting, recovery, running, pending_shutdown, stopped } state = State::starting;
};
/// The coordinator began or ended a rebalance (state names as Kafka prints them).
struct GroupStateChanged {
  GroupId group;
  Generation generation;
  enum class State : std::uint8_t {
    empty,
    preparing_rebalance,
    completing_rebalance,
    stable,
    dead
  } state = State::empty;
  enum class Reason : std::uint8_t {
    none,
    join,
    leave,
    expired,
    rejoin,
    subscription,
    metadata,
    pending_sync
  } reason = Reason::none;
  std::int32_t members = 0;
  std::string protocol;
};

// --- controller -----------------------------------------------------------------------------------------------

struct BrokerFencing {
  BrokerId broker;
  bool fenced = false;
};
struct BrokerRegistered {
  BrokerId broker;
  ErrorCode error = ErrorCode::NONE;  // DUPLICATE_BROKER_REGISTRATION: refused
};
/// A partition change became part of the committed metadata.
struct PartitionChanged {
  TopicPartition partition;
  PartitionRegistration before;
  PartitionRegistration after;
  bool unclean = false;
};

using Note = std::variant<BatchClosed, BatchSent, BatchAcked, BatchFailed, BatchError, RecordsRejected,
                          ProducerIdentity, ConnectionLost, LeaderLearned, PartitionsAssigned, PartitionsRevoked,
                          PositionSet, OffsetsCommitted, ClientError, ConsumerException, BecameLeader, BecameFollower,
                          LogAppended, LogTruncated, HighWatermarkMoved, BrokerStateChanged, GroupStateChanged,
                          BrokerFencing, BrokerRegistered, PartitionChanged, SegmentsDeleted, LogDirFailed>;

}  // namespace kafkasim
