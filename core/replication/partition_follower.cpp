// Follower: fetching, truncating by epoch, following the leader's high watermark (R2.2-R2.7, R2.31-R2.36).
#include <algorithm>
#include <utility>

#include "core/base/invariant.hpp"
#include "core/replication/partition.hpp"

namespace kafkasim::core {

FetchRequest::Partition Partition::next_fetch(std::int32_t max_bytes) const {
  INVARIANT(can_fetch(), "only a follower with a leader fetches");
  return {tp_, log_.log_end(), leader_epoch_, log_.latest_epoch(), log_.log_start(), max_bytes, hw_};
}

FollowerStep Partition::on_fetch_response(const FetchResponse::Partition& response,
                                          const FetchRequest::Partition& requested) {
  FollowerStep step;
  step.log_end_before = step.log_end = log_.log_end();
  if (!can_fetch()) return step;
  if (requested.current_leader_epoch != leader_epoch_ || requested.fetch_offset != log_.log_end()) return step;
  switch (response.error) {
    case ErrorCode::NONE:
      break;
    case ErrorCode::OFFSET_OUT_OF_RANGE:
      step.outcome = FollowerStep::Outcome::out_of_range;
      return step;
    case ErrorCode::FENCED_LEADER_EPOCH:
      failed_ = true;
      step.outcome = FollowerStep::Outcome::failed;
      return step;
    default:
      step.outcome = FollowerStep::Outcome::back_off;
      return step;
  }
  if (response.diverging_epoch) {
    // High watermark and log start of this response are left for the next fetch (R2.5).
    step.outcome = FollowerStep::Outcome::truncated;
    truncate(truncation_point(*response.diverging_epoch));
  } else {
    step.outcome = FollowerStep::Outcome::appended;
    // Where the leader's batches of our last epoch are not ours (it was written twice, after a loss of power), its
    // batch around our log end begins below it: UnexpectedAppendOffsetException, and no more fetches in this
    // leadership. An empty log begins where the batch does.
    if (!response.records.empty() && response.records.front().base_offset < log_.log_end()) {
      if (log_.log_end() != log_.log_start()) {
        failed_ = true;
        step.outcome = FollowerStep::Outcome::failed;
        return step;
      }
      log_.truncate_fully(response.records.front().base_offset);
      hw_ = log_.log_start();
    }
    append_fetched(response, requested.current_leader_epoch, step);
  }
  step.log_end = log_.log_end();
  return step;
}

void Partition::append_fetched(const FetchResponse::Partition& response, LeaderEpoch requested_epoch,
                               FollowerStep& step) {
  for (const Batch& batch : response.records) {
    if (settings_.rules.follower_drops_newer_epochs && batch.leader_epoch > requested_epoch) break;
    const AppendResult appended = log_.append_as_follower(batch);
    if (appended.flushed_to.known()) step.flushed_to = appended.flushed_to;
    step.synced = step.synced || appended.synced;
    step.appended_bytes += batch.size_bytes;
  }
  step.hw_moved = set_follower_hw(response.high_watermark);
  log_.increment_log_start(std::min(response.log_start_offset, hw_));
}

bool Partition::set_follower_hw(Offset leader_hw) {
  const Offset next = std::clamp(leader_hw, log_.log_start(), log_.log_end());
  return std::exchange(hw_, next) != next;
}

// R2.34: cut to what both logs can share as far as the answer tells; the next fetch asks again with what is left.
Offset Partition::truncation_point(EpochEndOffset leader_end) const {
  INVARIANT(leader_end.epoch.known(), "a leader names the epoch it knows");
  const EpochEndOffset own = log_.end_offset_for(leader_end.epoch);
  Offset to = log_.log_end();
  if (own.epoch.known()) to = std::min(to, own.end_offset);
  if (!own.epoch.known() || own.epoch == leader_end.epoch) to = std::min(to, leader_end.end_offset);
  return to;
}

void Partition::truncate(Offset to) {
  log_.truncate_to(to);
  hw_ = std::clamp(hw_, log_.log_start(), log_.log_end());
}

FollowerStep Partition::on_leader_offsets(Offset leader_log_start, Offset leader_log_end, LeaderEpoch requested_epoch) {
  FollowerStep step;
  step.log_end_before = step.log_end = log_.log_end();
  if (!can_fetch() || requested_epoch != leader_epoch_) return step;
  step.outcome = FollowerStep::Outcome::truncated;
  if (leader_log_end < log_.log_end()) {
    truncate(leader_log_end);
  } else if (leader_log_start > log_.log_end()) {
    log_.truncate_fully(leader_log_start);
    hw_ = leader_log_start;
  }
  step.log_end = log_.log_end();
  return step;
}

}  // namespace kafkasim::core
