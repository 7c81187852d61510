// Files that come with the program: scenarios and plot scripts.
#pragma once

#include <filesystem>
#include <string>

namespace kafkasim::sim {

/// The folder ("scenarios", "plots"): beside the installed program (share/kafkasim), above it (a build inside the
/// source tree), or in the source tree it was built from. Throws OutputError when there is none.
std::filesystem::path shipped(const std::string& folder);

}  // namespace kafkasim::sim
