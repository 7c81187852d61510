// Runs scenarios, copies each half way, and goes on with original and copy in turns: both must end as a run does that
// was never copied.
//   kafkasim_half_way [--out DIR] FILE...    prints FILE,VARIANT,SEED,FINGERPRINT, or what differs in its place
//   --out DIR   also the traces, for `kafkasim compare DIR/original DIR/copy`
#include <cstdint>
#include <exception>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/report/observers.hpp"
#include "sim/report/trace_log.hpp"
#include "sim/scenario/reader.hpp"
#include "sim/simulation.hpp"

namespace kafkasim::sim {
namespace {

// Up to the copy both traces see the same run.
class TwoTraces {
 public:
  TwoTraces(const std::filesystem::path& directory, const std::string& variant)
      : original_{made(directory / "original" / variant)}, copy_{made(directory / "copy" / variant)} {
    both_.add(original_);
    both_.add(copy_);
  }
  EventObserver& both() { return both_; }
  TraceLog& original() { return original_; }
  TraceLog& copy() { return copy_; }
  void close() {
    original_.close();
    copy_.close();
  }

 private:
  static std::filesystem::path made(const std::filesystem::path& folder) {
    std::filesystem::create_directories(folder);
    return folder / "events.ndjson.zst";
  }

  TraceLog original_, copy_;
  ObserverList both_;
};

std::string copied_half_way(const std::shared_ptr<const Scenario>& scenario, const std::string& out) {
  Simulation whole{scenario};
  whole.run();

  std::optional<TwoTraces> traces;
  Simulation original{scenario};
  if (!out.empty()) original.observe(&traces.emplace(out, scenario->variant).both());
  while (original.events() < whole.events() / 2) original.step();
  Simulation copy = original;
  original.observe(traces ? &traces->original() : nullptr);
  copy.observe(traces ? &traces->copy() : nullptr);
  bool more = true;
  while (more) {
    const bool of_copy = copy.step();
    more = original.step() || of_copy;
  }
  if (traces) traces->close();

  const std::string a = whole.fingerprint().hex(), b = original.fingerprint().hex(), c = copy.fingerprint().hex();
  return a == b && b == c ? c : "whole " + a + " original " + b + " copy " + c;
}

int run(const std::vector<std::string>& files, const std::string& out) {
  for (const std::string& file : files) {
    Loaded loaded = load_scenario_file(file);
    if (has_errors(loaded.diagnostics)) {
      std::cerr << render(loaded.diagnostics, false);
      return 2;
    }
    for (Scenario& scenario : loaded.scenarios) {
      const auto shared = std::make_shared<const Scenario>(std::move(scenario));
      std::cout << file << "," << shared->variant << "," << shared->seed << "," << copied_half_way(shared, out)
                << std::endl;
    }
  }
  return 0;
}

}  // namespace
}  // namespace kafkasim::sim

int main(int argc, char** argv) {
  std::vector<std::string> files(argv + 1, argv + argc);
  std::string out;
  if (files.size() > 1 && files[0] == "--out") {
    out = files[1];
    files.erase(files.begin(), files.begin() + 2);
  }
  try {
    return kafkasim::sim::run(files, out);
  } catch (const std::exception& error) {
    std::cerr << "kafkasim_half_way: " << error.what() << "\n";
    return 3;
  }
}
