// The longest time without an answer while one was due (gap(P), unavailable(tp), ...).
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/fields.hpp"
#include "core/base/time.hpp"

namespace kafkasim::sim {

/// A clock that runs while something is due and starts anew at each answer. With nothing due it stands still.
class GapMeter {
 public:
  /// Gaps at least this long are kept one by one.
  static constexpr Duration kWindow = 1s;

  struct Window {
    Instant begin;
    Instant end;
    friend bool operator==(const Window&, const Window&) = default;
    FIELDS(begin, end)
  };

  /// `count` more answers are due, the first of them since `at`.
  void due(std::int64_t count, Instant at) {
    if (outstanding_ == 0 && count > 0) since_ = since_ == kNever || at > since_ ? at : since_;
    outstanding_ += count;
  }
  /// `count` of them came (or will never come: no progress then).
  void answered(std::int64_t count, Instant at, bool progress = true) {
    outstanding_ -= count;
    if (!progress) return;
    close(at);
    since_ = at;
  }
  /// The run ends: an answer that never came counts up to now.
  void end(Instant at) {
    if (outstanding_ > 0) close(at);
    since_ = at;
  }
  std::int64_t outstanding() const { return outstanding_; }
  /// Longest so far, a running one up to `now` included.
  Duration longest(Instant now) const {
    const Duration running = outstanding_ > 0 && since_ != kNever && now > since_ ? now - since_ : Duration{};
    return running > longest_ ? running : longest_;
  }
  const std::vector<Window>& windows() const { return windows_; }

  friend bool operator==(const GapMeter&, const GapMeter&) = default;
  FIELDS(outstanding_, since_, longest_, windows_)

 private:
  void close(Instant at) {
    if (since_ == kNever || at <= since_) return;
    const Duration gap = at - since_;
    if (gap > longest_) longest_ = gap;
    if (gap >= kWindow) windows_.push_back({since_, at});
  }

  std::int64_t outstanding_ = 0;
  Instant since_ = kNever;  // last answer, or when the oldest one became due after a time of rest
  Duration longest_{};
  std::vector<Window> windows_;
};

}  // namespace kafkasim::sim
