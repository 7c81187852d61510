#include "sim/kernel/slab.hpp"

#include <string>

#include "sim/kernel/state_hash.hpp"
#include "tests/support/catch.hpp"

using namespace kafkasim;
using namespace kafkasim::sim;

TEST_CASE("a handle names its value until it is taken", "[kernel][slab]") {
  Slab<std::string> slab;
  const auto a = slab.put("a");
  const auto b = slab.put("b");
  CHECK(slab.size() == 2);
  CHECK(slab.at(a) == "a");
  slab.at(b) = "changed";
  CHECK(slab.take(b) == "changed");
  CHECK(slab.size() == 1);
  CHECK(slab.take(a) == "a");
  CHECK(slab.empty());
}

TEST_CASE("a stale or invented handle is an invariant violation", "[kernel][slab]") {
  Slab<int> slab;
  const auto old = slab.put(1);
  slab.take(old);
  CHECK_THROWS_AS(slab.at(old), InvariantViolation);
  const auto reused = slab.put(2);
  CHECK(reused != old);
  CHECK_THROWS_AS(slab.take(old), InvariantViolation);
  CHECK(slab.at(reused) == 2);
  CHECK_THROWS_AS(slab.at(999), InvariantViolation);
}

TEST_CASE("a copy hands out the same handles as the original", "[kernel][slab]") {
  Slab<int> slab;
  const auto first = slab.put(10);
  slab.put(20);
  slab.take(first);
  Slab<int> copy = slab;
  CHECK(copy == slab);
  CHECK(copy.put(30) == slab.put(30));
  CHECK(copy.put(40) == slab.put(40));
  CHECK(copy == slab);
  CHECK(hash_state(copy) == hash_state(slab));
  copy.put(50);
  CHECK_FALSE(copy == slab);
}
