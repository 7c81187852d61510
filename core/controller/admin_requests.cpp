// What the controller does for an operator: elections by request, new topics and partitions, changed settings.
#include <algorithm>
#include <utility>

#include "core/base/invariant.hpp"
#include "core/controller/controller.hpp"
#include "core/controller/placement.hpp"

namespace kafkasim::core {

namespace {

using Assignments = std::vector<std::vector<BrokerId>>;

std::vector<UsableBroker> usable_brokers(const MetadataImage& image) {
  std::vector<UsableBroker> usable;
  for (const auto& [id, broker] : image.brokers) usable.push_back({id, broker.rack, broker.fenced});
  return usable;
}

/// Explicit replicas, or the placer's; its error when there are too few brokers, or none that is alive.
Placement place(const MetadataImage& image, const Assignments& given, std::int32_t partitions, std::int32_t factor,
                Turn& turn) {
  if (!given.empty()) return {ErrorCode::NONE, given};
  return place_replicas(usable_brokers(image), partitions, factor, turn.choices);
}

bool somebody_active(const std::vector<BrokerId>& replicas, const std::vector<BrokerId>& active) {
  return std::any_of(replicas.begin(), replicas.end(), [&](BrokerId replica) { return contains(active, replica); });
}

/// Partition records from number `first` on; INVALID_REPLICA_ASSIGNMENT's case (nobody alive) answers
/// INVALID_REPLICATION_FACTOR here.
ErrorCode add_partitions(const MetadataImage& image, TopicId topic, std::int32_t first, Placement&& placement,
                         Write& write) {
  if (placement.error != ErrorCode::NONE) return placement.error;
  const std::vector<BrokerId> active = active_brokers(image);
  for (std::vector<BrokerId>& replicas : placement.replicas) {
    if (!somebody_active(replicas, active)) return ErrorCode::INVALID_REPLICATION_FACTOR;
    write.push_back({PartitionRecord{{topic, first++}, new_partition(std::move(replicas), active)}});
  }
  return ErrorCode::NONE;
}

/// R2.48: one partition's answer; a change goes into the write.
ErrorCode elect(const MetadataImage& image, TopicPartition tp, bool unclean, const ElectionRules& rules, Write& write) {
  const PartitionRegistration* partition = image.partition(tp);
  if (partition == nullptr) return ErrorCode::UNKNOWN_TOPIC_OR_PARTITION;
  const bool satisfied = unclean ? partition->leader.known() : partition->leader == partition->replicas.front();
  if (satisfied) return ErrorCode::ELECTION_NOT_NEEDED;
  const std::vector<BrokerId> active = active_brokers(image);
  const ElectionQuestion question{
      active, image.effective_min_isr(tp.topic), unclean ? ElectionType::unclean : ElectionType::preferred, {}, rules};
  auto decision = decide_partition(*partition, {}, PartitionTargets::unchanged(*partition), question);
  if (!decision) return unclean ? ErrorCode::ELIGIBLE_LEADERS_NOT_AVAILABLE : ErrorCode::PREFERRED_LEADER_NOT_AVAILABLE;
  write.push_back({PartitionRecord{tp, std::move(decision->after)}, decision->unclean ? Clean::no : Clean::yes});
  return ErrorCode::NONE;
}

}  // namespace

void Controller::on_elect_leaders(RequestToken from, const ElectLeadersRequest& request, Turn& turn) {
  ElectLeadersResponse response;
  Write write;
  for (const TopicPartition tp : request.partitions)
    response.partitions.push_back({tp, elect(log_.latest(), tp, request.unclean, rules_, write)});
  append(std::move(write), turn);
  reply_when_committed(from, std::move(response), turn);
}

void Controller::on_create_topic(RequestToken from, const CreateTopicsRequest& request, Turn& turn) {
  const MetadataImage& latest = log_.latest();
  Write write;
  CreateTopicsResponse response;
  if (latest.topics.contains(request.topic)) {
    response.error = ErrorCode::TOPIC_ALREADY_EXISTS;
  } else {
    write.push_back({TopicRecord{request.topic, request.config}});
    response.error = add_partitions(
        latest, request.topic, 0,
        place(latest, request.assignments, request.num_partitions, request.replication_factor, turn), write);
  }
  if (response.error != ErrorCode::NONE) write.clear();
  append(std::move(write), turn);
  reply_when_committed(from, response, turn);
}

void Controller::on_create_partitions(RequestToken from, const CreatePartitionsRequest& request, Turn& turn) {
  const MetadataImage& latest = log_.latest();
  Write write;
  CreatePartitionsResponse response;
  const std::int32_t present = latest.partition_count(request.topic);
  if (present == 0) {
    response.error = ErrorCode::UNKNOWN_TOPIC_OR_PARTITION;
  } else if (request.count <= present) {
    response.error = ErrorCode::INVALID_PARTITIONS;
  } else {
    const auto factor = static_cast<std::int32_t>(latest.partition({request.topic, 0})->replicas.size());
    response.error = add_partitions(latest, request.topic, present,
                                    place(latest, request.assignments, request.count - present, factor, turn), write);
  }
  if (response.error != ErrorCode::NONE) write.clear();
  append(std::move(write), turn);
  reply_when_committed(from, response, turn);
}

/// A new min.insync.replicas clears the ELR of the topic's partitions (R3.28). Who is under the new minimum stays in
/// service until its ISR changes.
void Controller::on_alter_config(RequestToken from, const IncrementalAlterConfigsRequest& request, Turn& turn) {
  const MetadataImage& latest = log_.latest();
  const auto topic = latest.topics.find(request.topic);
  if (topic == latest.topics.end()) {
    turn.out.reply(from, IncrementalAlterConfigsResponse{ErrorCode::UNKNOWN_TOPIC_OR_PARTITION});
    return;
  }
  TopicConfig config = topic->second;
  const bool new_minimum = request.min_insync_replicas && *request.min_insync_replicas != config.min_insync_replicas;
  config.min_insync_replicas = request.min_insync_replicas.value_or(config.min_insync_replicas);
  config.unclean_leader_election_enable =
      request.unclean_leader_election_enable.value_or(config.unclean_leader_election_enable);
  config.max_message_bytes = request.max_message_bytes.value_or(config.max_message_bytes);
  config.segment_bytes = request.segment_bytes.value_or(config.segment_bytes);
  config.flush_messages = request.flush_messages.value_or(config.flush_messages);
  config.segment_ms = request.segment_ms.value_or(config.segment_ms);
  config.retention = request.retention.value_or(config.retention);
  config.retention_bytes = request.retention_bytes.value_or(config.retention_bytes);
  config.log_append_time = request.log_append_time.value_or(config.log_append_time);
  config.deletes = request.deletes.value_or(config.deletes);
  Write write;
  write.push_back({TopicRecord{request.topic, config}});
  if (new_minimum)
    for (const auto& [tp, partition] : latest.partitions) {
      if (tp.topic != request.topic || (partition.elr.empty() && partition.last_known_elr.empty())) continue;
      PartitionRegistration cleared = partition;
      cleared.elr.clear();
      cleared.last_known_elr.clear();
      cleared.partition_epoch = PartitionEpoch{partition.partition_epoch.value() + 1};
      write.push_back({PartitionRecord{tp, std::move(cleared)}});
    }
  append(std::move(write), turn);
  reply_when_committed(from, IncrementalAlterConfigsResponse{}, turn);
}

}  // namespace kafkasim::core
