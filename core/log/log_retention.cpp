// Retention: old segments go, as whole files, from the front (R1.14-R1.19).
#include <algorithm>
#include <utility>

#include "core/base/invariant.hpp"
#include "core/log/log.hpp"

namespace kafkasim::core {

Deletion Log::delete_old_segments(Instant wall, Offset high_watermark) {
  INVARIANT(high_watermark <= log_end_, "a high watermark is not above the log end");
  Deletion done;
  delete_prefix(
      high_watermark, [&](const Segment&, Offset next_base) { return next_base <= log_start_; }, done);
  if (!config_.deletes) return done;
  if (config_.retention_bytes >= 0) {
    std::int64_t over = size_bytes() - config_.retention_bytes;
    delete_prefix(
        high_watermark,
        [&](const Segment& segment, Offset next_base) {
          const bool last = &segment == &segments_.back();
          const std::int64_t bytes = (last ? end_position_ : (&segment + 1)->position) - segment.position;
          INVARIANT(next_base >= segment.base, "segments ascend");
          if (over - bytes < 0) return false;
          over -= bytes;
          return true;
        },
        done);
  }
  delete_prefix(
      high_watermark, [&](const Segment& segment, Offset) { return expired(segment, wall); }, done);
  return done;
}

bool Log::expired(const Segment& segment, Instant wall) const {
  if (config_.retention == kNever.time_since_epoch()) return false;
  return wall - segment.largest_timestamp > config_.retention;
}

// The longest deletable prefix. When it is the whole log, an empty active segment takes its place first (R1.16, R1.17).
template <class Deletable>
void Log::delete_prefix(Offset high_watermark, Deletable&& deletable, Deletion& done) {
  std::size_t count = 0;
  for (; count < segments_.size(); ++count) {
    const bool last = count + 1 == segments_.size();
    if (last && segments_[count].position == end_position_) break;  // an empty active segment stays
    const Offset next_base = last ? log_end_ : segments_[count + 1].base;
    if (high_watermark < next_base || !deletable(segments_[count], next_base)) break;
  }
  if (count == 0) return;
  if (count == segments_.size()) {
    roll(log_end_);
    done.rolled = true;
  }
  segments_.erase(segments_.begin(), segments_.begin() + static_cast<std::ptrdiff_t>(count));
  drop_below_first_segment(done);
}

void Log::drop_below_first_segment(Deletion& done) {
  const Offset base = segments_.front().base;
  done.moved = done.moved || log_start_ < base;
  increment_log_start(base);
  if (base <= first_held_) return;
  const std::size_t count = base == log_end_ ? batches_.size() : index_of(base);
  for (std::size_t i = 0; i < count; ++i) done.batches.push_back(batches_[i].payload);
  forget_first(count);
  first_held_ = base;
}

}  // namespace kafkasim::core
