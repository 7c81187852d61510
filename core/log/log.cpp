#include "core/log/log.hpp"

#include <algorithm>

#include "core/base/invariant.hpp"

namespace kafkasim::core {

Log::Log(const TopicConfig& config, Offset start)
    : config_{config},
      segments_{Segment{.base = start}},
      log_start_{start},
      log_end_{start},
      flushed_end_{start},
      first_held_{start} {
  INVARIANT(start.known(), "a log begins somewhere");
}

// --- writing -------------------------------------------------------------------------------------------------------

AppendResult Log::append_as_leader(Batch& batch, LeaderEpoch epoch) {
  INVARIANT(batch.record_count > 0, "a batch holds records");
  INVARIANT(batch.size_bytes > 0, "a batch has bytes");
  AppendResult result;
  if (batch.size_bytes > config_.max_message_bytes) {
    result.error = ErrorCode::MESSAGE_TOO_LARGE;
    return result;
  }
  if (batch.size_bytes > config_.segment_bytes) {
    result.error = ErrorCode::RECORD_LIST_TOO_LARGE;
    return result;
  }
  if (roll_if_full(batch, log_end_)) {  // before the producer checks: a duplicate may roll (R1.7)
    result.rolled = true;
    result.flushed_to = flushed_end_;
  }
  const ProducerCheck check = producers_.check(batch);
  result.error = check.error;
  if (check.duplicate) {
    result.duplicate = true;
    result.first_offset = check.duplicate->first_offset;
    result.last_offset = check.duplicate->last_offset;
  }
  if (!result.appended()) return result;
  batch.base_offset = log_end_;
  batch.leader_epoch = epoch;
  write(batch, result);
  return result;
}

AppendResult Log::append_as_follower(const Batch& batch) {
  INVARIANT(batch.base_offset >= log_end_, "a follower appends at or above its log end (R1.9)");
  INVARIANT(batch.leader_epoch.known(), "the leader stamped it");
  AppendResult result;
  if (roll_if_full(batch, batch.base_offset)) {
    result.rolled = true;
    result.flushed_to = flushed_end_;
  }
  write(batch, result);
  return result;
}

bool Log::roll_if_full(const Batch& incoming, Offset base) {
  const Segment& active = segments_.back();
  const std::int64_t active_bytes = end_position_ - active.position;
  if (active_bytes == 0) return false;
  const bool full = active_bytes > config_.segment_bytes - incoming.size_bytes;
  if (!full && incoming.max_timestamp - active.first_timestamp <= config_.segment_ms) return false;  // R1.11
  roll(base);
  return true;
}

void Log::roll(Offset base) {
  segments_.push_back({.base = base, .position = end_position_});
  flushed_end_ = log_end_;  // the finished segment is fsynced (R1.13)
}

void Log::write(const Batch& batch, AppendResult& result) {
  Segment& active = segments_.back();
  const bool first = active.position == end_position_;
  if (first) active.first_timestamp = batch.max_timestamp;
  active.largest_timestamp = first ? batch.max_timestamp : std::max(active.largest_timestamp, batch.max_timestamp);
  epochs_.assign(batch.leader_epoch, batch.base_offset);
  batches_.push_back(batch);
  positions_.push_back(end_position_);
  end_position_ += batch.size_bytes;
  log_end_ = batch.next_offset();
  producers_.update(batch);
  result.first_offset = batch.base_offset;
  result.last_offset = batch.last_offset();
  if (log_end_ - flushed_end_ >= config_.flush_messages) {  // R1.7 step 10
    flush();
    result.synced = true;
    result.flushed_to = flushed_end_;
  }
}

bool Log::truncate_to(Offset to) {
  INVARIANT(to.known(), "a cut is made at an offset");
  if (to >= log_end_) {
    epochs_.truncate_from_end(log_end_);
    return false;
  }
  if (to < segments_.front().base) {
    truncate_fully(to);
    return true;
  }
  INVARIANT(to >= first_held_, "what is cut off was not retired");
  const std::size_t kept = index_of(to);
  end_position_ = position_of(kept);
  batches_.cut_to(kept);
  positions_.cut_to(kept);
  while (segments_.back().base > to) segments_.pop_back();
  date_active_segment();
  epochs_.truncate_from_end(to);
  log_end_ = to;
  log_start_ = std::min(log_start_, to);
  flushed_end_ = std::min(flushed_end_, to);
  rebuild_producers();
  return true;
}

// After a cut: the largest timestamp of what is left (R1.16), as far as it is held.
void Log::date_active_segment() {
  Segment& active = segments_.back();
  if (active.base < first_held_) return;
  active.largest_timestamp = active.first_timestamp;
  for (std::size_t i = batches_.size(); i > 0 && batches_[i - 1].base_offset >= active.base; --i)
    active.largest_timestamp = std::max(active.largest_timestamp, batches_[i - 1].max_timestamp);
}

void Log::truncate_fully(Offset start) { *this = Log{config_, start}; }

void Log::increment_log_start(Offset to) {
  if (to <= log_start_) return;
  INVARIANT(to <= log_end_, "a log starts inside itself");
  log_start_ = to;
  epochs_.truncate_from_start(to);
}

void Log::rebuild_producers() {
  producers_ = retired_producers_;
  for (const Batch& batch : batches_) producers_.update(batch);
}

// --- durability ----------------------------------------------------------------------------------------------------

std::int64_t Log::bytes_from_segment_of(Offset recovery_point) const {
  return end_position_ - segments_[segment_of(recovery_point)].position;
}

Offset Log::lose_after(Offset durable_end) {
  const Offset end = std::max(durable_end, flushed_end_);
  if (end < log_end_) {
    INVARIANT(end >= first_held_, "only durable batches are retired");
    const std::size_t kept = index_of(end);  // a batch that reaches above is torn and goes as a whole
    const Offset checkpointed_start = log_start_;
    truncate_to(kept == 0 ? first_held_ : batches_[kept - 1].next_offset());
    if (log_end_ < checkpointed_start) truncate_fully(checkpointed_start);  // R1.34
  }
  return log_end_;
}

void Log::lose_from(Offset to) {
  INVARIANT(to.known(), "a loss begins at an offset");
  if (to >= log_end_) return;
  if (to < log_start_ || to < first_held_) {
    truncate_fully(log_start_);
    return;
  }
  const std::size_t kept = index_of(to);
  truncate_to(kept == 0 ? first_held_ : batches_[kept - 1].next_offset());
  if (log_end_ < log_start_) truncate_fully(log_start_);
}

void Log::load() {
  epochs_.truncate_from_end(log_end_);
  epochs_.truncate_from_start(log_start_);
  rebuild_producers();
  producers_.forget_below(log_start_);
}

// --- memory --------------------------------------------------------------------------------------------------------

void Log::retire_below(Offset offset) {
  if (offset <= first_held_) return;
  forget_first(index_of(std::min(offset, log_end_)));
}

void Log::forget_first(std::size_t count) {
  if (count == 0) return;
  first_held_ = batches_[count - 1].next_offset();
  for (; count > 0; --count) {
    retired_producers_.update(batches_.front());
    batches_.pop_front();
    positions_.pop_front();
  }
}

}  // namespace kafkasim::core
