#include <ostream>

#include "sim/cli/load.hpp"

namespace kafkasim::sim {

int check_command(const std::vector<std::string>& files, const std::vector<std::string>& sets,
                  const Terminal& terminal) {
  bool failed = false;
  const auto loaded = load_files(files, {sets, std::nullopt}, terminal, failed);
  for (std::size_t i = 0; i < loaded.size(); ++i) {
    terminal.out << files[i] << ": ok";
    if (loaded[i].size() > 1) terminal.out << ", " << loaded[i].size() << " variants";
    terminal.out << "\n";
  }
  return failed ? exit_code::usage : exit_code::holds;
}

}  // namespace kafkasim::sim
