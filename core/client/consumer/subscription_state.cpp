#include "core/client/consumer/subscription_state.hpp"

#include <algorithm>

#include "core/base/invariant.hpp"

namespace kafkasim::core::consumer {

void SubscriptionState::assign(const std::vector<TopicPartition>& partitions) {
  std::map<TopicPartition, PartitionState> next;
  for (const TopicPartition tp : partitions) {
    const PartitionState* kept = find(tp);
    next.emplace(tp, kept == nullptr ? PartitionState{} : *kept);
  }
  INVARIANT(next.size() == partitions.size(), "an assignment names a partition once");
  order_ = partitions;
  partitions_ = std::move(next);
}

std::vector<TopicPartition> SubscriptionState::sorted() const {
  std::vector<TopicPartition> all;
  for (const auto& [tp, state] : partitions_) all.push_back(tp);
  return all;
}

const PartitionState* SubscriptionState::find(TopicPartition tp) const {
  const auto it = partitions_.find(tp);
  return it == partitions_.end() ? nullptr : &it->second;
}

PartitionState* SubscriptionState::find(TopicPartition tp) {
  const auto it = partitions_.find(tp);
  return it == partitions_.end() ? nullptr : &it->second;
}

void SubscriptionState::move_to_end(TopicPartition tp) {
  const auto it = std::find(order_.begin(), order_.end(), tp);
  if (it != order_.end()) std::rotate(it, it + 1, order_.end());
}

void SubscriptionState::mark_pending_revocation() {
  for (auto& [tp, state] : partitions_) state.pending_revocation = true;
}

bool SubscriptionState::has_all_positions() const {
  return std::all_of(partitions_.begin(), partitions_.end(),
                     [](const auto& entry) { return entry.second.has_valid_position(); });
}

std::vector<TopicPartition> SubscriptionState::in_state(FetchState state) const {
  std::vector<TopicPartition> found;
  for (const auto& [tp, partition] : partitions_)
    if (partition.state == state) found.push_back(tp);
  return found;
}

std::vector<TopicPartition> SubscriptionState::due(FetchState state, Instant now) const {
  std::vector<TopicPartition> found;
  for (const auto& [tp, partition] : partitions_)
    if (partition.state == state && now >= partition.next_retry) found.push_back(tp);
  return found;
}

std::vector<OffsetCommitRequest::Partition> SubscriptionState::all_consumed() const {
  std::vector<OffsetCommitRequest::Partition> all;
  for (const auto& [tp, partition] : partitions_) {
    if (!partition.has_valid_position()) continue;
    all.push_back({tp, partition.position.offset, partition.position.offset_epoch});
  }
  return all;
}

void SubscriptionState::seek_unvalidated(TopicPartition tp, const FetchPosition& position) {
  PartitionState* partition = find(tp);
  INVARIANT(partition != nullptr, "positions belong to assigned partitions");
  INVARIANT(position.offset.known(), "a position is an offset");
  const bool validate = position.offset_epoch.known() && position.current_leader.epoch.known();
  partition->position = position;
  partition->state = validate ? FetchState::await_validation : FetchState::fetching;
  partition->next_retry = Instant::min();
}

void SubscriptionState::request_reset(TopicPartition tp, OffsetSpec to) {
  PartitionState* partition = find(tp);
  if (partition == nullptr) return;
  partition->state = FetchState::await_reset;
  partition->position = {};
  partition->reset_to = to;
  partition->next_retry = Instant::min();
}

void SubscriptionState::maybe_validate(TopicPartition tp, const ClientMetadata::Leader& leader) {
  PartitionState* partition = find(tp);
  if (partition == nullptr || partition->state == FetchState::await_reset) return;
  if (!leader.id.known() || !partition->position.offset.known()) return;
  if (partition->position.current_leader == leader) return;
  FetchPosition position = partition->position;
  position.current_leader = leader;
  seek_unvalidated(tp, position);
}

void SubscriptionState::set_next_retry(const std::vector<TopicPartition>& partitions, Instant at) {
  for (const TopicPartition tp : partitions)
    if (PartitionState* partition = find(tp)) partition->next_retry = at;
}

}  // namespace kafkasim::core::consumer
