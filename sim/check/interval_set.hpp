// A set of integers as disjoint intervals: what a million records in a row cost is one entry.
#pragma once

#include <cstdint>
#include <iterator>
#include <map>

#include "core/base/fields.hpp"

namespace kafkasim::sim {

class IntervalSet {
 public:
  /// Adds [begin, end). Returns how many of its integers were there already.
  std::int64_t insert(std::int64_t begin, std::int64_t end);
  /// Takes [begin, end) out. Returns how many of its integers were there.
  std::int64_t erase(std::int64_t begin, std::int64_t end);
  bool contains(std::int64_t value) const;
  /// Integers of [begin, end) that are in the set.
  std::int64_t count(std::int64_t begin, std::int64_t end) const;
  std::int64_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  /// The greatest member plus one; 0 when empty.
  std::int64_t end_value() const { return intervals_.empty() ? 0 : std::prev(intervals_.end())->second; }
  /// begin -> end, ascending, neither touching nor overlapping.
  const std::map<std::int64_t, std::int64_t>& intervals() const { return intervals_; }

  friend bool operator==(const IntervalSet&, const IntervalSet&) = default;
  FIELDS(intervals_)

 private:
  std::map<std::int64_t, std::int64_t> intervals_;
  std::int64_t size_ = 0;
};

/// Calls visit(begin, end) for the parts of [begin, end) that are not in `set`, ascending.
template <class Visit>
void each_gap(const IntervalSet& set, std::int64_t begin, std::int64_t end, Visit&& visit) {
  auto at = set.intervals().upper_bound(begin);
  if (at != set.intervals().begin() && std::prev(at)->second > begin) --at;
  for (; begin < end && at != set.intervals().end() && at->first < end; ++at) {
    if (begin < at->first) visit(begin, at->first);
    begin = at->second;
  }
  if (begin < end) visit(begin, end);
}

}  // namespace kafkasim::sim
