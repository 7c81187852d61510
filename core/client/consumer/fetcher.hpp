// Fetch requests, buffered replies and hand-out (Fetcher, FetchBuffer, FetchCollector; C-4..C-17, C-24).
#pragma once

#include <boost/container/deque.hpp>
#include <boost/container/flat_set.hpp>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "core/base/fields.hpp"
#include "core/client/client_metadata.hpp"
#include "core/client/consumer/subscription_state.hpp"
#include "core/client/consumer/transport.hpp"
#include "core/protocol/effects.hpp"

namespace kafkasim::core::consumer {

/// What poll() or another call throws.
struct Thrown {
  ErrorCode error = ErrorCode::NONE;
  std::string_view exception;  // Kafka's class name; empty: nothing is thrown
  explicit operator bool() const { return !exception.empty(); }
  friend bool operator==(const Thrown&, const Thrown&) = default;
  FIELDS(error, exception)
};

/// One partition's part of a fetch reply.
struct CompletedFetch {
  TopicPartition partition;
  Offset next_offset;  // begins as the offset asked for
  ErrorCode error = ErrorCode::NONE;
  Offset high_watermark;
  Batches batches;
  std::size_t next_batch = 0;
  LeaderEpoch last_epoch;  // of the last record handed out
  bool consumed() const { return next_batch >= batches.size(); }

  friend bool operator==(const CompletedFetch&, const CompletedFetch&) = default;
  FIELDS(partition, next_offset, error, high_watermark, batches, next_batch, last_epoch)
};

class Fetcher {
 public:
  /// One Fetch per broker that has fetchable partitions, no buffered data and no Fetch in flight (C-7..C-9).
  void send_fetches(const ConsumerConfig& config, SubscriptionState& subscriptions, ClientMetadata& metadata,
                    Transport& transport, Turn& turn);
  void on_reply(const PendingRequest& request, FetchResponse&& response, SubscriptionState& subscriptions,
                ClientMetadata& metadata, Turn& turn);
  /// The request ended without a reply.
  void on_failure(const PendingRequest& request) { pending_nodes_.erase(request.node); }

  /// Hands out up to max.poll.records in reply order and moves positions (C-4..C-6). `thrown` is set only when nothing
  /// is handed out.
  std::vector<PolledRecords> collect(const ConsumerConfig& config, SubscriptionState& subscriptions,
                                     ClientMetadata& metadata, Thrown& thrown, Turn& turn);
  bool buffered() const { return in_line_.has_value() || !completed_.empty(); }
  bool pending(NodeId node) const { return pending_nodes_.contains(node); }

  friend bool operator==(const Fetcher&, const Fetcher&) = default;
  FIELDS(pending_nodes_, completed_, in_line_)

 private:
  boost::container::small_flat_set<TopicPartition, 8> buffered_partitions() const;
  bool initialize(CompletedFetch& fetch, const ConsumerConfig& config, SubscriptionState& subscriptions,
                  ClientMetadata& metadata, Thrown& thrown, Turn& turn);
  void hand_out(CompletedFetch& fetch, std::int32_t& remaining, SubscriptionState& subscriptions,
                std::vector<PolledRecords>& out);

  boost::container::small_flat_set<NodeId, 4> pending_nodes_;
  boost::container::deque<CompletedFetch> completed_;  // not looked at yet, oldest first
  std::optional<CompletedFetch> in_line_;              // being handed out
};

}  // namespace kafkasim::core::consumer
