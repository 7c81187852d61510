#include "sim/check/interval_set.hpp"

#include <algorithm>

#include "core/base/invariant.hpp"

namespace kafkasim::sim {

std::int64_t IntervalSet::insert(std::int64_t begin, std::int64_t end) {
  INVARIANT(begin <= end, "an interval runs upwards");
  if (begin == end) return 0;
  const std::int64_t wanted = end - begin;
  std::int64_t known = 0;
  auto at = intervals_.upper_bound(begin);
  if (at != intervals_.begin() && std::prev(at)->second >= begin) --at;
  std::int64_t from = begin, to = end;
  while (at != intervals_.end() && at->first <= end) {
    known += std::max<std::int64_t>(0, std::min(at->second, end) - std::max(at->first, begin));
    from = std::min(from, at->first);
    to = std::max(to, at->second);
    at = intervals_.erase(at);
  }
  intervals_.emplace_hint(at, from, to);
  size_ += wanted - known;
  return known;
}

std::int64_t IntervalSet::erase(std::int64_t begin, std::int64_t end) {
  INVARIANT(begin <= end, "an interval runs upwards");
  if (begin == end) return 0;  // nothing to take out, and nothing to split
  std::int64_t taken = 0;
  auto at = intervals_.upper_bound(begin);
  if (at != intervals_.begin() && std::prev(at)->second > begin) --at;
  while (at != intervals_.end() && at->first < end) {
    const auto [from, to] = *at;
    at = intervals_.erase(at);
    if (from < begin) intervals_.emplace(from, begin);
    if (to > end) intervals_.emplace(end, to);
    taken += std::min(to, end) - std::max(from, begin);
  }
  size_ -= taken;
  return taken;
}

bool IntervalSet::contains(std::int64_t value) const { return count(value, value + 1) == 1; }

std::int64_t IntervalSet::count(std::int64_t begin, std::int64_t end) const {
  std::int64_t missing = 0;
  each_gap(*this, begin, end, [&](std::int64_t from, std::int64_t to) { missing += to - from; });
  return end - begin - missing;
}

}  // namespace kafkasim::sim
