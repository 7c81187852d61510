// Sets of intervals against a plain set, on random operations.
#include "sim/check/interval_set.hpp"

#include <set>
#include <vector>

#include "sim/kernel/random.hpp"
#include "tests/support/catch.hpp"

namespace kafkasim::sim::interval_set_test {
namespace {

std::int64_t members(const std::set<std::int64_t>& set, std::int64_t begin, std::int64_t end) {
  return std::distance(set.lower_bound(begin), set.lower_bound(end));
}

// Neither empty nor touching, ascending.
bool well_formed(const IntervalSet& set) {
  std::int64_t last = -1;
  for (const auto& [begin, end] : set.intervals()) {
    if (begin >= end || begin <= last) return false;
    last = end;
  }
  return true;
}

}  // namespace

TEST_CASE("interval sets agree with plain sets", "[check]") {
  Stream random{17};
  for (int round = 0; round < 40; ++round) {
    IntervalSet set;
    std::set<std::int64_t> plain;
    const auto span = static_cast<std::uint64_t>(round % 2 == 0 ? 60 : 400);
    for (int step = 0; step < 150; ++step) {
      const auto begin = static_cast<std::int64_t>(random.below(span));
      const auto end = begin + static_cast<std::int64_t>(random.below(12));
      const std::int64_t known = members(plain, begin, end);
      REQUIRE(set.count(begin, end) == known);
      if (random.below(3) != 0) {
        REQUIRE(set.insert(begin, end) == known);
        for (std::int64_t i = begin; i < end; ++i) plain.insert(i);
      } else {
        REQUIRE(set.erase(begin, end) == known);
        for (std::int64_t i = begin; i < end; ++i) plain.erase(i);
      }
      REQUIRE(well_formed(set));
      REQUIRE(set.size() == static_cast<std::int64_t>(plain.size()));
      REQUIRE(set.empty() == plain.empty());
      REQUIRE(set.end_value() == (plain.empty() ? 0 : *plain.rbegin() + 1));
      REQUIRE(set.contains(begin) == (plain.count(begin) == 1));
    }
    std::vector<std::int64_t> absent, gaps;
    for (std::int64_t i = 5; i < 70; ++i)
      if (plain.count(i) == 0) absent.push_back(i);
    each_gap(set, 5, 70, [&](std::int64_t from, std::int64_t to) {
      REQUIRE(from < to);
      for (std::int64_t i = from; i < to; ++i) gaps.push_back(i);
    });
    REQUIRE(gaps == absent);
  }
}

TEST_CASE("a run of records is one interval", "[check]") {
  IntervalSet set;
  for (std::int64_t at = 0; at < 1'000'000; at += 500) CHECK(set.insert(at, at + 500) == 0);
  CHECK(set.intervals().size() == 1);
  CHECK(set.size() == 1'000'000);
  CHECK(set.erase(10, 20) == 10);
  CHECK(set.intervals().size() == 2);
  CHECK(set.insert(0, 1'000'000) == 999'990);
  CHECK(set.intervals().size() == 1);
}

}  // namespace kafkasim::sim::interval_set_test
