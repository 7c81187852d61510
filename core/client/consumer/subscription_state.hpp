// What a consumer is assigned and where it stands in each partition (SubscriptionState; C-4, C-19..C-27).
#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "core/base/fields.hpp"
#include "core/client/client_metadata.hpp"
#include "core/protocol/config.hpp"
#include "core/protocol/data_messages.hpp"
#include "core/protocol/effects.hpp"

namespace kafkasim::core::consumer {

/// C-19. Only `fetching` is fetchable and has a valid position.
enum class FetchState : std::uint8_t { initializing, fetching, await_reset, await_validation };

/// C-25: the next record to hand out, the epoch of the last one handed out, and the leader believed in at that time.
struct FetchPosition {
  Offset offset;
  LeaderEpoch offset_epoch;  // unknown: skips validation
  ClientMetadata::Leader current_leader;

  friend bool operator==(const FetchPosition&, const FetchPosition&) = default;
  FIELDS(offset, offset_epoch, current_leader)
};

struct PartitionState {
  FetchState state = FetchState::initializing;
  FetchPosition position;                    // offset unknown: none
  OffsetSpec reset_to = OffsetSpec::latest;  // await_reset
  Instant next_retry = Instant::min();       // of a reset or validation; min: at once
  Offset high_watermark;                     // of the latest fetch reply looked at
  std::int64_t recorded_lag = -1;            // records-lag as last recorded (C-71); -1: none yet
  bool pending_revocation = false;           // nothing is fetched or handed out any more (C-29 b)

  bool has_valid_position() const { return state == FetchState::fetching; }
  bool fetchable() const { return state == FetchState::fetching && !pending_revocation; }
  friend bool operator==(const PartitionState&, const PartitionState&) = default;
  FIELDS(state, position, reset_to, next_retry, high_watermark, recorded_lag, pending_revocation)
};

class SubscriptionState {
 public:
  /// Replaces the assignment; partitions kept keep their state.
  void assign(const std::vector<TopicPartition>& partitions);
  /// In fetch order: what returned data goes to the end (C-12).
  const std::vector<TopicPartition>& order() const { return order_; }
  std::vector<TopicPartition> sorted() const;
  bool assigned(TopicPartition tp) const { return partitions_.contains(tp); }
  const PartitionState* find(TopicPartition tp) const;
  PartitionState* find(TopicPartition tp);
  void move_to_end(TopicPartition tp);
  void mark_pending_revocation();

  bool has_all_positions() const;
  std::vector<TopicPartition> in_state(FetchState state) const;
  /// Of those in `state`, the ones whose back-off is over.
  std::vector<TopicPartition> due(FetchState state, Instant now) const;
  /// Positions to commit: all valid ones (C-29).
  std::vector<OffsetCommitRequest::Partition> all_consumed() const;

  /// The position is set and validated when both epochs are known (C-25).
  void seek_unvalidated(TopicPartition tp, const FetchPosition& position);
  void request_reset(TopicPartition tp, OffsetSpec to);
  /// New metadata: a new leader or epoch sends the position to validation.
  void maybe_validate(TopicPartition tp, const ClientMetadata::Leader& leader);
  void set_next_retry(const std::vector<TopicPartition>& partitions, Instant at);

  friend bool operator==(const SubscriptionState&, const SubscriptionState&) = default;
  FIELDS(order_, partitions_)

 private:
  std::vector<TopicPartition> order_;
  std::map<TopicPartition, PartitionState> partitions_;
};

}  // namespace kafkasim::core::consumer
