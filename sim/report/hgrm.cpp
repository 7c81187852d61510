#include "sim/report/hgrm.hpp"

#include <cmath>
#include <cstdio>
#include <utility>
#include <vector>

#include "sim/report/number_text.hpp"

namespace kafkasim::sim {
namespace {

// Milliseconds with three digits, rounded half up.
std::string millis(std::int64_t ns) {
  std::string text = millis_text(Duration{(ns + 500) / 1000 * 1000});
  text.resize(text.size() - 3);
  return text;
}

// The square root of the variance over bucket values, in nanoseconds. Sums run in a fixed order and only correctly
// rounded operations are used, so every platform prints the same.
double deviation(const LatencyHistogram& of) {
  const double mean = static_cast<double>(of.mean().count());
  double sum = 0;
  for (const auto& [value, count] : of.buckets()) {
    const double distance = static_cast<double>(value.count()) - mean;
    sum += distance * distance * static_cast<double>(count);
  }
  return of.count() == 0 ? 0 : std::sqrt(sum / static_cast<double>(of.count()));
}

}  // namespace

std::string hgrm_text(const LatencyHistogram& histogram) {
  std::string text = "       Value     Percentile TotalCount 1/(1-Percentile)\n\n";
  char line[128];
  const auto buckets = histogram.buckets();
  const std::int64_t total = histogram.count();
  std::size_t at = 0;
  std::int64_t below = 0;  // values up to and including bucket `at - 1`
  // Percentile (D - 10 + j) / D with D = 10 * 2^k: exact in integers.
  bool reached = total == 0;
  for (std::int64_t denominator = 10; !reached && denominator <= (std::int64_t{10} << 40); denominator *= 2)
    for (std::int64_t j = 0; j < 5 && !reached; ++j) {
      const std::int64_t numerator = denominator - 10 + j;
      // ceil(total * numerator / denominator) without overflow
      const std::int64_t rank = std::max<std::int64_t>(
          1, total - total / denominator * (10 - j) - total % denominator * (10 - j) / denominator);
      while (at < buckets.size() && below < rank) below += buckets[at++].second;
      const std::int64_t value = std::min(buckets[at - 1].first, histogram.max()).count();
      const double percentile = static_cast<double>(numerator) / static_cast<double>(denominator);
      const double inverse = static_cast<double>(denominator) / static_cast<double>(10 - j);
      std::snprintf(line, sizeof line, "%12s %2.12f %10lld %14.2f\n", millis(value).c_str(), percentile,
                    static_cast<long long>(below), inverse);
      text += line;
      reached = below >= total;
    }
  if (total > 0) {
    std::snprintf(line, sizeof line, "%12s %2.12f %10lld\n", millis(histogram.max().count()).c_str(), 1.0,
                  static_cast<long long>(total));
    text += line;
  }
  const auto deviation_ns = static_cast<std::int64_t>(deviation(histogram) + 0.5);
  std::snprintf(line, sizeof line, "#[Mean    = %12s, StdDeviation   = %12s]\n",
                millis(histogram.mean().count()).c_str(), millis(deviation_ns).c_str());
  text += line;
  std::snprintf(line, sizeof line, "#[Max     = %12s, Total count    = %12lld]\n",
                millis(histogram.max().count()).c_str(), static_cast<long long>(total));
  text += line;
  std::snprintf(line, sizeof line, "#[Buckets = %12zu, SubBuckets     = %12d]\n", buckets.size(),
                1 << LogLinearAxis::kBits);
  text += line;
  return text;
}

}  // namespace kafkasim::sim
