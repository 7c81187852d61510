// Arguments to options: the only file that knows CLI11.
#include "sim/cli/command_line.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <new>

#include "sim/kernel/trace.hpp"
#include "sim/measure/names.hpp"
#include "sim/scenario/option_table.hpp"

namespace kafkasim::sim {
namespace {

bool is_terminal(const std::ostream& stream) {
  if (&stream == &std::cout) return isatty(STDOUT_FILENO) != 0;
  if (&stream == &std::cerr) return isatty(STDERR_FILENO) != 0;
  return false;
}

int columns() {
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 60) return std::min<int>(size.ws_col, 160);
  const char* text = std::getenv("COLUMNS");
  const int wanted = text == nullptr ? 0 : std::atoi(text);
  return wanted >= 60 && wanted <= 300 ? wanted : 110;
}

Terminal terminal_of(std::ostream& out, std::ostream& err) {
  const char* no_color = std::getenv("NO_COLOR");
  const bool colours = no_color == nullptr || *no_color == '\0';
  return {out, err, colours && is_terminal(out), colours && is_terminal(err), is_terminal(err), columns()};
}

constexpr std::uint64_t kMostSeeds = 1'000'000;

// "1..50"
std::optional<std::pair<std::uint64_t, std::uint64_t>> seed_range(const std::string& text) {
  const std::size_t dots = text.find("..");
  std::uint64_t first = 0, last = 0;
  const auto whole = [](std::string_view digits, std::uint64_t& value) {
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return error == std::errc{} && end == digits.data() + digits.size();
  };
  if (dots == std::string::npos || !whole(std::string_view{text}.substr(0, dots), first) ||
      !whole(std::string_view{text}.substr(dots + 2), last) || first > last)
    return std::nullopt;
  return std::pair{first, last};
}

struct Arguments {
  RunOptions run;
  AssignOptions assign;
  std::vector<std::string> check_files, check_sets;
  std::string plot_directory;
  std::string left, right;  // of compare
  std::string seeds;
};

void describe_run(CLI::App& app, Arguments& arguments) {
  CLI::App* run = app.add_subcommand("run", "Run scenarios and give the verdict");
  RunOptions& options = arguments.run;
  run->add_option("FILE", options.files, "Scenario files")->required();
  CLI::Option* seed = run->add_option("--seed", options.seed, "Seed of the run; outranks the file");
  run->add_option("--seeds", arguments.seeds, "A..B: once for each seed; every expectation must hold for every one")
      ->excludes(seed)
      ->check([](const std::string& text) -> std::string {
        const auto range = seed_range(text);
        if (!range) return "'" + text + "' is no range such as 1..50";
        return range->second - range->first < kMostSeeds ? "" : "'" + text + "' is more than a million seeds";
      });
  run->add_option("--jobs", options.jobs, "Threads for --seeds; the results are the same for any number")
      ->check(CLI::Range(1, 1024));
  run->add_option("--set", options.sets, "PATH=VALUE, e.g. producers.checkout.config.acks=1; may be repeated")
      ->allow_extra_args(false);
  CLI::Option* json = run->add_flag("--json", options.json, "The result document on standard output, and nothing else");
  run->add_flag("--quiet", options.quiet, "One line per run, and the expectations that fail")->excludes(json);
  run->add_flag("--stats", options.stats,
                "What each run cost: events by kind, time per event, memory; on standard error")
      ->excludes("--seeds");
  run->add_option("--out", options.out, "Directory for result, events, series and latencies");
  run->add_option("--log", options.log, "Log on standard error")
      ->check(CLI::IsMember({"trace", "debug", "info", "warn", "error", "off"}));
}

void describe_others(CLI::App& app, Arguments& arguments) {
  CLI::App* check = app.add_subcommand("check", "Read scenarios and show every mistake, without running them");
  check->add_option("FILE", arguments.check_files, "Scenario files")->required();
  check->add_option("--set", arguments.check_sets, "PATH=VALUE; may be repeated")->allow_extra_args(false);
  app.add_subcommand("list", "Scenarios that come with the program, by the question they answer");
  app.add_subcommand("schema", "JSON Schema of scenario files, for editors");
  app.add_subcommand("names", "Measured names for expect, when and wait, as a Markdown table");
  CLI::App* plot = app.add_subcommand("plot", "Draw the plots of a result directory (SVG and PNG, with gnuplot)");
  plot->add_option("DIR", arguments.plot_directory, "Directory written by run --out")->required();
  CLI::App* compare = app.add_subcommand("compare", "Show the first event where two results part, and what led to it");
  compare->add_option("DIR1", arguments.left, "Directory written by run --out")->required();
  compare->add_option("DIR2", arguments.right, "Another one")->required();
  CLI::App* assign = app.add_subcommand("assign", "Show what a partition assignor gives to which member");
  assign->add_option("ASSIGNOR", arguments.assign.assignor, "range or roundrobin")->required();
  assign->add_option("--topic", arguments.assign.topics, "NAME:PARTITIONS; may be repeated")
      ->required()
      ->allow_extra_args(false);
  assign
      ->add_option("--member", arguments.assign.members,
                   "NAME, or NAME:TOPIC+TOPIC for what it subscribes to; may be repeated")
      ->required()
      ->allow_extra_args(false);
}

int dispatch(const CLI::App& app, Arguments& arguments, const Terminal& terminal) {
  if (!arguments.seeds.empty()) arguments.run.seeds = seed_range(arguments.seeds);
  if (app.got_subcommand("run")) return run_command(arguments.run, terminal);
  if (app.got_subcommand("check")) return check_command(arguments.check_files, arguments.check_sets, terminal);
  if (app.got_subcommand("list")) return list_command(terminal);
  if (app.got_subcommand("plot")) return plot_command(arguments.plot_directory, terminal);
  if (app.got_subcommand("compare")) return compare_command(arguments.left, arguments.right, terminal);
  if (app.got_subcommand("assign")) return assign_command(arguments.assign, terminal);
  terminal.out << (app.got_subcommand("schema") ? schema() : names_markdown());
  return exit_code::holds;
}

}  // namespace

int run_command_line(int argc, const char* const* argv, std::ostream& out, std::ostream& err) {
  CLI::App app{"Simulates an Apache Kafka cluster: what was lost, duplicated, delayed or unavailable, and why.",
               "kafkasim"};
  app.set_version_flag("--version", "kafkasim " KAFKASIM_VERSION);
  app.require_subcommand(1);
  app.footer(
      "Exit: 0 all expectations hold (compare: the same), 1 one fails (compare: a difference), 2 usage or scenario "
      "error, "
      "3 broken invariant, 130 interrupted.");
  Arguments arguments;
  describe_run(app, arguments);
  describe_others(app, arguments);
  try {
    app.parse(argc, argv);
    if (app.get_subcommand("run")->count("--out") > 0 && arguments.run.out.empty())
      throw CLI::ValidationError("--out", "wants a directory");
    const int code = dispatch(app, arguments, terminal_of(out, err));
    out.flush();
    if (!out) throw OutputError{"cannot write the results to standard output"};
    return code;
  } catch (const CLI::ParseError& error) {
    return app.exit(error, out, err) == 0 ? exit_code::holds : exit_code::usage;
  } catch (const OutputError& error) {
    err << "kafkasim: error: " << error.what() << "\n";
    return exit_code::usage;
  } catch (const std::bad_alloc&) {
    err << "kafkasim: error: not enough memory for this run\n";
    return exit_code::usage;
  } catch (const std::exception& error) {  // a broken invariant, or what nobody expected
    err << "kafkasim: internal error: " << error.what() << "\n";
    return exit_code::broken;
  }
}

}  // namespace kafkasim::sim
