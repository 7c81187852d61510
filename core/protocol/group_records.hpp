// Records of __consumer_offsets: what a coordinator writes and a successor replays (R5.2).
#pragma once

#include <map>
#include <string>
#include <variant>
#include <vector>

#include "core/base/ids.hpp"
#include "core/base/time.hpp"

namespace kafkasim {

using MemberId = std::string;
using Assignment = std::vector<TopicPartition>;

struct OffsetCommitRecord {
  GroupId group;
  TopicPartition partition;
  Offset offset;
  LeaderEpoch leader_epoch;
  friend bool operator==(const OffsetCommitRecord&, const OffsetCommitRecord&) = default;
};

struct GroupMemberRecord {
  MemberId member;
  std::string client;  // "billing/1"
  Duration session_timeout{};
  Duration rebalance_timeout{};
  std::vector<TopicId> subscription;
  Assignment assignment;
  friend bool operator==(const GroupMemberRecord&, const GroupMemberRecord&) = default;
};

struct GroupMetadataRecord {
  GroupId group;
  Generation generation;
  std::string protocol;  // "range"; "" when Empty
  MemberId leader;
  std::vector<GroupMemberRecord> members;
  friend bool operator==(const GroupMetadataRecord&, const GroupMetadataRecord&) = default;
};

struct GroupRecord {
  std::variant<OffsetCommitRecord, GroupMetadataRecord> value;
  friend bool operator==(const GroupRecord&, const GroupRecord&) = default;
};

}  // namespace kafkasim
