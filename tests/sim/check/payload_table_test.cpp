// Batches by their ids: consecutive ones of a process, later ones of its successor.
#include "sim/check/payload_table.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <vector>

#include "sim/kernel/random.hpp"
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

TEST_CASE("a table of batches agrees with a plain map", "[check][payloads]") {
  Stream random{23};
  PayloadTable<int> table;
  std::map<PayloadId, int> plain;
  PayloadId next{1001, 1};
  for (int step = 0; step < 6000; ++step) {
    if (step % 2500 == 2499) next = {next.client + 3, 1};
    if (random.below(5) < 3 || plain.empty()) {
      table.append(next) = plain[next] = step;
      next.serial += random.below(20) == 0 ? 90 : 1;
    } else {
      auto at = plain.begin();
      std::advance(at, random.below(std::min<std::uint64_t>(plain.size(), 50)));
      table.erase(at->first);
      REQUIRE(table.find(at->first) == nullptr);
      plain.erase(at);
    }
    REQUIRE(table.size() == plain.size());
    if (step % 50 != 0) continue;
    for (const auto& [id, value] : plain) REQUIRE(table.at(id) == value);
    std::vector<int> values;
    for (const auto& [id, value] : plain) values.push_back(value);
    REQUIRE(held(table) == values);
  }
}

}  // namespace kafkasim::sim::payload_table_test
