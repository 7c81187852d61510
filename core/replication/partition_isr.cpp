// Leader: who is in sync, and the AlterPartition exchange about it (R2.16-R2.25).
#include <algorithm>
#include <utility>

#include "core/base/invariant.hpp"
#include "core/replication/partition.hpp"

namespace kafkasim::core {

bool Partition::isr_eligible(BrokerId replica, const FollowerState& follower, const MetadataImage& metadata) const {
  const BrokerRegistration* registered = metadata.broker(replica);
  if (registered == nullptr || registered->fenced || registered->in_controlled_shutdown) return false;  // KIP-841
  if (!follower.broker_epoch) return false;  // has not fetched from this leader
  return !follower.broker_epoch->known() || *follower.broker_epoch == registered->epoch;  // KIP-903
}

bool Partition::check_isr(const View& view) {
  if (!is_leader() || pending_) return false;
  std::vector<BrokerId> kept;
  for (const BrokerId member : isr_) {
    const auto follower = followers_.find(member);
    const bool in_sync =
        member == self_ || (follower != followers_.end() &&
                            follower->second.caught_up(log_.log_end(), view.now, settings_.replica_lag_time_max));
    if (in_sync) kept.push_back(member);
  }
  if (kept.size() == isr_.size()) return false;
  propose(PendingIsr::Kind::shrink, std::move(kept));
  return true;
}

// R2.20: tested on each fetch, after the follower's state was updated.
bool Partition::maybe_expand(BrokerId replica, const View& view) {
  if (pending_ || isr_.size() == replicas_.size()) return false;
  if (std::find(isr_.begin(), isr_.end(), replica) != isr_.end()) return false;
  const FollowerState& follower = followers_.at(replica);
  if (follower.log_end < hw_) return false;
  if (settings_.rules.isr_join_needs_epoch_start && follower.log_end < epoch_start_) return false;
  if (!isr_eligible(replica, follower, view.metadata)) return false;
  std::vector<BrokerId> grown = isr_;
  grown.push_back(replica);
  propose(PendingIsr::Kind::expand, std::move(grown));
  return true;
}

void Partition::propose(PendingIsr::Kind kind, std::vector<BrokerId> isr) {
  PendingIsr pending{kind, std::move(isr), {}, false};
  for (const BrokerId member : pending.isr) {
    const auto follower = followers_.find(member);
    pending.epochs.push_back(follower == followers_.end() ? BrokerEpoch{}
                                                          : follower->second.broker_epoch.value_or(BrokerEpoch{}));
  }
  pending_ = std::move(pending);
}

std::optional<AlterPartitionRequest::Partition> Partition::take_alter_request(BrokerEpoch own_epoch) {
  if (!pending_ || pending_->submitted) return std::nullopt;
  pending_->submitted = true;
  AlterPartitionRequest::Partition request;
  request.partition = tp_;
  request.leader_epoch = leader_epoch_;
  request.partition_epoch = partition_epoch_;
  for (std::size_t i = 0; i < pending_->isr.size(); ++i)
    request.new_isr.push_back({pending_->isr[i], pending_->isr[i] == self_ ? own_epoch : pending_->epochs[i]});
  return request;
}

void Partition::on_alter_refused() {
  INVARIANT(pending_.has_value(), "only a proposal is refused");
  pending_.reset();
}

AlterOutcome Partition::on_alter_response(const AlterPartitionResponse::Partition& response, const View& view) {
  AlterOutcome outcome;
  if (!pending_ || !pending_->submitted) return outcome;  // metadata was faster
  switch (response.error) {
    case ErrorCode::NONE:
      break;
    case ErrorCode::INELIGIBLE_REPLICA:
    case ErrorCode::OPERATION_NOT_ATTEMPTED:
      pending_.reset();
      return outcome;
    case ErrorCode::FENCED_LEADER_EPOCH:
    case ErrorCode::INVALID_UPDATE_VERSION:
    case ErrorCode::UNKNOWN_TOPIC_OR_PARTITION:
    case ErrorCode::UNKNOWN_TOPIC_ID:
    case ErrorCode::INVALID_REQUEST:
    case ErrorCode::NEW_LEADER_ELECTED:
      return outcome;  // stays pending until metadata overwrites it
    default:
      pending_->submitted = false;
      outcome.resend = true;
      return outcome;
  }
  if (response.leader_epoch != leader_epoch_ || response.partition_epoch < partition_epoch_) return outcome;
  isr_ = response.isr;
  partition_epoch_ = response.partition_epoch;
  pending_.reset();
  outcome.committed = true;
  outcome.hw_moved = maybe_advance_hw(view);
  return outcome;
}

}  // namespace kafkasim::core
