// Every shipped scenario holds, and gives the same bytes however it is run.
#include <fstream>
#include <map>
#include <sstream>

#include "tests/support/catch.hpp"
#include "tests/support/run.hpp"

using namespace kafkasim::sim;

namespace {

// tests/golden/fingerprints.csv: file,variant,seed,fingerprint.
std::map<std::string, std::string> golden_fingerprints() {
  std::map<std::string, std::string> known;
  std::ifstream file{std::string{KAFKASIM_SOURCE_DIR} + "/tests/golden/fingerprints.csv"};
  for (std::string line; std::getline(file, line);)
    if (const std::size_t comma = line.rfind(','); comma != std::string::npos)
      known[line.substr(0, comma)] = line.substr(comma + 1);
  return known;
}

std::string key(const std::string& file, const Scenario& scenario) {
  return file + "," + scenario.variant + "," + std::to_string(scenario.seed);
}

}  // namespace

TEST_CASE("shipped scenarios hold and have the fingerprints on record", "[scenarios][determinism]") {
  const std::map<std::string, std::string> known = golden_fingerprints();
  std::string fresh;
  for (const std::string& file : testing::shipped_scenarios())
    for (const auto& scenario : testing::load(file)) {
      INFO(file << " " << scenario->variant);
      Simulation simulation{scenario};
      CHECK(testing::failures(*scenario, simulation) == "");
      const std::string fingerprint = simulation.fingerprint().hex();
      fresh += key(file, *scenario) + "," + fingerprint + "\n";
      const auto found = known.find(key(file, *scenario));
      CHECK((found == known.end() ? "none" : found->second) == fingerprint);
    }
  // A changed model changes them: look at why, then copy the table from here.
  if (const char* path = std::getenv("KAFKASIM_REWRITE_FINGERPRINTS")) std::ofstream{path} << fresh;
}

TEST_CASE("a run depends on nothing that ran before it in the process", "[determinism]") {
  const auto first = testing::load("durability/acks-and-a-leader-crash.yaml");
  const auto other = testing::load("groups/consumer-crash-and-eager-rebalance.yaml");
  Simulation alone{first.front()};
  alone.run();
  Simulation between{other.front()};
  between.run();
  Simulation again{first.front()};
  again.run();
  CHECK(alone.fingerprint().hex() == again.fingerprint().hex());
  CHECK(between.fingerprint().hex() != again.fingerprint().hex());
}

TEST_CASE("another seed is another run", "[determinism]") {
  const std::string file = "durability/power-loss-of-one-broker.yaml";
  Simulation one{testing::load(file, 1).front()};
  Simulation two{testing::load(file, 2).front()};
  one.run();
  two.run();
  CHECK(one.fingerprint().hex() != two.fingerprint().hex());
}

TEST_CASE("a simulation is a value: copied half way, both go on alike", "[determinism][value]") {
  Simulation original{testing::load("durability/acks-and-a-leader-crash.yaml").front()};
  while (original.now() < kafkasim::kStart + kafkasim::Duration{12'000'000'000}) original.step();
  Simulation copy = original;
  CHECK(copy == original);
  CHECK(copy.state_hash() == original.state_hash());
  CHECK(Simulation::first_difference(copy, original) == "");
  copy.step();
  CHECK_FALSE(copy == original);
  CHECK(Simulation::first_difference(copy, original) != "");
  original.step();
  CHECK(copy == original);
  original.run();
  copy.run();
  CHECK(copy.fingerprint().hex() == original.fingerprint().hex());
  CHECK(original.print().find("hosts") != std::string::npos);
}
