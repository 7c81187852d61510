// Where to read from: committed offsets, reset by policy, validation after a change of leader (C-19..C-26).
#include <algorithm>
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

/// ClassicKafkaConsumer.updateFetchPositions up to the committed offsets.
Consumer::Stage Consumer::update_positions(Thrown& thrown, Turn& turn) {
  validate_positions(thrown, turn);
  if (thrown) return Stage::fetch;
  call_.all_positions = subscriptions_.has_all_positions();
  call_.committed_attempts = 0;
  return call_.all_positions ? Stage::fetch : Stage::committed;
}

/// ConsumerCoordinator.initWithCommittedOffsetsIfNeeded.
Consumer::Wait Consumer::fetch_committed(Thrown& thrown, Turn& turn) {
  const std::vector<TopicPartition> wanted = subscriptions_.in_state(FetchState::initializing);
  if (wanted.empty()) return Wait::ready;
  if (call_.committed_attempts > 0 && turn.now >= call_.deadline) return Wait::timed_out;
  const Wait coordinator = ensure_coordinator(turn);
  if (coordinator != Wait::ready) return coordinator;
  const bool same = committed_ && committed_->partitions == wanted && committed_->generation == member_.generation;
  if (!same) {
    committed_ = consumer::CommittedLookup{++committed_id_, member_.generation, wanted, true, std::nullopt};
    RequestContext context;
    context.lookup = committed_->id;
    send_to_coordinator(OffsetFetchRequest{group_, wanted}, config_.client.request_timeout, std::move(context), turn);
    pump(turn);
  }
  if (!committed_->result) return turn.now < call_.deadline ? Wait::blocked : Wait::timed_out;
  const std::variant<ErrorCode, OffsetFetchResponse> result = std::move(*committed_->result);
  committed_.reset();
  if (const auto* response = std::get_if<OffsetFetchResponse>(&result)) {
    apply_committed(*response, turn);
    return Wait::ready;
  }
  const ErrorCode error = std::get<ErrorCode>(result);
  if (!retriable(error)) {
    thrown = {error, "KafkaException"};
    return Wait::ready;
  }
  const ExponentialBackoff backoff{config_.client.retry_backoff, config_.client.retry_backoff_max};
  call_.sleep_until = std::min(later(turn.now, backoff.draw(call_.committed_attempts++, turn)), call_.deadline);
  return Wait::blocked;
}

void Consumer::on_committed(const consumer::PendingRequest& request, ErrorCode error, OffsetFetchResponse&& response,
                            Turn& turn) {
  if (error == ErrorCode::NETWORK_EXCEPTION) mark_coordinator_unknown(true, turn);
  if (error == ErrorCode::NOT_COORDINATOR || error == ErrorCode::COORDINATOR_NOT_AVAILABLE)
    mark_coordinator_unknown(false, turn);
  if (!committed_ || committed_->id != request.context.lookup) return;
  committed_->in_flight = false;
  if (error == ErrorCode::NONE)
    committed_->result = std::move(response);
  else
    committed_->result = error;
}

void Consumer::apply_committed(const OffsetFetchResponse& response, Turn& turn) {
  for (const OffsetFetchResponse::Partition& committed : response.partitions) {
    if (!committed.offset.known() || !subscriptions_.assigned(committed.partition)) continue;
    subscriptions_.seek_unvalidated(committed.partition,
                                    {committed.offset, committed.leader_epoch, metadata_.leader(committed.partition)});
    turn.out.note(PositionSet{committed.partition, committed.offset, PositionSet::Why::committed});
  }
}

/// C-20: nothing committed. With a policy the end is looked up; without one poll throws.
Thrown Consumer::reset_initializing(Turn& turn) {
  for (const TopicPartition tp : subscriptions_.in_state(FetchState::initializing)) {
    if (config_.auto_offset_reset == OffsetReset::none) return {ErrorCode::NONE, "NoOffsetForPartitionException"};
    const bool earliest = config_.auto_offset_reset == OffsetReset::earliest;
    subscriptions_.request_reset(tp, earliest ? OffsetSpec::earliest : OffsetSpec::latest);
  }
  reset_positions(turn);
  return {};
}

/// OffsetFetcher.resetPositionsIfNeeded: one ListOffsets per leader.
void Consumer::reset_positions(Turn& turn) {
  std::map<NodeId, ListOffsetsRequest> by_node;
  for (const TopicPartition tp : subscriptions_.due(FetchState::await_reset, turn.now)) {
    const ClientMetadata::Leader leader = metadata_.leader(tp);
    if (!leader.id.known()) {
      metadata_.request_update();
      continue;
    }
    if (transport_.unavailable(Link::data, leader.id, turn.now)) continue;
    by_node[leader.id].partitions.push_back({tp, leader.epoch, subscriptions_.find(tp)->reset_to, {}});
  }
  for (auto& [node, request] : by_node) {
    for (const auto& partition : request.partitions)
      subscriptions_.find(partition.partition)->next_retry = later(turn.now, config_.client.request_timeout);
    transport_.send(Link::data, node, std::move(request), config_.client.request_timeout, {}, turn);
  }
}

void Consumer::on_list_offsets(const consumer::PendingRequest& request, ErrorCode error,
                               const ListOffsetsResponse& response, Turn& turn) {
  const auto& asked = std::get<ListOffsetsRequest>(request.request).partitions;
  if (asked.front().spec == OffsetSpec::timestamp) return on_times(request, error, response);
  std::vector<TopicPartition> again;
  if (error != ErrorCode::NONE)
    for (const auto& partition : asked) again.push_back(partition.partition);
  for (const ListOffsetsResponse::Partition& found : response.partitions) {
    if (found.error != ErrorCode::NONE) {
      again.push_back(found.partition);
      continue;
    }
    const auto of = std::find_if(asked.begin(), asked.end(),
                                 [&](const auto& partition) { return partition.partition == found.partition; });
    const PartitionState* partition = subscriptions_.find(found.partition);
    const bool wanted = of != asked.end() && partition != nullptr && partition->state == FetchState::await_reset &&
                        partition->reset_to == of->spec;
    if (!wanted) continue;
    subscriptions_.seek_unvalidated(found.partition, {found.offset, LeaderEpoch{}, metadata_.leader(found.partition)});
    turn.out.note(PositionSet{
        found.partition, found.offset,
        of->spec == OffsetSpec::earliest ? PositionSet::Why::reset_earliest : PositionSet::Why::reset_latest});
  }
  retry_positions(again, turn);
}

void Consumer::retry_positions(const std::vector<TopicPartition>& partitions, Turn& turn) {
  if (partitions.empty()) return;
  subscriptions_.set_next_retry(partitions, later(turn.now, config_.client.retry_backoff));
  metadata_.request_update();
}

}  // namespace kafkasim::core
