// Reads a scenario file: strict, every mistake at once, one Scenario per variant.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/diagnostics.hpp"
#include "sim/scenario/scenario.hpp"

namespace kafkasim::sim {

struct LoadOptions {
  std::vector<std::string> sets;      // PATH=VALUE, applied in order after the variant's own settings
  std::optional<std::uint64_t> seed;  // outranks the file and `sets`
};

struct Loaded {
  std::vector<Scenario> scenarios;      // one per variant, in file order; empty when there is an error
  std::vector<Scenario> drafts;         // what was read in spite of errors: good for finding more of them
  std::vector<Diagnostic> diagnostics;  // sorted by place
};

/// `path` is shown in messages; files named in the scenario are looked for beside it. Never throws for bad input.
Loaded load_scenario(const std::string& path, std::string_view text, const LoadOptions& options = {});

/// Reads the file first; one that cannot be read is an error like any other.
Loaded load_scenario_file(const std::string& path, const LoadOptions& options = {});

}  // namespace kafkasim::sim
