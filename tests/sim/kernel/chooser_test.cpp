#include "sim/kernel/chooser.hpp"

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "core/base/invariant.hpp"
#include "sim/kernel/state_hash.hpp"
#include "tests/support/catch.hpp"

using namespace kafkasim;
using namespace kafkasim::sim;

TEST_CASE("every kind of choice has a name of its own", "[kernel][chooser]") {
  std::set<std::string> names;
  for (std::size_t i = 0; i < kChoiceKinds; ++i) {
    const std::string name{name_of(static_cast<Choice>(i))};
    INFO("kind " << i << " of core/base/choices.hpp");
    CHECK_FALSE(name.empty());
    names.insert(name);
  }
  CHECK(names.size() == kChoiceKinds);
}

TEST_CASE("one more question of a kind leaves the other kinds' answers alone", "[kernel][chooser]") {
  SeededChooser left{9};
  SeededChooser right{9};
  left.below(Choice::network_delay, 1000);
  for (int i = 0; i < 100; ++i)
    REQUIRE(left.below(Choice::fault_target, 1'000'000) == right.below(Choice::fault_target, 1'000'000));
  CHECK_FALSE(left == right);
  right.below(Choice::network_delay, 1000);
  CHECK(left == right);
  CHECK(hash_state(left) == hash_state(right));
}

TEST_CASE("a seeded chooser follows its named streams", "[kernel][chooser]") {
  SeededChooser chooser{4};
  Stream phases = stream(4, "choice/timer_phase");
  for (int i = 0; i < 10; ++i) CHECK(chooser.below(Choice::timer_phase, 77) == phases.below(77));
}

TEST_CASE("a scripted chooser answers by list, then by default", "[kernel][chooser]") {
  ScriptedChooser chooser;
  chooser.then(Choice::sticky_partition, 2).then(Choice::sticky_partition, 0).otherwise(Choice::sticky_partition, 5);
  CHECK_FALSE(chooser.used_up());
  CHECK(chooser.below(Choice::sticky_partition, 3) == 2);
  CHECK(chooser.below(Choice::fault_target, 3) == 0);
  CHECK(chooser.below(Choice::sticky_partition, 3) == 0);
  CHECK(chooser.used_up());
  CHECK(chooser.below(Choice::sticky_partition, 8) == 5);
  CHECK(chooser.below(Choice::sticky_partition, 3) == 2);
  chooser.then(Choice::fault_target, 3);
  CHECK_THROWS_AS(chooser.below(Choice::fault_target, 3), InvariantViolation);
}

TEST_CASE("an enumerating chooser walks every combination once", "[kernel][chooser]") {
  // The second question depends on the first answer: 3 branches with 2, 1 and 3 outcomes.
  EnumeratingChooser chooser;
  std::vector<std::vector<std::uint64_t>> runs;
  do {
    const std::uint64_t first = chooser.below(Choice::fault_target, 3);
    if (first == 0) chooser.below(Choice::network_delay, 2);
    if (first == 2) chooser.below(Choice::service_time, 3);
    runs.push_back(chooser.answers());
  } while (chooser.next_run());
  CHECK(runs == std::vector<std::vector<std::uint64_t>>{{0, 0}, {0, 1}, {1}, {2, 0}, {2, 1}, {2, 2}});
  CHECK(chooser.runs() == 6);
}

TEST_CASE("a run without questions is the only one", "[kernel][chooser]") {
  EnumeratingChooser chooser;
  CHECK_FALSE(chooser.next_run());
}

TEST_CASE("a copy of an enumerating chooser goes on from the same place", "[kernel][chooser]") {
  EnumeratingChooser chooser;
  chooser.below(Choice::placement, 2);
  EnumeratingChooser copy = chooser;
  CHECK(copy.next_run());
  CHECK(copy.below(Choice::placement, 2) == 1);
  CHECK_FALSE(copy.next_run());
  CHECK(chooser.next_run());
  CHECK(chooser.below(Choice::placement, 2) == 1);
}

TEST_CASE("other questions after the same answers are noticed", "[kernel][chooser]") {
  EnumeratingChooser chooser;
  chooser.below(Choice::placement, 2);
  REQUIRE(chooser.next_run());
  SECTION("another kind") { CHECK_THROWS_AS(chooser.below(Choice::fault_target, 2), InvariantViolation); }
  SECTION("another bound") { CHECK_THROWS_AS(chooser.below(Choice::placement, 3), InvariantViolation); }
}
