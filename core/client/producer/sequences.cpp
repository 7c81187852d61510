#include "core/client/producer/sequences.hpp"

#include <algorithm>
#include <limits>

#include "core/base/invariant.hpp"

namespace kafkasim::core {
namespace {
Sequences::Slot slot_of(const ProducerBatch& batch) {
  return {batch.producer_id, batch.producer_epoch, batch.base_sequence};
}
}  // namespace

void Sequences::set_identity(ProducerId id, ProducerEpoch epoch) {
  producer_id_ = id;
  epoch_ = epoch;
}

bool Sequences::stale(const Partition& partition) const {
  return partition.producer_id != producer_id_ || partition.epoch != epoch_;
}

bool Sequences::may_drain(const ProducerBatch& first) const {
  if (!has_producer_id()) return false;
  const auto it = partitions_.find(first.partition);
  const bool in_flight = it != partitions_.end() && !it->second.in_flight.empty();
  if (first.has_sequence()) return !in_flight || it->second.in_flight.front().base_sequence == first.base_sequence;
  if (in_flight && stale(it->second)) return false;
  return !is_unresolved(first.partition);
}

void Sequences::stamp(ProducerBatch& batch) {
  INVARIANT(!batch.has_sequence(), "a sequence is stamped once (P-37)");
  Partition& partition = partitions_[batch.partition];
  if (stale(partition) && partition.in_flight.empty())
    partition = Partition{producer_id_, epoch_, 0, -1, partition.last_acked_offset, {}};
  batch.producer_id = producer_id_;
  batch.producer_epoch = epoch_;
  batch.base_sequence = partition.next;
  partition.next = advance_sequence(partition.next, batch.record_count);
  track(batch);
}

void Sequences::track(const ProducerBatch& batch) {
  std::vector<Slot>& slots = partitions_[batch.partition].in_flight;
  const Slot slot = slot_of(batch);
  slots.insert(std::upper_bound(slots.begin(), slots.end(), slot), slot);
}

void Sequences::untrack(const ProducerBatch& batch) {
  std::erase(partitions_[batch.partition].in_flight, slot_of(batch));
}

void Sequences::acked(const ProducerBatch& batch, Offset base_offset) {
  Partition& partition = partitions_[batch.partition];
  partition.last_acked = std::max(partition.last_acked, batch.last_sequence());
  if (base_offset.known())
    partition.last_acked_offset = std::max(partition.last_acked_offset, base_offset + (batch.record_count - 1));
  untrack(batch);
}

void Sequences::failed(const ProducerBatch& batch, ErrorCode error, bool adjust) {
  if (!batch.has_sequence()) return;
  untrack(batch);
  const bool gap = error == ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER || error == ErrorCode::UNKNOWN_PRODUCER_ID;
  if (gap || adjust) request_bump(batch.partition);
}

void Sequences::unresolved(const ProducerBatch& batch) {
  const std::int32_t next = advance_sequence(batch.last_sequence(), 1);
  std::int32_t& last = unresolved_.try_emplace(batch.partition, next).first->second;
  last = std::max(last, next);
}

bool Sequences::can_retry(const ProducerBatch& batch, const ProduceResponse::Partition& reply) {
  const TopicPartition tp = batch.partition;
  if (reply.error == ErrorCode::UNKNOWN_PRODUCER_ID) {
    if (reply.log_start_offset.known() && !batch.renumbered) request_bump(tp);
    return true;
  }
  if (reply.error == ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER) {
    const auto hole = unresolved_.find(tp);
    if (hole == unresolved_.end() && (batch.renumbered || !is_next(tp, batch.base_sequence))) return true;
    if (hole == unresolved_.end() || hole->second == batch.base_sequence) request_bump(tp);
    return true;
  }
  return retriable(reply.error);
}

void Sequences::request_bump(TopicPartition tp) {
  bump_due_ = true;
  to_renumber_.insert(tp);
}

void Sequences::resolve() {
  for (auto it = unresolved_.begin(); it != unresolved_.end();) {
    const TopicPartition tp = it->first;
    if (!partitions_[tp].in_flight.empty()) {
      ++it;
      continue;
    }
    if (!is_next(tp, next_sequence(tp))) request_bump(tp);
    it = unresolved_.erase(it);
  }
}

void Sequences::bump() {
  INVARIANT(bump_due_, "the epoch is raised for a reason");
  bump_due_ = false;
  if (epoch_.value() == std::numeric_limits<std::int16_t>::max()) {
    set_identity(ProducerId{}, ProducerEpoch{});
  } else if (has_producer_id()) {
    epoch_ = ProducerEpoch{static_cast<std::int16_t>(epoch_.value() + 1)};
  }
}

std::vector<TopicPartition> Sequences::take_renumbering() {
  if (!has_producer_id() || bump_due_) return {};
  const std::vector<TopicPartition> renumbered{to_renumber_.begin(), to_renumber_.end()};
  for (const TopicPartition tp : renumbered) unresolved_.erase(tp);
  to_renumber_.clear();
  return renumbered;
}

void Sequences::renumber(TopicPartition tp, const std::vector<ProducerBatch*>& batches) {
  Partition& partition = partitions_[tp];
  INVARIANT(partition.in_flight.size() == batches.size(), "every unresolved sequence belongs to one batch");
  partition = Partition{producer_id_, epoch_, 0, -1, partition.last_acked_offset, {}};
  for (ProducerBatch* batch : batches) {
    batch->producer_id = producer_id_;
    batch->producer_epoch = epoch_;
    batch->base_sequence = partition.next;
    batch->renumbered = true;
    partition.next = advance_sequence(partition.next, batch->record_count);
    track(*batch);
  }
}

std::int32_t Sequences::next_sequence(TopicPartition tp) const {
  const auto it = partitions_.find(tp);
  return it == partitions_.end() ? 0 : it->second.next;
}

std::int32_t Sequences::last_acked(TopicPartition tp) const {
  const auto it = partitions_.find(tp);
  return it == partitions_.end() ? -1 : it->second.last_acked;
}

}  // namespace kafkasim::core
