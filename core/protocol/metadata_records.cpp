#include "core/protocol/metadata_records.hpp"

#include <algorithm>

#include "core/base/invariant.hpp"

namespace kafkasim {

void MetadataImage::replay(const MetadataRecord& record) {
  if (const auto* registered = std::get_if<RegisterBrokerRecord>(&record)) {
    brokers[registered->broker] = registered->registration;
  } else if (const auto* change = std::get_if<BrokerRegistrationChangeRecord>(&record)) {
    INVARIANT(brokers.contains(change->broker), "only a registered broker changes");
    BrokerRegistration& registration = brokers[change->broker];
    INVARIANT(registration.epoch == change->epoch, "a change names the current registration");
    registration.fenced = change->fenced;
    registration.in_controlled_shutdown = change->in_controlled_shutdown;
    registration.offline_replicas = change->offline_replicas;
  } else if (const auto* topic = std::get_if<TopicRecord>(&record)) {
    topics[topic->topic] = topic->config;
  } else if (const auto* part = std::get_if<PartitionRecord>(&record)) {
    INVARIANT(topics.contains(part->partition.topic), "a partition belongs to a topic");
    const auto [entry, fresh] = partitions.edit().try_emplace(part->partition, part->registration);
    if (!fresh) {
      INVARIANT(part->registration.leader_epoch >= entry->second.leader_epoch, "a leader epoch never goes back");
      INVARIANT(part->registration.partition_epoch > entry->second.partition_epoch, "every change bumps the epoch");
      entry->second = part->registration;
    }
  }
  ++end;
}

bool BrokerRegistration::has_offline(TopicPartition tp) const {
  return std::binary_search(offline_replicas.begin(), offline_replicas.end(), tp);
}

const PartitionRegistration* MetadataImage::partition(TopicPartition tp) const {
  const auto found = partitions.find(tp);
  return found == partitions.end() ? nullptr : &found->second;
}

const BrokerRegistration* MetadataImage::broker(BrokerId id) const {
  const auto found = brokers.find(id);
  return found == brokers.end() ? nullptr : &found->second;
}

bool MetadataImage::active(BrokerId id) const {
  const BrokerRegistration* found = broker(id);
  return found != nullptr && !found->fenced && !found->in_controlled_shutdown;
}

std::int32_t MetadataImage::partition_count(TopicId topic) const {
  std::int32_t count = 0;
  for (auto at = partitions.lower_bound({topic, 0}); at != partitions.end() && at->first.topic == topic; ++at) ++count;
  return count;
}

std::int32_t MetadataImage::effective_min_isr(TopicId topic) const {
  const auto config = topics.find(topic);
  const PartitionRegistration* first = partition({topic, 0});
  INVARIANT(config != topics.end(), "the topic exists");
  INVARIANT(first != nullptr, "a topic has a partition 0");
  return std::min(config->second.min_insync_replicas, static_cast<std::int32_t>(first->replicas.size()));
}

}  // namespace kafkasim
