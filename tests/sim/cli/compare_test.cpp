// `kafkasim compare`, as typed.
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "sim/cli/command_line.hpp"
#include "sim/kernel/trace.hpp"
#include "tests/support/catch.hpp"

namespace kafkasim::sim {
namespace {

namespace fs = std::filesystem;

struct Typed {
  int code = 0;
  std::string out, err;
};

Typed type(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "kafkasim");
  std::vector<const char*> argv;
  for (const std::string& one : arguments) argv.push_back(one.c_str());
  std::ostringstream out, err;
  Typed typed;
  typed.code = run_command_line(static_cast<int>(argv.size()), argv.data(), out, err);
  typed.out = out.str();
  typed.err = err.str();
  return typed;
}

// A folder that is gone afterwards, with a scenario of two variants in it.
class Results {
 public:
  Results() {
    std::string name = (fs::temp_directory_path() / "kafkasim-compare-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    folder_ = name;
    std::ofstream{folder_ / "two.yaml"} << "name: a crash\nduration: 3s\ntopics: { t: { partitions: 1 } }\n"
                                           "producers: { p: { topic: t, rate: 100/s } }\n"
                                           "timeline: [{ id: kill, at: 1s, crash: leader of t-0, for: 1s }]\n"
                                           "variants: { short: {}, long: { timeline.kill.for: 1500ms } }\n";
  }
  ~Results() { fs::remove_all(folder_); }
  Results(const Results&) = delete;
  Results& operator=(const Results&) = delete;

  std::string file(const std::string& name) const { return (folder_ / name).string(); }
  void run(const std::string& directory, const std::string& seed) const {
    REQUIRE(type({"run", file("two.yaml"), "--seed", seed, "--out", file(directory), "--quiet"}).code ==
            exit_code::holds);
  }

 private:
  fs::path folder_;
};

}  // namespace

TEST_CASE("compare: the same run is the same, event by event", "[cli][compare]") {
  const Results results;
  results.run("a", "1");
  results.run("b", "1");
  const Typed same = type({"compare", results.file("a"), results.file("b")});
  CHECK(same.code == exit_code::holds);
  CHECK(same.err == "");
  CHECK_THAT(same.out, Catch::StartsWith("long: the same ") && Catch::Contains(" events\nshort: the same "));
}

TEST_CASE("compare: two variants are the same until the fault makes a difference", "[cli][compare]") {
  const Results results;
  results.run("a", "1");
  const Typed parted = type({"compare", results.file("a/short"), results.file("a/long")});
  CHECK(parted.code == exit_code::fails);
  CHECK(parted.err == "");
  CHECK_THAT(parted.out, Catch::Contains(" events are the same, then the runs part\n"));
  CHECK_THAT(parted.out, Catch::Contains("  variant: short | long\n"));
  // The broker is back after 1 s in one of them.
  CHECK_THAT(parted.out, Catch::Contains("  A ") && Catch::Contains("2.000000000 s  entry  kill"));
  CHECK_THAT(parted.out, Catch::Contains("what led to A\n") && Catch::Contains("1.000000000 s  entry  kill"));
  CHECK_THAT(parted.out, Catch::Contains("           0  the beginning\n"));
}

TEST_CASE("compare: another seed is another run, also when no event shows it", "[cli][compare]") {
  const Results results;
  results.run("a", "1");
  results.run("b", "2");
  const Typed parted = type({"compare", results.file("a"), results.file("b")});
  CHECK(parted.code == exit_code::fails);
  CHECK_THAT(parted.out, Catch::Contains("  seed: 1 | 2\n"));
  fs::copy_file(results.file("a/long/events.ndjson.zst"), results.file("b/long/events.ndjson.zst"),
                fs::copy_options::overwrite_existing);
  const Typed hidden = type({"compare", results.file("a/long"), results.file("b/long")});
  CHECK(hidden.code == exit_code::fails);
  CHECK_THAT(hidden.out, Catch::Contains(" events, but not the same run\n") && Catch::Contains("  fingerprint: "));
}

TEST_CASE("compare: what cannot be compared is code 2 and says why", "[cli][compare]") {
  const Results results;
  results.run("a", "1");
  results.run("b", "1");
  CHECK(type({"compare", results.file("a")}).code == exit_code::usage);
  const Typed none = type({"compare", results.file("a"), results.file("none")});
  CHECK(none.code == exit_code::usage);
  CHECK(none.out == "");
  CHECK_THAT(none.err, Catch::Contains("none: no result there to compare (write one with kafkasim run FILE --out "));
  const Typed one = type({"compare", results.file("a"), results.file("b/long")});
  CHECK(one.code == exit_code::usage);
  CHECK_THAT(one.err, Catch::Contains("a/long: there is no such run in "));

  fs::resize_file(results.file("b/long/events.ndjson.zst"), 1000);
  const Typed cut = type({"compare", results.file("a/long"), results.file("b/long")});
  CHECK(cut.code == exit_code::usage);
  CHECK_THAT(cut.err, Catch::Contains("events.ndjson.zst: the trace is damaged"));
  std::ofstream{results.file("b/short/result.json")} << "{";
  const Typed broken = type({"compare", results.file("a/short"), results.file("b/short")});
  CHECK(broken.code == exit_code::usage);
  CHECK_THAT(broken.err, Catch::Contains("result.json: no result of one run"));
}

}  // namespace kafkasim::sim
