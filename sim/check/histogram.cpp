#include "sim/check/histogram.hpp"

#include <algorithm>
#include <bit>
#include <boost/histogram/unsafe_access.hpp>

#include "core/base/invariant.hpp"
#include "sim/kernel/wide.hpp"

namespace kafkasim::sim {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kLinear = std::int64_t{1} << (LogLinearAxis::kBits + 1);  // below it every value has its bucket

}  // namespace

std::int64_t LogLinearAxis::bucket(std::int64_t value) {
  if (value < kLinear) return std::max<std::int64_t>(value, 0);
  const int shift = 63 - std::countl_zero(static_cast<std::uint64_t>(value)) - kBits;
  return (std::int64_t{shift} << kBits) + (value >> shift);
}

std::int64_t LogLinearAxis::lower(std::int64_t index) {
  if (index < kLinear) return index;
  const std::int64_t shift = (index >> kBits) - 1;
  return (index - (shift << kBits)) << shift;
}

boost::histogram::axis::index_type LogLinearAxis::index(std::int64_t value) const {
  return static_cast<boost::histogram::axis::index_type>(bucket(value));
}

std::pair<boost::histogram::axis::index_type, boost::histogram::axis::index_type> LogLinearAxis::update(
    std::int64_t value) {
  const auto at = index(value);
  if (at < size_) return {at, 0};
  // In steps of a power of two's worth of buckets, so that the storage is seldom moved.
  const auto grown = static_cast<boost::histogram::axis::index_type>(((at >> kBits) + 1) << kBits);
  const auto by = grown - size_;
  size_ = grown;
  return {at, -by};
}

void LatencyHistogram::add(Duration value, std::int64_t times) {
  INVARIANT(times > 0, "something is added");
  const std::int64_t ns = std::max<std::int64_t>(0, nanoseconds(value));
  counts_(ns, boost::histogram::weight(times));
  min_ = count_ == 0 ? ns : std::min(min_, ns);
  max_ = std::max(max_, ns);
  count_ += times;
  sum_high_ += ns / kSecond * times;
  sum_low_ += ns % kSecond * times;
  sum_high_ += sum_low_ / kSecond;
  sum_low_ %= kSecond;
}

void LatencyHistogram::add_run(Duration first, Duration spacing, std::int64_t count) {
  if (spacing == Duration{}) {
    if (count > 0) add(first, count);
    return;
  }
  if (count <= 0) return;
  add(first);  // the greatest: the axis has its bucket from here on
  const std::int64_t step = nanoseconds(spacing);
  INVARIANT(step > 0, "records follow each other");
  const std::int64_t top = std::max<std::int64_t>(0, nanoseconds(first));
  const std::int64_t positive = top == 0 ? 0 : std::min(count - 1, (top - 1) / step);
  std::int64_t* const counts = boost::histogram::unsafe_access::storage(counts_).data();
  std::int64_t value = top - step;
  for (std::int64_t left = positive; left > 0;) {
    // All values of one power of two are shifted alike.
    const int shift =
        value < kLinear ? 0 : 63 - std::countl_zero(static_cast<std::uint64_t>(value)) - LogLinearAxis::kBits;
    const std::int64_t least = shift == 0 ? 1 : (kLinear / 2) << shift;
    const std::int64_t alike = std::min(left, (value - least) / step + 1);
    std::int64_t* const base = counts + (std::int64_t{shift} << LogLinearAxis::kBits);
    for (std::int64_t i = 0; i < alike; ++i, value -= step) ++base[value >> shift];
    left -= alike;
  }
  const std::int64_t zeros = count - 1 - positive;
  counts[0] += zeros;
  min_ = zeros > 0 ? 0 : std::min(min_, top - positive * step);
  count_ += count - 1;
  const Wide sum = static_cast<Wide>(positive) * static_cast<Wide>(top) -
                   static_cast<Wide>(step) * (static_cast<Wide>(positive) * static_cast<Wide>(positive + 1) / 2) +
                   static_cast<Wide>(sum_low_);
  sum_high_ += static_cast<std::int64_t>(sum / kSecond);
  sum_low_ = static_cast<std::int64_t>(sum % kSecond);
}

Duration LatencyHistogram::mean() const {
  if (count_ == 0) return {};
  // (high * 1e9 + low) / count without overflow.
  const std::int64_t whole = sum_high_ / count_;
  const auto rest = static_cast<Wide>(sum_high_ % count_) * kSecond + static_cast<Wide>(sum_low_);
  return Duration{whole * kSecond + static_cast<std::int64_t>(rest / static_cast<Wide>(count_))};
}

Duration LatencyHistogram::percentile(std::int64_t numerator, std::int64_t denominator) const {
  if (count_ == 0) return {};
  // Rank of the value: the smallest one with at least numerator/denominator of all at or below it.
  const auto wanted = static_cast<Wide>(count_) * static_cast<Wide>(numerator);
  const auto rank =
      static_cast<std::int64_t>((wanted + static_cast<Wide>(denominator) - 1) / static_cast<Wide>(denominator));
  std::int64_t seen = 0;
  for (const auto& [top, count] : buckets()) {
    seen += count;
    if (seen >= rank) return std::min(top, max());
  }
  return max();
}

std::vector<std::pair<Duration, std::int64_t>> LatencyHistogram::buckets() const {
  std::vector<std::pair<Duration, std::int64_t>> result;
  for (boost::histogram::axis::index_type i = 0; i < counts_.axis(0).size(); ++i)
    if (const std::int64_t count = counts_.at(i); count > 0)
      result.emplace_back(Duration{LogLinearAxis::upper(i)}, count);
  return result;
}

}  // namespace kafkasim::sim
