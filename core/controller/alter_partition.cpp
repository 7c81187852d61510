#include "core/controller/alter_partition.hpp"

#include <algorithm>
#include <utility>

namespace kafkasim::core {

namespace {

std::vector<BrokerId> brokers_of(const std::vector<AlterPartitionRequest::Member>& members) {
  std::vector<BrokerId> brokers;
  for (const auto& member : members) brokers.push_back(member.broker);
  return brokers;
}

/// Not empty, no member twice, replicas only.
bool well_formed(const std::vector<BrokerId>& isr, const std::vector<BrokerId>& replicas) {
  if (isr.empty()) return false;
  std::vector<BrokerId> sorted = isr;
  std::sort(sorted.begin(), sorted.end());
  if (std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end()) return false;
  return std::all_of(isr.begin(), isr.end(), [&](BrokerId broker) { return contains(replicas, broker); });
}

/// Active, and of the incarnation the leader fetched from (unknown epoch: not asked; KIP-841, KIP-903).
bool eligible(const MetadataImage& image, const AlterPartitionRequest::Member& member) {
  if (!image.active(member.broker)) return false;
  return !member.epoch.known() || image.broker(member.broker)->epoch == member.epoch;
}

}  // namespace

ErrorCode validate_alter_partition(const MetadataImage& image, BrokerId sender,
                                   const AlterPartitionRequest::Partition& proposal) {
  if (!image.topics.contains(proposal.partition.topic)) return ErrorCode::UNKNOWN_TOPIC_ID;
  const PartitionRegistration* current = image.partition(proposal.partition);
  if (current == nullptr) return ErrorCode::UNKNOWN_TOPIC_OR_PARTITION;
  // A leader that knows more than this controller talks to one that is no longer active.
  if (proposal.leader_epoch > current->leader_epoch) return ErrorCode::NOT_CONTROLLER;
  if (proposal.partition_epoch > current->partition_epoch) return ErrorCode::NOT_CONTROLLER;
  if (proposal.leader_epoch < current->leader_epoch) return ErrorCode::FENCED_LEADER_EPOCH;
  if (sender != current->leader) return ErrorCode::INVALID_REQUEST;
  if (proposal.partition_epoch < current->partition_epoch) return ErrorCode::INVALID_UPDATE_VERSION;
  const std::vector<BrokerId> isr = brokers_of(proposal.new_isr);
  if (!well_formed(isr, current->replicas)) return ErrorCode::INVALID_REQUEST;
  if (!contains(isr, current->leader)) return ErrorCode::INVALID_REQUEST;
  if (proposal.recovering && isr.size() > 1) return ErrorCode::INVALID_REQUEST;
  if (proposal.recovering && !current->recovering) return ErrorCode::INVALID_REQUEST;
  for (const auto& member : proposal.new_isr)
    if (!eligible(image, member)) return ErrorCode::INELIGIBLE_REPLICA;
  return ErrorCode::NONE;
}

AlterPartitionResponse alter_partition(const MetadataImage& image, const AlterPartitionRequest& request,
                                       const ElectionRules& rules, Write& write) {
  AlterPartitionResponse response;
  const BrokerRegistration* sender = image.broker(request.broker_id);
  if (sender == nullptr || sender->epoch != request.broker_epoch) {
    response.error = ErrorCode::STALE_BROKER_EPOCH;
    return response;
  }
  const std::vector<BrokerId> acceptable = active_brokers(image);
  for (const auto& proposal : request.partitions) {
    AlterPartitionResponse::Partition answer;
    answer.partition = proposal.partition;
    answer.error = validate_alter_partition(image, request.broker_id, proposal);
    if (answer.error == ErrorCode::NONE) {
      const PartitionRegistration& current = *image.partition(proposal.partition);
      const bool unclean_allowed = image.topics.at(proposal.partition.topic).unclean_leader_election_enable;
      PartitionTargets targets = PartitionTargets::unchanged(current);
      targets.isr = brokers_of(proposal.new_isr);
      targets.recovering = proposal.recovering;
      const ElectionQuestion question{acceptable,
                                      image.effective_min_isr(proposal.partition.topic),
                                      unclean_allowed ? ElectionType::unclean : ElectionType::any,
                                      {},
                                      rules};
      const auto decision = decide_partition(current, {}, std::move(targets), question);
      const PartitionRegistration& after = decision ? decision->after : current;
      answer.leader = after.leader;
      answer.leader_epoch = after.leader_epoch;
      answer.isr = after.isr;
      answer.partition_epoch = after.partition_epoch;
      if (decision) write.push_back({PartitionRecord{proposal.partition, decision->after}});
    }
    response.partitions.push_back(std::move(answer));
  }
  return response;
}

}  // namespace kafkasim::core
