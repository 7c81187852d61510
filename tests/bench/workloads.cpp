// Whole runs: the engine as users have it, faults armed and invariants on.
#include <cstdlib>
#include <filesystem>
#include <stdexcept>

#include "sim/report/recorded_run.hpp"
#include "sim/scenario/reader.hpp"
#include "sim/simulation.hpp"
#include "tests/bench/benchmark.hpp"

namespace kafkasim::bench {
namespace {

namespace fs = std::filesystem;
using ScenarioPtr = std::shared_ptr<const sim::Scenario>;

ScenarioPtr load(const std::string& file, std::uint64_t seed) {
  sim::LoadOptions options;
  options.seed = seed;
  const sim::Loaded loaded =
      sim::load_scenario_file(std::string{KAFKASIM_SOURCE_DIR} + "/tests/bench/workloads/" + file, options);
  if (loaded.scenarios.size() != 1) throw std::runtime_error{file + " is no workload"};
  return std::make_shared<const sim::Scenario>(loaded.scenarios.front());
}

double seconds(Instant at) { return static_cast<double>(nanoseconds(at - kStart)) / 1e9; }

// One run a round; how much faster than the simulated clock. `drawn`: each round has a seed of its own.
class Run final : public Program {
 public:
  Run(std::string file, bool drawn) : file_{std::move(file)}, drawn_{drawn} {}

  Round round() override {
    const ScenarioPtr scenario = load(file_, drawn_ ? ++seed_ : 1);
    const double begin = cpu_nanoseconds();
    sim::Simulation simulation{scenario};
    simulation.run();
    const double cpu = (cpu_nanoseconds() - begin) / 1e9;
    digest_ = simulation.fingerprint().hex();
    return {seconds(simulation.now()) / cpu, simulation.events()};
  }
  std::string digest() const override { return digest_; }

 private:
  std::string file_, digest_;
  bool drawn_;
  std::uint64_t seed_ = 0;
};

// Copies of a simulation in the middle of its run.
class Copy final : public Program {
 public:
  explicit Copy(const std::string& file) : simulation_{load(file, 1)} {
    while (simulation_.now() < kStart + Duration{10'000'000'000} && simulation_.step()) {
    }
  }

  Round round() override {
    constexpr int kCopies = 50;
    const double begin = cpu_nanoseconds();
    for (int i = 0; i < kCopies; ++i) {
      const sim::Simulation copy = simulation_;
      if (copy.events() != simulation_.events()) throw std::logic_error{"a copy differs"};
    }
    return {(cpu_nanoseconds() - begin) / 1000 / kCopies, simulation_.events()};
  }
  std::string digest() const override { return simulation_.fingerprint().hex(); }

 private:
  sim::Simulation simulation_;
};

// A run that writes every event with its cause, and the series.
class Traced final : public Program {
 public:
  explicit Traced(std::string file) : file_{std::move(file)} {}

  Round round() override {
    std::string folder = (fs::temp_directory_path() / "kafkasim-bench-XXXXXX").string();
    if (mkdtemp(folder.data()) == nullptr) throw std::runtime_error{"no temporary folder"};
    sim::RunWatch watch;
    watch.folder = folder;
    const double begin = cpu_nanoseconds();
    const auto result = sim::run_recorded(load(file_, 1), watch);
    const double cpu = cpu_nanoseconds() - begin;
    fs::remove_all(folder);
    digest_ = result->fingerprint;
    return {cpu / static_cast<double>(result->events), result->events};
  }
  std::string digest() const override { return digest_; }

 private:
  std::string file_, digest_;
};

}  // namespace

std::vector<Benchmark> workload_benchmarks() {
  const auto run = [](std::string name, std::string file, bool drawn = false, bool only_by_name = false) {
    return Benchmark{std::move(name), "x-real-time", [=] { return std::make_unique<Run>(file, drawn); }, only_by_name};
  };
  return {run("linkedin/2m-writes", "linkedin-2m-writes.yaml"),
          run("linkedin/acks-all", "linkedin-acks-all.yaml"),
          run("linkedin/1-producer", "linkedin-1-producer.yaml"),
          run("cluster/1m-rec-s", "cluster-1m.yaml"),
          run("cluster/1h-1m-rec-s", "cluster-1h-1m.yaml", false, true),
          run("cluster/chaos-60s", "chaos-60s.yaml", true),
          {"fork/copy", "us", [] { return std::make_unique<Copy>("teaching.yaml"); }},
          {"trace/on", "ns/event", [] { return std::make_unique<Traced>("teaching.yaml"); }}};
}

}  // namespace kafkasim::bench
