#include "sim/cli/shipped.hpp"

#include <vector>

#include "sim/kernel/trace.hpp"

namespace kafkasim::sim {
namespace {

namespace fs = std::filesystem;

// Both folders stand side by side; only ours holds these.
bool is_home(const fs::path& path) {
  std::error_code error;
  return fs::exists(path / "plots" / "lag.gp", error) && fs::is_directory(path / "scenarios", error);
}

std::vector<fs::path> candidates() {
  std::vector<fs::path> result;
  std::error_code error;
  fs::path above = fs::read_symlink("/proc/self/exe", error);
  while (!error && above.has_relative_path()) {
    above = above.parent_path();
    result.push_back(above / "share" / "kafkasim");
    result.push_back(above);
  }
#ifdef KAFKASIM_SOURCE_DIR
  result.emplace_back(KAFKASIM_SOURCE_DIR);
#endif
  return result;
}

}  // namespace

fs::path shipped(const std::string& folder) {
  for (const fs::path& home : candidates())
    if (is_home(home)) return home / folder;
  throw OutputError{"cannot find the folder '" + folder +
                    "' that comes with the program (looked beside it and above it)"};
}

}  // namespace kafkasim::sim
