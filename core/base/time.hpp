// Simulated time: 64-bit integer nanoseconds, nothing else (no clock is ever read).
#pragma once

#include <chrono>
#include <cstdint>
#include <limits>

namespace kafkasim {

/// A span of simulated time.
using Duration = std::chrono::nanoseconds;

/// Tag for instants of the run: it has no now(), so nobody can ask it for the time.
struct SimulatedClock {
  using rep = std::int64_t;
  using period = std::nano;
  using duration = Duration;
  using time_point = std::chrono::time_point<SimulatedClock>;
  static constexpr bool is_steady = true;
};

/// An instant of the run: nanoseconds since its start. Negative only for preloaded records.
using Instant = std::chrono::time_point<SimulatedClock>;

using namespace std::chrono_literals;

inline constexpr Instant kStart{};
inline constexpr Instant kNever{Duration{std::numeric_limits<std::int64_t>::max()}};

constexpr std::int64_t nanoseconds(Instant at) { return at.time_since_epoch().count(); }
constexpr std::int64_t nanoseconds(Duration span) { return span.count(); }
constexpr Instant at_nanoseconds(std::int64_t value) { return Instant{Duration{value}}; }

/// `from + span`, or kNever when either is infinite.
constexpr Instant later(Instant from, Duration span) {
  const std::int64_t limit = std::numeric_limits<std::int64_t>::max();
  if (from == kNever) return kNever;
  if (from > kStart && span.count() > limit - nanoseconds(from)) return kNever;
  return from + span;
}

}  // namespace kafkasim
