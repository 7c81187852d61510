// Scenario files for the commands: all mistakes of all files at once.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sim/cli/command_line.hpp"
#include "sim/scenario/reader.hpp"

namespace kafkasim::sim {

using ScenarioPtr = std::shared_ptr<const Scenario>;

/// One list per file (a scenario for each variant). Mistakes, those in conditions included, and warnings are shown on
/// standard error; nothing when there is an error.
std::vector<std::vector<ScenarioPtr>> load_files(const std::vector<std::string>& files, const LoadOptions& options,
                                                 const Terminal& terminal, bool& failed);

}  // namespace kafkasim::sim
