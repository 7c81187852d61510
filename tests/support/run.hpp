// Runs a scenario file as the command line would, for tests.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sim/measure/evaluate.hpp"
#include "sim/simulation.hpp"

namespace kafkasim::sim::testing {

/// Scenario files below scenarios/, relative, sorted.
std::vector<std::string> shipped_scenarios(const std::string& below = "");

/// One Scenario per variant of a shipped file. Any diagnostic fails the test.
std::vector<std::shared_ptr<const Scenario>> load(const std::string& file, std::uint64_t seed = 0);
/// The same of a text.
std::vector<std::shared_ptr<const Scenario>> load_text(const std::string& yaml, std::uint64_t seed = 0);

/// Runs it to the end; what did not hold, as text ("line: value"), empty when all is well.
std::string failures(const Scenario& scenario, Simulation& simulation);
std::string run_and_judge(std::shared_ptr<const Scenario> scenario);

}  // namespace kafkasim::sim::testing
