#include "core/group/offsets.hpp"

#include <variant>

#include "core/base/invariant.hpp"

namespace kafkasim::core {

void GroupOffsets::add_pending(std::uint64_t write, const std::vector<GroupRecord>& records) {
  const auto [added, fresh] = pending_.try_emplace(write);
  INVARIANT(fresh, "a write is handed over once");
  for (const GroupRecord& one : records) {
    const auto& record = std::get<OffsetCommitRecord>(one.value);
    added->second.push_back({record.group, record.partition, {record.offset, record.leader_epoch}});
  }
}

void GroupOffsets::commit(std::uint64_t write) {
  const auto found = pending_.find(write);
  INVARIANT(found != pending_.end(), "only a pending commit becomes visible");
  for (const Pending& one : found->second) by_group_[one.group][one.partition] = one.value;
  pending_.erase(found);
}

void GroupOffsets::drop(std::uint64_t write) { pending_.erase(write); }

void GroupOffsets::replay(const OffsetCommitRecord& record) {
  by_group_[record.group][record.partition] = CommittedOffset{record.offset, record.leader_epoch};
}

const CommittedOffsets& GroupOffsets::committed(GroupId group) const {
  static const CommittedOffsets kNone;
  const auto found = by_group_.find(group);
  return found == by_group_.end() ? kNone : found->second;
}

CommittedOffset GroupOffsets::latest(GroupId group, TopicPartition partition) const {
  for (auto write = pending_.rbegin(); write != pending_.rend(); ++write)
    for (const Pending& one : write->second)
      if (one.group == group && one.partition == partition) return one.value;
  const CommittedOffsets& visible = committed(group);
  const auto found = visible.find(partition);
  return found == visible.end() ? CommittedOffset{} : found->second;
}

}  // namespace kafkasim::core
