// Latency histograms against the sorted values themselves; gaps without an answer.
#include "sim/check/histogram.hpp"

#include <algorithm>
#include <vector>

#include "sim/check/gap_meter.hpp"
#include "sim/kernel/random.hpp"
#include "tests/support/catch.hpp"

namespace kafkasim::sim::histogram_test {
namespace {

constexpr Instant at(std::int64_t milliseconds) { return kStart + Duration{milliseconds * 1'000'000}; }

// The value of rank ceil(n * numerator / denominator), from 1.
std::int64_t exact_percentile(const std::vector<std::int64_t>& sorted, std::int64_t numerator,
                              std::int64_t denominator) {
  const auto n = static_cast<std::int64_t>(sorted.size());
  const std::int64_t rank = std::max<std::int64_t>(1, (n * numerator + denominator - 1) / denominator);
  return sorted[static_cast<std::size_t>(rank - 1)];
}

}  // namespace

TEST_CASE("percentiles are those of the sorted values, within 0.1 %", "[check][histogram]") {
  Stream random{4};
  for (const int bits : {8, 14, 24, 34, 44}) {
    LatencyHistogram histogram;
    std::vector<std::int64_t> values;
    std::int64_t sum = 0;
    for (int i = 0; i < 3000; ++i) {
      // Spread over powers of two, as latencies are.
      const auto value =
          static_cast<std::int64_t>(random.below(std::uint64_t{1} << random.below(static_cast<std::uint64_t>(bits))));
      values.push_back(value);
      sum += value;
      histogram.add(Duration{value});
    }
    std::sort(values.begin(), values.end());
    CHECK(histogram.count() == 3000);
    CHECK(histogram.min().count() == values.front());
    CHECK(histogram.max().count() == values.back());
    CHECK(histogram.mean().count() == sum / 3000);
    for (const auto& [numerator, denominator] : std::vector<std::pair<std::int64_t, std::int64_t>>{
             {0, 1}, {1, 2}, {9, 10}, {99, 100}, {999, 1000}, {9999, 10000}, {1, 1}}) {
      const std::int64_t exact = exact_percentile(values, numerator, denominator);
      const std::int64_t shown = histogram.percentile(numerator, denominator).count();
      INFO(bits << " bits, " << numerator << "/" << denominator);
      CHECK(shown >= exact);
      CHECK((shown - exact) * 1000 <= exact);
    }
    std::int64_t counted = 0, last = -1;
    for (const auto& [top, count] : histogram.buckets()) {
      CHECK(top.count() > last);
      CHECK(count > 0);
      last = top.count();
      counted += count;
    }
    CHECK(counted == 3000);
  }
}

TEST_CASE("small values are exact; buckets join without holes", "[check][histogram]") {
  for (std::int64_t index = 0; index < 40'000; ++index) {
    const std::int64_t low = LogLinearAxis::lower(index), high = LogLinearAxis::upper(index);
    REQUIRE(low <= high);
    REQUIRE(LogLinearAxis::lower(index + 1) == high + 1);
    if (low < 2048) REQUIRE(low == high);
    REQUIRE((high - low) * 1000 <= low);
  }
}

TEST_CASE("many at once: repeated values and evenly spaced runs", "[check][histogram]") {
  LatencyHistogram one_by_one, at_once;
  for (int i = 0; i < 700; ++i) one_by_one.add(Duration{5'000'000 - i * 1'000});
  for (int i = 0; i < 90; ++i) one_by_one.add(3ms);
  at_once.add_run(5ms, 1us, 700);
  at_once.add(3ms, 90);
  CHECK(at_once == one_by_one);
  CHECK(LatencyHistogram{}.mean() == 0ns);
  CHECK(LatencyHistogram{}.percentile(99, 100) == 0ns);
}

TEST_CASE("a run of values is what its values are one by one", "[check][histogram]") {
  struct Run {
    std::int64_t first, step, count;
  };
  // Over several powers of two; down into the exact buckets; to zero exactly, and below it; a single value.
  for (const Run run :
       {Run{9'000'000, 1'483, 6'000}, Run{5'000, 1, 4'999}, Run{40'960, 1'024, 41}, Run{4'096, 512, 20}, Run{-5, 3, 4},
        Run{0, 1, 1}, Run{2'048, 1, 2}, Run{2'047, 2, 1'500}, Run{0, 7, 3},
        // Many in each bucket, from the top to the bottom of a power of two and beyond.
        Run{9'000'000'000, 1'483, 6'000}, Run{std::int64_t{1} << 33, 100'003, 60'000}, Run{8'388'608, 500, 9'000}}) {
    LatencyHistogram one_by_one, at_once;
    for (std::int64_t i = 0; i < run.count; ++i) one_by_one.add(Duration{run.first - i * run.step});
    at_once.add_run(Duration{run.first}, Duration{run.step}, run.count);
    INFO(run.first << " down by " << run.step << ", " << run.count << " values");
    CHECK(at_once == one_by_one);
  }
}

TEST_CASE("many runs, one after the other, are what their values are", "[check][histogram]") {
  Stream random{11};
  LatencyHistogram one_by_one, at_once;
  for (int i = 0; i < 400; ++i) {
    const auto first = static_cast<std::int64_t>(random.below(std::uint64_t{1} << (1 + random.below(36)))) - 40;
    const auto step = static_cast<std::int64_t>(random.below(std::uint64_t{1} << random.below(24)));
    const auto count = static_cast<std::int64_t>(random.below(90));
    for (std::int64_t at = 0; at < count; ++at) one_by_one.add(Duration{first - at * step});
    at_once.add_run(Duration{first}, Duration{step}, count);
    REQUIRE(at_once == one_by_one);
  }
  CHECK(at_once.mean() == one_by_one.mean());
}

TEST_CASE("the sum of a run does not overflow", "[check][histogram]") {
  LatencyHistogram histogram;
  histogram.add_run(2000h, 2ns, 1'000'000'000);
  histogram.add_run(2000h, 2ns, 1'000'000'000);
  CHECK(histogram.count() == 2'000'000'000);
  CHECK(histogram.min() == 2000h - 1'999'999'998ns);
  CHECK(histogram.mean() == 2000h - 999'999'999ns);
}

TEST_CASE("the mean is exact where a sum of nanoseconds would overflow", "[check][histogram]") {
  LatencyHistogram histogram;
  histogram.add(1000h, 5'000'000);
  histogram.add(1000h + 2ns, 5'000'000);
  CHECK(histogram.mean() == 1000h + 1ns);
}

TEST_CASE("a gap runs while an answer is due", "[check][gap]") {
  GapMeter gap;
  CHECK(gap.longest(at(500)) == 0ms);
  gap.due(1, at(1000));
  CHECK(gap.longest(at(1300)) == 300ms);  // still running
  gap.answered(1, at(1400));
  CHECK(gap.longest(at(9000)) == 400ms);  // nothing is due: it stands still
  gap.due(2, at(9000));
  gap.due(1, at(9100));
  CHECK(gap.outstanding() == 3);
  gap.answered(1, at(9200));
  CHECK(gap.longest(at(9300)) == 400ms);
  gap.answered(1, at(10'300));
  CHECK(gap.longest(at(10'300)) == 1100ms);
  REQUIRE(gap.windows().size() == 1);
  CHECK(gap.windows()[0] == GapMeter::Window{at(9200), at(10'300)});
  gap.answered(1, at(12'000), false);  // it will never come: no progress, nothing is due any more
  CHECK(gap.outstanding() == 0);
  CHECK(gap.longest(at(20'000)) == 1100ms);
}

TEST_CASE("an answer that never came counts to the end", "[check][gap]") {
  GapMeter gap;
  gap.due(1, at(2000));
  gap.end(at(5000));
  CHECK(gap.longest(at(5000)) == 3000ms);
  REQUIRE(gap.windows().size() == 1);
  CHECK(gap.windows()[0] == GapMeter::Window{at(2000), at(5000)});
}

}  // namespace kafkasim::sim::histogram_test
