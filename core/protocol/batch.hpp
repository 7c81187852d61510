// A record batch as the system sees it: identity, positions and sizes, never bytes (design wall 7; R1.1-R1.6).
#pragma once

#include <boost/container/small_vector.hpp>
#include <cstdint>
#include <vector>

#include "core/base/fields.hpp"
#include "core/base/ids.hpp"
#include "core/base/invariant.hpp"
#include "core/base/shared_value.hpp"
#include "core/base/time.hpp"
#include "core/protocol/group_records.hpp"

namespace kafkasim {

inline constexpr std::int32_t kBatchHeaderBytes = 61;  // R1.1

/// Which client batch this is: the world knows its records by (client, serial). client < 0: written by a broker.
struct PayloadId {
  std::int32_t client = -1;
  std::uint32_t serial = 0;
  friend constexpr bool operator==(const PayloadId&, const PayloadId&) = default;
  friend constexpr auto operator<=>(const PayloadId& a, const PayloadId& b) { return a.rank() <=> b.rank(); }
  FIELDS(client, serial)

 private:
  constexpr std::int64_t rank() const { return std::int64_t{client} * (std::int64_t{1} << 32) + serial; }
};

/// Records a group coordinator wrote: immutable, shared between the replicas' logs.
using GroupRecordsPtr = SharedValue<std::vector<GroupRecord>>;

/// Times of `count` records in a row.
struct RecordTimes {
  std::int32_t count = 0;
  Instant first{};
  Duration spacing{};
  friend bool operator==(const RecordTimes&, const RecordTimes&) = default;
};
using RecordTimesRuns = boost::container::small_vector<RecordTimes, 3>;
using RecordTimesPtr = SharedValue<RecordTimesRuns>;

struct Batch {
  Offset base_offset;             // unassigned (-1) until the leader appends it
  std::int32_t record_count = 0;  // lastOffsetDelta = record_count - 1 (nothing compacts here)
  std::int32_t size_bytes = 0;    // header included
  LeaderEpoch leader_epoch;       // stamped by the leader at append (R1.4)
  ProducerEpoch producer_epoch;
  ProducerId producer_id;
  std::int32_t base_sequence = -1;
  Instant max_timestamp{};  // CreateTime of its newest record
  PayloadId payload;
  GroupRecordsPtr group_records;
  Duration spacing{};    // between the times of its records, the last of which has max_timestamp; unless `times` says
  RecordTimesPtr times;  // times that are not evenly spaced, in order; immutable, shared between the replicas' logs

  Offset last_offset() const { return base_offset + (record_count - 1); }
  Offset next_offset() const { return base_offset + record_count; }
  bool idempotent() const { return producer_id.known(); }
  std::int32_t last_sequence() const;
  /// Time of record `i` (CreateTime or LogAppendTime).
  Instant timestamp(std::int32_t i) const;
  /// LogAppendTime: all records get the time of the append (R1.2).
  void stamp(Instant at) {
    max_timestamp = at;
    spacing = {};
    times.reset();
  }

  friend bool operator==(const Batch&, const Batch&) = default;
  FIELDS(base_offset, record_count, size_bytes, leader_epoch, producer_epoch, producer_id, base_sequence, max_timestamp,
         payload.client, payload.serial)
};

/// Sequence arithmetic wraps from 2^31-1 to 0 (R1.3).
constexpr std::int32_t advance_sequence(std::int32_t sequence, std::int32_t by) {
  const std::int64_t next = std::int64_t{sequence} + by;
  return static_cast<std::int32_t>(next > 0x7fffffffLL ? next - 0x80000000LL : next);
}
inline std::int32_t Batch::last_sequence() const { return advance_sequence(base_sequence, record_count - 1); }

inline Instant Batch::timestamp(std::int32_t i) const {
  if (!times) return max_timestamp - spacing * (record_count - 1 - i);
  auto run = times->begin();
  for (; run != times->end() && i >= run->count; ++run) i -= run->count;
  INVARIANT(run != times->end(), "every record has its time");
  return run->first + run->spacing * i;
}

using Batches = std::vector<Batch>;

}  // namespace kafkasim
