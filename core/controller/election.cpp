#include "core/controller/election.hpp"

#include <algorithm>
#include <utility>

#include "core/base/invariant.hpp"

namespace kafkasim::core {

namespace {

struct Elected {
  BrokerId leader;
  bool unclean = false;
};

/// The targets, completed step by step, and the election upon them.
class Decision {
 public:
  Decision(const PartitionRegistration& current, const Reassignment& in_progress, PartitionTargets targets,
           const ElectionQuestion& question)
      : current_{current}, in_progress_{in_progress}, targets_{std::move(targets)}, question_{question} {
    elr_ = current.elr;
  }

  std::optional<PartitionDecision> make() {
    complete_reassignment();
    if (question_.rules.elr_enabled) update_elr();
    elect();
    bump_for_removed_replica();
    if (unclean_ || !question_.rules.elr_enabled) elr_.clear();
    bump_for_isr_shrink();
    return result();
  }

 private:
  bool acceptable(BrokerId broker) const {
    return std::binary_search(question_.acceptable.begin(), question_.acceptable.end(), broker);
  }

  /// R3.21: in the ISR, or in the ELR when the ISR is empty.
  bool valid(BrokerId broker) const {
    const bool safe = contains(targets_.isr, broker) || (targets_.isr.empty() && contains(elr_, broker));
    return safe && acceptable(broker);
  }

  /// R2.49, phases 2 and 3.
  void complete_reassignment() {
    const Reassignment& moving = targets_.reassignment;
    if (moving.adding.empty() && moving.removing.empty()) return;
    const auto stays = [&](BrokerId broker) { return !contains(moving.removing, broker); };
    std::vector<BrokerId> replicas;
    std::vector<BrokerId> isr;
    std::copy_if(targets_.replicas.begin(), targets_.replicas.end(), std::back_inserter(replicas), stays);
    std::copy_if(targets_.isr.begin(), targets_.isr.end(), std::back_inserter(isr), stays);
    const auto in_isr = [&](BrokerId broker) { return contains(isr, broker); };
    if (!std::all_of(replicas.begin(), replicas.end(), in_isr)) return;
    targets_.replicas = std::move(replicas);
    targets_.isr = std::move(isr);
    targets_.reassignment = {};
  }

  /// R3.25: who left the ISR while it was at its minimum has everything committed (R3.26).
  void update_elr() {
    if (std::cmp_greater_equal(targets_.isr.size(), question_.effective_min_isr)) {
      elr_.clear();
      return;
    }
    for (const BrokerId broker : current_.isr)
      if (!contains(elr_, broker)) elr_.push_back(broker);
    std::erase_if(elr_, [&](BrokerId broker) {
      return contains(targets_.isr, broker) || contains(question_.unclean_shutdown, broker);
    });
    std::sort(elr_.begin(), elr_.end());
  }

  std::optional<BrokerId> first_valid() const {
    const auto found = std::find_if(targets_.replicas.begin(), targets_.replicas.end(),
                                    [&](BrokerId broker) { return valid(broker); });
    return found == targets_.replicas.end() ? std::nullopt : std::optional{*found};
  }

  /// R3.21 step 3. Up to 4.0 a dead one was elected too; it must be acceptable since 4.1.
  bool can_elect_last_known_leader() const {
    if (!question_.rules.elr_enabled || !targets_.isr.empty() || !elr_.empty()) return false;
    return current_.last_known_elr.size() == 1 && acceptable(current_.last_known_elr.front());
  }

  Elected choose() const {
    if (question_.type == ElectionType::preferred && valid(targets_.replicas.front()))
      return {targets_.replicas.front()};
    if (valid(current_.leader)) return {current_.leader};
    if (const auto found = first_valid()) return {*found};
    if (can_elect_last_known_leader()) return {current_.last_known_elr.front(), true};
    if (question_.type == ElectionType::unclean)
      for (const BrokerId broker : targets_.replicas)
        if (acceptable(broker)) return {broker, true};
    return {};
  }

  void elect() {
    leader_ = current_.leader;
    const Elected elected = choose();
    if (elected.leader == current_.leader) return;
    leader_ = elected.leader;
    leader_written_ = true;
    unclean_ = elected.unclean;
    if (unclean_ || contains(elr_, elected.leader)) {  // R3.23
      targets_.isr = {elected.leader};
      elr_ = without(elr_, elected.leader);
    }
  }

  void bump_for_removed_replica() {
    for (const BrokerId broker : current_.replicas)
      if (!contains(targets_.replicas, broker)) leader_written_ = true;
  }

  void bump_for_isr_shrink() {
    if (!question_.rules.bump_leader_epoch_on_isr_shrink || !isr_written()) return;
    for (const BrokerId broker : current_.isr)
      if (!contains(targets_.isr, broker)) leader_written_ = true;
  }

  /// Without ELR the last member never leaves (R3.24).
  bool isr_written() const {
    if (targets_.isr == current_.isr) return false;
    return !targets_.isr.empty() || question_.rules.elr_enabled;
  }

  /// R3.25, 4.1+: set when the partition becomes leaderless (or its ISR empties), kept while it is, then cleared.
  std::vector<BrokerId> last_known_elr() const {
    if (!question_.rules.elr_enabled) return current_.last_known_elr;
    const bool isr_empties = isr_written() && targets_.isr.empty();
    const bool leader_lost = leader_written_ && !leader_.known() && current_.last_known_elr.empty();
    if ((isr_empties || leader_lost) && current_.leader.known()) return {current_.leader};
    return leader_.known() ? std::vector<BrokerId>{} : current_.last_known_elr;
  }

  std::optional<PartitionDecision> result() {
    PartitionDecision decision{current_, targets_.reassignment, leader_written_, unclean_};
    PartitionRegistration& after = decision.after;
    after.replicas = targets_.replicas;
    if (isr_written()) after.isr = targets_.isr;
    after.elr = elr_;
    after.last_known_elr = last_known_elr();
    after.leader = leader_;
    if (unclean_ && question_.rules.leader_recovery_supported) after.recovering = true;
    if (targets_.recovering != current_.recovering) after.recovering = targets_.recovering;
    if (after == current_ && !leader_written_ && decision.reassignment == in_progress_) return std::nullopt;
    after.partition_epoch = PartitionEpoch{current_.partition_epoch.value() + 1};
    if (leader_written_) after.leader_epoch = LeaderEpoch{current_.leader_epoch.value() + 1};
    return decision;
  }

  const PartitionRegistration& current_;
  const Reassignment& in_progress_;
  PartitionTargets targets_;
  const ElectionQuestion& question_;
  std::vector<BrokerId> elr_;
  BrokerId leader_;
  bool leader_written_ = false;
  bool unclean_ = false;
};

}  // namespace

std::optional<PartitionDecision> decide_partition(const PartitionRegistration& current, const Reassignment& in_progress,
                                                  PartitionTargets targets, const ElectionQuestion& question) {
  INVARIANT(!targets.replicas.empty(), "a partition has replicas");
  INVARIANT(std::is_sorted(question.acceptable.begin(), question.acceptable.end()), "acceptable brokers are sorted");
  return Decision{current, in_progress, std::move(targets), question}.make();
}

std::vector<BrokerId> without(const std::vector<BrokerId>& members, BrokerId leaver) {
  std::vector<BrokerId> rest;
  std::copy_if(members.begin(), members.end(), std::back_inserter(rest),
               [leaver](BrokerId broker) { return broker != leaver; });
  return rest;
}

bool contains(std::span<const BrokerId> members, BrokerId member) {
  return std::find(members.begin(), members.end(), member) != members.end();
}

}  // namespace kafkasim::core
