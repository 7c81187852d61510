// A distribution as integers: its quantile function at fixed points, drawn from by integer interpolation.
// libm differs between platforms; these tables are built with software arithmetic and are the same bits everywhere.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/base/fields.hpp"
#include "sim/kernel/wide.hpp"

namespace kafkasim::sim {

/// Quantiles in the unit of the parameters (nanoseconds, bytes), rounded to integers and kept within +-2^62.
///
/// Probabilities from 1/64 to 63/64 are cut into steps of 1/2048. The two tails are cut logarithmically, 32 steps to
/// each halving of the tail down to 2^-64, so that p99.9 and p99.9999 are as right as the median. Between two points
/// the quantile is linear: for the exponential, lognormal and Pareto distributions of ordinary parameters the relative
/// error stays below 2e-4 (steps beside 1/64; elsewhere smaller), plus the rounding to an integer.
class QuantileTable {
 public:
  /// mean >= 0.
  static QuantileTable exponential(std::int64_t mean);
  /// The normal distribution of that median whose quantile at numerator / denominator is `value`. Draws may be
  /// negative.
  static QuantileTable normal(std::int64_t median, std::int64_t numerator, std::int64_t denominator,
                              std::int64_t value);
  /// Likewise lognormal. median > 0, value > 0; the percentile is not 1/2 and lies on the same side as the value.
  static QuantileTable lognormal(std::int64_t median, std::int64_t numerator, std::int64_t denominator,
                                 std::int64_t value);
  /// P(X > x) = (minimum / x) ^ (numerator / denominator). minimum >= 0, shape > 0.
  static QuantileTable pareto(std::int64_t minimum, std::int64_t numerator, std::int64_t denominator);

  /// The quantile at (word + 1/2) / 2^64: a draw, when the word is 64 uniform bits.
  std::int64_t draw(std::uint64_t word) const {
    const std::uint64_t top = word >> 58;
    if (top - 1 >= 62) [[unlikely]]
      return top == 0 ? tail(lower_, word) : tail(upper_, ~word);
    const std::size_t step = static_cast<std::size_t>(word >> kBodyShift) - kBodyFirst;
    return between(body_[step], body_[step + 1], word << (64 - kBodyShift));
  }

  FIELDS(body_, lower_, upper_)
  friend bool operator==(const QuantileTable&, const QuantileTable&) = default;

 private:
  QuantileTable() = default;
  template <class Pair>
  static QuantileTable build(Pair quantiles);

  static constexpr int kBodyShift = 53;          // 2^11 steps over the whole range of a word
  static constexpr std::size_t kBodyFirst = 32;  // of which 32..2015 make the body
  static constexpr std::size_t kBodySteps = 2048;
  static constexpr int kTailBits = 5;      // 2^5 steps per halving
  static constexpr int kTailOctaves = 58;  // tail probabilities 2^-64 .. 2^-6

  // a + (b - a) * fraction / 2^64, rounded to nearest. The distance of two entries fits 64 bits unsigned.
  static std::int64_t between(std::int64_t a, std::int64_t b, std::uint64_t fraction) {
    const bool down = b < a;
    const std::uint64_t distance = down ? static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b)
                                        : static_cast<std::uint64_t>(b) - static_cast<std::uint64_t>(a);
    const Wide scaled = static_cast<Wide>(distance) * fraction + (std::uint64_t{1} << 63);
    const auto part = static_cast<std::int64_t>(static_cast<std::uint64_t>(scaled >> 64));
    return down ? a - part : a + part;
  }

  static std::int64_t tail(const std::vector<std::int64_t>& points, std::uint64_t rank) {
    if (rank == 0) return points.front();
    const int octave = 63 - std::countl_zero(rank);
    const std::uint64_t within = rank << (63 - octave) << 1;  // the bits below the leading one, at the top
    const std::size_t step = (static_cast<std::size_t>(octave) << kTailBits) + (within >> (64 - kTailBits));
    return between(points[step], points[step + 1], within << kTailBits);
  }

  std::vector<std::int64_t> body_;   // quantile at (kBodyFirst + i) / 2048
  std::vector<std::int64_t> lower_;  // quantile at p, p = 2^(octave - 64) (1 + step / 32), deepest first
  std::vector<std::int64_t> upper_;  // quantile at 1 - p, likewise
};

}  // namespace kafkasim::sim
