// Serving fetches of followers and consumers (R2.9-R2.15).
#include <algorithm>

#include "core/base/invariant.hpp"
#include "core/replication/partition.hpp"

namespace kafkasim::core {
namespace {

enum class EpochMatch : std::uint8_t { fits, diverges, undefined };

// R2.33: does the follower's last epoch agree with this log?
EpochMatch match(const FetchRequest::Partition& request, EpochEndOffset end) {
  if (!end.epoch.known() || !end.end_offset.known()) return EpochMatch::undefined;
  if (end.epoch < request.last_fetched_epoch || end.end_offset < request.fetch_offset) return EpochMatch::diverges;
  return EpochMatch::fits;
}

}  // namespace

FollowerFetch Partition::refuse(ErrorCode error) const {
  FollowerFetch result;
  result.answer.partition = tp_;
  result.answer.error = error;
  if (error == ErrorCode::NOT_LEADER_OR_FOLLOWER || error == ErrorCode::FENCED_LEADER_EPOCH)
    result.answer.current_leader = current_leader();  // KIP-951
  return result;
}

ErrorCode Partition::check_follower(const FetchRequest::Partition& request, BrokerId replica) const {
  if (const ErrorCode error = check_access(request.current_leader_epoch, true); error != ErrorCode::NONE) return error;
  if (followers_.contains(replica)) return ErrorCode::NONE;
  // Not assigned as far as we know: one of us has not seen a reassignment yet (R2.10).
  return request.current_leader_epoch.known() ? ErrorCode::UNKNOWN_LEADER_EPOCH : ErrorCode::NOT_LEADER_OR_FOLLOWER;
}

FollowerFetch Partition::read(const FetchRequest::Partition& request, Offset bound, std::int64_t max_bytes,
                              bool at_least_one) const {
  FollowerFetch result;
  FetchResponse::Partition& answer = result.answer;
  answer.partition = tp_;
  answer.high_watermark = hw_;
  answer.last_stable_offset = hw_;
  answer.log_start_offset = log_.log_start();
  if (request.last_fetched_epoch.known()) {
    const EpochEndOffset end = log_.end_offset_for(request.last_fetched_epoch);
    const EpochMatch matched = match(request, end);
    if (matched == EpochMatch::undefined || request.fetch_offset < log_.log_start())
      return refuse(ErrorCode::OFFSET_OUT_OF_RANGE);
    if (matched == EpochMatch::diverges) {
      answer.diverging_epoch = end;
      return result;
    }
  }
  ReadResult data = log_.read(request.fetch_offset, bound,
                              std::min<std::int64_t>(max_bytes, request.partition_max_bytes), at_least_one);
  if (data.error != ErrorCode::NONE) return refuse(data.error);
  answer.records = std::move(data.records);
  result.size_bytes = data.size_bytes;
  return result;
}

FollowerFetch Partition::fetch_by_follower(const FetchRequest::Partition& request, BrokerId replica,
                                           BrokerEpoch replica_epoch, std::int64_t max_bytes, bool at_least_one,
                                           const View& view) {
  const Offset leader_log_end = log_.log_end();  // before the read (R2.11)
  FollowerFetch result = read_for_follower(request, replica, max_bytes, at_least_one);
  if (result.answer.error != ErrorCode::NONE || result.answer.diverging_epoch) return result;
  const BrokerRegistration* registered = view.metadata.broker(replica);
  const bool stale =
      replica_epoch.known() && registered != nullptr && !registered->fenced && replica_epoch < registered->epoch;
  if (stale) return refuse(ErrorCode::NOT_LEADER_OR_FOLLOWER);
  record_fetch(request, replica, replica_epoch, leader_log_end, result, view);
  return result;
}

FollowerFetch Partition::read_for_follower(const FetchRequest::Partition& request, BrokerId replica,
                                           std::int64_t max_bytes, bool at_least_one) const {
  if (const ErrorCode error = check_follower(request, replica); error != ErrorCode::NONE) return refuse(error);
  return read(request, log_.log_end(), max_bytes, at_least_one);
}

FollowerFetch Partition::read_for_consumer(const FetchRequest::Partition& request, std::int64_t max_bytes,
                                           bool at_least_one, bool leader_only) const {
  const ErrorCode error = check_access(request.current_leader_epoch, leader_only);
  if (error != ErrorCode::NONE) return refuse(error);
  return read(request, hw_, max_bytes, at_least_one);
}

// R2.14, R2.15.
void Partition::record_fetch(const FetchRequest::Partition& request, BrokerId replica, BrokerEpoch replica_epoch,
                             Offset leader_log_end, FollowerFetch& result, const View& view) {
  FollowerState& follower = followers_.at(replica);
  if (request.fetch_offset >= leader_log_end)
    follower.last_caught_up = std::max(follower.last_caught_up, view.now);
  else if (request.fetch_offset >= follower.last_fetch_leader_log_end)
    follower.last_caught_up = std::max(follower.last_caught_up, follower.last_fetch_time);
  const bool moved = follower.log_end != request.fetch_offset;
  follower.log_end = request.fetch_offset;
  follower.log_start = request.log_start_offset;
  follower.last_fetch_leader_log_end = std::max(follower.last_fetch_leader_log_end, leader_log_end);
  follower.last_fetch_time = view.now;
  follower.broker_epoch = replica_epoch;
  result.isr_proposed = maybe_expand(replica, view);
  if (moved) result.hw_moved = maybe_advance_hw(view);
}

ParkedFacts Partition::parked_facts(const FetchRequest::Partition& request, BrokerId replica, bool leader_only) const {
  ParkedFacts facts;
  const bool follower = replica.known();
  facts.error = follower ? check_follower(request, replica) : check_access(request.current_leader_epoch, leader_only);
  if (facts.error != ErrorCode::NONE) return facts;
  facts.fetch_offset = request.fetch_offset;
  facts.bound = follower ? log_.log_end() : hw_;
  facts.same_segment = log_.same_segment(facts.fetch_offset, facts.bound);
  if (request.last_fetched_epoch.known())
    facts.diverging = match(request, log_.end_offset_for(request.last_fetched_epoch)) != EpochMatch::fits;
  facts.readable_bytes =
      std::min<std::int64_t>(log_.readable_bytes(facts.fetch_offset, facts.bound), request.partition_max_bytes);
  return facts;
}

}  // namespace kafkasim::core
