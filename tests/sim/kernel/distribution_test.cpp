#include "sim/kernel/distribution.hpp"

#include <boost/math/special_functions/erf.hpp>
#include <boost/multiprecision/cpp_bin_float.hpp>
#include <cmath>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "sim/kernel/state_hash.hpp"
#include "tests/support/catch.hpp"

using namespace kafkasim;
using namespace kafkasim::sim;
using High = boost::multiprecision::cpp_bin_float_50;

namespace {

struct Share {
  std::int64_t numerator;
  std::int64_t denominator;
};

constexpr std::int64_t kMs = 1'000'000;

High high(const Share& share) { return High{share.numerator} / High{share.denominator}; }
High normal_quantile(const High& q) { return -sqrt(High{2}) * boost::math::erfc_inv(High{2 * q}); }

struct Case {
  const char* name;
  Distribution made;
  std::function<High(const High&)> exact;  // the quantile function
  const char* digest;                      // first eight digits of the table's hash: the same bits everywhere
};

std::vector<Case> standard_cases() {
  const High sigma = log(High{4}) / normal_quantile(high({99, 100}));
  const High spread = High{3 * kMs} / normal_quantile(high({999, 1000}));
  return {
      {"exp(1ms)", Distribution::exponential(kMs), [](const High& q) { return High{-kMs * log(High{1 - q})}; },
       "65b8ef21"},
      {"lognormal(1ms, p99 4ms)", Distribution::lognormal(kMs, Share{99, 100}, 4 * kMs),
       [sigma](const High& q) { return High{kMs * exp(High{sigma * normal_quantile(q)})}; }, "fbd72358"},
      {"normal(10ms, p99.9 13ms)", Distribution::normal(10 * kMs, Share{999, 1000}, 13 * kMs),
       [spread](const High& q) { return High{10 * kMs + spread * normal_quantile(q)}; }, "b84725f6"},
      {"pareto(1ms, 1.5)", Distribution::pareto(kMs, Share{3, 2}),
       [](const High& q) { return High{kMs * pow(High{1 - q}, High{-2} / 3)}; }, "72e33210"},
  };
}

}  // namespace

TEST_CASE("quantiles agree with the exact ones to 2e-4, deep into the tails", "[kernel][distribution]") {
  const Share shares[] = {
      {1, 1'000'000'000},
      {1, 100'000},
      {1, 1000},
      {1, 100},
      {15, 1000},
      {16, 1000},
      {1, 20},
      {1, 7},
      {1, 3},
      {499, 1000},
      {1, 2},
      {501, 1000},
      {2, 3},
      {9, 10},
      {95, 100},
      {984, 1000},
      {985, 1000},
      {99, 100},
      {995, 1000},
      {999, 1000},
      {9995, 10'000},
      {9999, 10'000},
      {99'999, 100'000},
      {999'999, 1'000'000},
      {999'999'999'999, 1'000'000'000'000},
  };
  for (const Case& c : standard_cases())
    for (const Share& share : shares) {
      INFO(c.name << " at " << share.numerator << "/" << share.denominator);
      const High exact = c.exact(high(share));
      const High got{c.made.quantile(share)};
      const High bound = High{"2e-4"} * abs(exact) + 1;  // and one for rounding
      CHECK(abs(High{got - exact}) <= bound);
    }
}

TEST_CASE("a table is monotone and reaches its given points", "[kernel][distribution]") {
  for (const Case& c : standard_cases()) {
    std::int64_t last = c.made.draw(0);
    std::uint64_t falls = 0;
    for (std::uint64_t word = 0; word < ~std::uint64_t{0} - (1ULL << 48); word += 1ULL << 48) {
      falls += c.made.draw(word) < last ? 1U : 0U;
      last = c.made.draw(word);
    }
    for (int bit = 47; bit >= 0; --bit) {  // into the upper tail
      falls += c.made.draw(~std::uint64_t{0} - (1ULL << bit)) < last ? 1U : 0U;
      last = c.made.draw(~std::uint64_t{0} - (1ULL << bit));
    }
    INFO(c.name);
    CHECK(falls == 0);
  }
  CHECK(std::abs(Distribution::lognormal(kMs, Share{99, 100}, 4 * kMs).quantile(Share{99, 100}) - 4 * kMs) < 400);
  CHECK(Distribution::lognormal(kMs, Share{99, 100}, 4 * kMs).quantile(Share{1, 2}) == kMs);
  CHECK(Distribution::pareto(kMs, Share{3, 2}).draw(0) == kMs);
}

TEST_CASE("tables are the same bits everywhere", "[kernel][distribution]") {
  for (const Case& c : standard_cases()) {
    INFO(c.name);
    CHECK(hash_state(c.made).short_hex() == c.digest);
  }
}

TEST_CASE("draws have the distribution's moments", "[kernel][distribution]") {
  // Mean and standard deviation over a million draws. Pareto of shape 1.5 has no variance; shape 5 stands in.
  struct Moments {
    const char* name;
    Distribution made;
    double mean;
    double deviation;
  };
  const Moments cases[] = {
      {"constant", Distribution::constant(7), 7, 0},
      {"uniform(10, 50)", Distribution::uniform(10, 50), 30, 11.832},
      {"exp(1ms)", Distribution::exponential(kMs), 1e6, 1e6},
      {"normal(10ms, p99.9 13ms)", Distribution::normal(10 * kMs, Share{999, 1000}, 13 * kMs), 1e7, 970'800},
      {"lognormal(1ms, p99 4ms)", Distribution::lognormal(kMs, Share{99, 100}, 4 * kMs), 1'194'300, 780'300},
      {"pareto(1ms, 5)", Distribution::pareto(kMs, Share{5, 1}), 1'250'000, 322'750},
      {"exp(1000ns)", Distribution::exponential(1000), 1000, 1000},
  };
  for (const Moments& c : cases) {
    Stream random = stream(1, c.name);
    const int draws = 1'000'000;
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < draws; ++i) {
      const double away = static_cast<double>(c.made.draw(random.word())) - c.mean;
      sum += away;
      squares += away * away;
    }
    INFO(c.name);
    CHECK(std::abs(sum / draws) <= 6 * c.deviation / 1000);
    CHECK(std::sqrt(squares / draws) == Approx(c.deviation).epsilon(0.02));
  }
}

TEST_CASE("uniform and empirical draws cover exactly their values", "[kernel][distribution]") {
  const Distribution uniform = Distribution::uniform(-1, 2);
  const std::uint64_t quarter = std::uint64_t{1} << 62;
  CHECK(uniform.draw(0) == -1);
  CHECK(uniform.draw(quarter - 1) == -1);
  CHECK(uniform.draw(quarter) == 0);
  CHECK(uniform.draw(~std::uint64_t{0}) == 2);
  CHECK(uniform.draw_duration(0) == Duration{0});
  CHECK(uniform.quantile(Share{1, 2}) == 1);

  const Distribution empirical = Distribution::empirical({30, 10, 20, 20});
  CHECK(empirical.draw(0) == 10);
  CHECK(empirical.quantile(Share{1, 4}) == 20);
  CHECK(empirical.quantile(Share{74, 100}) == 20);
  CHECK(empirical.quantile(Share{1, 1}) == 30);
}

TEST_CASE("distributions are compared by content", "[kernel][distribution]") {
  CHECK(Distribution::exponential(kMs) == Distribution::exponential(kMs));
  CHECK_FALSE(Distribution::exponential(kMs) == Distribution::exponential(kMs + 1));
  CHECK(Distribution::uniform(5, 5) == Distribution::constant(5));
  CHECK(Distribution::constant(5).is_constant());
  CHECK_FALSE(Distribution::uniform(5, 6).is_constant());
  CHECK(Distribution::empirical({1, 2}) == Distribution::empirical({2, 1}));
  CHECK(Distribution{} == Distribution::constant(std::int64_t{0}));
}

TEST_CASE("extreme parameters saturate instead of overflowing", "[kernel][distribution]") {
  const Distribution wild = Distribution::pareto(1'000'000'000'000, Share{1, 10});
  CHECK(wild.draw(0) == 1'000'000'000'000);
  CHECK(wild.quantile(Share{999, 1000}) == std::int64_t{1} << 62);
  CHECK(wild.draw(~std::uint64_t{0}) == std::int64_t{1} << 62);
  CHECK(Distribution::exponential(0).draw(~std::uint64_t{0}) == 0);
  CHECK(Distribution::lognormal(kMs, Share{99, 100}, kMs).draw(12345) == kMs);
}
