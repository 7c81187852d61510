// What the steps of a replica report to the broker around it.
#pragma once

#include <optional>
#include <vector>

#include "core/base/error_code.hpp"
#include "core/base/ids.hpp"
#include "core/base/rules.hpp"
#include "core/base/time.hpp"
#include "core/protocol/config.hpp"
#include "core/protocol/data_messages.hpp"
#include "core/protocol/metadata_records.hpp"

namespace kafkasim::core {

/// What a step may look at: the time, and the broker's own view of the cluster (who is fenced, broker epochs).
struct View {
  Instant now;
  const MetadataImage& metadata;
  Instant wall{};  // the machine's wall clock
};

/// Settings of one replica; they come with the metadata.
struct ReplicaSettings {
  TopicConfig topic;
  Duration replica_lag_time_max = 30s;
  Rules rules;
  friend bool operator==(const ReplicaSettings&, const ReplicaSettings&) = default;
};

/// What a metadata change did (R2.29).
struct MetadataChange {
  bool ignored = false;            // older partition epoch
  bool leader_epoch_grew = false;  // the fetcher must be (re)started for a follower, also from the same leader (R2.4)
  bool became_leader = false;      // was not leading before
  bool became_follower = false;    // was leading before, or was nothing
  bool hw_moved = false;           // complete parked requests
};

/// Leader: outcome of a produce (R2.39).
struct ProduceAppend {
  ErrorCode error = ErrorCode::NONE;
  Offset base_offset;
  Offset required_offset;  // acks=all is satisfied when the high watermark gets there (R2.40)
  bool duplicate = false;
  bool hw_moved = false;
  bool synced = false;  // the append waited for the fsync
  Offset flushed_to;    // known: charge an fsync
};

/// A fetch by a former process of that broker (KIP-903): it must not move anything here.
bool stale_epoch(BrokerId replica, BrokerEpoch epoch, const MetadataImage& metadata);

/// Leader: what a fetch did besides being answered.
struct FetchEffects {
  std::int64_t size_bytes = 0;  // of the records in the answer
  bool hw_moved = false;        // complete parked requests
  bool isr_proposed = false;    // take_alter_request() has something
};

/// The same with the answer.
struct FollowerFetch : FetchEffects {
  FetchResponse::Partition answer;
};

/// Follower: outcome of a fetch response (R2.5-R2.7).
struct FollowerStep {
  enum class Outcome : std::uint8_t {
    ignored,       // not the fetch this replica waits for (R2.6)
    appended,      // log, high watermark and log start follow; fetch on at once
    truncated,     // diverging epoch: cut, fetch on at once
    out_of_range,  // ask the leader for its log end, then on_leader_offsets() (R2.36)
    back_off,      // try again after replica.fetch.backoff.ms
    failed,        // no more fetches until new metadata (R2.7)
  } outcome = Outcome::ignored;
  Offset log_end_before;
  Offset log_end;
  bool hw_moved = false;  // complete parked consumer fetches (KAFKA-14334)
  bool synced = false;    // the append waited for the fsync
  Offset flushed_to;      // known: charge an fsync
  std::int64_t appended_bytes = 0;
};

/// Outcome of the controller's answer to an AlterPartition (R2.25).
struct AlterOutcome {
  bool committed = false;  // the answer set the ISR
  bool hw_moved = false;
  bool resend = false;  // take_alter_request() offers the same proposal again
};

}  // namespace kafkasim::core
