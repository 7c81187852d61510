// KIP-320: positions are checked against the new leader's epochs (OffsetFetcher.validatePositionsIfNeeded; C-25).
#include <map>
#include <utility>

#include "core/client/consumer.hpp"

namespace kafkasim::core {

using consumer::FetchPosition;
using consumer::FetchState;
using consumer::Link;
using consumer::PartitionState;
using consumer::RequestContext;
using consumer::Thrown;

void Consumer::validate_positions(Thrown& thrown, Turn& turn) {
  if (pending_throw_) {
    thrown = std::exchange(pending_throw_, {});
    return;
  }
  if (seen_metadata_ != metadata_.version()) {
    seen_metadata_ = metadata_.version();
    for (const TopicPartition tp : subscriptions_.order()) subscriptions_.maybe_validate(tp, metadata_.leader(tp));
  }
  std::map<NodeId, std::pair<OffsetForLeaderEpochRequest, RequestContext>> by_node;
  for (const TopicPartition tp : subscriptions_.due(FetchState::await_validation, turn.now)) {
    const FetchPosition& position = subscriptions_.find(tp)->position;
    const ClientMetadata::Leader& leader = position.current_leader;
    if (!leader.id.known()) {
      metadata_.request_update();
      continue;
    }
    if (!transport_.connected(Link::data, leader.id)) {  // its API versions are not known before
      transport_.try_connect(Link::data, leader.id, turn);
      continue;
    }
    auto& [request, context] = by_node[leader.id];
    request.partitions.push_back({tp, leader.epoch, position.offset_epoch});
    context.positions.emplace_back(tp, position);
  }
  for (auto& [node, message] : by_node) {
    auto& [request, context] = message;
    for (const auto& partition : request.partitions)
      subscriptions_.find(partition.partition)->next_retry = later(turn.now, config_.client.request_timeout);
    transport_.send(Link::data, node, std::move(request), config_.client.request_timeout, std::move(context), turn);
  }
}

void Consumer::on_epoch_end_offsets(const consumer::PendingRequest& request, ErrorCode error,
                                    const OffsetForLeaderEpochResponse& response, Turn& turn) {
  std::vector<TopicPartition> again;
  if (error != ErrorCode::NONE)
    for (const auto& [tp, position] : request.context.positions) again.push_back(tp);
  for (const OffsetForLeaderEpochResponse::Partition& answer : response.partitions) {
    if (answer.error != ErrorCode::NONE) {
      again.push_back(answer.partition);
      continue;
    }
    for (const auto& [tp, position] : request.context.positions)
      if (tp == answer.partition) complete_validation(tp, position, answer.end, turn);
  }
  retry_positions(again, turn);
}

/// SubscriptionState.maybeCompleteValidation.
void Consumer::complete_validation(TopicPartition tp, const FetchPosition& asked, const EpochEndOffset& end,
                                   Turn& turn) {
  PartitionState* partition = subscriptions_.find(tp);
  if (partition == nullptr || partition->state != FetchState::await_validation) return;
  if (partition->position != asked) return;
  const bool undefined = !end.epoch.known() || !end.end_offset.known();
  if (!undefined && end.end_offset >= asked.offset) {
    partition->state = FetchState::fetching;
    partition->next_retry = Instant::min();
    return;
  }
  if (config_.auto_offset_reset == OffsetReset::none) {
    pending_throw_ = {ErrorCode::NONE, "LogTruncationException"};
    return;
  }
  if (undefined) {
    const bool earliest = config_.auto_offset_reset == OffsetReset::earliest;
    subscriptions_.request_reset(tp, earliest ? OffsetSpec::earliest : OffsetSpec::latest);
    return;
  }
  partition->position.offset = end.end_offset;
  partition->position.offset_epoch = end.epoch;
  partition->state = FetchState::fetching;
  partition->next_retry = Instant::min();
  turn.out.note(PositionSet{tp, end.end_offset, PositionSet::Why::truncated});
}

}  // namespace kafkasim::core
