// Classic group protocol and committed offsets: Kafka's field names.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/base/error_code.hpp"
#include "core/base/ids.hpp"
#include "core/base/time.hpp"
#include "core/protocol/group_records.hpp"

namespace kafkasim {

struct FindCoordinatorRequest {
  GroupId group;
  friend bool operator==(const FindCoordinatorRequest&, const FindCoordinatorRequest&) = default;
};

struct FindCoordinatorResponse {
  ErrorCode error = ErrorCode::NONE;
  BrokerId node;
  friend bool operator==(const FindCoordinatorResponse&, const FindCoordinatorResponse&) = default;
};

struct JoinGroupRequest {
  GroupId group;
  MemberId member_id;  // "" = a new dynamic member (KIP-394)
  std::string client_id;
  Duration session_timeout{};
  Duration rebalance_timeout{};
  std::vector<std::string> protocols;  // assignor names, the member's preference order
  std::vector<TopicId> subscription;
  /// KIP-800: told by the member, read by people only. `metadata`: a leader saw its topics change.
  enum class Reason : std::uint8_t { none, metadata } reason = Reason::none;
  /// JoinGroup v4+ (KIP-394, 2.2): a new member is first given its id. False: an older client.
  bool known_member_id_required = true;
  friend bool operator==(const JoinGroupRequest&, const JoinGroupRequest&) = default;
};

struct JoinGroupResponse {
  struct Member {
    MemberId member_id;
    std::vector<TopicId> subscription;
    friend bool operator==(const Member&, const Member&) = default;
  };
  ErrorCode error = ErrorCode::NONE;
  Generation generation;
  std::string protocol;
  MemberId leader;
  MemberId member_id;
  std::vector<Member> members;  // the leader's reply only
  friend bool operator==(const JoinGroupResponse&, const JoinGroupResponse&) = default;
};

struct SyncGroupRequest {
  GroupId group;
  Generation generation;
  MemberId member_id;
  std::vector<std::pair<MemberId, Assignment>> assignments;  // from the leader only
  friend bool operator==(const SyncGroupRequest&, const SyncGroupRequest&) = default;
};

struct SyncGroupResponse {
  ErrorCode error = ErrorCode::NONE;
  Assignment assignment;
  friend bool operator==(const SyncGroupResponse&, const SyncGroupResponse&) = default;
};

struct HeartbeatRequest {
  GroupId group;
  Generation generation;
  MemberId member_id;
  friend bool operator==(const HeartbeatRequest&, const HeartbeatRequest&) = default;
};

struct HeartbeatResponse {
  ErrorCode error = ErrorCode::NONE;
  friend bool operator==(const HeartbeatResponse&, const HeartbeatResponse&) = default;
};

struct LeaveGroupRequest {
  GroupId group;
  MemberId member_id;
  friend bool operator==(const LeaveGroupRequest&, const LeaveGroupRequest&) = default;
};

struct LeaveGroupResponse {
  ErrorCode error = ErrorCode::NONE;
  friend bool operator==(const LeaveGroupResponse&, const LeaveGroupResponse&) = default;
};

struct OffsetCommitRequest {
  struct Partition {
    TopicPartition partition;
    Offset offset;
    LeaderEpoch leader_epoch;
    friend bool operator==(const Partition&, const Partition&) = default;
  };
  GroupId group;
  Generation generation;  // unknown = no membership
  MemberId member_id;
  std::vector<Partition> partitions;
  friend bool operator==(const OffsetCommitRequest&, const OffsetCommitRequest&) = default;
};

struct OffsetCommitResponse {
  ErrorCode error = ErrorCode::NONE;  // all partitions fail or succeed together here
  friend bool operator==(const OffsetCommitResponse&, const OffsetCommitResponse&) = default;
};

struct OffsetFetchRequest {
  GroupId group;
  std::vector<TopicPartition> partitions;
  friend bool operator==(const OffsetFetchRequest&, const OffsetFetchRequest&) = default;
};

struct OffsetFetchResponse {
  struct Partition {
    TopicPartition partition;
    Offset offset;  // unknown = none committed
    LeaderEpoch leader_epoch;
    friend bool operator==(const Partition&, const Partition&) = default;
  };
  ErrorCode error = ErrorCode::NONE;
  std::vector<Partition> partitions;
  friend bool operator==(const OffsetFetchResponse&, const OffsetFetchResponse&) = default;
};

}  // namespace kafkasim
