// Which part of each log is still in memory: reads of the tail cost nothing, catch-up reads want the disk.
#pragma once

#include <boost/container/flat_map.hpp>
#include <boost/container/small_vector.hpp>
#include <cstdint>

#include "core/base/fields.hpp"
#include "core/base/ids.hpp"

namespace kafkasim::sim {

/// The cache keeps what was written last, over all logs of the machine. It is looked after once per write-back scan, so
/// a tail may stay a scan too long. What is read from disk pushes nothing out (fidelity page).
class PageCache {
 public:
  /// Bytes the machine has ever written, and where a log ends now.
  void wrote(TopicPartition tp, Offset end, std::int64_t written);
  /// Forgets what was written more than `capacity` bytes ago.
  void trim(std::int64_t written, std::int64_t capacity);
  /// The machine lost power, or begins with this: nothing below `offset` is in memory.
  void cold_below(TopicPartition tp, Offset offset);
  /// Offsets from here on are read from memory.
  Offset cached_from(TopicPartition tp) const;
  void clear() { *this = PageCache{}; }

  friend bool operator==(const PageCache&, const PageCache&) = default;
  FIELDS(marks_, from_)

 private:
  struct Mark {
    std::int64_t written;
    Offset end;
    friend bool operator==(const Mark&, const Mark&) = default;
    FIELDS(written, end)
  };
  using Marks = boost::container::small_vector<Mark, 1>;  // a log at rest has one

  boost::container::flat_map<TopicPartition, Marks> marks_;  // oldest first
  boost::container::flat_map<TopicPartition, Offset> from_;
};

}  // namespace kafkasim::sim
