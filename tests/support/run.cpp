#include "tests/support/run.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "sim/scenario/reader.hpp"
#include "tests/support/catch.hpp"

namespace kafkasim::sim::testing {
namespace {

const std::filesystem::path kScenarios = std::filesystem::path{KAFKASIM_SOURCE_DIR} / "scenarios";

std::vector<std::shared_ptr<const Scenario>> shared(Loaded loaded) {
  check_conditions(loaded.scenarios.empty() ? Scenario{} : loaded.scenarios.front(), loaded.diagnostics);
  if (!loaded.diagnostics.empty()) FAIL(render(loaded.diagnostics, false));
  std::vector<std::shared_ptr<const Scenario>> result;
  for (Scenario& scenario : loaded.scenarios) result.push_back(std::make_shared<const Scenario>(std::move(scenario)));
  return result;
}

LoadOptions options(std::uint64_t seed) {
  LoadOptions made;
  if (seed != 0) made.seed = seed;
  return made;
}

}  // namespace

std::vector<std::string> shipped_scenarios(const std::string& below) {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(kScenarios / below))
    if (entry.path().extension() == ".yaml")
      files.push_back(std::filesystem::relative(entry.path(), kScenarios).string());
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<std::shared_ptr<const Scenario>> load(const std::string& file, std::uint64_t seed) {
  return shared(load_scenario_file((kScenarios / file).string(), options(seed)));
}

std::vector<std::shared_ptr<const Scenario>> load_text(const std::string& yaml, std::uint64_t seed) {
  return shared(load_scenario("test.yaml", yaml, options(seed)));
}

std::string failures(const Scenario&, Simulation& simulation) {
  simulation.run();
  const View view = simulation.view();
  std::string text;
  for (const Outcome& outcome : evaluate_expectations(view, judge(view)))
    if (!outcome.holds) text += outcome.text + ": " + outcome.value + "\n";
  return text;
}

std::string run_and_judge(std::shared_ptr<const Scenario> scenario) {
  Simulation simulation{scenario};
  return failures(*scenario, simulation);
}

}  // namespace kafkasim::sim::testing
