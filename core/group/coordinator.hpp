// The group coordinator of one broker: the groups whose `__consumer_offsets` partition it leads (kafka-broker.md
// section 5). Single events in, replies and writes out; a reply may come in a later turn.
#pragma once

#include <boost/container/flat_map.hpp>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/base/fields.hpp"
#include "core/group/classic_group.hpp"
#include "core/group/deadlines.hpp"
#include "core/group/group_shard.hpp"
#include "core/group/offsets.hpp"
#include "core/protocol/batch.hpp"
#include "core/protocol/catalogue.hpp"
#include "core/protocol/config.hpp"
#include "core/protocol/effects.hpp"

namespace kafkasim::core {

/// A batch for the broker to append to `partition` of the offsets topic as the leader, with acks=all.
struct PendingWrite {
  std::int32_t partition = 0;
  GroupRecordsPtr records;
  std::int32_t size_bytes = 0;  // of the batch, header included
  std::uint64_t token = 0;
  friend bool operator==(const PendingWrite&, const PendingWrite&) = default;
};

class GroupCoordinator {
 public:
  GroupCoordinator() = default;
  GroupCoordinator(CataloguePtr catalogue, const BrokerConfig& config);

  /// R5.1: abs(javaHash(group)) mod partitions, abs(INT_MIN) = 0.
  static std::int32_t partition_for(std::string_view group, std::int32_t partitions);
  /// With this catalogue and offsets.topic.num.partitions.
  std::int32_t partition_for(GroupId group) const;

  // --- partitions of the offsets topic -------------------------------------------------------------------------

  /// This broker leads `partition` now. Until load() its groups answer COORDINATOR_LOAD_IN_PROGRESS.
  void on_elected(std::int32_t partition, LeaderEpoch epoch, Turn& turn);
  /// Everything the partition's log holds, in log order. Every persisted member gets a fresh session timer (R5.2).
  /// Ignored unless the partition is loading in that `epoch`: it was overtaken by another election, or the broker led
  /// the partition already and stays active. So after every on_elected one load may follow, whatever the state was.
  void load(std::int32_t partition, LeaderEpoch epoch, const std::vector<GroupRecordsPtr>& log, Turn& turn);
  /// No longer the leader: everything parked is answered NOT_COORDINATOR, the groups are forgotten.
  void on_resigned(std::int32_t partition, Turn& turn);
  bool leads(std::int32_t partition) const { return shards_.contains(partition); }
  bool loading(std::int32_t partition) const;

  // --- requests: answered through turn.out.reply, now or later ---------------------------------------------------

  void on_join(RequestToken from, JoinGroupRequest&& request, Turn& turn);
  void on_sync(RequestToken from, SyncGroupRequest&& request, Turn& turn);
  void on_heartbeat(RequestToken from, const HeartbeatRequest& request, Turn& turn);
  void on_leave(RequestToken from, const LeaveGroupRequest& request, Turn& turn);
  void on_offset_commit(RequestToken from, const OffsetCommitRequest& request, Turn& turn);
  void on_offset_fetch(RequestToken from, const OffsetFetchRequest& request, Turn& turn);
  /// TimerKey{TimerKind::group, 0}: the only timer this component sets.
  void on_timer(Turn& turn);

  // --- log writes --------------------------------------------------------------------------------------------------

  /// What this turn wants appended, oldest first. Take it after every call of this class.
  std::vector<PendingWrite> take_writes();
  bool has_writes() const { return !writes_.empty(); }
  /// The end of a write: NONE once the high watermark has passed it, or the error with which the append was refused
  /// (NOT_ENOUGH_REPLICAS, NOT_LEADER_OR_FOLLOWER, ...), which may come at once. Per partition in the order written.
  /// The broker sets no time limit of its own: offsets.commit.timeout.ms is kept here. Loss of the leadership is told
  /// by on_resigned; a token from before it is ignored.
  void on_write_done(std::uint64_t token, ErrorCode error, Turn& turn);

  // --- views -------------------------------------------------------------------------------------------------------

  /// Null when this broker does not know the group.
  const ClassicGroup* group(GroupId id) const;
  /// Committed (not pending) offsets of a group; empty when unknown here.
  const CommittedOffsets& committed(GroupId id) const;
  /// Join, sync and session limits now running.
  const Deadlines& deadlines() const { return deadlines_; }

  friend bool operator==(const GroupCoordinator&, const GroupCoordinator&) = default;
  FIELDS(shards_, deadlines_, next_token_, armed_)

 private:
  struct Route {
    std::int32_t partition = 0;
    GroupShard* shard = nullptr;  // null unless error == NONE
    ErrorCode error = ErrorCode::NOT_COORDINATOR;
  };
  Route route(GroupId group);
  void group_wrote(GroupShard& shard, std::int32_t partition, GroupStep& step);
  void write(GroupShard& shard, std::int32_t partition, WriteInFlight::Kind kind, GroupMetadataRecord&& metadata,
             std::vector<GroupRecord>&& records, Instant now);
  void answer(GroupShard& shard, DeferredReply&& reply, bool own, Turn& turn);
  void apply(GroupShard& shard, std::int32_t partition, const WriteInFlight& write, ErrorCode error, Turn& turn);
  void expire_waits(GroupShard& shard, std::int32_t partition, Turn& turn);
  void arm(Turn& turn);

  CataloguePtr catalogue_;
  BrokerConfig config_;
  boost::container::flat_map<std::int32_t, GroupShard> shards_;  // by partition
  Deadlines deadlines_;
  std::vector<PendingWrite> writes_;  // not taken yet; empty between turns
  std::uint64_t next_token_ = 1;
  Instant armed_ = kNever;
};

}  // namespace kafkasim::core
