// Experiments recorded on real brokers (scenarios/reality) come out as they did there, whatever the seed.
#include "tests/support/catch.hpp"
#include "tests/support/run.hpp"

using namespace kafkasim::sim;

TEST_CASE("recorded experiments hold for seeds 1 to 20", "[reality]") {
  for (const std::string& file : testing::shipped_scenarios("reality"))
    DYNAMIC_SECTION(file) {
      for (std::uint64_t seed = 1; seed <= 20; ++seed)
        for (const auto& scenario : testing::load(file, seed)) {
          INFO("seed " << seed);
          CHECK(testing::run_and_judge(scenario) == "");
        }
    }
}
