#include "sim/check/histogram.hpp"

#include <algorithm>
#include <bit>
#include <boost/histogram/unsafe_access.hpp>
#include <limits>

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

boost::histogram::axis::index_type LogLinearAxis::size() const {
  static const auto kSize = index(std::numeric_limits<std::int64_t>::max()) + 1;
  return kSize;
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
  add(first);
  const std::int64_t step = nanoseconds(spacing);
  INVARIANT(step > 0, "records follow each other");
  const std::int64_t top = std::max<std::int64_t>(0, nanoseconds(first));
  const std::int64_t positive = top == 0 ? 0 : std::min(count - 1, (top - 1) / step);
  PagedCounts& counts = boost::histogram::unsafe_access::storage(counts_);
  constexpr auto kPage = static_cast<std::int64_t>(PagedCounts::kPage);
  std::int64_t value = top - step;
  for (std::int64_t left = positive; left > 0;) {
    // Values of one power of two are shifted alike; of those, the ones whose counters lie in one page.
    const int shift =
        value < kLinear ? 0 : 63 - std::countl_zero(static_cast<std::uint64_t>(value)) - LogLinearAxis::kBits;
    const std::int64_t offset = std::int64_t{shift} << LogLinearAxis::kBits;
    if (step >> shift >= kPage / 4) {  // far apart: hardly two in a page
      ++counts[static_cast<std::size_t>(offset + (value >> shift))];
      value -= step;
      --left;
      continue;
    }
    const std::int64_t first_of_page = (offset + (value >> shift)) / kPage * kPage;
    const std::int64_t least = std::max(
        {std::int64_t{1}, shift == 0 ? std::int64_t{0} : (kLinear / 2) << shift, (first_of_page - offset) << shift});
    const std::int64_t alike = std::min(left, (value - least) / step + 1);
    std::int64_t* const page = counts.page(static_cast<std::size_t>(first_of_page));
    for (std::int64_t i = 0; i < alike; ++i, value -= step) ++page[offset + (value >> shift) - first_of_page];
    left -= alike;
  }
  const std::int64_t zeros = count - 1 - positive;
  if (zeros > 0) counts[0] += zeros;
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
  boost::histogram::unsafe_access::storage(counts_).each([&](std::size_t bucket, std::int64_t count) {
    result.emplace_back(Duration{LogLinearAxis::upper(static_cast<std::int64_t>(bucket))}, count);
  });
  return result;
}

}  // namespace kafkasim::sim
