#include "sim/check/histogram.hpp"

#include <algorithm>
#include <boost/histogram/unsafe_access.hpp>
#include <limits>

#include "core/base/invariant.hpp"

namespace kafkasim::sim {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kManyTogether = 4;  // so many values of a run in one bucket, or in a page, are worth a division

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
  std::int64_t regular = count;  // those not below zero; what is counts as zero
  if (top < 0 || static_cast<Wide>(step) * static_cast<Wide>(count - 1) > static_cast<Wide>(top)) {
    regular = top < 0 ? 0 : top / step + 1;
    counters()[0] += count - regular;
    if (regular == 0) return note(count, 0, 0, 0);
  }
  const std::int64_t last = top - (regular - 1) * step;
  count_down(top, last, step);
  note(count, regular < count ? 0 : last, top,
       static_cast<Wide>(regular) * static_cast<Wide>(top) -
           static_cast<Wide>(regular) * static_cast<Wide>(regular - 1) / 2 * static_cast<Wide>(step));
}

// Counts `value`, value - step, ..., `last`, which is not below zero.
void LatencyHistogram::count_down(std::int64_t value, const std::int64_t last, const std::int64_t step) {
  constexpr auto kPage = static_cast<std::int64_t>(PagedCounts::kPage);
  PagedCounts& counts = counters();
  while (value >= last) {
    // Values of one power of two are shifted alike.
    const int shift = LogLinearAxis::shift_of(value);
    const std::int64_t offset = std::int64_t{shift} << LogLinearAxis::kBits;
    const std::int64_t least = std::max(last, shift == 0 ? 0 : (LogLinearAxis::kLinear / 2) << shift);
    const auto bucket = [&](std::int64_t of) { return static_cast<std::size_t>(offset + (of >> shift)); };
    if (step >> shift >= kPage / kManyTogether) {
      for (; value >= least; value -= step) ++counts[bucket(value)];
    } else if (step < (std::int64_t{1} << shift) / kManyTogether) {
      while (value >= least) {
        const std::int64_t alike = (value - std::max(least, value >> shift << shift)) / step + 1;
        counts[bucket(value)] += alike;
        value -= alike * step;
      }
    } else {
      while (value >= least) {
        // Values counted in one page, by their distance from the least of its first bucket.
        const std::int64_t begin = ((offset + (value >> shift)) / kPage * kPage - offset) << shift;
        std::int64_t* const page = counts.page(bucket(value));
        const std::int64_t end = std::max(least - begin, std::int64_t{0});
        std::int64_t at = value - begin;
        for (; at >= end; at -= step) ++page[at >> shift];
        value = begin + at;
      }
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
