// Leader: appends and parked produces (R2.38-R2.41).
#include <utility>

#include "core/base/invariant.hpp"
#include "core/replication/partition.hpp"

namespace kafkasim::core {

ProduceAppend Partition::append(Batch batch, Acks acks, const View& view) {
  ProduceAppend result;
  if (!is_leader()) {
    result.error = ErrorCode::NOT_LEADER_OR_FOLLOWER;
    return result;
  }
  if (acks == Acks::all && under_min_isr()) {
    result.error = ErrorCode::NOT_ENOUGH_REPLICAS;
    return result;
  }
  if (settings_.topic.log_append_time) batch.stamp(view.wall);
  const AppendResult appended = log_.append_as_leader(batch, leader_epoch_);
  result.error = appended.error;
  result.duplicate = appended.duplicate;
  result.flushed_to = appended.flushed_to;
  result.synced = appended.synced;
  if (result.error != ErrorCode::NONE) return result;
  result.base_offset = appended.first_offset;
  result.required_offset = appended.last_offset + 1;
  result.hw_moved = maybe_advance_hw(view);
  return result;
}

std::optional<ErrorCode> Partition::check_produce(Offset required_offset) const {
  INVARIANT(required_offset.known(), "a parked produce waits for an offset");
  if (!is_leader()) return ErrorCode::NOT_LEADER_OR_FOLLOWER;
  if (hw_ < required_offset) return std::nullopt;
  const bool enough = static_cast<std::int32_t>(maximal_isr().size()) >= effective_min_isr();
  return enough ? ErrorCode::NONE : ErrorCode::NOT_ENOUGH_REPLICAS_AFTER_APPEND;
}

}  // namespace kafkasim::core
