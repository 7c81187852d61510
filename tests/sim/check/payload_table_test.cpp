// Batches by their ids: consecutive ones of a process, later ones of its successor.
#include "sim/check/payload_table.hpp"

#include <vector>

#include "tests/support/catch.hpp"

namespace kafkasim::sim::payload_table_test {
namespace {

std::vector<int> held(const PayloadTable<int>& table) {
  std::vector<int> values;
  table.each([&](PayloadId, int value) { values.push_back(value); });
  return values;
}

}  // namespace

TEST_CASE("batches are found wherever others were forgotten", "[check][payloads]") {
  PayloadTable<int> table;
  for (std::uint32_t serial = 1; serial <= 4; ++serial) table.append({1001, serial}) = static_cast<int>(serial);
  table.append({1007, 1}) = 71;  // the process started again under another node id
  table.append({1007, 3}) = 73;  // a gap in its numbers
  table.erase({1001, 2});
  CHECK(held(table) == std::vector<int>{1, 3, 4, 71, 73});
  table.erase({1001, 1});  // the first: with it goes what was forgotten behind it
  CHECK(held(table) == std::vector<int>{3, 4, 71, 73});
  CHECK(table.size() == 4);
  CHECK(*table.find({1001, 4}) == 4);
  CHECK(*table.find({1007, 3}) == 73);
  for (const PayloadId gone : {PayloadId{1001, 1}, {1001, 2}, {1007, 2}, {1007, 4}, {1009, 1}, {-1, 0}})
    CHECK(table.find(gone) == nullptr);
  CHECK(*table.last([](int value) { return value < 70; }) == 4);
  CHECK(table.last([](int value) { return value > 80; }) == nullptr);
}

}  // namespace kafkasim::sim::payload_table_test
