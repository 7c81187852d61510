#include "core/network/exponential_backoff.hpp"

#include <algorithm>

namespace kafkasim::core {
namespace {
// Steps of the jitter: a factor of (800 + k) / 1000 with k in [0, 400).
constexpr std::int64_t kJitterSteps = 400'000;
constexpr std::int64_t kJitterUnit = 1'000'000;
}  // namespace

Duration ExponentialBackoff::base(std::int32_t attempt) const {
  if (max <= initial) return std::min(initial, max);
  Duration wait = initial;
  for (std::int32_t i = 0; i < attempt && wait < max; ++i) wait *= 2;
  return std::min(wait, max);
}

Duration ExponentialBackoff::draw(std::int32_t attempt, Turn& turn) const {
  const Duration wait = base(attempt);
  if (max <= initial) return wait;
  const auto step = static_cast<std::int64_t>(turn.choices.below(Choice::backoff_jitter, kJitterSteps));
  // Divided first: waits of minutes times a million would pass 2^63. What is lost is below a microsecond.
  const Duration jittered = wait / kJitterUnit * (kJitterUnit * 4 / 5 + step);
  return std::min(jittered, max);
}

}  // namespace kafkasim::core
