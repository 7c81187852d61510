// Copies share their entries and never see each other's changes.
#include "core/base/shared_map.hpp"

#include <map>

#include "sim/kernel/state_hash.hpp"
#include "tests/support/catch.hpp"

namespace kafkasim::shared_map_test {

using Map = SharedMap<std::map<int, int>>;

TEST_CASE("an empty map reads as one", "[base][shared_map]") {
  const Map map;
  CHECK(map.empty());
  CHECK(map.begin() == map.end());
  CHECK(map.find(1) == map.end());
  CHECK_FALSE(map.contains(1));
  Map emptied;
  emptied[1] = 1;
  emptied.edit().clear();
  CHECK(emptied == map);
  CHECK(sim::hash_state(emptied) == sim::hash_state(std::map<int, int>{}));
}

TEST_CASE("a copy shares entries until either changes them", "[base][shared_map]") {
  Map map;
  map[1] = 10;
  map[2] = 20;
  Map copy = map;
  CHECK(&copy.at(1) == &map.at(1));
  CHECK(copy == map);

  copy[1] = 11;
  CHECK(map.at(1) == 10);
  CHECK(copy.at(1) == 11);
  CHECK(copy.at(2) == 20);
  CHECK_FALSE(copy == map);

  map.edit().erase(2);
  CHECK(copy.contains(2));
  map[1] = 11;
  map[2] = 20;
  CHECK(copy == map);  // equal without sharing
  CHECK(&copy.at(1) != &map.at(1));
}

TEST_CASE("entries that nobody shares stay where they are", "[base][shared_map]") {
  Map map;
  map[1] = 10;
  const int* place = &map.at(1);
  { const Map gone = map; }
  map[1] = 12;
  map[2] = 20;
  CHECK(place == &map.at(1));
  CHECK(*place == 12);
}

}  // namespace kafkasim::shared_map_test
