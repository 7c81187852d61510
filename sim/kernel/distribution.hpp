// What a scenario calls a distribution: a pure function from 64 uniform bits to an integer.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "core/base/time.hpp"
#include "sim/kernel/quantile_table.hpp"
#include "sim/kernel/random.hpp"
#include "sim/kernel/wide.hpp"

namespace kafkasim::sim {

/// Immutable; copies share the table. Unit: that of the parameters (nanoseconds, bytes).
/// Parameters are checked where they are read (scenario files); here wrong ones are a broken invariant.
class Distribution {
 public:
  /// Constant 0.
  Distribution() = default;
  static Distribution constant(std::int64_t value);
  static Distribution constant(Duration value) { return constant(value.count()); }
  /// Every integer from low to high, both included, equally likely. low <= high.
  static Distribution uniform(std::int64_t low, std::int64_t high);
  static Distribution exponential(std::int64_t mean);
  /// Median, then the value at a percentile (a share such as 99/100). Negative draws are possible.
  template <RatioLike R>
  static Distribution normal(std::int64_t median, const R& percentile, std::int64_t value) {
    return tabulated(Shape::normal, {median, percentile.numerator, percentile.denominator, value});
  }
  template <RatioLike R>
  static Distribution lognormal(std::int64_t median, const R& percentile, std::int64_t value) {
    return tabulated(Shape::lognormal, {median, percentile.numerator, percentile.denominator, value});
  }
  /// Smallest value and shape (tail exponent).
  template <RatioLike R>
  static Distribution pareto(std::int64_t minimum, const R& shape) {
    return tabulated(Shape::pareto, {minimum, shape.numerator, shape.denominator, 0});
  }
  /// One of the samples, each equally likely. Not empty.
  static Distribution empirical(std::vector<std::int64_t> samples);

  /// Pure: the same word gives the same value.
  std::int64_t draw(std::uint64_t word) const {
    switch (kind_) {
      case Kind::constant:
        return low_;
      case Kind::uniform:
        return low_ + static_cast<std::int64_t>(multiply_high(word, span_));
      case Kind::table:
        return table_->draw(word);
      case Kind::empirical:
        return (*samples_)[multiply_high(word, samples_->size())];
    }
    return low_;
  }
  /// As a span of time, for distributions of nanoseconds; never negative.
  Duration draw_duration(std::uint64_t word) const {
    const std::int64_t value = draw(word);
    return Duration{value < 0 ? 0 : value};
  }

  /// The quantile at q; q <= 0 and q >= 1 give the ends.
  std::int64_t quantile(std::int64_t numerator, std::int64_t denominator) const;
  template <RatioLike R>
  std::int64_t quantile(const R& q) const {
    return quantile(q.numerator, q.denominator);
  }

  /// No randomness in it: a draw need not be made.
  bool is_constant() const { return kind_ == Kind::constant; }

  /// By content.
  friend bool operator==(const Distribution& a, const Distribution& b);

  template <class Visitor>
  void each_field(Visitor&& visit) const {
    visit("kind", kind_);
    visit("low", low_);
    visit("span", span_);
    visit("table", table_);
    visit("samples", samples_);
  }

 private:
  enum class Kind : std::uint8_t { constant, uniform, table, empirical };

  enum class Shape : std::uint8_t { exponential, normal, lognormal, pareto };
  using Parameters = std::array<std::int64_t, 4>;
  static Distribution tabulated(Shape shape, const Parameters& parameters);

  Kind kind_ = Kind::constant;
  std::int64_t low_ = 0;    // constant value; least value of a uniform distribution
  std::uint64_t span_ = 0;  // number of values of a uniform distribution
  std::shared_ptr<const QuantileTable> table_;
  std::shared_ptr<const std::vector<std::int64_t>> samples_;  // sorted
};

}  // namespace kafkasim::sim
