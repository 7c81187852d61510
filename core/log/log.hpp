// One replica's log: batches as descriptors, never bytes (R1.7-R1.13, R1.30-R1.38). A value: copy, compare, hash it.
#pragma once

#include <boost/container/small_vector.hpp>
#include <cstdint>
#include <vector>

#include "core/base/error_code.hpp"
#include "core/base/fields.hpp"
#include "core/base/ids.hpp"
#include "core/base/shared_deque.hpp"
#include "core/base/time.hpp"
#include "core/log/epoch_cache.hpp"
#include "core/log/producer_state.hpp"
#include "core/protocol/batch.hpp"
#include "core/protocol/config.hpp"

namespace kafkasim::core {

/// A segment file; it ends where the next one begins.
struct Segment {
  Offset base;
  std::int64_t position = 0;  // bytes of the log before it
  Instant first_timestamp{};  // of its first batch; like the next one without meaning while it is empty
  Instant largest_timestamp{};
  friend bool operator==(const Segment&, const Segment&) = default;
  FIELDS(base, position, first_timestamp, largest_timestamp)
};

/// Of one log: mostly a single one.
using Segments = boost::container::small_vector<Segment, 1>;

/// What a log holds: chunks that copies of it share.
using HeldBatches = SharedDeque<Batch>;

/// What one round of retention did.
struct Deletion {
  bool moved = false;              // the log begins later now
  bool rolled = false;             // the active segment was rolled to go with the rest (R1.16); charge an fsync
  std::vector<PayloadId> batches;  // that were in the segments deleted
};

struct AppendResult {
  ErrorCode error = ErrorCode::NONE;  // MESSAGE_TOO_LARGE, RECORD_LIST_TOO_LARGE, R4.2; then nothing was written
  Offset first_offset;                // of a duplicate: where the original is
  Offset last_offset;
  bool duplicate = false;  // nothing was written, the producer is told success (R4.2 a)
  bool rolled = false;
  bool synced = false;  // by flush.messages: the append ended with the fsync
  Offset flushed_to;    // known: an fsync up to here was made (roll, flush.messages); charge the disk

  bool appended() const { return error == ErrorCode::NONE && !duplicate; }
};

struct ReadResult {
  ErrorCode error = ErrorCode::NONE;  // OFFSET_OUT_OF_RANGE below the log start or above the log end
  Batches records;
  std::int64_t size_bytes = 0;
};

/// Invariants: log_start <= log_end, flushed_end <= log_end; batches ascend without overlap (gaps are legal, R1.9);
/// there is always a segment, the last one is active.
class Log {
 public:
  /// An empty log that begins at `start`.
  explicit Log(const TopicConfig& config = {}, Offset start = Offset{0});
  /// A changed topic configuration holds from the next append on.
  void configure(const TopicConfig& config) { config_ = config; }

  // --- writing -----------------------------------------------------------------------------------------------

  /// A client's or coordinator's batch on the leader (R1.7): offsets from the log end, `epoch` stamped on `batch`,
  /// which holds both on return if it was appended. MESSAGE_TOO_LARGE above max.message.bytes, RECORD_LIST_TOO_LARGE
  /// above segment.bytes, producer checks R4.2.
  AppendResult append_as_leader(Batch& batch, LeaderEpoch epoch);
  /// A batch copied from the leader (R1.9): keeps offsets and epoch, checks neither size nor sequences (R4.5).
  /// Its base offset must not be below the log end.
  AppendResult append_as_follower(const Batch& batch);
  /// A new leader's epoch begins at the log end, even if it never writes (R2.29).
  void assign_epoch_start(LeaderEpoch epoch) { epochs_.assign(epoch, log_end_); }
  /// Cuts everything at and above `to`: batches, epochs, producer state (R4.7), flushed end. False: `to` is not below
  /// the log end; then only an epoch that begins at the log end (elected here, never written) is dropped.
  bool truncate_to(Offset to);
  /// Drops the whole log; it begins anew, empty, at `start` (R2.36).
  void truncate_fully(Offset start);
  /// Moves the log start up (R1.21); lower values are ignored. `to` <= log end.
  void increment_log_start(Offset to);
  /// One run of the retention task (R1.14-R1.18): old segments go, as a prefix, as long as they lie below the high
  /// watermark; below the log start, above retention.bytes, or older than retention.ms by `wall`. The log start
  /// follows.
  Deletion delete_old_segments(Instant wall, Offset high_watermark);
  /// The disk lost everything from `to` on: the batch that holds it goes as a whole, a log cut below its start begins
  /// anew there, empty (R1.34).
  void lose_from(Offset to);

  // --- reading -----------------------------------------------------------------------------------------------

  /// Whole batches from the one holding `from` on that end at or below `bound`, at most `max_bytes` of them; the first
  /// one in any case if `at_least_one` (R1.37, R1.38). One read never leaves its segment. `from` at or above the bound
  /// but not above the log end: empty, no error.
  ReadResult read(Offset from, Offset bound, std::int64_t max_bytes, bool at_least_one) const;
  /// Bytes a read from `from` up to `bound` could return, over all segments; 0 if `from` >= `bound`. Costs O(log
  /// batches).
  std::int64_t readable_bytes(Offset from, Offset bound) const;
  /// ListOffsets by time: in the first segment whose largest time reaches `at`, the first record at or above the log
  /// start that does; unknown when there is none there, whatever later segments hold.
  Offset offset_for_time(Instant at) const;
  /// Both offsets lie in one segment; equal offsets always do, also right after a roll (R2.13).
  bool same_segment(Offset a, Offset b) const;
  /// Batches still in memory: the log from first_held() on.
  const HeldBatches& batches() const { return batches_; }
  /// The batch holding `offset`, or nullptr (gap, or not below the log end). `offset` >= first_held().
  const Batch* batch_at(Offset offset) const;

  Offset log_start() const { return log_start_; }
  Offset log_end() const { return log_end_; }
  const EpochCache& epochs() const { return epochs_; }
  /// The last known epoch as a fetch sends it (lastFetchedEpoch): unknown while the cache is empty.
  LeaderEpoch latest_epoch() const { return epochs_.latest(); }
  EpochEndOffset end_offset_for(LeaderEpoch epoch) const { return epochs_.end_offset_for(epoch, log_end_); }
  const ProducerState& producers() const { return producers_; }
  const Segments& segments() const { return segments_; }
  std::int64_t size_bytes() const { return end_position_ - segments_.front().position; }
  /// Bytes ever written since the log began, less what was cut off.
  std::int64_t end_position() const { return end_position_; }
  /// Where the batch that holds `offset` begins, counted like end_position(); gaps and what is no more held count as
  /// their successor.
  std::int64_t position_at(Offset offset) const;
  /// First offset of the first batch that begins at or above `position`.
  Offset offset_at_position(std::int64_t position) const;

  // --- durability --------------------------------------------------------------------------------------------

  /// Everything below is fsynced (recovery point, R1.31).
  Offset flushed_end() const { return flushed_end_; }
  /// fsync of the whole log (clean shutdown, explicit flush).
  void flush() { flushed_end_ = log_end_; }
  /// Bytes of the segments that an unclean start scans when `recovery_point` is the checkpointed one (R1.34, R1.36,
  /// S-5).
  std::int64_t bytes_from_segment_of(Offset recovery_point) const;
  /// Power loss: what is not below `durable_end` is gone, a torn batch included (R1.32); epochs and producers follow.
  /// `durable_end` below flushed_end() counts as flushed_end(). Returns the new log end.
  Offset lose_after(Offset durable_end);
  /// Process start: epochs that begin at the log end (elected, never written) are gone from the cache, producer state
  /// is rebuilt and forgets batches below the log start (R1.34, R4.6).
  void load();

  // --- memory ------------------------------------------------------------------------------------------------

  /// First offset whose batch is still in memory; reading, truncating or losing below it is a broken invariant.
  Offset first_held() const { return first_held_; }
  /// Batches wholly below `offset` will never be read, truncated or lost again on this replica: they may be forgotten.
  /// Offsets, epochs, sizes and producer state stay right.
  void retire_below(Offset offset);

  friend bool operator==(const Log&, const Log&) = default;
  FIELDS(batches_, positions_, segments_, epochs_, producers_, retired_producers_, log_start_, log_end_, flushed_end_,
         first_held_, end_position_)

 private:
  bool roll_if_full(const Batch& incoming, Offset base);
  void roll(Offset base);
  void date_active_segment();
  bool expired(const Segment& segment, Instant wall) const;
  template <class Deletable>
  void delete_prefix(Offset high_watermark, Deletable&& deletable, Deletion& done);
  void drop_below_first_segment(Deletion& done);
  void write(const Batch& batch, AppendResult& result);
  std::size_t index_of(Offset offset) const;
  std::int64_t position_of(std::size_t index) const;
  std::size_t segment_of(Offset offset) const;
  void rebuild_producers();
  void forget_first(std::size_t count);

  TopicConfig config_;
  HeldBatches batches_;                  // ascending
  SharedDeque<std::int64_t> positions_;  // byte position of each held batch since the log began
  Segments segments_;
  EpochCache epochs_;
  ProducerState producers_;
  ProducerState retired_producers_;  // as of first_held_: where a rebuild after truncation begins
  Offset log_start_;
  Offset log_end_;
  Offset flushed_end_;
  Offset first_held_;
  std::int64_t end_position_ = 0;
};

}  // namespace kafkasim::core
