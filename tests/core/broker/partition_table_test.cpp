#include "core/broker/partition_table.hpp"

#include <map>
#include <random>

#include "tests/support/catch.hpp"

namespace kafkasim::core {
namespace {

Partition replica(TopicPartition tp) { return Partition{tp, BrokerId{1}, Log{}, Offset{0}}; }

}  // namespace

TEST_CASE("the index of a partition table follows what is added and erased", "[broker]") {
  PartitionTable table;
  std::map<TopicPartition, int> expected;
  std::mt19937 random{7};  // its output is fixed by the standard
  for (int step = 0; step < 2000; ++step) {
    const TopicPartition tp{TopicId{static_cast<std::int32_t>(random() % 3)}, static_cast<std::int32_t>(random() % 17)};
    const bool known = expected.contains(tp);
    REQUIRE(table.contains(tp) == known);
    if (!known) {
      CHECK(table.add(tp, replica(tp)).topic_partition() == tp);
      expected[tp] = step;
    } else if (random() % 2 == 0) {
      table.erase(tp);
      expected.erase(tp);
    } else {
      CHECK(table.at(tp).topic_partition() == tp);
    }
    REQUIRE(table.size() == expected.size());
  }
  const PartitionTable copy = table;
  auto at = copy.begin();
  for (const auto& [tp, step] : expected) {
    CHECK(at->first == tp);
    CHECK(copy.find(tp) == &at->second);
    ++at;
  }
  CHECK(copy == table);
  table.clear();
  CHECK(table.find(expected.begin()->first) == nullptr);
  CHECK_FALSE(copy == table);
}

TEST_CASE("a partition table knows nothing of partitions it was never told of", "[broker]") {
  PartitionTable table;
  table.add({TopicId{2}, 5}, replica({TopicId{2}, 5}));
  for (const TopicPartition tp : {TopicPartition{TopicId{2}, 4}, TopicPartition{TopicId{2}, 6}, TopicPartition{},
                                  TopicPartition{TopicId{1}, 5}, TopicPartition{TopicId{3}, 5}})
    CHECK(table.find(tp) == nullptr);
  table.erase({TopicId{2}, 6});
  CHECK(table.size() == 1);
  CHECK_THROWS_AS(table.add({TopicId{2}, 5}, replica({TopicId{2}, 5})), InvariantViolation);
}

}  // namespace kafkasim::core
