// kafkasim_chaos: many small drawn scenarios; no invariant may break, every run must settle, and what Kafka promises
// must hold. Files are judged in the same way: those in tests/chaos/found are what failed once, reduced.
//   kafkasim_chaos --seeds 1..10000          ten thousand (a quarter of an hour on one core)
//   kafkasim_chaos --print N > chaos.yaml    one of them, for kafkasim run
//   kafkasim_chaos --reduce N                the same without every line that its failure does not need
//   kafkasim_chaos FILE...
#include <CLI/CLI.hpp>
#include <algorithm>
#include <fstream>
#include <iostream>
#include <numeric>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "sim/cli/command_line.hpp"
#include "sim/cli/interrupt.hpp"
#include "sim/cli/ordered_work.hpp"
#include "sim/measure/condition.hpp"
#include "sim/measure/evaluate.hpp"
#include "sim/scenario/reader.hpp"
#include "sim/simulation.hpp"
#include "tests/chaos/scenario.hpp"

namespace kafkasim::chaos {
namespace {

constexpr std::uint64_t kMostEvents = 30'000'000;  // a run that goes on for ever is a finding

struct Outcome {
  std::vector<std::string> problems;
  std::uint64_t events = 0;
  bool excused = false;  // an unclean election or lost data: weaker invariants
};

void advance(sim::Simulation& simulation, Outcome& outcome) {
  while (simulation.step()) {
    if (simulation.events() % 4096 != 0) continue;
    if (sim::interrupted()) return;
    if (simulation.events() < kMostEvents) continue;
    outcome.problems.push_back("it does not end: " + std::to_string(kMostEvents) + " events");
    return;
  }
}

void judge_run(const sim::Simulation& simulation, Outcome& outcome) {
  const sim::View view = simulation.view();
  // A replica that holds other batches of an epoch is not copied any further in this leadership.
  const auto given_up = [&](const std::string& pending) {
    const auto& excused = simulation.world().invariants.excused();
    return std::any_of(excused.begin(), excused.end(), [&](const auto& one) {
      const std::string name = simulation.world().plan->names->name(one.first);
      const bool of_it = pending.rfind(name + " ", 0) == 0 || pending.rfind(name + ":", 0) == 0;
      return of_it && simulation.world().invariants.written_twice(one.first);
    });
  };
  for (const std::string& pending : view.pending())
    if (!given_up(pending)) outcome.problems.push_back("not settled: " + pending);
  for (const sim::Outcome& one : sim::evaluate_expectations(view, sim::judge(view)))
    if (!one.holds) outcome.problems.push_back("promise broken: " + one.text + ": " + one.value);
}

Outcome run(const std::string& written) {
  Outcome outcome;
  sim::Loaded loaded = sim::load_scenario("chaos.yaml", written);
  for (const sim::Scenario& scenario : loaded.scenarios) sim::check_conditions(scenario, loaded.diagnostics);
  if (!loaded.diagnostics.empty()) {
    outcome.problems.push_back(sim::render(loaded.diagnostics, false));
    return outcome;
  }
  sim::Simulation simulation{std::make_shared<const sim::Scenario>(loaded.scenarios.front())};
  try {
    advance(simulation, outcome);
    if (simulation.over()) judge_run(simulation, outcome);
  } catch (const std::exception& error) {
    outcome.problems.push_back(std::to_string(nanoseconds(simulation.now() - kStart) / 1'000'000) +
                               " ms: " + error.what());
  }
  outcome.events = simulation.events();
  outcome.excused = !simulation.world().invariants.excused().empty();
  return outcome;
}

// What kind of problem it is: its words without the numbers in them.
std::set<std::string> kinds_of(const Outcome& outcome) {
  std::set<std::string> kinds;
  for (std::string problem : outcome.problems) {
    std::erase_if(problem, [](char c) { return c >= '0' && c <= '9'; });
    kinds.insert(problem);
  }
  return kinds;
}

// The scenario of that seed without every line that its failure does not need.
int reduce(std::uint64_t seed) {
  std::vector<std::string> lines;
  std::istringstream in{scenario_text(seed)};
  for (std::string line; std::getline(in, line);) lines.push_back(line + "\n");
  const auto joined = [&] { return std::accumulate(lines.begin(), lines.end(), std::string{}); };
  const std::set<std::string> wanted = kinds_of(run(joined()));
  if (wanted.empty()) return sim::exit_code::holds;
  const auto still_fails = [&] {
    const std::set<std::string> kinds = kinds_of(run(joined()));
    return std::any_of(kinds.begin(), kinds.end(), [&](const std::string& kind) { return wanted.contains(kind); });
  };
  for (std::size_t count = std::max<std::size_t>(1, lines.size() / 4); count > 0; count /= 2)
    for (std::size_t i = lines.size(); i-- > 0 && !sim::interrupted();) {
      if (i + count > lines.size()) continue;
      const std::vector<std::string> whole = lines;
      const auto at = lines.begin() + static_cast<std::ptrdiff_t>(i);
      lines.erase(at, at + static_cast<std::ptrdiff_t>(count));
      if (!still_fails()) lines = whole;
    }
  std::cout << joined();
  for (const std::string& problem : run(joined()).problems) std::cout << "# " << problem << "\n";
  return sim::exit_code::fails;
}

int run_files(const std::vector<std::string>& files) {
  int code = sim::exit_code::holds;
  for (const std::string& file : files) {
    std::ostringstream text;
    text << std::ifstream{file}.rdbuf();
    const Outcome outcome = run(text.str());
    if (outcome.problems.empty()) continue;
    code = sim::exit_code::fails;
    std::cout << file << "\n";
    for (const std::string& problem : outcome.problems) std::cout << "  " << problem << "\n";
  }
  return code;
}

int run_all(std::uint64_t first, std::uint64_t last, std::size_t jobs) {
  std::vector<Outcome> outcomes(last - first + 1);
  std::uint64_t events = 0, failed = 0, excused = 0;
  sim::OrderedWork pieces;
  pieces.work = [&](std::size_t i) { outcomes[i] = run(scenario_text(first + i)); };
  pieces.done = [&](std::size_t i) {
    if (sim::interrupted()) return false;
    const Outcome outcome = std::exchange(outcomes[i], {});
    events += outcome.events;
    excused += outcome.excused ? 1 : 0;
    if (outcome.problems.empty()) return true;
    ++failed;
    std::cout << "seed " << first + i << "\n";
    for (const std::string& problem : outcome.problems) std::cout << "  " << problem << "\n";
    std::cout.flush();
    return true;
  };
  pieces.waiting = [] { return !sim::interrupted(); };
  if (!sim::run_ordered(outcomes.size(), jobs, pieces)) return sim::exit_code::interrupted;
  std::cout << outcomes.size() << " seeds, " << failed << " failed, " << excused
            << " with lost data or an unclean election, " << events << " events\n";
  return failed == 0 ? sim::exit_code::holds : sim::exit_code::fails;
}

}  // namespace
}  // namespace kafkasim::chaos

int main(int argc, char** argv) {
  using namespace kafkasim;
  CLI::App app{"Many small drawn scenarios: no invariant breaks, every run settles, what Kafka promises holds."};
  std::string seeds = "1..200";
  std::size_t jobs = sim::all_cores();
  std::uint64_t print = 0, reduced = 0;
  app.add_option("--seeds", seeds, "A..B");
  app.add_option("--jobs", jobs, "Threads")->check(CLI::Range(1, 1024));
  CLI::Option* shown = app.add_option("--print", print, "The scenario of that seed, for kafkasim run");
  CLI::Option* shorter =
      app.add_option("--reduce", reduced, "The scenario of that seed without the lines its failure does not need");
  std::vector<std::string> files;
  app.add_option("files", files, "Scenario files instead of seeds")->check(CLI::ExistingFile);
  CLI11_PARSE(app, argc, argv);
  if (*shown) {
    std::cout << chaos::scenario_text(print);
    return 0;
  }
  if (*shorter) {
    sim::watch_interrupts();
    return chaos::reduce(reduced);
  }
  if (!files.empty()) return chaos::run_files(files);
  std::uint64_t first = 0, last = 0;
  char rest = 0;
  if (std::sscanf(seeds.c_str(), "%lu..%lu%c", &first, &last, &rest) != 2 || first > last) {
    std::cerr << "kafkasim_chaos: '" << seeds << "' is no range such as 1..200\n";
    return sim::exit_code::usage;
  }
  sim::watch_interrupts();
  return chaos::run_all(first, last, jobs);
}
