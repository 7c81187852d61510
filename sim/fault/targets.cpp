// Roles resolved at the instant of firing.
#include <algorithm>

#include "core/group/coordinator.hpp"
#include "sim/fault/timeline_runner.hpp"

namespace kafkasim::sim {
namespace {

struct Resolver {
  World& world;
  const Entry& entry;
  const std::vector<HostIndex>& already;  // found by other targets of the entry
  std::vector<HostIndex> found;

  void add(HostIndex host) {
    if (std::find(found.begin(), found.end(), host) == found.end()) found.push_back(host);
  }
  void add_node(BrokerId node) {
    for (const Host& host : world.hosts)
      if (node.known() && host.node == node) add(host.index);
  }

  std::vector<TopicPartition> partitions(const Target& target) const {
    std::vector<TopicPartition> result;
    for (const auto& [tp, registration] : truth(world).partitions)
      if (world.plan->names->topic(tp.topic) == target.name &&
          (target.partition < 0 || target.partition == tp.partition))
        result.push_back(tp);
    return result;
  }

  static std::vector<BrokerId> followers(const PartitionRegistration& of) {
    std::vector<BrokerId> rest;
    for (const BrokerId replica : of.replicas)
      if (replica != of.leader) rest.push_back(replica);
    return rest;
  }

  HostIndex one_of(const std::vector<HostIndex>& candidates) {
    return candidates[world.chooser.below(Choice::fault_target, candidates.size())];
  }

  void random_broker() {
    std::vector<HostIndex> alive;
    for (const Host& host : world.hosts)
      if (host.role == Role::broker && host.up()) alive.push_back(host.index);
    if (!alive.empty()) add(one_of(alive));
  }

  void of_partition(const Target& target) {
    for (const TopicPartition tp : partitions(target)) {
      const PartitionRegistration& at = truth(world).partitions.at(tp);
      const std::vector<BrokerId> rest = followers(at);
      switch (target.kind) {
        case TargetKind::leader_of:
          add_node(at.leader);
          break;
        case TargetKind::preferred_leader_of:
          add_node(at.replicas.front());
          break;
        case TargetKind::replicas_of:
          for (const BrokerId replica : at.replicas) add_node(replica);
          break;
        case TargetKind::followers_of:
          for (const BrokerId replica : rest) add_node(replica);
          break;
        case TargetKind::follower_of:
          if (target.number >= 1 && static_cast<std::size_t>(target.number) <= rest.size())
            add_node(rest[static_cast<std::size_t>(target.number) - 1]);
          break;
        case TargetKind::random_follower_of:
          if (!rest.empty()) add_node(rest[world.chooser.below(Choice::fault_target, rest.size())]);
          break;
        default:
          INVARIANT(false, "a role of a partition");
      }
    }
  }

  void coordinator(const Target& target) {
    const std::int32_t count = truth(world).partition_count(world.plan->names->offsets_topic);
    if (count == 0) return;
    const std::int32_t number = core::GroupCoordinator::partition_for(target.name, count);
    if (const PartitionRegistration* at = truth(world).partition({world.plan->names->offsets_topic, number}))
      add_node(at->leader);
  }

  void client(const std::string& name) {
    const std::string prefix = name + "/";
    for (const Host& host : world.hosts)
      if ((host.role == Role::producer || host.role == Role::consumer) &&
          (host.name == name || host.name.compare(0, prefix.size(), prefix) == 0))
        add(host.index);
  }

  // A random target is drawn once: what it was is among `already` and `found`.
  static bool drawn(const Target& target) {
    return target.kind == TargetKind::random_broker || target.kind == TargetKind::random_follower_of;
  }

  void others() {
    std::vector<HostIndex> named = already;
    named.insert(named.end(), found.begin(), found.end());
    const auto name = [&](const std::vector<Target>& targets) {
      Resolver rest{world, entry, already, {}};
      for (const Target& target : targets)
        if (target.kind != TargetKind::others && !drawn(target)) rest.one(target);
      named.insert(named.end(), rest.found.begin(), rest.found.end());
    };
    name(entry.targets);
    name(entry.from);
    name(entry.to);
    for (const auto& side : entry.sides) name(side);
    const bool links = entry.verb == Verb::partition || entry.verb == Verb::cut || entry.verb == Verb::isolate;
    for (const Host& host : world.hosts)
      if (std::find(named.begin(), named.end(), host.index) == named.end() && (links || host.role != Role::admin))
        add(host.index);
  }

  void one(const Target& target) {
    switch (target.kind) {
      case TargetKind::broker:
        add_node(BrokerId{target.number});
        return;
      case TargetKind::controller:
        if (target.number > 0) {
          add_node(BrokerId{target.number});
        } else {
          for (const Host& host : world.hosts)
            if (host.role == Role::controller) return add(host.index);
        }
        return;
      case TargetKind::coordinator_of:
        coordinator(target);
        return;
      case TargetKind::rack:
        for (const Host& host : world.hosts)
          if (host.rack == target.name) add(host.index);
        return;
      case TargetKind::all_brokers:
        for (const Host& host : world.hosts)
          if (host.role == Role::broker) add(host.index);
        return;
      case TargetKind::random_broker:
        random_broker();
        return;
      case TargetKind::others:
        others();
        return;
      case TargetKind::client:
        client(target.name);
        return;
      case TargetKind::clients:
        for (const Host& host : world.hosts)
          if (host.role == Role::producer || host.role == Role::consumer) add(host.index);
        return;
      case TargetKind::entry:
        for (std::size_t i = 0; i < world.scenario().timeline.size(); ++i)
          if (world.scenario().timeline[i].id == target.name)
            for (const HostIndex host : world.timeline.entries[i].hosts) add(host);
        return;
      default:
        of_partition(target);
    }
  }
};

}  // namespace

const MetadataImage& truth(const World& world) {
  for (const Host& host : world.hosts)
    if (const core::Controller* controller = host.controller()) return controller->image();
  return world.last_metadata;
}

std::vector<HostIndex> resolve(World& world, const std::vector<Target>& targets, const Entry& entry,
                               const std::vector<HostIndex>& named) {
  Resolver resolver{world, entry, named, {}};
  for (const Target& target : targets)
    if (target.kind != TargetKind::others) resolver.one(target);
  for (const Target& target : targets)
    if (target.kind == TargetKind::others) resolver.one(target);
  return resolver.found;
}

}  // namespace kafkasim::sim
