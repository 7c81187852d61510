#include <filesystem>
#include <memory>
#include <ostream>
#include <sstream>

#include "core/base/invariant.hpp"
#include "sim/cli/cost_meter.hpp"
#include "sim/cli/interrupt.hpp"
#include "sim/cli/load.hpp"
#include "sim/cli/ordered_work.hpp"
#include "sim/cli/progress.hpp"
#include "sim/report/artefacts.hpp"
#include "sim/report/observers.hpp"
#include "sim/report/recorded_run.hpp"
#include "sim/report/verdict_text.hpp"

namespace kafkasim::sim {
namespace {

std::string shell_word(const std::string& word) {
  if (!word.empty() && word.find_first_of(" '\"$*?[]{}()<>|&;\\") == std::string::npos) return word;
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? std::string{"'\\''"} : std::string{c};
  return text + "'";
}

// The command that does one run again.
std::string replay(const RunOptions& options, const std::string& file, std::uint64_t seed) {
  std::string text = "kafkasim run " + shell_word(file) + " --seed " + std::to_string(seed);
  for (const std::string& set : options.sets) text += " --set " + shell_word(set);
  return text;
}

// Folder of a run inside --out: "", "acks-1", "crash.acks-1.seed-7": what tells it from the others.
std::string folder_name(const Scenario& scenario, bool several_files, bool several_seeds) {
  std::string name = several_files ? std::filesystem::path{scenario.file}.stem().string() : "";
  const auto add = [&](const std::string& part) { name += (name.empty() ? "" : ".") + part; };
  if (!scenario.variant.empty()) add(scenario.variant);
  if (several_seeds) add("seed-" + std::to_string(scenario.seed));
  return name;
}

// What one seed left behind until its turn comes.
struct Seeded {
  std::unique_ptr<Result> result;  // null: stopped
  std::string log;
};

class Runner {
 public:
  Runner(const RunOptions& options, const Terminal& terminal)
      : options_{options}, terminal_{terminal}, progress_{terminal} {
    if (!options.out.empty()) directory_.emplace(options.out);
  }

  int run() {
    bool failed = false;
    std::vector<std::vector<ScenarioPtr>> files =
        load_files(options_.files, {options_.sets, first_seed()}, terminal_, failed);
    if (failed) return exit_code::usage;
    for (std::size_t i = 0; i < files.size(); ++i)
      if (!(options_.seeds ? all_seeds(files[i]) : variants(files[i]))) return exit_code::interrupted;
    if (directory_) {
      write_file(directory_->path() / "result.json", result_document(results_));
      directory_->publish();
    }
    if (options_.json) terminal_.out << result_document(results_);
    for (const Result& result : results_)
      if (!result.holds()) return exit_code::fails;
    return exit_code::holds;
  }

 private:
  std::optional<std::uint64_t> first_seed() const {
    return options_.seeds ? std::optional{options_.seeds->first} : options_.seed;
  }

  RunWatch watch(const Scenario& scenario, std::ostream& log) const {
    RunWatch made;
    made.log = &log;
    made.log_level = options_.log;
    if (directory_)
      made.folder = directory_->folder(folder_name(scenario, options_.files.size() > 1, options_.seeds.has_value()));
    made.go_on = [](std::uint64_t, Instant) { return !interrupted(); };
    return made;
  }

  // A broken invariant says how to see it again.
  std::optional<Result> recorded(const ScenarioPtr& scenario, const RunWatch& watch) const {
    try {
      return interrupted() ? std::nullopt : run_recorded(scenario, watch);
    } catch (const InvariantViolation& broken) {
      throw InvariantViolation{std::string{broken.what()} +
                               "\n  replay: " + replay(options_, scenario->file, scenario->seed)};
    }
  }

  std::optional<Result> one(const ScenarioPtr& scenario) {
    RunWatch watched = watch(*scenario, terminal_.err);
    ObserverList observers;
    if (options_.observer != nullptr) observers.add(*options_.observer);
    std::optional<CostMeter> cost;
    if (options_.stats) observers.add(cost.emplace());
    if (options_.observer != nullptr || cost) watched.observer = &observers;
    watched.go_on = [&](std::uint64_t events, Instant now) {
      progress_.show(*scenario, events, now);
      return !interrupted();
    };
    std::optional<Result> result;
    {
      const ProgressLine line{progress_};
      result = recorded(scenario, watched);
    }
    if (result && cost) terminal_.err << cost->text();
    return result;
  }

  TextOptions text_options(std::vector<std::string> next) const {
    return {terminal_.out_colours, static_cast<std::size_t>(terminal_.columns), std::move(next)};
  }

  std::vector<std::string> next(const Scenario& scenario, bool holds) const {
    if (!options_.out.empty()) return {"kafkasim plot " + shell_word(options_.out)};
    std::string again = "kafkasim run " + shell_word(scenario.file);
    for (const std::string& set : options_.sets) again += " --set " + shell_word(set);
    if (options_.seed || !holds) again += " --seed " + std::to_string(scenario.seed);
    std::vector<std::string> commands{again + " --out DIR; kafkasim plot DIR"};
    if (holds && !options_.seed) commands.push_back(again + " --seeds 1..20");
    return commands;
  }

  void separate() {
    if (printed_ && !options_.quiet) terminal_.out << "\n";
    printed_ = true;
  }

  // The file's variants (or the file itself) with one seed.
  bool variants(const std::vector<ScenarioPtr>& scenarios) {
    std::vector<Result> results;
    bool holds = true;
    for (const ScenarioPtr& scenario : scenarios) {
      std::optional<Result> result = one(scenario);
      if (!result) return false;
      holds = holds && result->holds();
      results.push_back(std::move(*result));
    }
    if (!options_.json) {
      separate();
      if (options_.quiet)
        for (const Result& result : results) terminal_.out << quiet_text(result, text_options({}));
      else
        terminal_.out << verdict_text(results, text_options(next(*scenarios.front(), holds)));
      terminal_.out.flush();
    }
    for (Result& result : results) results_.push_back(std::move(result));
    return true;
  }

  // Each variant with every seed, on all cores, told in order; of a range only the sum is told.
  bool all_seeds(const std::vector<ScenarioPtr>& scenarios) {
    const std::uint64_t first = options_.seeds->first;
    const std::size_t seeds = options_.seeds->second - first + 1;
    std::vector<Seeded> runs(scenarios.size() * seeds);
    std::vector<Result> results;  // of the variant that is being told
    std::size_t failed = 0;
    OrderedWork pieces;
    pieces.work = [&](std::size_t i) {
      auto scenario = std::make_shared<Scenario>(*scenarios[i / seeds]);
      scenario->seed = first + i % seeds;
      std::ostringstream log;
      std::optional<Result> result = recorded(scenario, watch(*scenario, log));
      runs[i].log = log.str();
      if (!result) return;
      result->story.clear();
      runs[i].result = std::make_unique<Result>(std::move(*result));
    };
    pieces.done = [&](std::size_t i) {
      progress_.clear();
      terminal_.err << runs[i].log;
      if (!runs[i].result) return false;
      failed += runs[i].result->holds() ? 0 : 1;
      if (options_.quiet) terminal_.out << quiet_text(*runs[i].result, text_options({}));
      results.push_back(std::move(*runs[i].result));
      runs[i] = {};
      if (results.size() == seeds) tell_seeds(*scenarios[i / seeds], results);
      progress_.show(i + 1, runs.size(), failed);
      return true;
    };
    pieces.waiting = [] { return !interrupted(); };
    const ProgressLine line{progress_};
    return run_ordered(runs.size(), options_.jobs == 0 ? all_cores() : options_.jobs, pieces);
  }

  void tell_seeds(const Scenario& scenario, std::vector<Result>& results) {
    if (!options_.json) {
      separate();
      terminal_.out << seeds_text(results, text_options({}));
      for (const Result& result : results)
        if (!result.holds()) {
          terminal_.out << "  replay: " << replay(options_, scenario.file, result.seed) << "\n";
          break;
        }
      terminal_.out.flush();
    }
    for (Result& result : results) results_.push_back(std::move(result));
    results.clear();
  }

  const RunOptions& options_;
  const Terminal& terminal_;
  Progress progress_;
  std::optional<ResultDirectory> directory_;
  std::vector<Result> results_;
  bool printed_ = false;
};

}  // namespace

int run_command(const RunOptions& options, const Terminal& terminal) {
  try {
    return Runner{options, terminal}.run();
  } catch (const InvariantViolation& broken) {
    terminal.err << "kafkasim: internal error: " << broken.what() << "\n";
    return exit_code::broken;
  }
}

}  // namespace kafkasim::sim
