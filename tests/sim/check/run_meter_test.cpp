// Records in a row to one partition, whatever the order in which their batches were fixed.
#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "sim/check/history.hpp"
#include "sim/kernel/random.hpp"
#include "tests/support/catch.hpp"

namespace kafkasim::sim::run_meter_test {
namespace {

struct Piece {
  RecordRun run;
  TopicPartition partition;
};

TopicPartition number(std::int32_t partition) { return {TopicId{0}, partition}; }

RecordRun records(std::int64_t first, std::int32_t count) {
  RecordRun run;
  run.first = first;
  run.count = count;
  return run;
}

// The lengths of rows of equal partitions, the last row left out.
std::map<std::int64_t, std::int64_t> rows(const std::vector<Piece>& in_order) {
  std::map<std::int64_t, std::int64_t> lengths;
  std::int64_t length = 0;
  const Piece* last = nullptr;
  for (const Piece& piece : in_order) {
    if (last != nullptr && last->partition != piece.partition) {
      ++lengths[length];
      length = 0;
    }
    length += piece.run.count;
    last = &piece;
  }
  return lengths;
}

}  // namespace

TEST_CASE("rows of records are the same in every order of their batches", "[check][runs]") {
  Stream random{5};
  for (const std::uint64_t disorder : {1, 2, 8, 300}) {
    std::vector<Piece> pieces;
    std::int64_t next = 0;
    for (int i = 0; i < 300; ++i) {
      const auto count = static_cast<std::int32_t>(1 + random.below(40));
      pieces.push_back({records(next, count), number(static_cast<std::int32_t>(random.below(3)))});
      next += count;
    }
    const auto expected = rows(pieces);
    for (std::size_t i = pieces.size(); i > 1; --i) {
      const auto back = static_cast<std::size_t>(random.below(std::min<std::uint64_t>(disorder, i)));
      std::swap(pieces[i - 1], pieces[i - 1 - back]);
    }
    RunMeter meter;
    for (const Piece& piece : pieces) meter.add(piece.partition, piece.run);
    INFO("disorder " << disorder);
    CHECK(meter.lengths() == expected);
  }
}

TEST_CASE("records that never got to a partition, and those sent again, make no rows", "[check][runs]") {
  RunMeter meter;
  meter.add(number(0), records(0, 10));
  meter.add(number(0), records(0, 10));  // sent again
  meter.add(number(1), records(15, 5));  // ahead of its turn
  meter.skip(records(10, 5));            // refused: the row goes on behind them
  meter.add(number(0), records(20, 1));
  using Lengths = std::map<std::int64_t, std::int64_t>;
  CHECK(meter.lengths() == Lengths{{5, 1}, {10, 1}});
}

}  // namespace kafkasim::sim::run_meter_test
