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

bool stale_epoch(BrokerId replica, BrokerEpoch epoch, const MetadataImage& metadata) {
  if (!epoch.known()) return false;
  const BrokerRegistration* registered = metadata.broker(replica);
  return registered != nullptr && !registered->fenced && epoch < registered->epoch;
}

void Partition::refuse(ErrorCode error, FetchResponse::Partition& answer) const {
  answer = {};
  answer.partition = tp_;
  answer.error = error;
  if (error == ErrorCode::NOT_LEADER_OR_FOLLOWER || error == ErrorCode::FENCED_LEADER_EPOCH)
    answer.current_leader = current_leader();  // KIP-951
}

// There are few: looking at each is the fastest.
FollowerState* Partition::follower(BrokerId replica) {
  for (auto& [id, state] : followers_)
    if (id == replica) return &state;
  return nullptr;
}

ErrorCode Partition::check_follower(const FetchRequest::Partition& request, BrokerId replica) const {
  if (const ErrorCode error = check_access(request.current_leader_epoch, true); error != ErrorCode::NONE) return error;
  if (follower(replica) != nullptr) return ErrorCode::NONE;
  // Not assigned as far as we know: one of us has not seen a reassignment yet (R2.10).
  return request.current_leader_epoch.known() ? ErrorCode::UNKNOWN_LEADER_EPOCH : ErrorCode::NOT_LEADER_OR_FOLLOWER;
}

// Bytes of the records in the answer.
std::int64_t Partition::read(const FetchRequest::Partition& request, Offset bound, std::int64_t max_bytes,
                             bool at_least_one, FetchResponse::Partition& answer) const {
  answer.partition = tp_;
  answer.high_watermark = hw_;
  answer.last_stable_offset = hw_;
  answer.log_start_offset = log_.log_start();
  if (request.last_fetched_epoch.known()) {
    const EpochEndOffset end = log_.end_offset_for(request.last_fetched_epoch);
    const EpochMatch matched = match(request, end);
    if (matched == EpochMatch::undefined || request.fetch_offset < log_.log_start()) {
      refuse(ErrorCode::OFFSET_OUT_OF_RANGE, answer);
      return 0;
    }
    if (matched == EpochMatch::diverges) {
      answer.diverging_epoch = end;
      return 0;
    }
  }
  const std::int64_t limit = std::min<std::int64_t>(max_bytes, request.partition_max_bytes);
  ReadResult data = log_.read(request.fetch_offset, bound, limit, at_least_one);
  if (data.error != ErrorCode::NONE) {
    refuse(data.error, answer);
    return 0;
  }
  if (data.size_bytes > 0) answer.records = std::move(data.records);
  return data.size_bytes;
}

FetchEffects Partition::fetch_by_follower(const FetchRequest::Partition& request, BrokerId replica,
                                          BrokerEpoch replica_epoch, std::int64_t max_bytes, bool at_least_one,
                                          const View& view, FetchResponse::Partition& answer) {
  const Offset leader_log_end = log_.log_end();  // before the read (R2.11)
  FetchEffects effects = read_for_follower(request, replica, max_bytes, at_least_one, answer);
  if (answer.error != ErrorCode::NONE || answer.diverging_epoch) return effects;
  if (stale_epoch(replica, replica_epoch, view.metadata)) {
    refuse(ErrorCode::NOT_LEADER_OR_FOLLOWER, answer);
    return {};
  }
  record_fetch(request, replica, followers_.at(replica), replica_epoch, leader_log_end, effects, view);
  return effects;
}

bool Partition::up_to_date(const FetchRequest::Partition& request) const {
  if (request.fetch_offset != log_.log_end() || request.log_start_offset < log_.log_start()) return false;
  const LeaderEpoch last = request.last_fetched_epoch;  // an older one will do, if this log has no records after it
  if (last.known() && last != log_.latest_epoch() && match(request, log_.end_offset_for(last)) != EpochMatch::fits)
    return false;
  // What set_follower_hw() would make of ours there.
  if (std::clamp(hw_, request.log_start_offset, request.fetch_offset) != request.high_watermark) return false;
  return check_access(request.current_leader_epoch, true) == ErrorCode::NONE;
}

bool Partition::nothing_to_tell(const FetchRequest::Partition& request, BrokerId replica) const {
  return up_to_date(request) && follower(replica) != nullptr;
}

bool Partition::idle_fetch(const FetchRequest::Partition& request, BrokerId replica, BrokerEpoch replica_epoch,
                           const View& view, FetchEffects& effects) {
  if (!up_to_date(request)) return false;
  FollowerState* const known = follower(replica);
  if (known == nullptr) return false;
  record_fetch(request, replica, *known, replica_epoch, log_.log_end(), effects, view);
  return true;
}

FetchEffects Partition::read_for_follower(const FetchRequest::Partition& request, BrokerId replica,
                                          std::int64_t max_bytes, bool at_least_one,
                                          FetchResponse::Partition& answer) const {
  FetchEffects effects;
  if (const ErrorCode error = check_follower(request, replica); error != ErrorCode::NONE)
    refuse(error, answer);
  else
    effects.size_bytes = read(request, log_.log_end(), max_bytes, at_least_one, answer);
  return effects;
}

FetchEffects Partition::read_for_consumer(const FetchRequest::Partition& request, std::int64_t max_bytes,
                                          bool at_least_one, FetchResponse::Partition& answer, bool leader_only) const {
  FetchEffects effects;
  if (const ErrorCode error = check_access(request.current_leader_epoch, leader_only); error != ErrorCode::NONE)
    refuse(error, answer);
  else
    effects.size_bytes = read(request, hw_, max_bytes, at_least_one, answer);
  return effects;
}

FollowerFetch Partition::fetch_by_follower(const FetchRequest::Partition& request, BrokerId replica,
                                           BrokerEpoch replica_epoch, std::int64_t max_bytes, bool at_least_one,
                                           const View& view) {
  FollowerFetch result;
  static_cast<FetchEffects&>(result) =
      fetch_by_follower(request, replica, replica_epoch, max_bytes, at_least_one, view, result.answer);
  return result;
}

FollowerFetch Partition::read_for_follower(const FetchRequest::Partition& request, BrokerId replica,
                                           std::int64_t max_bytes, bool at_least_one) const {
  FollowerFetch result;
  static_cast<FetchEffects&>(result) = read_for_follower(request, replica, max_bytes, at_least_one, result.answer);
  return result;
}

FollowerFetch Partition::read_for_consumer(const FetchRequest::Partition& request, std::int64_t max_bytes,
                                           bool at_least_one, bool leader_only) const {
  FollowerFetch result;
  static_cast<FetchEffects&>(result) = read_for_consumer(request, max_bytes, at_least_one, result.answer, leader_only);
  return result;
}

// R2.14, R2.15.
void Partition::record_fetch(const FetchRequest::Partition& request, BrokerId replica, FollowerState& follower,
                             BrokerEpoch replica_epoch, Offset leader_log_end, FetchEffects& effects,
                             const View& view) {
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
  if (isr_.size() != replicas_.size()) effects.isr_proposed = maybe_expand(replica, view);
  if (moved) effects.hw_moved = maybe_advance_hw(view);
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
