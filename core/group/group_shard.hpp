// The groups of one partition of `__consumer_offsets`, and what waits for its log.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "core/base/error_code.hpp"
#include "core/base/fields.hpp"
#include "core/base/ids.hpp"
#include "core/group/classic_group.hpp"
#include "core/group/offsets.hpp"
#include "core/protocol/effects.hpp"

namespace kafkasim::core {

/// A reply that is ready but waits for the log (S-15).
struct DeferredReply {
  enum class Api : std::uint8_t { heartbeat, leave, offset_commit, offset_fetch };
  RequestToken to;
  Api api = Api::heartbeat;
  ErrorCode error = ErrorCode::NONE;
  std::vector<std::pair<TopicPartition, CommittedOffset>> offsets;  // offset_fetch only
  Instant deadline = kNever;                                        // offsets.commit.timeout.ms
  bool own = false;                                                 // of the operation that wrote, not of a later one

  friend bool operator==(const DeferredReply&, const DeferredReply&) = default;
  FIELDS(to.connection, to.correlation, api, error, offsets, deadline, own)
};

/// One write, from hand-over to the broker until it is committed or refused.
struct WriteInFlight {
  enum class Kind : std::uint8_t { offsets, new_group, assignment, empty_group };
  std::uint64_t token = 0;
  Kind kind = Kind::offsets;
  GroupId group;
  GroupMetadataRecord record;          // not for offsets
  Instant deadline = kNever;           // offsets.commit.timeout.ms
  bool timed_out = false;              // it has passed and the group was told
  std::vector<DeferredReply> replies;  // its own, and those of later operations that wrote nothing

  friend bool operator==(const WriteInFlight&, const WriteInFlight&) = default;
  FIELDS(token, kind, group, record.generation, deadline, timed_out, replies)
};

/// What a client is told when the log did not take a write (R5.4): Kafka's mapping of append errors.
ErrorCode write_error(ErrorCode append_error);
/// Sends a reply that need not wait any longer.
void send(const DeferredReply& reply, Turn& turn);

struct GroupShard {
  LeaderEpoch epoch;
  bool loading = true;
  std::map<GroupId, ClassicGroup> groups;
  GroupOffsets offsets;
  std::vector<WriteInFlight> writes;  // oldest first

  /// Groups and offsets as the log tells them, oldest record first. Groups of offsets alone are Empty.
  void replay(const std::vector<GroupRecord>& records);
  /// Earliest time limit of a write or of a reply that waits for one.
  Instant next_limit() const;

  friend bool operator==(const GroupShard&, const GroupShard&) = default;
  FIELDS(epoch, loading, groups, offsets, writes)
};

}  // namespace kafkasim::core
