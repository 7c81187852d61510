// The metadata log of a single controller: appended records, the write on its way to the disk, the committed prefix.
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/fields.hpp"
#include "core/protocol/metadata_records.hpp"

namespace kafkasim::core {

/// What a controller's disk keeps: the committed log, and what replaying it gives.
struct DurableMetadata {
  MetadataImage image;                  // at the end of the log
  std::int64_t next_producer_id = 0;    // start of the next block (R4.1)
  std::int64_t start = 0;               // offset of records[0]; earlier ones are known to every reader
  std::vector<MetadataRecord> records;  // start .. image.end

  friend bool operator==(const DurableMetadata&, const DurableMetadata&) = default;
  FIELDS(image, next_producer_id, start)  // the records' effect is the image
};

/// A partition's registration came with an unclean election.
enum class Clean : std::uint8_t { yes, no };

/// Reads see the newest state; nobody outside learns of a record before it is committed (R3.5, R3.8).
class MetadataLog {
 public:
  MetadataLog() = default;
  explicit MetadataLog(DurableMetadata disk);

  const MetadataImage& committed() const { return disk_.image; }
  /// Everything appended, committed or not: what the event loop decides upon.
  const MetadataImage& latest() const { return latest_; }
  std::int64_t next_producer_id() const { return next_producer_id_; }
  /// Offset the next record gets.
  std::int64_t end() const { return latest_.end; }

  void append(MetadataRecord record, Clean clean = Clean::yes);

  /// A write is on its way to the disk.
  bool writing() const { return writing_end_ > committed().end; }
  /// Hands everything appended to the disk as one write; false when one is under way or there is nothing to write.
  bool begin_write();
  /// The write under way is durable. `replay(record, clean)` is called for each record just before it becomes
  /// committed.
  template <class Visitor>
  void finish_write(Visitor&& replay) {
    const std::int64_t count = writing_end_ - committed().end;
    for (std::int64_t i = 0; i < count; ++i) {
      const Pending& next = pending_[static_cast<std::size_t>(i)];
      replay(next.record, next.clean);
      commit(next.record);
    }
    pending_.erase(pending_.begin(), pending_.begin() + count);
  }

  /// Offset of the first record kept; who asks for earlier ones is sent a snapshot.
  std::int64_t start() const { return disk_.start; }
  /// Committed records from `offset` on. start <= offset <= committed().end.
  std::vector<MetadataRecord> read(std::int64_t offset) const;

  /// Offset of the newest registration record of a broker, as far as this log goes back; else `otherwise`.
  std::int64_t registration_offset(BrokerId broker, std::int64_t otherwise) const;

  DurableMetadata take_disk() && { return std::move(disk_); }

  FIELDS(disk_, latest_, next_producer_id_, writing_end_)
  friend bool operator==(const MetadataLog&, const MetadataLog&) = default;

 private:
  struct Pending {
    MetadataRecord record;
    Clean clean = Clean::yes;
    friend bool operator==(const Pending&, const Pending&) = default;
  };

  void commit(const MetadataRecord& record);

  DurableMetadata disk_;
  MetadataImage latest_;
  std::int64_t next_producer_id_ = 0;
  std::vector<Pending> pending_;  // committed().end .. end()
  std::int64_t writing_end_ = 0;
};

}  // namespace kafkasim::core
