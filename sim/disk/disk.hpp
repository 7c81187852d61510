// What a power cut leaves: written is not flushed (R1.30-R1.32).
#pragma once

#include <boost/container/flat_map.hpp>
#include <boost/container/small_vector.hpp>
#include <map>

#include "core/base/fields.hpp"
#include "core/base/ids.hpp"
#include "core/base/time.hpp"

namespace kafkasim::sim {

/// A disk serves one access after another.
struct DiskQueue {
  Instant busy_until{};
  std::int64_t slower = 1, than = 1;  // how many times slower than it should be: slower / than
  Duration extra_fsync{};

  /// When an access that wants the disk at `from` and takes `cost` on a sound disk is done.
  Instant serve(Instant from, Duration cost);
  /// `cost` on this disk.
  Duration scaled(Duration cost) const {
    return Duration{cost.count() / than * slower + cost.count() % than * slower / than};
  }
  friend bool operator==(const DiskQueue&, const DiskQueue&) = default;
  FIELDS(busy_until, slower, than, extra_fsync)
};

/// The operating system's flusher looks every 5 s (vm.dirty_writeback_centisecs) for pages older than the expiry age
/// (vm.dirty_expire_centisecs, 30 s) and writes them out (R1.31). Offsets stand for bytes.
class Disk {
 public:
  static constexpr Duration kScan = 5s;

  /// One scan at `now`: remembers each log's end, and counts as flushed what was already there `age` ago.
  void scan(Instant now, Duration age, const std::map<TopicPartition, Offset>& log_ends);
  /// fsync of one log.
  void flushed(TopicPartition tp, Offset end);
  /// A log was cut back: what is gone is neither dirty nor flushed.
  void truncated(TopicPartition tp, Offset end);
  /// The offset below which a log survives a power cut; 0 when nothing was ever flushed.
  Offset durable_end(TopicPartition tp) const;

  friend bool operator==(const Disk&, const Disk&) = default;
  FIELDS(durable_, marks_)

 private:
  struct Mark {
    Instant at;
    Offset end;
    friend bool operator==(const Mark&, const Mark&) = default;
    FIELDS(at, end)
  };
  boost::container::flat_map<TopicPartition, Offset> durable_;
  using Marks = boost::container::small_vector<Mark, 1>;  // a log at rest has one

  boost::container::flat_map<TopicPartition, Marks> marks_;  // log ends at past scans, oldest first
};

}  // namespace kafkasim::sim
