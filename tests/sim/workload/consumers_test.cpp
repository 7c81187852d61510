// The applications above consumers: when they commit.
#include "tests/sim/measure/ask.hpp"
#include "tests/support/catch.hpp"

namespace kafkasim::sim::consumers_test {
namespace {

using testing::broken;

std::string reader(const std::string& commit, const std::string& more = "", const std::string& timeline = "") {
  return "name: a reader\nduration: 10s\nsettle: 1min\ntopics: { t: { partitions: 2 } }\n"
         "producers: { p: { topic: t, rate: 100/s } }\nconsumers: { g: { topics: [t], commit: " +
         commit + ", " + more + " config: { auto.offset.reset: earliest } } }\n" + timeline;
}

}  // namespace

TEST_CASE("commit: before, sync and async commit every poll, also when processing takes no time", "[workload]") {
  for (const char* mode : {"before", "sync", "async"})
    for (const char* more : {"", "process: 1ms,"})
      CHECK(broken(reader(mode, more), {"lag(g) == 0", "committed(g, t-0) == log_end(t-0)", "skipped(g) == 0"}) == "");
}

// commitAsync is not tried again (C-33): nobody commits those records once no others come.
TEST_CASE("a run does not wait for a commit that nobody will ask for again", "[workload]") {
  const std::string cut = "timeline:\n  - { at: 9s, cut: g, from: coordinator of g, for: 1min }\n";
  std::string text = reader("async", "", cut);
  text.replace(text.find("config: {"), 9, "config: { request.timeout.ms: 1000,");
  Simulation simulation{testing::load_text(text).at(0)};
  simulation.run();
  CHECK(simulation.now() < kStart + 1min);
  CHECK(simulation.view().pending().empty());
}

}  // namespace kafkasim::sim::consumers_test
