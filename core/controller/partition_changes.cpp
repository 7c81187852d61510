#include "core/controller/partition_changes.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "core/base/invariant.hpp"

namespace kafkasim::core {

namespace {

/// Whose state changes, and how; unknown = nobody.
struct Membership {
  BrokerId removed;           // leaves ISR and leadership
  BrokerId added;             // may lead from now on, although the image still shows it fenced
  BrokerId unclean_shutdown;  // leaves ISR, ELR and leadership
};

std::vector<BrokerId> acceptable_after(const MetadataImage& image, const Membership& change) {
  std::vector<BrokerId> acceptable;
  for (const auto& [id, broker] : image.brokers) {
    if (id == change.removed || id == change.unclean_shutdown) continue;
    if (id == change.added || image.active(id)) acceptable.push_back(id);
  }
  return acceptable;
}

// A replica in an offline log directory leads nothing (KIP-858).
std::vector<BrokerId> online(const MetadataImage& image, const std::vector<BrokerId>& acceptable, TopicPartition tp) {
  std::vector<BrokerId> left;
  for (const BrokerId broker : acceptable)
    if (!image.brokers.at(broker).has_offline(tp)) left.push_back(broker);
  return left;
}

bool unclean_allowed(const MetadataImage& image, TopicId topic) {
  const auto config = image.topics.find(topic);
  INVARIANT(config != image.topics.end(), "a partition belongs to a topic");
  return config->second.unclean_leader_election_enable;
}

/// Decides about every partition that `affected(tp, registration)` names, with the election `type(topic)`.
template <class Affected, class Type>
void decide_all(const MetadataImage& image, const Membership& change, const ElectionRules& rules, Affected&& affected,
                Type&& type, std::size_t limit, Write& write) {
  const std::vector<BrokerId> acceptable = acceptable_after(image, change);
  std::vector<BrokerId> unclean_shutdown;
  if (change.unclean_shutdown.known()) unclean_shutdown.push_back(change.unclean_shutdown);
  std::size_t decided = 0;
  for (const auto& [tp, partition] : image.partitions) {
    if (decided == limit) return;
    if (!affected(tp, partition)) continue;
    PartitionTargets targets = PartitionTargets::unchanged(partition);
    targets.isr = without(without(targets.isr, change.removed), change.unclean_shutdown);
    const std::vector<BrokerId> usable = online(image, acceptable, tp);
    const ElectionQuestion question{usable, image.effective_min_isr(tp.topic), type(tp.topic), unclean_shutdown, rules};
    auto decision = decide_partition(partition, {}, std::move(targets), question);
    if (!decision) continue;
    if (decision->after.leader.known())
      INVARIANT(contains(decision->after.isr, decision->after.leader), "a leader is in its ISR (LeaderInIsr)");
    const Clean clean = decision->unclean ? Clean::no : Clean::yes;
    write.push_back({PartitionRecord{tp, std::move(decision->after)}, clean});
    ++decided;
  }
}

template <class Affected>
void update_partitions(const MetadataImage& image, const Membership& change, const ElectionRules& rules,
                       Affected&& affected, Write& write) {
  const auto type = [&](TopicId topic) {
    return unclean_allowed(image, topic) ? ElectionType::unclean : ElectionType::any;
  };
  decide_all(image, change, rules, affected, type, image.partitions.size(), write);
}

void change_registration(const MetadataImage& image, BrokerId id, bool fenced, bool in_controlled_shutdown,
                         Write& write) {
  const BrokerRegistration* broker = image.broker(id);
  INVARIANT(broker != nullptr, "only a registered broker changes");
  write.push_back(
      {BrokerRegistrationChangeRecord{id, broker->epoch, fenced, in_controlled_shutdown, broker->offline_replicas}});
}

auto in_isr(BrokerId broker) {
  return [broker](TopicPartition, const PartitionRegistration& partition) { return contains(partition.isr, broker); };
}

}  // namespace

void add_fencing(const MetadataImage& image, BrokerId broker, const ElectionRules& rules, Write& write) {
  update_partitions(image, {.removed = broker, .added = {}, .unclean_shutdown = {}}, rules, in_isr(broker), write);
  change_registration(image, broker, true, image.brokers.at(broker).in_controlled_shutdown, write);
}

void add_unfencing(const MetadataImage& image, BrokerId broker, const ElectionRules& rules, Write& write) {
  change_registration(image, broker, false, image.brokers.at(broker).in_controlled_shutdown, write);
  const auto leaderless = [](TopicPartition, const PartitionRegistration& partition) {
    return !partition.leader.known();
  };
  update_partitions(image, {.removed = {}, .added = broker, .unclean_shutdown = {}}, rules, leaderless, write);
}

void add_offline_replicas(const MetadataImage& image, BrokerId broker, const std::vector<TopicPartition>& offline,
                          const ElectionRules& rules, Write& write) {
  const BrokerRegistration& now = image.brokers.at(broker);
  write.push_back({BrokerRegistrationChangeRecord{broker, now.epoch, now.fenced, now.in_controlled_shutdown, offline}});
  const auto hit = [&](TopicPartition tp, const PartitionRegistration& partition) {
    return contains(partition.isr, broker) && std::binary_search(offline.begin(), offline.end(), tp);
  };
  update_partitions(image, {.removed = broker, .added = {}, .unclean_shutdown = {}}, rules, hit, write);
}

void add_controlled_shutdown(const MetadataImage& image, BrokerId broker, const ElectionRules& rules, Write& write) {
  if (!image.brokers.at(broker).in_controlled_shutdown) change_registration(image, broker, false, true, write);
  update_partitions(image, {.removed = broker, .added = {}, .unclean_shutdown = {}}, rules, in_isr(broker), write);
}

void add_previous_incarnation_end(const MetadataImage& image, BrokerId broker, bool clean_shutdown,
                                  const ElectionRules& rules, Write& write) {
  if (clean_shutdown || !rules.elr_enabled) {
    add_fencing(image, broker, rules, write);
    return;
  }
  const Membership change{.removed = {}, .added = {}, .unclean_shutdown = broker};
  update_partitions(image, change, rules, in_isr(broker), write);
  const auto in_elr = [broker](TopicPartition, const PartitionRegistration& partition) {
    return contains(partition.elr, broker);
  };
  update_partitions(image, change, rules, in_elr, write);
}

bool add_preferred_elections(const MetadataImage& image, const ElectionRules& rules, std::size_t limit, Write& write) {
  const auto imbalanced = [](TopicPartition, const PartitionRegistration& partition) {
    return partition.leader != partition.replicas.front();
  };
  const auto preferred = [](TopicId) { return ElectionType::preferred; };
  const std::size_t before = write.size();
  decide_all(image, {}, rules, imbalanced, preferred, limit, write);
  return write.size() - before == limit;
}

bool add_unclean_elections(const MetadataImage& image, const ElectionRules& rules, std::size_t limit, Write& write) {
  const auto leaderless = [&](TopicPartition tp, const PartitionRegistration& partition) {
    return !partition.leader.known() && unclean_allowed(image, tp.topic);
  };
  const auto unclean = [](TopicId) { return ElectionType::unclean; };
  const std::size_t before = write.size();
  decide_all(image, {}, rules, leaderless, unclean, limit, write);
  return write.size() - before == limit;
}

bool has_leaderships(const MetadataImage& image, BrokerId broker) {
  return std::any_of(image.partitions.begin(), image.partitions.end(),
                     [broker](const auto& entry) { return entry.second.leader == broker; });
}

std::vector<BrokerId> active_brokers(const MetadataImage& image) { return acceptable_after(image, {}); }

}  // namespace kafkasim::core
