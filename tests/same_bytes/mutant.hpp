// Which mistake of tests/same_bytes/mutants.py this process makes. Only changed copies of sources include it.
#pragma once

#include <chrono>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string_view>
#include <unordered_set>

namespace kafkasim {

inline bool mutant(std::string_view name) {
  static const char* const chosen = std::getenv("KAFKASIM_MUTANT");
  return chosen != nullptr && name == chosen;
}

}  // namespace kafkasim
