// kafkasim_bench [--filter REGEX] [--rounds N] [--json]
//
// Programs take turns, round by round, so that a busy machine is unfair to all alike; figures are medians of the
// process's CPU time. Compare figures of one sitting only.
#include <sys/resource.h>

#include <ctime>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <iostream>
#include <memory>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

#include "tests/bench/benchmark.hpp"

namespace {

using kafkasim::bench::Benchmark;
using kafkasim::bench::Program;
using kafkasim::bench::Round;

struct Options {
  std::string filter;
  int rounds = 5;
  bool json = false;
};

struct Measured {
  const Benchmark* benchmark;
  std::unique_ptr<Program> program;
  std::vector<double> values;
  std::uint64_t events = 0;  // of the last round
};

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

bool parse(int argc, char** argv, Options& options) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--json") {
      options.json = true;
    } else if (argument == "--filter" && i + 1 < argc) {
      options.filter = argv[++i];
    } else if (argument == "--rounds" && i + 1 < argc) {
      const std::string_view number = argv[++i];
      const auto end = number.data() + number.size();
      if (std::from_chars(number.data(), end, options.rounds).ptr != end || options.rounds < 1) return false;
    } else {
      return false;
    }
  }
  return true;
}

// The most memory the process ever had: of one benchmark when it ran alone.
double peak_megabytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

void print(const Options& options, const std::vector<Measured>& all) {
  if (options.json) std::puts("[");
  for (const Measured& one : all) {
    const std::string digest = one.program->digest();
    const double value = median(one.values);
    const char* const unit = one.benchmark->unit.c_str();
    if (options.json)
      std::printf(
          R"(  {"name": "%s", "value": %.2f, "unit": "%s", "repeats": %d, "events": %llu, "digest": "%s", "peak_rss_mb": %.1f}%s)"
          "\n",
          one.benchmark->name.c_str(), value, unit, options.rounds, static_cast<unsigned long long>(one.events),
          digest.c_str(), peak_megabytes(), &one == &all.back() ? "" : ",");
    else
      std::printf("%-28s %10.1f %-12s %s\n", one.benchmark->name.c_str(), value, unit, digest.c_str());
  }
  if (options.json) std::puts("]");
}

}  // namespace

double kafkasim::bench::cpu_nanoseconds() {
  std::timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

int main(int argc, char** argv) {
  Options options;
  if (!parse(argc, argv, options)) {
    std::cerr << "usage: kafkasim_bench [--filter REGEX] [--rounds N] [--json]\n";
    return 2;
  }
  std::vector<Benchmark> benchmarks = kafkasim::bench::phold_benchmarks();
  for (Benchmark& one : kafkasim::bench::piece_benchmarks()) benchmarks.push_back(std::move(one));
  for (Benchmark& one : kafkasim::bench::workload_benchmarks()) benchmarks.push_back(std::move(one));
  std::vector<Measured> all;
  try {
    const std::regex wanted{options.filter};
    for (const Benchmark& benchmark : benchmarks)
      if (benchmark.only_by_name ? options.filter == benchmark.name : std::regex_search(benchmark.name, wanted))
        all.push_back({&benchmark, benchmark.make(), {}});
  } catch (const std::regex_error& error) {
    std::cerr << "kafkasim_bench: --filter " << options.filter << ": " << error.what() << '\n';
    return 2;
  }
  for (int round = 0; round < options.rounds; ++round)
    for (Measured& one : all) {
      const Round measured = one.program->round();
      one.values.push_back(measured.value);
      one.events = measured.events;
    }
  print(options, all);
  return 0;
}
