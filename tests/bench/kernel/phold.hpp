// PHOLD, the customary measure of an event kernel: P logical processes pass P events around for ever.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace kafkasim::bench {

/// A program that can go on for any number of steps. Measured in rounds, alternating with the others.
class Program {
 public:
  virtual ~Program() = default;
  virtual void run(std::uint64_t events) = 0;
  /// Of everything executed so far: equal for equal executions, whatever the queue.
  virtual std::string digest() const = 0;
};

struct Benchmark {
  std::string name;
  std::uint64_t warm_up;  // events before the first round
  std::uint64_t events;   // events per round
  std::function<std::unique_ptr<Program>()> make;
};

/// phold/1e2, phold/1e4, phold/1e6; the same as phold-bimodal/ (one event in eight is a timer 1024 times longer),
/// phold-ties/ (delays of whole steps, many events at one instant) and phold-std-queue/ (over std::priority_queue).
std::vector<Benchmark> phold_benchmarks();

}  // namespace kafkasim::bench
