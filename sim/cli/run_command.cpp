#include <filesystem>
#include <ostream>

#include "core/base/invariant.hpp"
#include "sim/cli/interrupt.hpp"
#include "sim/cli/load.hpp"
#include "sim/cli/progress.hpp"
#include "sim/report/artefacts.hpp"
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

  std::optional<Result> one(const ScenarioPtr& scenario) {
    RunWatch watch;
    watch.log = &terminal_.err;
    watch.log_level = options_.log;
    if (directory_)
      watch.folder = directory_->folder(folder_name(*scenario, options_.files.size() > 1, options_.seeds.has_value()));
    watch.go_on = [&](std::uint64_t events, Instant now) {
      progress_.show(*scenario, events, now);
      return !interrupted();
    };
    try {
      std::optional<Result> result = interrupted() ? std::nullopt : run_recorded(scenario, watch);
      progress_.clear();
      return result;
    } catch (const InvariantViolation& broken) {
      progress_.clear();
      throw InvariantViolation{std::string{broken.what()} +
                               "\n  replay: " + replay(options_, scenario->file, scenario->seed)};
    }
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

  // Each variant with one seed after the other; of a range only the sum is told.
  bool all_seeds(const std::vector<ScenarioPtr>& scenarios) {
    for (const ScenarioPtr& scenario : scenarios) {
      std::vector<Result> results;
      std::optional<std::uint64_t> first_failed;
      for (std::uint64_t seed = options_.seeds->first;; ++seed) {
        auto seeded = std::make_shared<Scenario>(*scenario);
        seeded->seed = seed;
        std::optional<Result> result = one(seeded);
        if (!result) return false;
        if (!result->holds() && !first_failed) first_failed = seed;
        result->story.clear();
        if (options_.quiet && !options_.json) terminal_.out << quiet_text(*result, text_options({}));
        results.push_back(std::move(*result));
        if (seed == options_.seeds->second) break;
      }
      if (!options_.json) {
        separate();
        terminal_.out << seeds_text(results, text_options({}));
        if (first_failed) terminal_.out << "  replay: " << replay(options_, scenario->file, *first_failed) << "\n";
        terminal_.out.flush();
      }
      for (Result& result : results) results_.push_back(std::move(result));
    }
    return true;
  }

  const RunOptions& options_;
  const Terminal& terminal_;
  Progress progress_;
  std::optional<ResultDirectory> directory_;
  std::vector<Result> results_;
  bool printed_ = false;
};

}  // namespace

int run_command(const RunOptions& options, const Terminal& terminal) { return Runner{options, terminal}.run(); }

}  // namespace kafkasim::sim
