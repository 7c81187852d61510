// Is anything left to do? What a settling run waits for, in words a person understands.
#include "core/group/coordinator.hpp"
#include "sim/view.hpp"
#include "sim/world.hpp"

namespace kafkasim::sim {
namespace {

struct Pending {
  const World& world;
  const View& view;
  std::vector<std::string> found;

  void brokers() {
    for (const Host& host : world.hosts) {
      if (host.role != Role::broker) continue;
      const BrokerRegistration* registration = view.metadata().broker(host.node);
      if (!host.up())
        found.push_back(host.name + " is down");
      else if (registration == nullptr || registration->fenced)
        found.push_back(host.name + " is fenced");
    }
  }

  void partitions() {
    for (const auto& [tp, registration] : view.metadata().partitions) {
      const std::string name = world.plan->names->name(tp);
      const core::Partition* leader = view.leader_replica(tp);
      if (leader == nullptr || !leader->is_leader()) {
        found.push_back(name + " has no leader");
        continue;
      }
      if (registration.isr.size() < registration.replicas.size()) found.push_back(name + " is under-replicated");
      if (leader->high_watermark() < leader->log().log_end())
        found.push_back(name + ": records above the high watermark");
      for (const BrokerId replica : registration.replicas)
        if (const core::Log* log = view.log(tp, replica); log != nullptr && log->log_end() != leader->log().log_end()) {
          found.push_back(name + ": replicas differ");
          break;
        }
    }
  }

  void producers() {
    for (const Host& host : world.hosts)
      if (const core::Producer* producer = host.producer();
          producer != nullptr && !producer->closed() && !producer->quiescent())
        found.push_back(host.name + " has records without an answer");
  }

  // A member reads on while its partitions hold records it has not handed out, or has not worked through.
  void member(const Host& host, const core::Consumer& consumer) {
    const ConsumerDriver* driver = view.consumer_driver(host.index);
    if (!driver->to_process.empty() || driver->step == ConsumerDriver::Step::committing ||
        driver->step == ConsumerDriver::Step::closing) {
      found.push_back(host.name + " is working");
      return;
    }
    for (const TopicPartition tp : consumer.assignment()) {
      const core::Partition* leader = view.leader_replica(tp);
      if (leader == nullptr) continue;
      if (consumer.position(tp) < leader->high_watermark()) {
        found.push_back(host.name + " has " + world.plan->names->name(tp) + " to read");
        return;
      }
    }
  }

  void groups() {
    for (std::size_t g = 0; g < world.scenario().consumers.size(); ++g) {
      const GroupSpec& spec = world.scenario().consumers[g];
      bool any = false;
      for (const ConsumerDriver& driver : world.consumers) {
        if (driver.group != g) continue;
        const Host& host = world.hosts[driver.host];
        const core::Consumer* consumer = host.consumer();
        if (consumer == nullptr || !host.up() || consumer->closed()) continue;
        if (driver.member.manual) continue;  // it does nothing by itself
        any = true;
        member(host, *consumer);
      }
      if (any && spec.assign.empty()) group(spec);
    }
  }

  void group(const GroupSpec& spec) {
    const GroupId id = view.group(spec.name);
    const core::GroupCoordinator* coordinator = view.coordinator(id);
    const core::ClassicGroup* state = coordinator == nullptr ? nullptr : coordinator->group(id);
    if (state == nullptr || state->state() != core::GroupState::stable) {
      found.push_back("group " + spec.name + " is not stable");
      return;
    }
    for (const ConsumerDriver& driver : world.consumers) {
      const Host& host = world.hosts[driver.host];
      const core::Consumer* consumer = host.consumer();
      if (world.scenario().consumers[driver.group].name != spec.name || consumer == nullptr) continue;
      if (driver.member.manual) continue;
      if (driver.member.commit == CommitMode::none ||
          (driver.member.commit == CommitMode::automatic && !driver.member.config.enable_auto_commit))
        continue;
      // A commit that failed, or left out a partition whose position awaited validation, is made up for with the next
      // records, and none may come (C-33, SubscriptionState.allConsumed).
      if (driver.member.commit != CommitMode::automatic) {
        if (driver.unanswered > 0) found.push_back(host.name + " waits for a commit");
        continue;
      }
      for (const TopicPartition tp : consumer->assignment()) {
        const auto& committed = coordinator->committed(id);
        const auto at = committed.find(tp);
        const Offset known = at == committed.end() ? Offset{} : at->second.offset;
        const core::Partition* leader = view.leader_replica(tp);
        if (leader != nullptr && consumer->position(tp) > known && consumer->position(tp) > leader->log().log_start())
          found.push_back("group " + spec.name + " has not committed " + world.plan->names->name(tp));
      }
    }
  }
};

}  // namespace

std::vector<std::string> View::pending() const {
  Pending pending{*world_, *this, {}};
  pending.brokers();
  pending.partitions();
  pending.producers();
  pending.groups();
  return std::move(pending.found);
}

}  // namespace kafkasim::sim
