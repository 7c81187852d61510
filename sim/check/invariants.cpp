#include "sim/check/invariants.hpp"

#include <algorithm>

#include "core/base/invariant.hpp"
#include "core/replication/partition.hpp"
#include "sim/view.hpp"
#include "sim/world.hpp"

namespace kafkasim::sim {
namespace {

bool among(const std::vector<BrokerId>& set, BrokerId id) { return std::find(set.begin(), set.end(), id) != set.end(); }

[[noreturn]] void breach(const World& world, TopicPartition tp, const std::string& what) {
  fail_invariant(world.plan->names->name(tp), what, __FILE__, __LINE__);
}

// The record of that epoch at that offset, by the epochs' starts; gone with the log start counts as kept.
bool holds_record(const core::Log& log, Offset offset, LeaderEpoch epoch) {
  if (offset < log.log_start()) return true;
  return offset < log.log_end() && log.epochs().epoch_at(offset) == epoch;
}

// Which held batch has the offset, the number of them all if none has; what is asked for lies among the last, mostly.
std::size_t batch_with(const core::Log& log, Offset offset) {
  constexpr std::size_t kNear = 8;
  const core::HeldBatches& batches = log.batches();
  const std::size_t all = batches.size();
  for (std::size_t back = 1; back <= std::min(kNear, all); ++back)
    if (const Batch& batch = batches[all - back]; batch.base_offset <= offset)
      return offset < batch.next_offset() ? all - back : all;
  const auto behind = std::upper_bound(batches.begin(), batches.end(), offset,
                                       [](Offset wanted, const Batch& batch) { return wanted < batch.base_offset; });
  if (behind == batches.begin()) return all;
  const auto at = static_cast<std::size_t>(behind - batches.begin()) - 1;
  return offset < batches[at].next_offset() ? at : all;
}

const core::Partition* replica_of(const World& world, HostIndex who, TopicPartition tp) {
  const core::Broker* broker = world.hosts[who].broker();
  return broker == nullptr ? nullptr : broker->partition(tp);
}

}  // namespace

void Invariants::data_lost(TopicPartition tp, HostIndex who) {
  excuse(tp, Excuse::data_loss);
  LeaderEpoch led;
  for (auto at = leaders_.lower_bound({tp, LeaderEpoch{}}); at != leaders_.end() && at->first.first == tp; ++at)
    if (at->second == who) led = at->first.second;
  if (led.known()) written_twice_.insert({tp, led});
}

// Both logs from the batch at `from` on, as far as both reach: equal in offset and epoch means equal batches, after
// equal ones. A pair before `from` is the end of what was compared when it was written.
bool Invariants::logs_match(const core::Log& a, const core::Log& b, TopicPartition tp, Offset from) const {
  if (from < a.first_held() || from < b.first_held()) return true;
  const core::HeldBatches& ones = a.batches();
  const core::HeldBatches& others = b.batches();
  std::size_t one = batch_with(a, from), other = batch_with(b, from);
  if (one == ones.size() || other == others.size()) return true;
  const LeaderEpoch epoch = ones[one].leader_epoch;
  if (one > 0 && other > 0 && epoch == others[other].leader_epoch && ones[one - 1] != others[other - 1])
    return written_twice_.contains({tp, ones[one - 1].leader_epoch});
  for (; one < ones.size() && other < others.size(); ++one, ++other) {
    const Batch &mine = ones[one], &its = others[other];
    if (mine.leader_epoch != its.leader_epoch) return true;  // they part here, and are cut before they meet
    if (mine != its) return written_twice_.contains({tp, mine.leader_epoch});
  }
  return true;
}

void Invariants::committed_on(const World& world, TopicPartition tp, const std::vector<BrokerId>& isr, Committed last,
                              const char* rule) const {
  if (!last.offset.known() || excused_.contains(tp)) return;
  const View view{world};
  for (const BrokerId member : isr) {
    const core::Log* log = view.log(tp, member);
    if (log == nullptr || !holds_record(*log, last.offset, last.epoch))
      breach(world, tp,
             std::string{rule} + ": broker " + std::to_string(member.value()) + " is in sync and lacks offset " +
                 std::to_string(last.offset.value()) + " of epoch " + std::to_string(last.epoch.value()) +
                 ", which is below a high watermark");
  }
}

void Invariants::on(const World& world, HostIndex who, const BecameLeader& note) {
  const auto [found, fresh] = leaders_.try_emplace({note.partition, note.epoch}, who);
  if (found->second != who)
    breach(world, note.partition, "OneLeader: " + world.hosts[who].name + " leads an epoch that was another's");
  const auto committed = committed_.find(note.partition);
  if (committed == committed_.end()) return;
  committed_on(world, note.partition, {BrokerId{world.hosts[who].node}}, committed->second, "CommittedStays");
}

void Invariants::on(const World& world, HostIndex who, const HighWatermarkMoved& note) {
  const TopicPartition tp = note.partition;
  const core::Partition* replica = replica_of(world, who, tp);
  INVARIANT(replica != nullptr, "a broker speaks of its own replicas");
  if (!replica->is_leader()) return;
  const core::Log& log = replica->log();
  if (note.to > log.log_end()) breach(world, tp, "HighWatermark: it is above the log end");
  if (note.to < log.log_start()) breach(world, tp, "HighWatermark: it is below the log start");
  Mark& mark = marks_[{tp, who}];
  // A broker that comes back within its session leads on in the same epoch, with what its machine kept.
  if (mark.epoch == replica->leader_epoch() && note.to < mark.high_watermark && !excused_.contains(tp))
    breach(world, tp, "HighWatermark: a leader's went back within its epoch");
  mark = {replica->leader_epoch(), note.to};
  if (note.to <= log.log_start() || excused_.contains(tp)) return;

  const Committed last{note.to - 1, log.epochs().epoch_at(note.to - 1).value_or(LeaderEpoch{})};
  const PartitionRegistration* truly = View{world}.metadata().partition(tp);
  if (truly != nullptr) committed_on(world, tp, truly->isr, last, "StrongIsr");
  if (truly == nullptr || truly->isr != replica->isr()) committed_on(world, tp, replica->isr(), last, "WeakIsr");
  Committed& furthest = committed_[tp];
  if (furthest.offset.known() && furthest.offset >= last.offset) return;
  if (furthest.offset.known() && !holds_record(log, furthest.offset, furthest.epoch))
    breach(world, tp, "CommittedStays: " + world.hosts[who].name + " commits a log without what was committed before");
  furthest = last;
}

void Invariants::on(const World& world, HostIndex, const PartitionChanged& note) {
  const PartitionRegistration& before = note.before;
  const PartitionRegistration& after = note.after;
  const TopicPartition tp = note.partition;
  if (after.leader.known() && !among(after.isr, after.leader))
    breach(world, tp, "LeaderInIsr: the controller's leader is not in sync");
  for (const BrokerId member : after.isr)
    if (!among(after.replicas, member)) breach(world, tp, "LeaderInIsr: the ISR is a set of replicas");
  for (const BrokerId member : after.elr) {
    if (!among(after.replicas, member)) breach(world, tp, "LeaderInIsr: the ELR is a set of replicas");
    if (among(after.isr, member)) breach(world, tp, "LeaderInIsr: a replica is both in sync and merely eligible");
  }
  if (before.replicas.empty()) return;  // a new partition
  if (after.leader_epoch < before.leader_epoch) breach(world, tp, "OneLeader: a leader epoch went back");
  const bool made_now = before.replicas.empty();
  if (!made_now && after.leader != before.leader && after.leader_epoch == before.leader_epoch)
    breach(world, tp, "OneLeader: another leader in the same epoch");
  if (note.unclean) excuse(tp, Excuse::unclean_election);
  if (const auto committed = committed_.find(tp); committed != committed_.end())
    committed_on(world, tp, after.isr, committed->second, "StrongIsr");
}

void Invariants::on(const World& world, HostIndex who, const LogAppended& note) {
  const TopicPartition tp = note.partition;
  const core::Partition* replica = replica_of(world, who, tp);
  INVARIANT(replica != nullptr, "a broker speaks of its own replicas");
  if (replica->high_watermark() > replica->log().log_end()) breach(world, tp, "HighWatermark: it is above the log end");
  const View view{world};
  for (const BrokerId other : replica->replicas()) {
    if (other == replica->self()) continue;
    const core::Log* log = view.log(tp, other);
    if (log != nullptr && log->log_end() > note.from && !logs_match(replica->log(), *log, tp, note.from))
      breach(world, tp,
             "LogMatching: brokers " + std::to_string(replica->self().value()) + " and " +
                 std::to_string(other.value()) + " hold different batches at one offset of one epoch");
  }
}

// A cut may take from a member what somebody has committed.
void Invariants::on(const World& world, HostIndex who, const LogTruncated& note) {
  const TopicPartition tp = note.partition;
  const BrokerId self{world.hosts[who].node};
  const PartitionRegistration* truly = View{world}.metadata().partition(tp);
  if (truly == nullptr || excused_.contains(tp)) return;
  if (const auto committed = committed_.find(tp); committed != committed_.end() && among(truly->isr, self))
    committed_on(world, tp, {self}, committed->second, "StrongIsr");
  const View view{world};
  for (const BrokerId other : truly->replicas) {
    const core::Partition* leader = other == self ? nullptr : view.replica(tp, other);
    if (leader == nullptr || !leader->is_leader() || !among(leader->isr(), self)) continue;
    const Offset hw = leader->high_watermark();
    if (hw <= leader->log().log_start()) continue;
    committed_on(world, tp, {self}, {hw - 1, leader->log().epochs().epoch_at(hw - 1).value_or(LeaderEpoch{})},
                 "WeakIsr");
  }
}

}  // namespace kafkasim::sim
