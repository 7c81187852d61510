#include "sim/report/lag_meter.hpp"

#include <algorithm>

#include "sim/world.hpp"

namespace kafkasim::sim {

LagMeter::LagMeter(const World& world) {
  const auto& topics = world.plan->names->topics;
  for (const GroupSpec& spec : world.scenario().consumers) {
    groups_[spec.name];
    for (std::size_t t = 0; t < topics.size(); ++t) {
      const bool subscribed = std::find(spec.topics.begin(), spec.topics.end(), topics[t]) != spec.topics.end();
      const bool assigned = std::any_of(spec.assign.begin(), spec.assign.end(),
                                        [&](const AssignedPartition& at) { return at.topic == topics[t]; });
      if (subscribed || assigned) readers_[TopicId{static_cast<std::int32_t>(t)}].push_back(spec.name);
    }
    const std::string prefix = spec.name + "/";
    for (const Host& host : world.hosts)
      if (host.role == Role::consumer && host.name.compare(0, prefix.size(), prefix) == 0)
        group_of_[host.index] = spec.name;
  }
}

bool LagMeter::watches(std::size_t note_kind) const {
  return !groups_.empty() && (note_kind == kNoteKind<HighWatermarkMoved> || note_kind == kNoteKind<OffsetsCommitted>);
}

void LagMeter::noted(const World& world, HostIndex who, const Note& note) {
  if (const auto* moved = std::get_if<HighWatermarkMoved>(&note)) {
    const auto readers = readers_.find(moved->partition.topic);
    if (readers == readers_.end()) return;
    for (const std::string& name : readers->second) {
      Group& group = groups_[name];
      std::int64_t& visible = group.visible[moved->partition];
      visible = std::max(visible, moved->to.value());  // followers and new leaders are behind for a moment
      update(group, moved->partition, world.now());
    }
  } else if (const auto* commits = std::get_if<OffsetsCommitted>(&note)) {
    const auto name = group_of_.find(who);
    if (name == group_of_.end()) return;
    Group& group = groups_[name->second];
    for (const auto& [tp, offset] : commits->offsets) {
      group.committed[tp] = offset.value();
      update(group, tp, world.now());
    }
  }
}

void LagMeter::update(Group& group, TopicPartition tp, Instant now) {
  const auto committed = group.committed.find(tp);
  if (committed == group.committed.end()) return;
  const std::int64_t fresh = std::max<std::int64_t>(0, group.visible[tp] - committed->second);
  std::int64_t& lag = group.lag[tp];
  group.total += fresh - lag;
  lag = fresh;
  group.max_partition = std::max(group.max_partition, lag);
  if (group.total > group.max) {
    group.max = group.total;
    group.drained = kNever;
  } else if (group.total == 0 && group.max > 0 && group.drained == kNever) {
    group.drained = now;
  }
}

}  // namespace kafkasim::sim
