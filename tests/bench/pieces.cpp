// What single pieces of the kernel cost.
#include "sim/kernel/fingerprint.hpp"
#include "tests/bench/benchmark.hpp"

namespace kafkasim::bench {
namespace {

class Absorb final : public Program {
 public:
  Round round() override {
    constexpr std::uint64_t kEvents = 20'000'000;
    const double begin = cpu_nanoseconds();
    for (std::uint64_t i = 0; i < kEvents; ++i) {
      ++number_;
      fingerprint_.absorb(number_, number_ * 977, number_ << 32 | i, number_ - 1);
    }
    return {(cpu_nanoseconds() - begin) / static_cast<double>(kEvents), kEvents};
  }
  std::string digest() const override { return fingerprint_.hex(); }

 private:
  sim::Fingerprint fingerprint_;
  std::uint64_t number_ = 0;
};

}  // namespace

std::vector<Benchmark> piece_benchmarks() {
  return {{"kernel/fingerprint", "ns/event", [] { return std::make_unique<Absorb>(); }}};
}

}  // namespace kafkasim::bench
