// Latencies as a histogram over an integer log-linear axis (HdrHistogram's idea): exact on every platform.
#pragma once

#include <bit>
#include <boost/histogram/axis/option.hpp>
#include <boost/histogram/axis/traits.hpp>
#include <boost/histogram/histogram.hpp>
#include <boost/histogram/make_histogram.hpp>
#include <cstdint>
#include <tuple>
#include <vector>

#include "core/base/time.hpp"
#include "sim/check/paged_counts.hpp"
#include "sim/kernel/wide.hpp"

namespace kafkasim::sim {

/// Buckets of nanoseconds: exact below 2^11, then 1024 buckets per power of two (relative width below 0.1 %).
class LogLinearAxis {
 public:
  using value_type = std::int64_t;
  static constexpr int kBits = 10;
  /// Below it every value has its bucket.
  static constexpr std::int64_t kLinear = std::int64_t{1} << (kBits + 1);

  boost::histogram::axis::index_type index(std::int64_t value) const;
  boost::histogram::axis::index_type size() const;
  /// Least and greatest value of a bucket.
  static std::int64_t lower(std::int64_t index);
  static std::int64_t upper(std::int64_t index) { return lower(index + 1) - 1; }

  static constexpr unsigned options() { return boost::histogram::axis::option::none_t::value; }
  friend bool operator==(const LogLinearAxis&, const LogLinearAxis&) = default;

  /// By how many bits a value (not below zero) is shifted to count its buckets; equal over a power of two.
  static int shift_of(std::int64_t value) {
    return value < kLinear ? 0 : 63 - std::countl_zero(static_cast<std::uint64_t>(value)) - kBits;
  }
  static std::int64_t bucket(std::int64_t value);
};

/// A value: copyable, comparable, printable by its counts.
class LatencyHistogram {
 public:
  void add(Duration value, std::int64_t times = 1);
  /// `count` values first, first - spacing, ...: records handed over at equal distances and answered together.
  void add_run(Duration first, Duration spacing, std::int64_t count);

  std::int64_t count() const { return count_; }
  Duration min() const { return count_ == 0 ? Duration{} : Duration{min_}; }
  Duration max() const { return Duration{max_}; }
  /// Exact: the sum is kept (rounded down to a nanosecond).
  Duration mean() const;
  /// The value below or at which `numerator/denominator` of all lie: the top of its bucket, never above max().
  Duration percentile(std::int64_t numerator, std::int64_t denominator) const;
  /// (top of bucket, count) of buckets that are not empty, ascending.
  std::vector<std::pair<Duration, std::int64_t>> buckets() const;

  friend bool operator==(const LatencyHistogram&, const LatencyHistogram&) = default;
  template <class Visitor>
  void each_field(Visitor&& visit) const {
    visit("count", count_);
    visit("min", min_);
    visit("max", max_);
    visit("sum_high", sum_high_);
    visit("sum_low", sum_low_);
  }

 private:
  void note(std::int64_t count, std::int64_t least, std::int64_t greatest, Wide sum);
  void count_down(std::int64_t value, std::int64_t last, std::int64_t step);
  PagedCounts& counters();

  boost::histogram::histogram<std::tuple<LogLinearAxis>, PagedCounts> counts_{std::tuple<LogLinearAxis>{},
                                                                              PagedCounts{}};
  std::int64_t count_ = 0;
  std::int64_t min_ = 0;
  std::int64_t max_ = 0;
  std::int64_t sum_high_ = 0;  // whole seconds of the sum
  std::int64_t sum_low_ = 0;   // nanoseconds below
};

}  // namespace kafkasim::sim
