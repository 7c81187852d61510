// Experiments recorded on real brokers (scenarios/reality) come out as they did there, whatever the seed.
#include "tests/support/catch.hpp"
#include "tests/support/run.hpp"

using namespace kafkasim::sim;

// Seed 1 runs with the shipped scenarios, seeds 1 to 20 in tests/reality/compare.py.
TEST_CASE("recorded experiments hold for other seeds", "[reality]") {
  for (const std::string& file : testing::shipped_scenarios("reality")) DYNAMIC_SECTION(file) {
      for (const std::uint64_t seed : {2, 3})
        for (const auto& scenario : testing::load(file, seed)) {
          INFO("seed " << seed);
          CHECK(testing::run_and_judge(scenario) == "");
        }
    }
}
