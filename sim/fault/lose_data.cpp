// Data that is gone from the disk of a broker that is down.
#include <algorithm>

#include "sim/fault/timeline_runner.hpp"
#include "sim/view.hpp"

namespace kafkasim::sim {
namespace {

// A directory of a partition is gone, or what was at its end. Nobody can know it, and a marker that stayed says the
// opposite: the broker may lead with what is left.
void lose_partition(World& world, Host& host, TopicPartition tp, const std::optional<std::int64_t>& to) {
  auto& replicas = host.log_dir->replicas.edit();
  const auto found = replicas.find(tp);
  if (found == replicas.end()) return;
  if (found->second.log.log_end() > Offset{to.value_or(0)}) world.invariants.data_lost(tp, host.index);
  if (to) {
    found->second.log.lose_from(Offset{*to});
    found->second.recovery_point = std::min(found->second.recovery_point, found->second.log.log_end());
    host.disk.truncated(tp, found->second.log.log_end());
  } else {
    replicas.erase(found);
    host.disk.truncated(tp, Offset{0});
  }
}

// A new disk: nothing on it, the metadata log neither. The broker keeps its id (it is formatted for its cluster).
void wipe(World& world, Host& host) {
  core::LogDir fresh;
  fresh.dirs = host.log_dir->dirs;
  for (const auto& [tp, stored] : host.log_dir->replicas) {
    if (stored.log.log_end() > Offset{0}) world.invariants.data_lost(tp, host.index);
    host.disk.truncated(tp, Offset{0});
  }
  host.log_dir = std::move(fresh);
}

void lose(World& world, Host& host, const DiskFaultSpec& fault) {
  const std::optional<BrokerEpoch> marker = host.log_dir->clean_shutdown;
  if (fault.partitions.empty() && !fault.to) {
    wipe(world, host);
  } else if (fault.partitions.empty()) {
    std::vector<TopicPartition> all;
    for (const auto& [tp, stored] : host.log_dir->replicas) all.push_back(tp);
    for (const TopicPartition tp : all) lose_partition(world, host, tp, fault.to);
  }
  for (const AssignedPartition& one : fault.partitions)
    lose_partition(world, host, {View{world}.topic(one.topic), one.partition}, fault.to);
  host.log_dir->clean_shutdown = fault.keep_marker ? marker : std::nullopt;
}

}  // namespace

bool lose_data(World& world, std::size_t index) {
  const EntryState& state = world.timeline.entries[index];
  for (const HostIndex index_of_host : state.hosts) {
    const Host& host = world.hosts[index_of_host];
    if (host.role != Role::broker) {
      fail_entry(world, index, host.name + " is no broker");
      return false;
    }
    if (host.state != ProcessState::down) {
      fail_entry(world, index, host.name + " is not down");
      return false;
    }
  }
  for (const HostIndex host : state.hosts) lose(world, world.hosts[host], world.scenario().timeline[index].disk);
  world.touched |= domain::logs;
  return true;
}

}  // namespace kafkasim::sim
