// Every kind of mistake, with the exact text a user reads.
#include "sim/scenario/reader.hpp"
#include "tests/sim/scenario/load.hpp"
#include "tests/support/catch.hpp"

namespace kafkasim::sim {

TEST_CASE("mistakes are told with place, caret and the nearest name", "[scenario]") {
  const auto cases = test::read_cases(test::source_path("tests/sim/scenario/bad_inputs.txt"));
  REQUIRE(cases.size() > 35);
  for (const auto& [title, input, expected] : cases) {
    INFO(title);
    const Loaded loaded = load_scenario("x.yaml", input);
    CHECK(render(loaded.diagnostics, false) == expected);
    CHECK(loaded.scenarios.empty() == has_errors(loaded.diagnostics));
  }
}

TEST_CASE("colours only when asked", "[scenario]") {
  const Loaded loaded = load_scenario("x.yaml", "name: x\ntopics: { t: { partition: 1 } }\n");
  CHECK(render(loaded.diagnostics, false).find('\x1b') == std::string::npos);
  CHECK(render(loaded.diagnostics, true).find("\x1b[1;31merror: \x1b[0m") != std::string::npos);
}

TEST_CASE("a caret stands under its character behind tabs and letters of several bytes", "[scenario]") {
  const Loaded loaded = load_scenario("x.yaml", "name: x\nabout: \"über\"\ntopics: { \"ä\": {} }\n");
  REQUIRE(loaded.diagnostics.size() == 1);
  CHECK(render(loaded.diagnostics, false) ==
        "x.yaml:3:12: error: topic name 'ä': names consist of letters, digits, '_' and '-'\n"
        "  topics: { \"ä\": {} }\n"
        "             ^\n");
}

TEST_CASE("files too large, unreadable or binary", "[scenario]") {
  const std::string large = "name: x\nabout: " + std::string(std::size_t{1} << 20, 'a') + "\ntopics: { t: {} }\n";
  CHECK(load_scenario("x.yaml", large).diagnostics.front().message == "the file is larger than 1 MiB");
  CHECK(load_scenario("x.yaml", std::string("name: x\0", 8)).diagnostics.front().message ==
        "the file holds a zero byte; a scenario is UTF-8 text");
  CHECK(load_scenario_file(test::source_path("tests/sim/scenario/nowhere.yaml")).diagnostics.front().message ==
        "cannot read this file");
  CHECK(load_scenario_file(test::source_path("tests")).diagnostics.front().message == "cannot read this file");
  std::string many = "name: x\ntopics: { t: {} }\nexpect: [a";
  for (int i = 0; i < 60'000; ++i) many += ",a";
  CHECK(load_scenario("x.yaml", many + "]\n").diagnostics.front().message == "more than 50000 values");
}

}  // namespace kafkasim::sim
