// What kafkasim_bench measures: programs that run in rounds.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace kafkasim::bench {

/// One round of a program, in the benchmark's unit.
struct Round {
  double value = 0;
  std::uint64_t events = 0;
};

/// Measured in rounds that alternate with those of other programs.
class Program {
 public:
  virtual ~Program() = default;
  virtual Round round() = 0;
  /// Of what was executed: equal for equal executions.
  virtual std::string digest() const = 0;
};

struct Benchmark {
  std::string name;
  std::string unit;  // ns/event, x-real-time, us
  std::function<std::unique_ptr<Program>()> make;
  bool only_by_name = false;  // takes minutes: runs when --filter is its whole name
};

/// CPU time of this process.
double cpu_nanoseconds();

/// phold/1e2, phold/1e4, phold/1e6; the same as phold-bimodal/ (one event in eight is a timer 1024 times longer),
/// phold-ties/ (delays of whole steps, many events at one instant), phold-std-queue/ (over std::priority_queue) and,
/// where Debian's libns3-dev is installed, phold-ns3/.
std::vector<Benchmark> phold_benchmarks();

/// kernel/fingerprint: folding one event into it.
std::vector<Benchmark> piece_benchmarks();

/// Whole runs of tests/bench/workloads/*.yaml (LinkedIn's rows, one million records a second, chaos), the copy of a
/// running simulation and a run that writes its trace.
std::vector<Benchmark> workload_benchmarks();

}  // namespace kafkasim::bench
