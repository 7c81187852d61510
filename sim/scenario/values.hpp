// Values of the scenario language (scenario-language.md section 2) as the reader hands them on.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/time.hpp"

namespace kafkasim::sim {

/// Where a thing stands in a scenario file (1-based; 0 = not from a file, e.g. --set).
struct Place {
  std::string file;
  int line = 0;
  int column = 0;
  friend bool operator==(const Place&, const Place&) = default;
};

/// An exact share: 5% = 5/100, 1/3.
struct Ratio {
  std::int64_t numerator = 0;
  std::int64_t denominator = 1;
  friend bool operator==(const Ratio&, const Ratio&) = default;
};

/// `4s..6.2s`: one draw per run. low == high: a fixed value.
struct DurationRange {
  Duration low{};
  Duration high{};
  friend bool operator==(const DurationRange&, const DurationRange&) = default;
};

/// A distribution as written; durations are in nanoseconds, sizes in bytes. The world builds the quantile table.
struct DistributionSpec {
  enum class Kind : std::uint8_t { constant, uniform, exponential, lognormal, pareto, empirical };
  Kind kind = Kind::constant;
  std::int64_t first = 0;               // constant value; low; mean; median; minimum
  std::int64_t second = 0;              // high; value at the percentile
  Ratio shape{};                        // percentile (p99 = 99/100); Pareto's shape
  std::vector<std::int64_t> samples{};  // empirical, sorted
  bool is_zero() const { return kind == Kind::constant && first == 0; }
  friend bool operator==(const DistributionSpec&, const DistributionSpec&) = default;
};

}  // namespace kafkasim::sim
