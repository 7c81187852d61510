// The growing, jittered wait of every Kafka client (P-25, P-33, P-46; KIP-580, KIP-601).
#pragma once

#include <cstdint>

#include "core/base/fields.hpp"
#include "core/base/time.hpp"
#include "core/protocol/effects.hpp"

namespace kafkasim::core {

/// `initial` doubled per attempt up to `max`, times a uniform factor in [0.8, 1.2), cut at `max`.
/// With max <= initial the wait is constant and without jitter.
struct ExponentialBackoff {
  Duration initial{};
  Duration max{};

  /// The wait before jitter; attempt 0 is the first.
  Duration base(std::int32_t attempt) const;
  /// The wait as drawn (Choice::backoff_jitter, one draw).
  Duration draw(std::int32_t attempt, Turn& turn) const;

  friend bool operator==(const ExponentialBackoff&, const ExponentialBackoff&) = default;
  FIELDS(initial, max)
};

}  // namespace kafkasim::core
