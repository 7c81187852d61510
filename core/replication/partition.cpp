#include "core/replication/partition.hpp"

#include <algorithm>
#include <utility>

#include "core/base/invariant.hpp"

namespace kafkasim::core {
namespace {

bool contains(const std::vector<BrokerId>& brokers, BrokerId id) {
  return std::find(brokers.begin(), brokers.end(), id) != brokers.end();
}

}  // namespace

Partition::Partition(TopicPartition tp, BrokerId self, Log log, Offset checkpointed_hw)
    : tp_{tp}, self_{self}, log_{std::move(log)}, hw_{std::clamp(checkpointed_hw, log_.log_start(), log_.log_end())} {}

MetadataChange Partition::apply(const PartitionRegistration& registration, const ReplicaSettings& settings,
                                const View& view) {
  INVARIANT(contains(registration.replicas, self_), "metadata comes to the replicas of a partition");
  MetadataChange change;
  if (registration.partition_epoch < partition_epoch_) {
    change.ignored = true;
    return change;
  }
  INVARIANT(registration.leader_epoch >= leader_epoch_, "a newer partition epoch has no older leader epoch");
  settings_ = settings;
  log_.configure(settings.topic);
  change.leader_epoch_grew = registration.leader_epoch > leader_epoch_;
  leader_ = registration.leader;
  leader_epoch_ = registration.leader_epoch;
  partition_epoch_ = registration.partition_epoch;
  replicas_ = registration.replicas;
  pending_.reset();
  if (leader_ == self_)
    lead(registration, change, view);
  else
    follow(change);
  return change;
}

bool Partition::configure(const ReplicaSettings& settings, const View& view) {
  settings_ = settings;
  log_.configure(settings.topic);
  return is_leader() && maybe_advance_hw(view);
}

void Partition::lead(const PartitionRegistration& registration, MetadataChange& change, const View& view) {
  INVARIANT(contains(registration.isr, self_), "the leader is in the ISR");
  change.became_leader = role_ != Role::leader;
  if (change.became_leader) INVARIANT(change.leader_epoch_grew, "leadership begins with an epoch");
  role_ = Role::leader;
  failed_ = false;
  isr_ = registration.isr;
  assign_followers();
  if (change.leader_epoch_grew) {
    epoch_start_ = log_.log_end();
    log_.assign_epoch_start(leader_epoch_);
    reset_followers(change.became_leader, view.now);
  }
  change.hw_moved = maybe_advance_hw(view);
}

void Partition::follow(MetadataChange& change) {
  change.became_follower = role_ != Role::follower;
  role_ = Role::follower;
  epoch_start_ = Offset{};
  isr_.clear();
  followers_.clear();
  if (!change.leader_epoch_grew) return;
  failed_ = false;
  // Kafka cuts a log without epochs to the high watermark (R2.4).
  INVARIANT(!log_.epochs().empty() || hw_ >= log_.log_end(), "every record has an epoch");
}

void Partition::assign_followers() {
  for (auto at = followers_.begin(); at != followers_.end();)
    at = contains(replicas_, at->first) ? std::next(at) : followers_.erase(at);
  for (const BrokerId replica : replicas_)
    if (replica != self_) followers_.try_emplace(replica);
}

// R2.29: a new leader knows nothing of its followers; a re-elected one keeps where they are.
void Partition::reset_followers(bool new_leader, Instant now) {
  for (auto& [replica, follower] : followers_) {
    const Instant known = contains(isr_, replica) ? now : kLongAgo;
    if (new_leader) {
      follower = FollowerState{};
      follower.last_fetch_leader_log_end = Offset{};
    } else {
      follower.last_fetch_leader_log_end = epoch_start_;
      follower.last_fetch_time = known;
    }
    follower.last_caught_up = known;
  }
}

std::int32_t Partition::effective_min_isr() const {
  return std::min(settings_.topic.min_insync_replicas, static_cast<std::int32_t>(replicas_.size()));
}

const std::vector<BrokerId>& Partition::maximal_isr() const {
  return pending_ && pending_->kind == PendingIsr::Kind::expand ? pending_->isr : isr_;
}

bool Partition::in_maximal_isr(BrokerId replica) const {
  if (contains(isr_, replica)) return true;
  if (!settings_.rules.hw_counts_maximal_isr) return false;
  return pending_ && pending_->kind == PendingIsr::Kind::expand && contains(pending_->isr, replica);
}

// R2.27. Followers outside the ISR hold the high watermark back too while they could join it.
bool Partition::maybe_advance_hw(const View& view) {
  INVARIANT(is_leader(), "only a leader computes the high watermark");
  if (settings_.rules.hw_needs_min_isr && under_min_isr()) return false;
  Offset next = log_.log_end();
  for (const auto& [replica, follower] : followers_) {
    if (follower.log_end >= next) continue;
    const bool could_join = follower.caught_up(log_.log_end(), view.now, settings_.replica_lag_time_max) &&
                            isr_eligible(replica, follower, view.metadata);
    if (in_maximal_isr(replica) || could_join) next = follower.log_end;
  }
  if (next <= hw_) return false;
  hw_ = next;
  return true;
}

// --- what both roles answer ------------------------------------------------------------------------------------------

ListOffsetsResponse::Partition Partition::list_offset(const ListOffsetsRequest::Partition& request,
                                                      bool from_replica) const {
  ListOffsetsResponse::Partition answer;
  answer.partition = tp_;
  answer.error = check_access(request.current_leader_epoch, true);
  if (answer.error != ErrorCode::NONE) return answer;
  if (request.spec == OffsetSpec::earliest) {
    answer.offset = log_.log_start();
    answer.leader_epoch = log_.epochs().epoch_at(answer.offset).value_or(LeaderEpoch{});
  } else if (request.spec == OffsetSpec::timestamp) {
    const Offset found = log_.offset_for_time(request.timestamp);
    if (found.known() && found < hw_) {
      answer.offset = found;
      answer.leader_epoch = log_.epochs().epoch_at(found).value_or(LeaderEpoch{});
    } else if (hw_ < epoch_start_) {
      answer.error = ErrorCode::OFFSET_NOT_AVAILABLE;  // R2.30
    }
  } else if (from_replica) {
    answer.offset = log_.log_end();
    answer.leader_epoch = leader_epoch_;
  } else if (hw_ < epoch_start_) {
    answer.error = ErrorCode::OFFSET_NOT_AVAILABLE;
  } else {
    answer.offset = hw_;
    answer.leader_epoch = leader_epoch_;
  }
  return answer;
}

OffsetForLeaderEpochResponse::Partition Partition::offset_for_leader_epoch(
    const OffsetForLeaderEpochRequest::Partition& request) const {
  OffsetForLeaderEpochResponse::Partition answer;
  answer.partition = tp_;
  answer.error = check_access(request.current_leader_epoch, true);
  if (answer.error == ErrorCode::NONE) answer.end = log_.end_offset_for(request.leader_epoch);
  return answer;
}

}  // namespace kafkasim::core
