// Damaged copies of every shipped scenario: each must end with exit code 0, 1 or 2 within a second, as seen from
// inside: no exception, no crash. Every byte is flipped, every truncation and every swap of two neighbouring lines is
// read; what the reader takes in spite of the damage is begun to run (its first events; whole runs are the other
// tests').
//   kafkasim_mutations FILE-OR-FOLDER...
#include <sys/time.h>
#include <unistd.h>

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

#include "tests/fuzz/attempt.hpp"

namespace kafkasim::sim::fuzz {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kEvents = 300;  // where a run starts, all clients connect and the first faults are placed

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
  int tried = 0, refused = 0, taken = 0, failed = 0;
};

void attempt(const std::string& text, const std::string& what, Tally& tally) {
  std::snprintf(current, sizeof current, "%s", what.c_str());
  second_from_now();
  ++tally.tried;
  try {
    ++(read_and_run(text, kEvents) == Answer::taken ? tally.taken : tally.refused);
  } catch (const std::exception& error) {
    ++tally.failed;
    if (tally.failed <= 20) std::printf("%s: %s\n", what.c_str(), error.what());
  }
}

// One bit, which one depends on the place; and now and then a byte that means something to YAML or to numbers.
void flips(const std::string& file, const std::string& text, Tally& tally) {
  constexpr char kTelling[] = {'\0', '{', '"', ':', '9', '-', '\n', '\xff', '#', '[', ' ', '.', '0', '&', '*', '\t'};
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string damaged = text;
    damaged[i] = static_cast<char>(damaged[i] ^ (1 << (i % 8)));
    attempt(damaged, file + ": bit " + std::to_string(i % 8) + " of byte " + std::to_string(i), tally);
    damaged[i] = kTelling[i % sizeof kTelling];
    attempt(damaged, file + ": telling byte at " + std::to_string(i), tally);
  }
}

void truncations(const std::string& file, const std::string& text, Tally& tally) {
  for (std::size_t length = 0; length < text.size(); ++length)
    attempt(text.substr(0, length), file + ": first " + std::to_string(length) + " bytes", tally);
}

void swaps(const std::string& file, const std::string& text, Tally& tally) {
  std::vector<std::string> lines;
  std::istringstream in{text};
  for (std::string line; std::getline(in, line);) lines.push_back(line + "\n");
  for (std::size_t i = 0; i + 1 < lines.size(); ++i) {
    std::swap(lines[i], lines[i + 1]);
    std::string damaged;
    for (const std::string& line : lines) damaged += line;
    attempt(damaged, file + ": lines " + std::to_string(i + 1) + " and " + std::to_string(i + 2) + " swapped", tally);
    std::swap(lines[i], lines[i + 1]);
  }
}

std::vector<fs::path> files_of(const fs::path& argument) {
  if (!fs::is_directory(argument)) return {argument};
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator{argument})
    if (entry.is_regular_file() && entry.path().extension() == ".yaml") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

int run(const std::vector<std::string>& arguments) {
  watch();
  Tally tally;
  for (const std::string& argument : arguments)
    for (const fs::path& path : files_of(argument)) {
      std::ostringstream text;
      text << std::ifstream{path}.rdbuf();
      const std::string file = path.filename().string();
      attempt(text.str(), file + ": as it is", tally);
      flips(file, text.str(), tally);
      truncations(file, text.str(), tally);
      swaps(file, text.str(), tally);
    }
  std::printf("%d tried, %d refused, %d taken, %d failed\n", tally.tried, tally.refused, tally.taken, tally.failed);
  return tally.tried > 0 && tally.failed == 0 ? 0 : 1;
}

}  // namespace
}  // namespace kafkasim::sim::fuzz

int main(int argc, char** argv) { return kafkasim::sim::fuzz::run({argv + 1, argv + argc}); }
