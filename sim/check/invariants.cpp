#include "sim/check/invariants.hpp"

#include <algorithm>

#include "core/base/invariant.hpp"
#include "core/replication/partition.hpp"
#include "sim/world.hpp"

namespace kafkasim::sim {

void Invariants::note(const World& world, HostIndex who, const Note& note) {
  std::visit([&](const auto& what) { on(world, who, what); }, note);
}

// I6: one leader per epoch.
void Invariants::on(const World&, HostIndex who, const BecameLeader& note) {
  const auto [found, fresh] = leaders_.try_emplace({note.partition, note.epoch}, who);
  INVARIANT(found->second == who, "an epoch of a partition has one leader");
}

// I5: within a leadership the high watermark only rises, and never above the log end.
void Invariants::on(const World& world, HostIndex who, const HighWatermarkMoved& note) {
  const core::Broker* broker = world.hosts[who].broker();
  const core::Partition* replica = broker == nullptr ? nullptr : broker->partition(note.partition);
  INVARIANT(replica != nullptr, "a broker speaks of its own replicas");
  if (!replica->is_leader()) return;
  INVARIANT(note.to <= replica->log().log_end(), "a high watermark is not above the log end");
  Mark& mark = marks_[{note.partition, who}];
  if (mark.epoch == replica->leader_epoch())
    INVARIANT(note.to >= mark.high_watermark, "a leader's high watermark never goes back within its epoch");
  mark = {who, replica->leader_epoch(), note.to};
}

// I3: the leader is in the ISR. ISR and ELR are replicas, and no replica is in both.
void Invariants::on(const World&, HostIndex, const PartitionChanged& note) {
  const PartitionRegistration& after = note.after;
  const auto in = [](const std::vector<BrokerId>& set, BrokerId id) { return std::find(set.begin(), set.end(), id) != set.end(); };
  if (after.leader.known()) INVARIANT(in(after.isr, after.leader), "LeaderInIsr: a leader is in sync");
  for (const BrokerId member : after.isr) INVARIANT(in(after.replicas, member), "the ISR is a set of replicas");
  for (const BrokerId member : after.elr) {
    INVARIANT(in(after.replicas, member), "the ELR is a set of replicas");
    INVARIANT(!in(after.isr, member), "no replica is both in sync and merely eligible");
  }
  INVARIANT(after.leader_epoch >= note.before.leader_epoch, "a leader epoch never goes back");
  if (note.unclean) unclean_[note.partition] = true;
}

}  // namespace kafkasim::sim
