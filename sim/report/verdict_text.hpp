// The verdict on the terminal: what happened, what it cost, which expectations held.
#pragma once

#include <string>
#include <vector>

#include "sim/report/result.hpp"

namespace kafkasim::sim {

struct TextOptions {
  bool coloured = false;
  std::size_t columns = 110;
  std::vector<std::string> next{};  // commands to try next
};

/// Of one scenario: one result, or one for each of its variants (the story is told once, figures stand side by side).
std::string verdict_text(const std::vector<Result>& variants, const TextOptions& options);

/// One line, then the expectations that fail, with the place where they stand.
std::string quiet_text(const Result& result, const TextOptions& options);

/// One line per seed, then the first one that fails, with what failed.
std::string seeds_text(const std::vector<Result>& results, const TextOptions& options);

// --- parts ----------------------------------------------------------------------------------------------------------

/// verdict_story.cpp
std::string story_text(const std::vector<Result>& variants, const TextOptions& options);
/// verdict_table.cpp
std::string table_text(const std::vector<Result>& variants, const TextOptions& options);

}  // namespace kafkasim::sim
