#include "core/client/consumer/fetcher.hpp"

#include <algorithm>
#include <boost/container/flat_map.hpp>
#include <set>
#include <utility>

#include "core/base/invariant.hpp"

namespace kafkasim::core::consumer {
namespace {

// Values are handed out in the order in which partitions are listed; the map only groups them by node.
struct NodeFetch {
  std::vector<FetchRequest::Partition> partitions;
  RequestContext context;
};

const FetchPosition& asked_position(const PendingRequest& request, TopicPartition tp) {
  const auto& positions = request.context.positions;
  const auto found =
      std::find_if(positions.begin(), positions.end(), [tp](const auto& one) { return one.first == tp; });
  INVARIANT(found != positions.end(), "a fetch reply speaks of partitions that were asked for");
  return found->second;
}

}  // namespace

boost::container::small_flat_set<TopicPartition, 8> Fetcher::buffered_partitions() const {
  boost::container::small_flat_set<TopicPartition, 8> buffered;
  if (in_line_) buffered.insert(in_line_->partition);
  for (const CompletedFetch& fetch : completed_) buffered.insert(fetch.partition);
  return buffered;
}

void Fetcher::send_fetches(const ConsumerConfig& config, SubscriptionState& subscriptions, ClientMetadata& metadata,
                           Transport& transport, Turn& turn) {
  const auto buffered = buffered_partitions();
  auto busy = pending_nodes_;
  for (const TopicPartition tp : buffered) {
    const PartitionState* partition = subscriptions.find(tp);
    if (partition != nullptr && partition->fetchable()) busy.insert(partition->position.current_leader.id);
  }
  boost::container::flat_map<NodeId, NodeFetch> by_node;
  for (const TopicPartition tp : subscriptions.order()) {
    const PartitionState* partition = subscriptions.find(tp);
    if (!partition->fetchable() || buffered.contains(tp)) continue;
    const FetchPosition& position = partition->position;
    const NodeId node = position.current_leader.id;
    if (!node.known()) {
      metadata.request_update();
      continue;
    }
    if (busy.contains(node) || transport.unavailable(Link::data, node, turn.now)) continue;
    NodeFetch& fetch = by_node[node];
    fetch.partitions.push_back({tp, position.offset, position.current_leader.epoch, LeaderEpoch{}, Offset{},
                                config.max_partition_fetch_bytes});
    fetch.context.positions.emplace_back(tp, position);
  }
  for (auto& [node, fetch] : by_node) {
    FetchRequest request;
    request.max_wait = config.fetch_max_wait;
    request.min_bytes = config.fetch_min_bytes;
    request.max_bytes = config.fetch_max_bytes;
    request.partitions = std::move(fetch.partitions);
    pending_nodes_.insert(node);
    transport.send(Link::data, node, std::move(request), config.client.request_timeout, std::move(fetch.context), turn);
  }
}

void Fetcher::on_reply(const PendingRequest& request, FetchResponse&& response, SubscriptionState& subscriptions,
                       ClientMetadata& metadata, Turn& turn) {
  pending_nodes_.erase(request.node);
  std::set<ErrorCode> errors;
  for (FetchResponse::Partition& partition : response.partitions) {
    const TopicPartition tp = partition.partition;
    const FetchPosition& asked = asked_position(request, tp);
    if (partition.error != ErrorCode::NONE) errors.insert(partition.error);
    const bool moved =
        partition.error == ErrorCode::NOT_LEADER_OR_FOLLOWER || partition.error == ErrorCode::FENCED_LEADER_EPOCH;
    if (moved && metadata.apply_hint(tp, partition.current_leader, turn))  // KIP-951 (C-15)
      subscriptions.maybe_validate(tp, metadata.leader(tp));
    const PartitionState* state = subscriptions.find(tp);
    // A fetch session leaves out what did not change (C-12).
    const bool unchanged = partition.error == ErrorCode::NONE && partition.records.empty() && state != nullptr &&
                           state->high_watermark == partition.high_watermark;
    if (unchanged) continue;
    completed_.push_back(CompletedFetch{tp, asked.offset, partition.error, partition.high_watermark,
                                        std::move(partition.records), 0, LeaderEpoch{}});
  }
  for (const ErrorCode error : errors) turn.out.note(ClientError{"Fetch", error});
}

/// FetchCollector.initialize: true when its records may be handed out.
bool Fetcher::initialize(CompletedFetch& fetch, const ConsumerConfig& config, SubscriptionState& subscriptions,
                         ClientMetadata& metadata, Thrown& thrown, Turn&) {
  PartitionState* partition = subscriptions.find(fetch.partition);
  if (partition == nullptr || !partition->has_valid_position()) return false;
  const bool stale = partition->position.offset != fetch.next_offset;  // C-16
  switch (fetch.error) {
    case ErrorCode::NONE:
      if (stale) return false;
      if (fetch.high_watermark.known()) partition->high_watermark = fetch.high_watermark;
      return true;
    case ErrorCode::OFFSET_OUT_OF_RANGE:  // C-24
      if (stale) break;
      if (config.auto_offset_reset == OffsetReset::none) {
        thrown = {fetch.error, exception_name(fetch.error)};
        break;
      }
      subscriptions.request_reset(fetch.partition, config.auto_offset_reset == OffsetReset::earliest
                                                       ? OffsetSpec::earliest
                                                       : OffsetSpec::latest);
      break;
    case ErrorCode::UNKNOWN_LEADER_EPOCH:
    case ErrorCode::UNKNOWN_SERVER_ERROR:
      break;  // C-15: the broker is behind; just ask again
    case ErrorCode::CORRUPT_MESSAGE:
      thrown = {fetch.error, "KafkaException"};
      break;
    default:
      metadata.request_update();
  }
  subscriptions.move_to_end(fetch.partition);
  return false;
}

void Fetcher::hand_out(CompletedFetch& fetch, std::int32_t& remaining, SubscriptionState& subscriptions,
                       std::vector<PolledRecords>& out) {
  PartitionState* partition = subscriptions.find(fetch.partition);
  const bool wanted = partition != nullptr && partition->fetchable() && partition->position.offset == fetch.next_offset;
  if (!wanted) {
    in_line_.reset();
    return;
  }
  bool drained = false;
  while (remaining > 0) {
    if (fetch.consumed()) {
      drained = true;  // Kafka notices the end only when it looks for one more record
      break;
    }
    const Batch& batch = fetch.batches[fetch.next_batch];
    INVARIANT(batch.last_offset() >= fetch.next_offset, "the first batch holds the position (C-11), others come later");
    const auto skip = static_cast<std::int32_t>(std::max<std::int64_t>(0, fetch.next_offset - batch.base_offset));
    const std::int32_t count = std::min(remaining, batch.record_count - skip);
    out.push_back(PolledRecords{fetch.partition, batch.base_offset + skip, count, skip, batch});
    remaining -= count;
    fetch.next_offset = batch.base_offset + (skip + count);
    fetch.last_epoch = batch.leader_epoch;
    if (skip + count == batch.record_count) ++fetch.next_batch;
  }
  if (fetch.next_offset > partition->position.offset) {
    partition->position.offset = fetch.next_offset;
    partition->position.offset_epoch = fetch.last_epoch;
  }
  if (partition->high_watermark.known())
    partition->recorded_lag = std::max<std::int64_t>(0, partition->high_watermark - partition->position.offset);
  if (!drained) return;
  if (!fetch.batches.empty()) subscriptions.move_to_end(fetch.partition);
  in_line_.reset();
}

std::vector<PolledRecords> Fetcher::collect(const ConsumerConfig& config, SubscriptionState& subscriptions,
                                            ClientMetadata& metadata, Thrown& thrown, Turn& turn) {
  std::vector<PolledRecords> out;
  std::int32_t remaining = config.max_poll_records;
  while (remaining > 0) {
    if (in_line_) {
      hand_out(*in_line_, remaining, subscriptions, out);
      continue;
    }
    if (completed_.empty()) break;
    Thrown raised;
    const bool usable = initialize(completed_.front(), config, subscriptions, metadata, raised, turn);
    if (raised && !out.empty()) break;  // stays in front: raised by the next poll
    if (usable) in_line_ = std::move(completed_.front());
    completed_.pop_front();
    if (raised) {
      thrown = raised;
      break;
    }
  }
  return out;
}

}  // namespace kafkasim::core::consumer
