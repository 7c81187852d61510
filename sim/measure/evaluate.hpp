// Do the expectations hold? Evaluated over the end of a run and what the recorder remembers.
#pragma once

#include <string>
#include <vector>

#include "sim/check/verdict.hpp"
#include "sim/measure/condition.hpp"

namespace kafkasim::sim {

struct Outcome {
  std::string text;  // the line as written; for `any`, a summary
  bool holds = false;
  std::string value;  // what was measured: the left side
  Place place;
};

/// The scenario's `expect` list, then timeline lines as they were judged and waits that failed.
std::vector<Outcome> evaluate_expectations(const View& view, const Verdict& verdict);

/// One line at this moment; `verdict` null before the end.
Outcome evaluate_line(const CompiledLine& line, const View& view, const Verdict* verdict);

}  // namespace kafkasim::sim
