#include "core/log/epoch_cache.hpp"

#include "tests/core/log/batches.hpp"
#include "tests/support/catch.hpp"

using namespace kafkasim;
using core::EpochCache;
using test::epochs;

namespace {

EpochCache cache_of(std::initializer_list<std::pair<int, int>> entries) {
  EpochCache cache;
  for (const auto& [epoch, start] : entries) cache.assign(LeaderEpoch{epoch}, Offset{start});
  return cache;
}

}  // namespace

TEST_CASE("epoch cache: the last writer wins (R2.32)", "[log]") {
  struct Case {
    std::initializer_list<std::pair<int, int>> assigned;
    const char* expected;
  };
  const Case cases[] = {
      {{{2, 6}}, "2@6"},
      {{{2, 6}, {2, 10}}, "2@6"},  // known, starts earlier: nothing
      {{{2, 6}, {2, 4}}, "2@4"},   // known, starts later than told: replaced
      {{{2, 6}, {3, 8}, {4, 10}}, "2@6 3@8 4@10"},
      {{{2, 6}, {4, 10}, {3, 8}}, "2@6 3@8"},  // an older epoch comes back
      {{{2, 6}, {4, 10}, {5, 8}}, "2@6 5@8"},  // a newer epoch begins below
      {{{0, 0}, {1, 5}, {2, 5}}, "0@0 2@5"},   // empty epochs leave no trace
  };
  for (const Case& row : cases) CHECK(epochs(cache_of(row.assigned)) == row.expected);
}

TEST_CASE("epoch cache: truncation", "[log]") {
  const EpochCache full = cache_of({{2, 6}, {3, 8}, {4, 10}});
  struct Case {
    int at;
    const char* from_end;
    const char* from_start;
  };
  const Case cases[] = {
      {-1, "2@6 3@8 4@10", "2@6 3@8 4@10"},
      {5, "", "2@6 3@8 4@10"},
      {6, "", "2@6 3@8 4@10"},
      {7, "2@6", "2@7 3@8 4@10"},
      {8, "2@6", "3@8 4@10"},
      {9, "2@6 3@8", "3@9 4@10"},
      {10, "2@6 3@8", "4@10"},
      {12, "2@6 3@8 4@10", "4@12"},
  };
  for (const Case& row : cases) {
    INFO("at " << row.at);
    EpochCache cut = full;
    cut.truncate_from_end(Offset{row.at});
    CHECK(epochs(cut) == row.from_end);
    EpochCache moved = full;
    moved.truncate_from_start(Offset{row.at});
    CHECK(epochs(moved) == row.from_start);
  }
}

TEST_CASE("epoch cache: where an epoch ends", "[log]") {
  const EpochCache cache = cache_of({{2, 6}, {4, 10}, {7, 15}});
  struct Case {
    int asked, epoch, end;
  };
  const Case cases[] = {
      {-1, -1, -1},                          // undefined asked
      {1, 1, 6},                             // older than all: where the first known one begins
      {2, 2, 10},   {3, 2, 10},              // unknown: the largest below it
      {4, 4, 15},   {6, 4, 15}, {7, 7, 20},  // the latest ends at the log end
      {8, -1, -1},                           // newer than all
  };
  for (const Case& row : cases) {
    INFO("epoch " << row.asked);
    CHECK(cache.end_offset_for(LeaderEpoch{row.asked}, Offset{20}) ==
          EpochEndOffset{LeaderEpoch{row.epoch}, Offset{row.end}});
  }
  CHECK(EpochCache{}.end_offset_for(LeaderEpoch{0}, Offset{20}) == EpochEndOffset{});
}

TEST_CASE("epoch cache: neighbours", "[log]") {
  const EpochCache cache = cache_of({{2, 6}, {4, 10}});
  CHECK_FALSE(cache.previous(LeaderEpoch{2}));
  CHECK(cache.previous(LeaderEpoch{4})->epoch == LeaderEpoch{2});
  CHECK(cache.previous(LeaderEpoch{9})->epoch == LeaderEpoch{4});
  CHECK(cache.next(LeaderEpoch{2})->epoch == LeaderEpoch{4});
  CHECK_FALSE(cache.next(LeaderEpoch{4}));
  CHECK_FALSE(cache.epoch_at(Offset{5}));
  CHECK(cache.epoch_at(Offset{9}) == LeaderEpoch{2});
  CHECK(cache.epoch_at(Offset{10}) == LeaderEpoch{4});
}
