#include "sim/kernel/random.hpp"

#include <cstdint>
#include <vector>

#include "sim/kernel/state_hash.hpp"
#include "tests/support/catch.hpp"

using namespace kafkasim;
using namespace kafkasim::sim;

namespace {

struct Share {
  std::int64_t numerator;
  std::int64_t denominator;
};

// L'Ecuyer's LFSR258 as printed in "Tables of maximally equidistributed combined LFSR generators" (1999).
struct Published {
  std::uint64_t y1, y2, y3, y4, y5;
  std::uint64_t operator()() {
    std::uint64_t b = ((y1 << 1) ^ y1) >> 53;
    y1 = ((y1 & 18446744073709551614ULL) << 10) ^ b;
    b = ((y2 << 24) ^ y2) >> 50;
    y2 = ((y2 & 18446744073709551104ULL) << 5) ^ b;
    b = ((y3 << 3) ^ y3) >> 23;
    y3 = ((y3 & 18446744073709547520ULL) << 29) ^ b;
    b = ((y4 << 5) ^ y4) >> 24;
    y4 = ((y4 & 18446744073709420544ULL) << 23) ^ b;
    b = ((y5 << 3) ^ y5) >> 33;
    y5 = ((y5 & 18446744073701163008ULL) << 8) ^ b;
    return y1 ^ y2 ^ y3 ^ y4 ^ y5;
  }
};

}  // namespace

TEST_CASE("the engine is LFSR258, seeded from splitmix64", "[kernel][random]") {
  std::uint64_t seed = 123;
  const auto next_word = [&seed] { return mix(seed += 0x9e3779b97f4a7c15ULL); };
  Published published{};
  published.y1 = next_word();
  published.y2 = next_word();
  published.y3 = next_word();
  published.y4 = next_word();
  published.y5 = next_word();
  Stream stream{123};
  for (int i = 0; i < 1000; ++i) REQUIRE(stream.word() == published());
}

TEST_CASE("named streams are stable across versions and platforms", "[kernel][random]") {
  // Changing any of these numbers changes every run of every scenario.
  CHECK(hash_name(7, "producer/checkout/keys") == 0x5d85653417aead2fULL);
  Stream keys = stream(7, "producer/checkout/keys");
  CHECK(keys.word() == 0x37edc80621d3138fULL);
  CHECK(keys.word() == 0x136895f4d81bd420ULL);
}

TEST_CASE("a stream depends on seed and name alone", "[kernel][random]") {
  CHECK(stream(1, "a") == stream(1, "a"));
  CHECK_FALSE(stream(1, "a") == stream(2, "a"));
  CHECK_FALSE(stream(1, "a") == stream(1, "b"));
  Stream drawn = stream(1, "a");
  const Stream copy = drawn;
  drawn.word();
  CHECK_FALSE(drawn == copy);
  CHECK(hash_state(copy) == hash_state(stream(1, "a")));
  CHECK_FALSE(hash_state(copy) == hash_state(drawn));
}

TEST_CASE("below() is even and stays below", "[kernel][random]") {
  Stream random{3};
  for (const std::uint64_t bound : {1ULL, 2ULL, 3ULL, 10ULL, 1000ULL}) {
    std::vector<std::uint64_t> hits(bound);
    const std::uint64_t draws = 20'000 * bound / (bound > 100 ? 100 : 1);
    for (std::uint64_t i = 0; i < draws; ++i) ++hits.at(random.below(bound));
    // Chi-square with bound - 1 degrees of freedom: mean bound - 1, variance 2 (bound - 1); six sigma.
    const double expected = static_cast<double>(draws) / static_cast<double>(bound);
    double chi = 0;
    for (const std::uint64_t n : hits)
      chi += (static_cast<double>(n) - expected) * (static_cast<double>(n) - expected) / expected;
    const double freedom = static_cast<double>(bound - 1);
    INFO("bound " << bound);
    CHECK((chi - freedom) * (chi - freedom) <= 36.0 * 2.0 * freedom);
  }
  // Three quarters of 2^64: a plain multiplication or remainder would give the numbers unequal chances.
  const std::uint64_t large = 3ULL << 62;
  std::uint64_t lower_third = 0;
  for (int i = 0; i < 90'000; ++i) lower_third += random.below(large) < (1ULL << 62) ? 1U : 0U;
  CHECK(lower_third > 30'000 - 900);
  CHECK(lower_third < 30'000 + 900);
  CHECK_THROWS_AS(random.below(0), InvariantViolation);
}

TEST_CASE("below() rejects exactly the uneven words", "[kernel][random]") {
  for (const std::uint64_t bound : {3ULL, 1ULL << 63, (1ULL << 63) + 1, 3ULL << 62, ~0ULL}) {
    Stream random{5}, plain{5};
    for (int i = 0; i < 1000; ++i) {
      Wide product = 0;
      do product = static_cast<Wide>(plain.word()) * bound;
      while (static_cast<std::uint64_t>(product) < (0 - bound) % bound);
      REQUIRE(random.below(bound) == static_cast<std::uint64_t>(product >> 64));
    }
  }
}

TEST_CASE("chance() takes exact shares", "[kernel][random]") {
  Stream random{4};
  struct Case {
    Share share;
    int least;
    int most;
  };
  const Case cases[] = {
      {{0, 1}, 0, 0},           {{1, 1}, 100'000, 100'000}, {{5, 100}, 4'600, 5'400},
      {{1, 3}, 32'500, 34'100}, {{1, 1000}, 50, 160},
  };
  for (const Case& c : cases) {
    int hits = 0;
    for (int i = 0; i < 100'000; ++i) hits += random.chance(c.share) ? 1 : 0;
    INFO(c.share.numerator << "/" << c.share.denominator);
    CHECK(hits >= c.least);
    CHECK(hits <= c.most);
  }
}
