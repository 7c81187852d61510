// PHOLD, the customary measure of an event kernel: P logical processes pass P events around for ever.
#include <utility>

#include "core/base/time.hpp"
#include "sim/kernel/event_queue.hpp"
#include "sim/kernel/fingerprint.hpp"
#include "sim/kernel/quantile_table.hpp"
#include "sim/kernel/random.hpp"
#include "sim/kernel/scheduler.hpp"
#include "sim/kernel/sorted_queue.hpp"
#include "sim/kernel/wide.hpp"
#include "tests/bench/benchmark.hpp"
#include "tests/bench/phold_kernels.hpp"

namespace kafkasim::bench {

namespace {

using sim::Event;
using sim::Fingerprint;

enum class Delays : std::uint8_t { exponential, bimodal, ties };

struct Process {
  std::uint64_t state = 0;
};

template <class Kernel>
class Phold final : public Program {
 public:
  Phold(std::uint32_t processes, std::uint64_t events, Delays delays)
      : processes_(processes),
        events_{events},
        delays_{delays},
        delay_{sim::QuantileTable::exponential(std::int64_t{1000} * processes)},
        random_{sim::stream(1, "phold")} {
    for (std::uint32_t i = 0; i < processes; ++i) send();
    run(3 * std::uint64_t{processes} + 100'000);
  }

  Round round() override {
    const double begin = cpu_nanoseconds();
    run(events_);
    return {(cpu_nanoseconds() - begin) / static_cast<double>(events_), events_};
  }

  std::string digest() const override {
    Fingerprint all = kernel_.fingerprint();
    for (const Process& process : processes_) all.absorb(process.state);
    return all.hex();
  }

 private:
  void run(std::uint64_t events) {
    for (Event event; events > 0 && kernel_.next(event); --events) {
      Process& process = processes_[event.payload];
      process.state = process.state * 5 + static_cast<std::uint64_t>(nanoseconds(event.at));
      send();
    }
  }

  void send() {
    const std::uint64_t word = random_.word();
    const auto to = static_cast<std::uint32_t>(((word & 0xffffffffU) * processes_.size()) >> 32);
    std::int64_t delay = delay_.draw(word);
    if (delays_ == Delays::bimodal && (word >> 32) % 8 == 0) delay *= 1024;
    if (delays_ == Delays::ties) delay = static_cast<std::int64_t>((word >> 40) % 64) * 16;
    kernel_.schedule(kernel_.now() + Duration{delay}, static_cast<std::uint16_t>(to), 0, to);
  }

  std::vector<Process> processes_;
  std::uint64_t events_;
  Delays delays_;
  sim::QuantileTable delay_;
  sim::Stream random_;
  Kernel kernel_;
};

template <class Kernel>
Benchmark phold(std::string name, std::uint32_t processes, std::uint64_t events, Delays delays) {
  return {std::move(name), "ns/event", [=] { return std::make_unique<Phold<Kernel>>(processes, events, delays); }};
}

}  // namespace

std::vector<Benchmark> phold_benchmarks() {
  struct Size {
    const char* name;
    std::uint32_t processes;
    std::uint64_t events;
  };
  const Size sizes[] = {{"1e2", 100, 2'000'000}, {"1e4", 10'000, 2'000'000}, {"1e6", 1'000'000, 2'000'000}};
  using Plain = PlainScheduler<sim::HeapQueue>;
  std::vector<Benchmark> all;
  for (const auto& [suffix, delays] :
       {std::pair{"", Delays::exponential}, {"-bimodal", Delays::bimodal}, {"-ties", Delays::ties}})
    for (const Size& size : sizes) {
      const std::string name = std::string{"phold"}.append(suffix);
      all.push_back(phold<sim::Scheduler>(name + "/" + size.name, size.processes, size.events, delays));
      all.push_back(phold<Plain>(name + "-std-queue/" + size.name, size.processes, size.events, delays));
#ifdef KAFKASIM_NS3
      all.push_back(phold<Ns3Kernel>(name + "-ns3/" + size.name, size.processes, size.events, delays));
#endif
    }
  return all;
}

}  // namespace kafkasim::bench
