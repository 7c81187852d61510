#include <algorithm>

#include "core/base/invariant.hpp"
#include "sim/check/history.hpp"

namespace kafkasim::sim {
namespace {

using State = GroupStateChanged::State;

bool under_way(State state) { return state == State::preparing_rebalance || state == State::completing_rebalance; }

void renew(GapMeter& gap, std::int64_t change, Instant now) {
  if (change > 0) gap.due(change, now);
  if (change < 0) gap.answered(-change, now, false);
}

// Records are due while the log holds some that were not handed out: the partition's position or high watermark has
// moved. By how many more there are now; the group's own gap is that of all its partitions together.
std::int64_t renew_partition(GroupHistory& group, TopicPartition tp, Instant now) {
  const auto position = group.standing.find(tp);
  const auto end = group.visible.find(tp);
  if (position == group.standing.end() || end == group.visible.end()) return 0;
  GapMeter& gap = group.gap_by_partition[tp];
  const std::int64_t change = std::max<std::int64_t>(0, end->second - position->second) - gap.outstanding();
  renew(gap, change, now);
  return change;
}

}  // namespace

void History::polled(HostIndex member, const std::vector<PolledRecords>& records, Instant now) {
  GroupHistory* group = group_of(member);
  INVARIANT(group != nullptr, "a consumer belongs to a group");
  for (const PolledRecords& range : records) {
    DeliveredPartition& at = group->partitions[range.partition];
    const std::int64_t begin = range.first.value();
    const std::int64_t end = begin + range.count;
    group->delivered += range.count;
    group->redelivered += at.handed_out.insert(begin, end);
    at.next = end;
    at.delivered += range.count;
    at.out_of_order.add(now, std::clamp<std::int64_t>(at.reached - begin, 0, range.count));
    at.reached = std::max(at.reached, end);
    group->standing[range.partition] = end;
    if (keep_deliveries_)
      group->deliveries.push_back(
          {member, range.partition, range.first, range.count, range.skip, range.batch.payload, now});
    const Payload* payload = this->payload(range.batch.payload);
    if (payload == nullptr) continue;
    std::int32_t skip = range.skip, left = range.count;
    for (const RecordRun& run : payload->runs) {
      if (skip >= run.count) {
        skip -= run.count;
        continue;
      }
      const std::int32_t take = std::min(left, run.count - skip);
      group->end_to_end.add_run(now - run.timestamp(skip), run.spacing, take);
      left -= take;
      skip = 0;
      if (left == 0) break;
    }
  }
  group->gap.answered(0, now);
  for (const PolledRecords& range : records) group->gap_by_partition[range.partition].answered(0, now);
  std::int64_t change = 0;
  for (const PolledRecords& range : records) change += renew_partition(*group, range.partition, now);
  renew(group->gap, change, now);
}

void History::threw(HostIndex member, std::string_view exception) {
  GroupHistory* group = group_of(member);
  if (group == nullptr) return;
  ++group->exceptions[std::string{exception}];
  ++group->members[member].exceptions[std::string{exception}];
}

void History::on(HostIndex who, const PositionSet& note, Instant now) {
  GroupHistory* group = group_of(who);
  if (group == nullptr) return;
  group->standing[note.partition] = note.position.value();
  renew(group->gap, renew_partition(*group, note.partition, now), now);
}

void History::on(HostIndex, const HighWatermarkMoved& note, Instant now) {
  for (auto& [name, group] : groups_) {
    if (!group.standing.contains(note.partition)) continue;
    group.visible[note.partition] = note.to.value();
    renew(group.gap, renew_partition(group, note.partition, now), now);
  }
}

void History::processed(HostIndex member, TopicPartition tp, Offset first, std::int32_t count, Instant) {
  GroupHistory* group = group_of(member);
  INVARIANT(group != nullptr, "a consumer belongs to a group");
  group->processed += count;
  group->partitions[tp].processed.insert(first.value(), first.value() + count);
}

// The member's partitions have no owner from now on, unless somebody else has them already.
void History::give_up(GroupHistory& group, HostIndex member, Instant now) {
  for (const TopicPartition tp : group.owned[member]) group.ownerless_since.try_emplace(tp, now);
  group.owned.erase(member);
}

void History::on(HostIndex who, const PartitionsAssigned& note, Instant now) {
  GroupHistory* group = group_of(who);
  if (group == nullptr) return;
  group->owned[who] = note.partitions;
  ++group->members[who].assigned;
  for (const TopicPartition tp : note.partitions) {
    const auto [before, first] = group->last_owner.try_emplace(tp, who);
    if (!first && before->second != who)
      for (auto at = group->rebalances.rbegin(); at != group->rebalances.rend(); ++at)
        if (!note.generation.known() || at->generation == note.generation) {
          ++at->moved;
          break;
        }
    before->second = who;
    const auto since = group->ownerless_since.find(tp);
    if (since == group->ownerless_since.end()) continue;
    // The pause belongs to the rebalance whose generation the new owner has.
    for (auto at = group->rebalances.rbegin(); at != group->rebalances.rend(); ++at)
      if (!note.generation.known() || at->generation == note.generation) {
        at->pauses.push_back({tp, since->second, now});
        break;
      }
    group->ownerless_since.erase(since);
  }
}

void History::on(HostIndex who, const PartitionsRevoked& note, Instant now) {
  GroupHistory* group = group_of(who);
  if (group == nullptr) return;
  auto& owned = group->owned[who];
  MemberHistory& member = group->members[who];
  ++(note.lost ? member.lost : member.revoked);
  for (const TopicPartition tp : note.partitions) {
    group->ownerless_since.try_emplace(tp, now);
    std::erase(owned, tp);
  }
}

void History::on(HostIndex who, const OffsetsCommitted& note, Instant) {
  GroupHistory* group = group_of(who);
  if (group == nullptr) return;
  for (const auto& [tp, offset] : note.offsets) group->committed[tp] = offset;
}

void History::on(HostIndex who, const ClientError& note, Instant) {
  GroupHistory* group = group_of(who);
  if (group == nullptr) return;
  ++group->errors[note.error];
  ++group->members[who].errors[note.error];
}

void History::on(HostIndex who, const ConsumerException& note, Instant) {
  threw(who, note.exception.empty() ? exception_name(note.error) : note.exception);
}

void History::on(HostIndex, const GroupStateChanged& note, Instant now) {
  const auto found = groups_.find(names_->group(note.group));
  if (found == groups_.end()) return;
  GroupHistory& group = found->second;
  const bool before = under_way(group.state);
  const bool after = under_way(note.state);
  if (after && !before) {
    Rebalance rebalance;
    rebalance.begin = now;
    rebalance.reason = note.reason;
    group.rebalances.push_back(std::move(rebalance));
  }
  if (!group.rebalances.empty() && (before || after)) {
    Rebalance& last = group.rebalances.back();
    last.generation = note.generation;
    last.members = note.members;
    if (before && !after) last.end = now;
  }
  group.state = note.state;
}

}  // namespace kafkasim::sim
