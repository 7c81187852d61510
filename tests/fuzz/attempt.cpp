#include "tests/fuzz/attempt.hpp"

#include <memory>
#include <stdexcept>

#include "sim/measure/condition.hpp"
#include "sim/measure/evaluate.hpp"
#include "sim/scenario/reader.hpp"
#include "sim/simulation.hpp"

namespace kafkasim::sim::fuzz {
namespace {

Loaded load(std::string_view text) {
  Loaded loaded = load_scenario("fuzzed.yaml", text);
  if (loaded.scenarios.empty() && !has_errors(loaded.diagnostics)) throw std::logic_error{"nothing read, no mistake"};
  if (!loaded.scenarios.empty() && has_errors(loaded.diagnostics)) throw std::logic_error{"read, and mistakes"};
  for (const Scenario& scenario : loaded.scenarios) check_conditions(scenario, loaded.diagnostics);
  for (const Diagnostic& finding : loaded.diagnostics)
    if (finding.place.line < 1 || finding.place.column < 1) throw std::logic_error{"a finding without a place"};
  if (render(loaded.diagnostics, true).empty() != loaded.diagnostics.empty())
    throw std::logic_error{"findings without a text"};
  return loaded;
}

}  // namespace

Answer read(std::string_view text) { return has_errors(load(text).diagnostics) ? Answer::refused : Answer::taken; }

Answer read_and_run(std::string_view text, std::uint64_t events) {
  Loaded loaded = load(text);
  if (has_errors(loaded.diagnostics)) return Answer::refused;
  Simulation simulation{std::make_shared<const Scenario>(std::move(loaded.scenarios.front()))};
  for (std::uint64_t i = 0; i < events && simulation.step(); ++i) {
  }
  if (simulation.over()) evaluate_expectations(simulation.view(), judge(simulation.view()));
  return Answer::taken;
}

}  // namespace kafkasim::sim::fuzz
