// A line of the expect language, compiled: ready to be asked at any instant of a run.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sim/check/domains.hpp"
#include "sim/measure/value.hpp"
#include "sim/scenario/diagnostics.hpp"
#include "sim/scenario/scenario.hpp"

namespace kafkasim::sim {

class View;
struct CompiledLine;

/// A cheap, immutable value.
class Condition {
 public:
  Condition() = default;
  explicit Condition(std::shared_ptr<const CompiledLine> line) : line_{std::move(line)} {}

  /// Does it hold now? A line that was not compiled never does.
  bool holds(const View& view) const;
  /// The left side's value now, as text; both sides when they are measured.
  std::string value(const View& view) const;
  /// What may change it.
  Domains domains() const;
  const std::string& text() const;
  const std::shared_ptr<const CompiledLine>& line() const { return line_; }

 private:
  std::shared_ptr<const CompiledLine> line_;
};

/// Reads a line and looks its names up. Mistakes are added to `diagnostics` with their place.
/// `in_timeline`: names that are known at the end only are mistakes.
Condition compile_condition(const std::string& text, const Place& place, const Scenario& scenario,
                            std::vector<Diagnostic>& diagnostics, bool in_timeline = true);

/// All conditions of a scenario, for their mistakes: `when`, `wait`, timeline `expect`, `expect`.
/// `draft`: the scenario has other mistakes, so only what stands in the lines themselves is looked at.
void check_conditions(const Scenario& scenario, std::vector<Diagnostic>& diagnostics, bool draft = false);

}  // namespace kafkasim::sim
