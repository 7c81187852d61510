#include <array>
#include <boost/container/flat_map.hpp>
#include <boost/container/small_vector.hpp>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/base/fields.hpp"
#include "core/base/ids.hpp"
#include "core/base/time.hpp"
#include "sim/kernel/state_hash.hpp"
#include "sim/kernel/state_print.hpp"
#include "tests/support/catch.hpp"

using namespace kafkasim;
using namespace kafkasim::sim;

namespace {

enum class Role : std::uint8_t { follower, leader };

struct Replica {
  BrokerId broker;
  Offset end{};
  Role role = Role::follower;
  FIELDS(broker, end, role)
};

struct Everything {
  bool flag = true;
  std::int32_t number = -3;
  Role role = Role::leader;
  Duration span = 5ms;
  Instant at = at_nanoseconds(7);
  TopicPartition partition{TopicId{1}, 2};
  std::string text = "abc";
  std::vector<Replica> replicas{{BrokerId{1}, Offset{10}, Role::leader}, {BrokerId{2}, Offset{}, Role::follower}};
  std::vector<bool> bits{true, false};
  std::map<TopicPartition, Offset> positions{{{TopicId{1}, 0}, Offset{4}}};
  std::set<std::string> names{"a", "b"};
  std::optional<std::int64_t> maybe{};
  std::variant<std::monostate, std::int32_t, Replica> either{};
  std::pair<std::int32_t, std::string> pair{1, "x"};
  std::array<std::uint8_t, 2> array{1, 2};
  std::shared_ptr<const Replica> shared = std::make_shared<const Replica>();
  boost::container::small_vector<std::int32_t, 4> small{1, 2};
  boost::container::flat_map<std::int32_t, std::string> flat{{3, "three"}};
  FIELDS(flag, number, role, span, at, partition, text, replicas, bits, positions, names, maybe, either, pair, array,
         shared, small, flat)
};

struct Partition {
  LeaderEpoch epoch{3};
  std::vector<Replica> replicas{{BrokerId{1}, Offset{10}, Role::leader}};
  std::map<TopicPartition, Offset> positions{{{TopicId{1}, 0}, Offset{4}}};
  std::optional<BrokerId> next{};
  std::variant<std::monostate, Replica> pending{};
  FIELDS(epoch, replicas, positions, next, pending)
};

struct Change {
  const char* path;
  void (*apply)(Everything&);
};

const Change kChanges[] = {
    {"flag", [](Everything& e) { e.flag = false; }},
    {"number", [](Everything& e) { e.number = 3; }},
    {"role", [](Everything& e) { e.role = Role::follower; }},
    {"span", [](Everything& e) { e.span = 6ms; }},
    {"at", [](Everything& e) { e.at = kNever; }},
    {"partition.partition", [](Everything& e) { e.partition.partition = 3; }},
    {"text", [](Everything& e) { e.text = "abd"; }},
    {"replicas[1].end", [](Everything& e) { e.replicas[1].end = Offset{0}; }},
    {"replicas", [](Everything& e) { e.replicas.emplace_back(); }},
    {"bits[1]", [](Everything& e) { e.bits[1] = true; }},
    {"positions[{1, 0}]", [](Everything& e) { e.positions.begin()->second = Offset{5}; }},
    {"names[1]",
     [](Everything& e) {
       e.names = {"a", "c"};
     }},
    {"maybe", [](Everything& e) { e.maybe = 0; }},
    {"either", [](Everything& e) { e.either = 0; }},
    {"pair.1", [](Everything& e) { e.pair.second = "y"; }},
    {"array[0]", [](Everything& e) { e.array[0] = 9; }},
    {"shared.broker",
     [](Everything& e) { e.shared = std::make_shared<const Replica>(Replica{.broker = BrokerId{8}}); }},
    {"shared.broker", [](Everything& e) { e.shared.reset(); }},
    {"small[1]", [](Everything& e) { e.small[1] = 5; }},
    {"flat[3]", [](Everything& e) { e.flat[3] = "drei"; }},
};

}  // namespace

TEST_CASE("each change of a state changes its hash and is found", "[kernel][state]") {
  const Everything base;
  CHECK(hash_state(base) == hash_state(Everything{}));  // pointers count by content
  CHECK(first_difference(base, Everything{}) == std::nullopt);
  std::set<std::string> hashes{hash_state(base).hex()};
  for (const Change& change : kChanges) {
    Everything changed;
    change.apply(changed);
    INFO(change.path);
    CHECK(hashes.insert(hash_state(changed).hex()).second);
    const std::optional<Difference> difference = first_difference(base, changed);
    REQUIRE(difference.has_value());
    CHECK(difference->path.substr(0, std::string{change.path}.size()) == change.path);
    CHECK(difference->left != difference->right);
  }
}

TEST_CASE("neighbouring containers do not lend each other elements", "[kernel][state]") {
  using Pair = std::pair<std::vector<std::int32_t>, std::vector<std::int32_t>>;
  CHECK_FALSE(hash_state(Pair{{1}, {2}}) == hash_state(Pair{{1, 2}, {}}));
  CHECK_FALSE(hash_state(std::optional<std::int32_t>{}) == hash_state(std::optional<std::int32_t>{0}));
}

TEST_CASE("a state prints as an indented table", "[kernel][state]") {
  CHECK(print_state(Partition{}, "orders-0") ==
        "orders-0:\n"
        "  epoch: 3\n"
        "  replicas: (1)\n"
        "    [0]:\n"
        "      broker: 1\n"
        "      end: 10\n"
        "      role: 1\n"
        "  positions: (1)\n"
        "    [{1, 0}]: 4\n"
        "  next: none\n"
        "  pending: alternative 0\n"
        "    held: nothing\n");
}

TEST_CASE("a difference shows both values", "[kernel][state]") {
  const std::vector<std::int32_t> left{1, 2, 3};
  const std::vector<std::int32_t> right{1, 5, 3};
  CHECK(first_difference(left, right) == Difference{"[1]", "2", "5"});
  CHECK(first_difference(left, {1, 2}) == Difference{"", "(3)", "(2)"});
}
