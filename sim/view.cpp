#include "sim/view.hpp"

#include <algorithm>

#include "core/group/coordinator.hpp"
#include "sim/fault/timeline_runner.hpp"
#include "sim/world.hpp"

namespace kafkasim::sim {

Instant View::now() const { return world_->now(); }
const Scenario& View::scenario() const { return world_->scenario(); }
const Catalogue& View::names() const { return *world_->plan->names; }
const Topology& View::topology() const { return world_->network.topology(); }
const History& View::history() const { return world_->history; }
const LatencySplits& View::splits() const { return world_->splits; }
const Timeline& View::timeline() const { return world_->timeline; }
const Recorder& View::recorder() const { return world_->recorder; }
Domains View::touched() const { return world_->touched; }
const std::vector<Host>& View::hosts() const { return world_->hosts; }
const Host& View::host(HostIndex index) const { return world_->hosts.at(index); }
const MetadataImage& View::metadata() const { return truth(*world_); }

const Host* View::find(std::string_view name) const {
  for (const Host& host : world_->hosts)
    if (host.name == name) return &host;
  return nullptr;
}

const Host* View::broker_host(BrokerId id) const {
  // Brokers are the first hosts and numbered from 1, mostly.
  const auto likely = static_cast<std::size_t>(id.value()) - 1;
  if (likely < world_->hosts.size())
    if (const Host& host = world_->hosts[likely]; host.role == Role::broker && host.node == id) return &host;
  for (const Host& host : world_->hosts)
    if (host.role == Role::broker && host.node == id) return &host;
  return nullptr;
}

const ProducerDriver* View::producer_driver(HostIndex host) const {
  for (const ProducerDriver& driver : world_->producers)
    if (driver.host == host) return &driver;
  return nullptr;
}

const ConsumerDriver* View::consumer_driver(HostIndex host) const {
  for (const ConsumerDriver& driver : world_->consumers)
    if (driver.host == host) return &driver;
  return nullptr;
}

const core::Broker* View::broker(BrokerId id) const {
  const Host* host = broker_host(id);
  return host == nullptr ? nullptr : host->broker();
}

const core::Partition* View::replica(TopicPartition tp, BrokerId id) const {
  const core::Broker* on = broker(id);
  return on == nullptr ? nullptr : on->partition(tp);
}

const core::Log* View::log(TopicPartition tp, BrokerId id) const {
  const Host* host = broker_host(id);
  if (host == nullptr) return nullptr;
  const core::LogDir* dir = host->log_dir ? &*host->log_dir : nullptr;
  if (const core::Broker* on = host->broker()) {
    if (const core::Partition* running = on->partition(tp)) return &running->log();
    dir = &on->disk();
  }
  if (dir == nullptr) return nullptr;
  const auto found = dir->replicas.find(tp);
  return found == dir->replicas.end() ? nullptr : &found->second.log;
}

const core::Partition* View::leader_replica(TopicPartition tp) const {
  const PartitionRegistration* registration = metadata().partition(tp);
  if (registration == nullptr || !registration->leader.known()) return nullptr;
  return replica(tp, registration->leader);
}

const core::GroupCoordinator* View::coordinator(GroupId group) const {
  const TopicId offsets = names().offsets_topic;
  if (!offsets.known()) return nullptr;
  const std::int32_t count = metadata().partition_count(offsets);
  if (count == 0) return nullptr;
  const TopicPartition tp{offsets, core::GroupCoordinator::partition_for(names().group(group), count)};
  const PartitionRegistration* registration = metadata().partition(tp);
  if (registration == nullptr || !registration->leader.known()) return nullptr;
  const core::Broker* leader = broker(registration->leader);
  return leader == nullptr ? nullptr : &leader->coordinator();
}

std::vector<TopicPartition> View::partitions(TopicId topic) const {
  std::vector<TopicPartition> result;
  for (const auto& [tp, registration] : metadata().partitions)
    if (tp.topic == topic) result.push_back(tp);
  return result;
}

std::vector<TopicId> View::topics_of_interest() const {
  std::vector<TopicId> topics;
  const auto listed = static_cast<std::int32_t>(scenario().topics.size());
  for (std::int32_t i = 0; i < static_cast<std::int32_t>(names().topics.size()); ++i)
    if (i < listed || TopicId{i} != names().offsets_topic) topics.push_back(TopicId{i});
  return topics;
}

TopicId View::topic(std::string_view name) const {
  const auto& all = names().topics;
  const auto found = std::find(all.begin(), all.end(), name);
  return found == all.end() ? TopicId{} : TopicId{static_cast<std::int32_t>(found - all.begin())};
}

GroupId View::group(std::string_view name) const {
  const auto& all = names().groups;
  const auto found = std::find(all.begin(), all.end(), name);
  return found == all.end() ? GroupId{} : GroupId{static_cast<std::int32_t>(found - all.begin())};
}

}  // namespace kafkasim::sim
