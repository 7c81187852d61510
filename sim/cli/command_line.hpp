// The command line as a function: main() only hands over its arguments, tests call the same.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace kafkasim::sim {

class EventObserver;

/// Exit codes of the program (part of its contract).
namespace exit_code {
inline constexpr int holds = 0;   // every expectation holds
inline constexpr int fails = 1;   // one does not
inline constexpr int usage = 2;   // a mistake on the command line, in a scenario, or with its files
inline constexpr int broken = 3;  // an invariant of the simulator itself
inline constexpr int interrupted = 130;
}  // namespace exit_code

/// Where a command writes, and what the other end can show.
struct Terminal {
  std::ostream& out;  // results, nothing else
  std::ostream& err;  // progress, log, mistakes
  bool out_colours = false;
  bool err_colours = false;
  bool err_is_terminal = false;
  int columns = 100;
};

struct RunOptions {
  std::vector<std::string> files;
  std::vector<std::string> sets;
  std::optional<std::uint64_t> seed;
  std::optional<std::pair<std::uint64_t, std::uint64_t>> seeds;  // first and last
  std::size_t jobs = 0;                                          // threads for seeds; 0 = all cores
  bool json = false;
  bool quiet = false;
  bool stats = false;  // what each run cost, on standard error
  std::string out;     // directory; "" = none
  std::string log = "error";
  EventObserver* observer = nullptr;  // for programs built on this one: sees every event of a run without --seeds
};

struct AssignOptions {
  std::string assignor;
  std::vector<std::string> topics;   // NAME:PARTITIONS
  std::vector<std::string> members;  // NAME[:TOPIC+TOPIC...]
};

int run_command(const RunOptions& options, const Terminal& terminal);
int check_command(const std::vector<std::string>& files, const std::vector<std::string>& sets,
                  const Terminal& terminal);
int list_command(const Terminal& terminal);
int plot_command(const std::string& directory, const Terminal& terminal);
/// Two result directories, run by run. Code 1 when a pair is not the same.
int compare_command(const std::string& left, const std::string& right, const Terminal& terminal);
int assign_command(const AssignOptions& options, const Terminal& terminal);

/// Everything from the arguments to the exit code. Colours and progress only with real terminals behind the streams.
int run_command_line(int argc, const char* const* argv, std::ostream& out, std::ostream& err);

}  // namespace kafkasim::sim
