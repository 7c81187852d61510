#include "sim/cli/load.hpp"

#include <algorithm>
#include <ostream>

#include "sim/measure/condition.hpp"

namespace kafkasim::sim {

std::vector<std::vector<ScenarioPtr>> load_files(const std::vector<std::string>& files, const LoadOptions& options,
                                                 const Terminal& terminal, bool& failed) {
  std::vector<std::vector<ScenarioPtr>> all;
  std::vector<Diagnostic> findings;
  for (const std::string& file : files) {
    Loaded loaded = load_scenario_file(file, options);
    for (const Scenario& scenario : loaded.scenarios) check_conditions(scenario, loaded.diagnostics);
    // Variants share most lines: a mistake is shown once.
    for (Diagnostic& finding : loaded.diagnostics)
      if (std::find(findings.begin(), findings.end(), finding) == findings.end()) findings.push_back(std::move(finding));
    all.emplace_back();
    for (Scenario& scenario : loaded.scenarios) all.back().push_back(std::make_shared<const Scenario>(std::move(scenario)));
  }
  if (!findings.empty()) terminal.err << render(findings, terminal.err_colours);
  failed = has_errors(findings);
  if (failed) all.clear();
  return all;
}

}  // namespace kafkasim::sim
