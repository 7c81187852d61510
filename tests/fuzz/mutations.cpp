// Damaged copies of scenarios: each must end with exit code 0, 1 or 2 within a second, as seen from inside: no
// exception, no crash. A bit of every byte is flipped, every byte is replaced by a telling one, every truncation and
// every swap of two neighbouring lines is read. Of those that read well in spite of the damage one in kRunOneIn, always
// the same ones, is begun to run (its first events; whole runs are the other tests').
//   kafkasim_mutations [--most N] [--jobs N] FILE-OR-FOLDER...
// --most: only so many of the mutants, evenly spread.
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "sim/cli/ordered_work.hpp"
#include "tests/fuzz/attempt.hpp"

namespace kafkasim::sim::fuzz {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kEvents = 300;  // where a run starts, all clients connect and the first faults are placed
constexpr std::size_t kRunOneIn = 16;

// --- the mutants of one text, numbered ------------------------------------------------------------------------------

struct Source {
  std::string name, text;
  std::vector<std::string> lines;

  std::size_t mutants() const { return 1 + 3 * text.size() + (lines.empty() ? 0 : lines.size() - 1); }
};

struct Mutant {
  std::string text, what;
};

// One bit, which one depends on the place; a byte that means something to YAML or to numbers; what is before it.
Mutant damaged_at(const Source& source, std::size_t place, std::size_t how) {
  constexpr char kTelling[] = {'\0', '{', '"', ':', '9', '-', '\n', '\xff', '#', '[', ' ', '.', '0', '&', '*', '\t'};
  std::string text = source.text;
  if (how == 0) {
    text[place] = static_cast<char>(text[place] ^ (1 << (place % 8)));
    return {text, "bit " + std::to_string(place % 8) + " of byte " + std::to_string(place)};
  }
  if (how == 1) {
    text[place] = kTelling[place % sizeof kTelling];
    return {text, "telling byte at " + std::to_string(place)};
  }
  return {text.substr(0, place), "first " + std::to_string(place) + " bytes"};
}

Mutant mutant(const Source& source, std::size_t number) {
  if (number == 0) return {source.text, "as it is"};
  --number;
  if (number < 3 * source.text.size()) return damaged_at(source, number / 3, number % 3);
  const std::size_t line = number - 3 * source.text.size();
  std::string text;
  for (std::size_t i = 0; i < source.lines.size(); ++i)
    text += source.lines[i == line ? line + 1 : i == line + 1 ? line : i];
  return {text, "lines " + std::to_string(line + 1) + " and " + std::to_string(line + 2) + " swapped"};
}

// --- trying one -----------------------------------------------------------------------------------------------------

// What is being tried, for the signal handler.
char current[512];

extern "C" void give_up(int signal) {
  const char* const what = signal == SIGVTALRM ? "more than a second: " : "crash: ";
  static_cast<void>(!write(STDOUT_FILENO, what, std::strlen(what)));
  static_cast<void>(!write(STDOUT_FILENO, current, std::strlen(current)));
  static_cast<void>(!write(STDOUT_FILENO, "\n", 1));
  _exit(1);
}

void watch() {
  for (const int signal : {SIGSEGV, SIGABRT, SIGFPE, SIGBUS, SIGILL, SIGVTALRM}) std::signal(signal, give_up);
}

// A second of processor time for what follows.
void second_from_now() {
  const itimerval second{{0, 0}, {1, 0}};
  setitimer(ITIMER_VIRTUAL, &second, nullptr);
}

struct Tally {
  std::int64_t tried = 0, refused = 0, taken = 0, begun = 0, failed = 0;
};

void attempt(const Mutant& mutant, const std::string& name, bool run, Tally& tally) {
  std::snprintf(current, sizeof current, "%s: %s", name.c_str(), mutant.what.c_str());
  second_from_now();
  ++tally.tried;
  try {
    const bool taken = read(mutant.text) == Answer::taken;
    ++(taken ? tally.taken : tally.refused);
    if (!taken || !run) return;
    second_from_now();
    ++tally.begun;
    read_and_run(mutant.text, kEvents);
  } catch (const std::exception& error) {
    ++tally.failed;
    if (tally.failed <= 20) std::printf("%s: %s\n", current, error.what());
  }
}

// --- all of them, shared out among processes ------------------------------------------------------------------------

std::vector<fs::path> files_of(const fs::path& argument) {
  if (!fs::is_directory(argument)) return {argument};
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator{argument})
    if (entry.is_regular_file() && entry.path().extension() == ".yaml") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<Source> sources_of(const std::vector<std::string>& arguments) {
  std::vector<Source> sources;
  for (const std::string& argument : arguments)
    for (const fs::path& path : files_of(argument)) {
      std::ostringstream text;
      text << std::ifstream{path}.rdbuf();
      Source source{path.filename().string(), text.str(), {}};
      std::istringstream in{source.text};
      for (std::string line; std::getline(in, line);) source.lines.push_back(line + "\n");
      sources.push_back(std::move(source));
    }
  return sources;
}

// The share of one process: of every `step`-th mutant each `jobs`-th. Which are run does not depend on `jobs`.
void share(const std::vector<Source>& sources, std::size_t step, std::size_t job, std::size_t jobs, Tally& tally) {
  watch();
  std::size_t number = 0, chosen = 0;
  for (const Source& source : sources)
    for (std::size_t i = 0; i < source.mutants(); ++i) {
      if (number++ % step != 0) continue;
      if (chosen++ % jobs != job) continue;
      const bool run = i == 0 || number / step % kRunOneIn == 0;
      attempt(mutant(source, i), source.name, run, tally);
    }
}

int run(const std::vector<std::string>& arguments, std::size_t most, std::size_t jobs) {
  const std::vector<Source> sources = sources_of(arguments);
  std::size_t all = 0;
  for (const Source& source : sources) all += source.mutants();
  // Not a multiple of 3: each kind of damage has its turn.
  std::size_t step = most == 0 ? 1 : std::max<std::size_t>(1, (all + most - 1) / most);
  if (step > 1 && step % 3 == 0) ++step;
  void* const memory = mmap(nullptr, jobs * sizeof(Tally), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return 1;
  auto* const tallies = static_cast<Tally*>(memory);
  for (std::size_t job = 0; job < jobs; ++job)
    if (fork() == 0) {
      share(sources, step, job, jobs, *new (tallies + job) Tally);
      std::fflush(stdout);
      _exit(0);
    }
  bool crashed = false;
  for (int status = 0; wait(&status) > 0;) crashed = crashed || status != 0;
  Tally sum;
  for (std::size_t job = 0; job < jobs; ++job) {
    const Tally& one = tallies[job];
    sum.tried += one.tried, sum.refused += one.refused, sum.taken += one.taken, sum.begun += one.begun;
    sum.failed += one.failed;
  }
  std::printf("%ld of %zu tried, %ld refused, %ld taken, %ld of them begun to run, %ld failed%s\n", sum.tried, all,
              sum.refused, sum.taken, sum.begun, sum.failed, crashed ? ", a process died" : "");
  return sum.tried > 0 && sum.failed == 0 && !crashed ? 0 : 1;
}

}  // namespace
}  // namespace kafkasim::sim::fuzz

int main(int argc, char** argv) {
  CLI::App app{"Damaged copies of scenarios: none may crash, throw or take more than a second."};
  std::vector<std::string> files;
  std::size_t most = 0, jobs = kafkasim::sim::all_cores();
  app.add_option("files", files, "Scenario files, or folders of them")->required();
  app.add_option("--most", most, "Try only so many, evenly spread; 0 = all");
  app.add_option("--jobs", jobs, "Processes")->check(CLI::Range(1, 1024));
  CLI11_PARSE(app, argc, argv);
  return kafkasim::sim::fuzz::run(files, most, jobs);
}
