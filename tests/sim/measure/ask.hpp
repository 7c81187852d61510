// Asks a small run about lines of the expect language.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/support/run.hpp"

namespace kafkasim::sim::testing {

/// The scenario text without its `expect`, which is made of the lines.
inline std::string with_lines(std::string yaml, const std::vector<std::string>& lines) {
  yaml += "\nexpect:\n";
  for (const std::string& line : lines) yaml += "  - >-\n    " + line + "\n";
  return yaml;
}

/// Runs a text of one variant to its end and judges each line, in order.
inline std::vector<Outcome> ask(const std::string& yaml, const std::vector<std::string>& lines,
                                std::uint64_t seed = 0) {
  Simulation simulation{load_text(with_lines(yaml, lines), seed).at(0)};
  simulation.run();
  const View view = simulation.view();
  std::vector<Outcome> outcomes = evaluate_expectations(view, judge(view));
  // What the timeline itself expected stands first.
  return {outcomes.end() - static_cast<std::ptrdiff_t>(lines.size()), outcomes.end()};
}

/// The lines that did not come out as wanted, with what was measured; empty when all did.
inline std::string surprises(const std::string& yaml, const std::vector<std::pair<std::string, bool>>& wanted,
                             std::uint64_t seed = 0) {
  std::vector<std::string> lines;
  for (const auto& [line, holds] : wanted) lines.push_back(line);
  const std::vector<Outcome> outcomes = ask(yaml, lines, seed);
  std::string text;
  for (std::size_t i = 0; i < wanted.size(); ++i)
    if (outcomes[i].holds != wanted[i].second)
      text += wanted[i].first + (wanted[i].second ? " should hold: " : " should fail: ") + outcomes[i].value + "\n";
  return text;
}

/// Those of the lines that do not hold.
inline std::string broken(const std::string& yaml, const std::vector<std::string>& lines, std::uint64_t seed = 0) {
  std::vector<std::pair<std::string, bool>> wanted;
  for (const std::string& line : lines) wanted.emplace_back(line, true);
  return surprises(yaml, wanted, seed);
}

}  // namespace kafkasim::sim::testing
