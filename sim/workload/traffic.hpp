// When an application hands over its next record, and with which key: rate shapes and key models of the language.
#pragma once

#include <cstdint>
#include <string>

#include "core/base/fields.hpp"
#include "core/base/time.hpp"
#include "sim/kernel/distribution.hpp"
#include "sim/kernel/random.hpp"
#include "sim/scenario/scenario.hpp"

namespace kafkasim::sim {

/// Open-loop hand-over instants. A value. Closed loops (max, await) have none: the driver decides.
class Traffic {
 public:
  Traffic() = default;
  /// `burst` records at each tick, ticks so that the mean rate is that of `rate`. `stream` feeds the random shapes.
  Traffic(const RateSpec& rate, std::int64_t burst, Instant start, Stream stream);

  /// Instant of the next tick; kNever when the shape has ended or has none.
  Instant next_at() const { return next_at_; }
  std::int64_t burst() const { return burst_; }
  /// Time between ticks while the shape is even (rounded down to a nanosecond); 0 when it is not.
  Duration spacing() const { return spacing_; }
  /// Instant of the tick that is `ticks` after the next one; only for even shapes.
  Instant tick_at(std::int64_t ticks) const;
  /// Even shapes: how many ticks are due up to and including `now`.
  std::int64_t ticks_due(Instant now) const;
  /// `ticks` ticks were used (1 unless even).
  void advance(std::int64_t ticks);

  friend bool operator==(const Traffic& a, const Traffic& b) {
    return a.next_at_ == b.next_at_ && a.ticks_ == b.ticks_ && a.origin_ == b.origin_ && a.step_ == b.step_ &&
           a.burst_ == b.burst_ && a.stream_ == b.stream_;
  }
  FIELDS(next_at_, ticks_, origin_, step_, burst_, stream_)

 private:
  void plan();
  Instant even_tick(std::int64_t tick) const;
  Instant on_off_tick(std::int64_t tick) const;
  bool ramp_tick();

  RateSpec rate_;
  std::int64_t burst_ = 1;
  Instant origin_{};  // of tick 0 (of the current step)
  Instant next_at_ = kNever;
  std::int64_t ticks_ = 0;  // used since origin_
  std::size_t step_ = 0;    // of `steps`
  Stream stream_;
  Distribution gap_;    // poisson
  Duration spacing_{};  // even
};

/// Keys as pure functions of a record's index (design wall 7).
class KeyModel {
 public:
  KeyModel() = default;
  KeyModel(const KeySpec& spec, std::uint64_t seed);

  bool keyed() const { return spec_.kind != KeySpec::Kind::none; }
  /// Number of the key of record `index`: k<number>; 0 for a constant key.
  std::int64_t number(std::int64_t index) const;
  /// The key itself: "k17" or the constant text. keyed() must hold.
  std::string text(std::int64_t index) const;

  friend bool operator==(const KeyModel& a, const KeyModel& b) { return a.seed_ == b.seed_; }
  FIELDS(seed_)

 private:
  KeySpec spec_;
  std::uint64_t seed_ = 0;
  std::shared_ptr<const std::vector<std::uint64_t>> cumulative_;  // zipf: thresholds on a 64-bit draw, per key
};

/// 64 bits that depend on nothing but the seed and the index (a counter-based generator: SplitMix64's finalizer).
std::uint64_t index_word(std::uint64_t seed, std::int64_t index);

/// The quantile table or constant for a distribution as written.
Distribution distribution_of(const DistributionSpec& spec);

}  // namespace kafkasim::sim
