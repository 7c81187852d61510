// Committed offsets of the groups of one offsets partition (R5.17, R5.18). A commit is pending until its record is
// committed; only then it is visible as committed.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "core/base/fields.hpp"
#include "core/base/ids.hpp"
#include "core/protocol/group_records.hpp"

namespace kafkasim::core {

struct CommittedOffset {
  Offset offset;
  LeaderEpoch leader_epoch;  // of the last consumed record, -1 = not told (KIP-320)
  friend bool operator==(const CommittedOffset&, const CommittedOffset&) = default;
  FIELDS(offset, leader_epoch)
};

using CommittedOffsets = std::map<TopicPartition, CommittedOffset>;

class GroupOffsets {
 public:
  /// Records of a write that is not committed yet. Neither ownership nor direction is checked (S-13).
  void add_pending(std::uint64_t write, const std::vector<GroupRecord>& records);
  /// The write is committed: its records replace what was there.
  void commit(std::uint64_t write);
  /// The append was refused: nothing happened.
  void drop(std::uint64_t write);
  /// A record read from the log.
  void replay(const OffsetCommitRecord& record);

  /// Visible ones; empty for a group without any.
  const CommittedOffsets& committed(GroupId group) const;
  /// The value once everything written so far is committed (OffsetFetch with require_stable, as the Java client asks).
  CommittedOffset latest(GroupId group, TopicPartition partition) const;
  bool any(GroupId group) const { return by_group_.contains(group); }
  const std::map<GroupId, CommittedOffsets>& by_group() const { return by_group_; }

  friend bool operator==(const GroupOffsets&, const GroupOffsets&) = default;
  FIELDS(by_group_, pending_)

 private:
  struct Pending {
    GroupId group;
    TopicPartition partition;
    CommittedOffset value;
    friend bool operator==(const Pending&, const Pending&) = default;
    FIELDS(group, partition, value)
  };

  std::map<GroupId, CommittedOffsets> by_group_;
  std::map<std::uint64_t, std::vector<Pending>> pending_;  // by write, oldest first
};

}  // namespace kafkasim::core
