// Reading a log and finding positions in it (R1.37, R1.38).
#include <algorithm>

#include "core/base/invariant.hpp"
#include "core/log/log.hpp"

namespace kafkasim::core {

ReadResult Log::read(Offset from, Offset bound, std::int64_t max_bytes, bool at_least_one) const {
  ReadResult result;
  if (from < log_start_ || from > log_end_) {
    result.error = ErrorCode::OFFSET_OUT_OF_RANGE;
    return result;
  }
  if (from >= bound || from == log_end_) return result;
  const auto first = batches_.begin() + static_cast<std::ptrdiff_t>(index_of(from));
  if (first == batches_.end()) return result;
  const std::size_t next_segment = segment_of(first->base_offset) + 1;
  Offset end = bound;
  if (next_segment < segments_.size()) end = std::min(end, segments_[next_segment].base);
  auto last = first;
  for (; last != batches_.end() && last->next_offset() <= end; ++last) {
    const bool forced = at_least_one && last == first;
    if (!forced && result.size_bytes + last->size_bytes > max_bytes) break;
    result.size_bytes += last->size_bytes;
  }
  result.records.assign(first, last);
  return result;
}

std::int64_t Log::readable_bytes(Offset from, Offset bound) const {
  if (from >= bound || from >= log_end_) return 0;
  const std::size_t first = index_of(from);
  std::size_t end = index_of(std::min(bound, log_end_));
  if (end < first) end = first;
  return position_of(end) - position_of(first);
}

std::int64_t Log::position_at(Offset offset) const {
  return offset < first_held_ ? position_of(0) : position_of(index_of(offset));
}

Offset Log::offset_at_position(std::int64_t position) const {
  const auto at = std::lower_bound(positions_.begin(), positions_.end(), position);
  return at == positions_.end() ? log_end_ : batches_[static_cast<std::size_t>(at - positions_.begin())].base_offset;
}

Offset Log::offset_for_time(Instant at) const {
  const auto segment = std::find_if(segments_.begin(), segments_.end(), [&](const Segment& one) {
    const bool empty = one.base == log_end_;
    return !empty && one.largest_timestamp >= at;
  });
  if (segment == segments_.end()) return {};
  const Offset end = segment + 1 == segments_.end() ? log_end_ : (segment + 1)->base;
  for (std::size_t index = index_of(std::max({segment->base, log_start_, first_held_}));
       index < batches_.size() && batches_[index].base_offset < end; ++index) {
    const Batch& batch = batches_[index];
    if (batch.max_timestamp < at) continue;
    for (std::int32_t i = 0; i < batch.record_count; ++i)
      if (batch.base_offset + i >= log_start_ && batch.timestamp(i) >= at) return batch.base_offset + i;
  }
  return {};
}

bool Log::same_segment(Offset a, Offset b) const { return a == b || segment_of(a) == segment_of(b); }

const Batch* Log::batch_at(Offset offset) const {
  if (offset >= log_end_) return nullptr;
  const std::size_t index = index_of(offset);
  if (index == batches_.size() || batches_[index].base_offset > offset) return nullptr;
  return &batches_[index];
}

// The first held batch that ends above `offset`. Mostly it is one of the last: the search begins there, each step twice
// as long as the one before.
std::size_t Log::index_of(Offset offset) const {
  INVARIANT(offset >= first_held_, "retired batches are never asked for again");
  const auto ends_below = [](const Batch& batch, Offset wanted) { return batch.next_offset() <= wanted; };
  const auto begin = batches_.begin();
  auto end = batches_.end();  // whatever lies from here on ends above
  for (std::ptrdiff_t step = 1; end - begin > step; step *= 2) {
    const auto probe = end - step;
    if (ends_below(*probe, offset))
      return static_cast<std::size_t>(std::lower_bound(probe + 1, end, offset, ends_below) - begin);
    end = probe;
  }
  return static_cast<std::size_t>(std::lower_bound(begin, end, offset, ends_below) - begin);
}

std::int64_t Log::position_of(std::size_t index) const {
  return index == positions_.size() ? end_position_ : positions_[index];
}

std::size_t Log::segment_of(Offset offset) const {
  const auto above = std::upper_bound(segments_.begin(), segments_.end(), offset,
                                      [](Offset wanted, const Segment& segment) { return wanted < segment.base; });
  if (above == segments_.begin()) return 0;
  return static_cast<std::size_t>(above - segments_.begin()) - 1;
}

}  // namespace kafkasim::core
