#include "sim/cli/load.hpp"

#include <algorithm>
#include <fstream>
#include <ostream>
#include <tuple>

#include "sim/measure/condition.hpp"

namespace kafkasim::sim {
namespace {

// Lines of the expect language are checked after the reader has let the file go.
void add_source_lines(const std::string& file, std::vector<Diagnostic>& findings) {
  std::vector<std::string> lines;
  std::ifstream in{file};
  for (std::string line; std::getline(in, line);) lines.push_back(std::move(line));
  for (Diagnostic& finding : findings)
    if (finding.source.empty() && finding.place.file == file && finding.place.line > 0 &&
        static_cast<std::size_t>(finding.place.line) <= lines.size())
      finding.source = lines[static_cast<std::size_t>(finding.place.line) - 1];
  std::stable_sort(findings.begin(), findings.end(), [](const Diagnostic& a, const Diagnostic& b) {
    return std::tie(a.place.line, a.place.column) < std::tie(b.place.line, b.place.column);
  });
}

}  // namespace

std::vector<std::vector<ScenarioPtr>> load_files(const std::vector<std::string>& files, const LoadOptions& options,
                                                 const Terminal& terminal, bool& failed) {
  std::vector<std::vector<ScenarioPtr>> all;
  std::vector<Diagnostic> findings;
  for (const std::string& file : files) {
    Loaded loaded = load_scenario_file(file, options);
    for (const Scenario& scenario : loaded.scenarios) check_conditions(scenario, loaded.diagnostics);
    for (const Scenario& draft : loaded.drafts) check_conditions(draft, loaded.diagnostics, true);
    add_source_lines(file, loaded.diagnostics);
    // Variants share most lines: a mistake is shown once.
    for (Diagnostic& finding : loaded.diagnostics)
      if (std::find(findings.begin(), findings.end(), finding) == findings.end())
        findings.push_back(std::move(finding));
    all.emplace_back();
    for (Scenario& scenario : loaded.scenarios)
      all.back().push_back(std::make_shared<const Scenario>(std::move(scenario)));
  }
  if (!findings.empty()) terminal.err << render(findings, terminal.err_colours);
  failed = has_errors(findings);
  if (failed) all.clear();
  return all;
}

}  // namespace kafkasim::sim
