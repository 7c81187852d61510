#include "sim/check/histogram.hpp"

#include <algorithm>
#include <boost/histogram/unsafe_access.hpp>
#include <limits>

#include "core/base/invariant.hpp"

namespace kafkasim::sim {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kManyInBucket = 8;  // so many values of a run in one bucket are worth a division

}  // namespace

std::int64_t LogLinearAxis::bucket(std::int64_t value) {
  const std::int64_t clamped = std::max<std::int64_t>(value, 0);
  const int shift = shift_of(clamped);
  return (std::int64_t{shift} << kBits) + (clamped >> shift);
}

std::int64_t LogLinearAxis::lower(std::int64_t index) {
  if (index < kLinear) return index;
  const std::int64_t shift = (index >> kBits) - 1;
  return (index - (shift << kBits)) << shift;
}

boost::histogram::axis::index_type LogLinearAxis::index(std::int64_t value) const {
  return static_cast<boost::histogram::axis::index_type>(bucket(value));
}

boost::histogram::axis::index_type LogLinearAxis::size() const {
  static const auto kSize = index(std::numeric_limits<std::int64_t>::max()) + 1;
  return kSize;
}

// Values that are counted together: how many, the least and the greatest of them, their sum.
void LatencyHistogram::note(std::int64_t count, std::int64_t least, std::int64_t greatest, Wide sum) {
  min_ = count_ == 0 ? least : std::min(min_, least);
  max_ = std::max(max_, greatest);
  count_ += count;
  sum += static_cast<Wide>(sum_low_);
  if (sum < static_cast<Wide>(kSecond)) {
    sum_low_ = static_cast<std::int64_t>(sum);
  } else if (sum <= static_cast<Wide>(std::numeric_limits<std::int64_t>::max())) {
    sum_high_ += static_cast<std::int64_t>(sum) / kSecond;
    sum_low_ = static_cast<std::int64_t>(sum) % kSecond;
  } else {
    sum_high_ += static_cast<std::int64_t>(sum / kSecond);
    sum_low_ = static_cast<std::int64_t>(sum % kSecond);
  }
}

void LatencyHistogram::add(Duration value, std::int64_t times) {
  INVARIANT(times > 0, "something is added");
  const std::int64_t ns = std::max<std::int64_t>(0, nanoseconds(value));
  counters()[static_cast<std::size_t>(LogLinearAxis::bucket(ns))] += times;
  note(times, ns, ns, static_cast<Wide>(ns) * static_cast<Wide>(times));
}

void LatencyHistogram::add_run(Duration first, Duration spacing, std::int64_t count) {
  if (count <= 0) return;
  if (count == 1 || spacing == Duration{}) return add(first, count);
  const std::int64_t top = nanoseconds(first), step = nanoseconds(spacing);
  INVARIANT(step > 0, "records follow each other");
  std::int64_t regular = count;  // not below zero; what is counts as zero
  if (top < 0 || static_cast<Wide>(step) * static_cast<Wide>(count - 1) > static_cast<Wide>(top))
    regular = top < 0 ? 0 : top / step + 1;
  if (regular > 0) count_down(top, step, regular);
  if (regular < count) counters()[0] += count - regular;
  const Wide pairs = regular == 0 ? 0 : static_cast<Wide>(regular) * static_cast<Wide>(regular - 1) / 2;
  note(count, regular < count ? 0 : top - (count - 1) * step, std::max<std::int64_t>(0, top),
       regular == 0 ? 0 : static_cast<Wide>(regular) * static_cast<Wide>(top) - static_cast<Wide>(step) * pairs);
}

// Counts `value`, value - step, ...: `left` values, none of them below zero.
void LatencyHistogram::count_down(std::int64_t value, std::int64_t step, std::int64_t left) {
  PagedCounts& counts = counters();
  while (left > 0) {
    // Values of one power of two are shifted alike.
    const int shift = LogLinearAxis::shift_of(value);
    const std::int64_t offset = std::int64_t{shift} << LogLinearAxis::kBits;
    const std::int64_t least = value < LogLinearAxis::kLinear ? 0 : (LogLinearAxis::kLinear / 2) << shift;
    if (step < (std::int64_t{1} << shift) / kManyInBucket) {
      while (left > 0 && value >= least) {
        const std::int64_t alike = std::min(left, (value - (value >> shift << shift)) / step + 1);
        counts[static_cast<std::size_t>(offset + (value >> shift))] += alike;
        value -= alike * step;
        left -= alike;
      }
    } else {
      for (; left > 0 && value >= least; value -= step, --left)
        ++counts[static_cast<std::size_t>(offset + (value >> shift))];
    }
  }
}

PagedCounts& LatencyHistogram::counters() { return boost::histogram::unsafe_access::storage(counts_); }

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
  Duration found = max();
  boost::histogram::unsafe_access::storage(counts_).each([&](std::size_t bucket, std::int64_t count) {
    seen += count;
    if (seen < rank) return true;
    found = std::min(found, Duration{LogLinearAxis::upper(static_cast<std::int64_t>(bucket))});
    return false;
  });
  return found;
}

std::vector<std::pair<Duration, std::int64_t>> LatencyHistogram::buckets() const {
  std::vector<std::pair<Duration, std::int64_t>> result;
  boost::histogram::unsafe_access::storage(counts_).each([&](std::size_t bucket, std::int64_t count) {
    result.emplace_back(Duration{LogLinearAxis::upper(static_cast<std::int64_t>(bucket))}, count);
    return true;
  });
  return result;
}

}  // namespace kafkasim::sim
