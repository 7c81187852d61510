#include "sim/cli/command_line.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "sim/cli/interrupt.hpp"
#include "sim/kernel/trace.hpp"
#include "tests/support/catch.hpp"

namespace kafkasim::sim {
namespace {

namespace fs = std::filesystem;

struct Ran {
  int code = 0;
  std::string out, err;
};

Ran run(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "kafkasim");
  std::vector<const char*> argv;
  for (const std::string& one : arguments) argv.push_back(one.c_str());
  std::ostringstream out, err;
  Ran ran;
  ran.code = run_command_line(static_cast<int>(argv.size()), argv.data(), out, err);
  ran.out = out.str();
  ran.err = err.str();
  return ran;
}

// A folder that is gone afterwards, with a scenario in it.
class Folder {
 public:
  Folder() {
    path_ = fs::temp_directory_path() / ("kafkasim-cli-test-" + std::to_string(reinterpret_cast<std::uintptr_t>(this)));
    fs::remove_all(path_);
    fs::create_directories(path_);
    write("one.yaml", "");
    write("fails.yaml", "expect: [acked(p) == 1]\n");
  }
  ~Folder() { fs::remove_all(path_); }
  std::string file(const std::string& name) const { return (path_ / name).string(); }
  void write(const std::string& name, const std::string& more) const {
    std::ofstream{path_ / name} << "name: a second of traffic\nduration: 1s\ntopics: { t: { partitions: 1 } }\n"
                                   "producers: { p: { topic: t, rate: 100/s } }\n"
                                << more;
  }

 private:
  fs::path path_;
};

}  // namespace

TEST_CASE("mistakes on the command line are code 2, on standard error, and say what is wrong", "[cli]") {
  const Folder folder;
  const std::string one = folder.file("one.yaml");
  struct Row {
    std::vector<std::string> arguments;
    const char* message;
  };
  const Row rows[] = {
      {{}, "A subcommand is required"},
      {{"fly"}, "A subcommand is required"},
      {{"run"}, "FILE is required"},
      {{"run", "no-such-file.yaml"}, "no-such-file.yaml"},
      {{"run", one, "--seed", "many"}, "--seed"},
      {{"run", one, "--seeds", "5..1"}, "'5..1' is no range such as 1..50"},
      {{"run", one, "--seeds", "0..1000000"}, "'0..1000000' is more than a million seeds"},
      {{"run", one, "--seeds", "1..2", "--jobs", "0"}, "--jobs"},
      {{"run", one, "--seeds", "1..2", "--seed", "1"}, "excludes"},
      {{"run", one, "--json", "--quiet"}, "excludes"},
      {{"run", one, "--log", "loud"}, "--log"},
      {{"run", one, "--set", "producers.q.rate=1/s"}, "'q'"},
      {{"plot", folder.file("")}, "no result there to plot"},
      {{"assign", "sticky", "--topic", "t:3", "--member", "a"},
       "there is no assignor 'sticky'; modelled are range and roundrobin"},
      {{"assign", "range", "--topic", "t", "--member", "a"}, "it is NAME:PARTITIONS"},
      {{"assign", "range", "--topic", "t:3", "--topic", "t:3", "--member", "a"}, "that topic was given before"},
      {{"assign", "range", "--topic", "t:3", "--member", "a", "--member", "a"}, "that member was given before"},
      {{"assign", "range", "--topic", "t:3", "--member", "a:u"}, "there is no --topic 'u'"},
  };
  for (const Row& row : rows) {
    const Ran ran = run(row.arguments);
    INFO(row.message << "\n" << ran.err);
    CHECK(ran.code == exit_code::usage);
    CHECK(ran.err.find(row.message) != std::string::npos);
    CHECK(ran.out.empty());
  }
}

TEST_CASE("all mistakes of a scenario at once, conditions included", "[cli]") {
  const Folder folder;
  folder.write("bad.yaml", "speed: 3\nexpect: [acked(p) ==]\n");
  const Ran ran = run({"check", folder.file("bad.yaml")});
  CHECK(ran.code == exit_code::usage);
  CHECK(ran.err.find("bad.yaml:5:1: error: unknown key 'speed'") != std::string::npos);
  CHECK(ran.err.find("bad.yaml:6:") != std::string::npos);
  folder.write("names.yaml", "expect: [ackd(p) == 1, lost(q) == 0]\n");
  const Ran names = run({"run", folder.file("names.yaml")});
  CHECK(names.code == exit_code::usage);
  CHECK(names.err.find("'ackd'") != std::string::npos);
  CHECK(names.err.find("'q'") != std::string::npos);
  CHECK(run({"check", folder.file("one.yaml")}).out == folder.file("one.yaml") + ": ok\n");
}

TEST_CASE("help and version are no mistakes", "[cli]") {
  CHECK(run({"--help"}).code == exit_code::holds);
  CHECK(run({"run", "--help"}).out.find("--seeds") != std::string::npos);
  CHECK(run({"--version"}).out.find("kafkasim ") == 0);
}

TEST_CASE("0 when everything holds, 1 when something does not", "[cli]") {
  const Folder folder;
  CHECK(run({"run", folder.file("one.yaml")}).code == exit_code::holds);
  const Ran ran = run({"run", folder.file("fails.yaml"), "--quiet"});
  CHECK(ran.code == exit_code::fails);
  CHECK(ran.out.find("acked(p) == 1") != std::string::npos);
}

TEST_CASE("--json: the one document and nothing else, the same each time", "[cli]") {
  const Folder folder;
  const std::string one = folder.file("one.yaml");
  const Ran first = run({"run", one, "--json"});
  CHECK(first.out.find("{\n  \"schema_version\": 1,\n") == 0);
  CHECK(first.out.substr(first.out.size() - 3) == "\n}\n");
  CHECK(first.out.find(folder.file("")) == std::string::npos);
  CHECK(run({"run", one, "--json"}).out == first.out);
  CHECK(run({"run", one, "--json", "--seed", "2"}).out != first.out);
  CHECK(run({"run", one, one, "--json"}).out.find("[\n") == 0);
  CHECK(run({"run", one, "--json", "--seeds", "1..2"}).out.find("[\n") == 0);
}

TEST_CASE("--stats: the cost on standard error, the result as without", "[cli]") {
  const Folder folder;
  const Ran plain = run({"run", folder.file("one.yaml"), "--json"});
  const Ran metered = run({"run", folder.file("one.yaml"), "--json", "--stats"});
  CHECK(metered.code == exit_code::holds);
  CHECK(metered.out == plain.out);
  CHECK(metered.err.find(" events in ") != std::string::npos);
  CHECK(metered.err.find("  packet ") != std::string::npos);
  CHECK(run({"run", folder.file("one.yaml"), "--stats", "--seeds", "1..2"}).code == exit_code::usage);
}

TEST_CASE("seeds: the first that fails is named with its replay command", "[cli]") {
  const Folder folder;
  const Ran ran = run({"run", folder.file("fails.yaml"), "--seeds", "3..4"});
  CHECK(ran.code == exit_code::fails);
  CHECK(ran.out.find("the first: seed 3") != std::string::npos);
  CHECK(ran.out.find("replay: kafkasim run " + folder.file("fails.yaml") + " --seed 3") != std::string::npos);
}

TEST_CASE("seeds: the same bytes for any number of threads", "[cli]") {
  const Folder folder;
  folder.write("some.yaml",
               "variants: { slow: { producers.p.rate: 10/s }, fast: {} }\n"
               "timeline:\n  - { at: 0.2s..0.7s, crash: leader of t-0, for: 1s }\n"
               "expect:\n  - gap(p) < 8.5s\n");
  for (const std::vector<std::string>& how :
       std::vector<std::vector<std::string>>{{}, {"--quiet"}, {"--json"}, {"--quiet", "--log", "info"}}) {
    std::vector<std::string> arguments{"run", folder.file("some.yaml"), "--seeds", "1..7"};
    arguments.insert(arguments.end(), how.begin(), how.end());
    const auto with = [&](const std::string& jobs) {
      std::vector<std::string> all = arguments;
      all.insert(all.end(), {"--jobs", jobs});
      return run(all);
    };
    const Ran one = with("1"), two = with("2"), many = with("9"), cores = run(arguments);
    CHECK(one.code == two.code);
    for (const Ran& other : {two, many, cores}) {
      CHECK(one.out == other.out);
      CHECK(one.err == other.err);
    }
    CHECK(one.out.size() > 100);
  }
}

TEST_CASE("Ctrl-C ends a run of many seeds with 130", "[cli]") {
  const Folder folder;
  int ready[2];
  REQUIRE(pipe(ready) == 0);
  const pid_t child = fork();
  if (child == 0) {
    watch_interrupts();
    const bool told = write(ready[1], "x", 1) == 1;
    const Ran ran = run({"run", folder.file("one.yaml"), "--seeds", "1..900000", "--jobs", "2"});
    _exit(told ? ran.code : 1);
  }
  char byte = 0;
  REQUIRE(read(ready[0], &byte, 1) == 1);
  std::this_thread::sleep_for(std::chrono::milliseconds{100});
  REQUIRE(kill(child, SIGINT) == 0);
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == exit_code::interrupted);
  close(ready[0]);
  close(ready[1]);
}

TEST_CASE("--out is whole, and replaces an earlier result only", "[cli]") {
  const Folder folder;
  const std::string one = folder.file("one.yaml"), out = folder.file("out/deep");
  const Ran first = run({"run", one, "--out", out, "--json"});
  REQUIRE(first.code == exit_code::holds);
  for (const char* name :
       {"result.json", "events.ndjson.zst", "series/lag.csv", "series/throughput.csv", "series/latency.csv",
        "series/availability.csv", "series/faults.csv", "latency/produce.p.hgrm"})
    CHECK(fs::is_regular_file(fs::path{out} / name));
  CHECK_FALSE(fs::exists(out + ".partial"));
  // The run is the same one, watched or not; its trace holds every event in order.
  CHECK(run({"run", one, "--json"}).out == first.out);
  const std::vector<std::string> trace = read_trace(fs::path{out} / "events.ndjson.zst");
  CHECK(trace.back().find("{\"id\":") == 0);
  CHECK(first.out.find("\"events\": " + trace.back().substr(6, trace.back().find(',') - 6)) != std::string::npos);

  std::ofstream{fs::path{out} / "left-over"} << "x";
  CHECK(run({"run", one, "--out", out, "--quiet"}).code == exit_code::holds);
  CHECK_FALSE(fs::exists(fs::path{out} / "left-over"));

  const Ran other = run({"run", one, "--out", folder.file(""), "--quiet"});
  CHECK(other.code == exit_code::usage);
  CHECK(other.err.find("it holds something else") != std::string::npos);
  CHECK(fs::exists(one));
  CHECK(run({"run", one, "--out", one}).err.find("it is a file") != std::string::npos);
  // A scenario that cannot be read leaves nothing.
  folder.write("bad.yaml", "speed: 3\n");
  CHECK(run({"run", folder.file("bad.yaml"), "--out", folder.file("never")}).code == exit_code::usage);
  CHECK_FALSE(fs::exists(folder.file("never")));
  CHECK_FALSE(fs::exists(folder.file("never.partial")));
}

TEST_CASE("each variant and seed has its folder in --out", "[cli]") {
  const Folder folder;
  folder.write("two.yaml", "variants: { slow: { producers.p.rate: 10/s }, fast: {} }\n");
  CHECK(run({"run", folder.file("two.yaml"), "--out", folder.file("v"), "--quiet"}).code == exit_code::holds);
  CHECK(fs::exists(folder.file("v/slow/series/lag.csv")));
  CHECK(fs::exists(folder.file("v/fast/result.json")));
  CHECK(run({"run", folder.file("one.yaml"), "--seeds", "8..9", "--out", folder.file("s")}).code == exit_code::holds);
  CHECK(fs::exists(folder.file("s/seed-9/result.json")));
}

TEST_CASE("the log goes to standard error, with the simulated clock", "[cli]") {
  const Folder folder;
  const Ran ran = run({"run", folder.file("one.yaml"), "--log", "debug", "--quiet"});
  CHECK(ran.err.find(" s p {\"note\":\"BatchSent\"") != std::string::npos);
  CHECK(run({"run", folder.file("one.yaml"), "--quiet"}).err.empty());
}

TEST_CASE("assign shows who gets what", "[cli]") {
  CHECK("\n" + run({"assign", "range", "--topic", "t0:7", "--member", "C0", "--member", "C1:t0"}).out == R"(
member  count  partitions
C0          4  t0-0 t0-1 t0-2 t0-3
C1          3  t0-4 t0-5 t0-6
from 3 to 4 partitions a member
)");
}

TEST_CASE("schema, names and list speak of what is there", "[cli]") {
  CHECK(run({"schema"}).out.find("draft-07") != std::string::npos);
  CHECK(run({"names"}).out.find("| `acked` |") != std::string::npos);
  CHECK(run({"list"}).out.find("scenarios/durability/") != std::string::npos);
}

}  // namespace kafkasim::sim
