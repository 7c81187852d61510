// Damaged files: diagnostics or a scenario, never an exception.
#include "sim/scenario/reader.hpp"
#include "tests/sim/scenario/load.hpp"
#include "tests/support/catch.hpp"

namespace kafkasim::sim {

namespace {

std::vector<std::string> examples() {
  return {test::read_text(test::source_path("tests/sim/scenario/everything.yaml")),
          test::read_text(test::source_path("tests/sim/scenario/variants.yaml"))};
}

/// Either scenarios or at least one error, with places inside the file.
void check_sane(const std::string& text) {
  const Loaded loaded = load_scenario("x.yaml", text);
  const bool sane = loaded.scenarios.empty() == has_errors(loaded.diagnostics);
  if (!sane) CHECK(render(loaded.diagnostics, false) == text);
  for (const Diagnostic& finding : loaded.diagnostics)
    if (finding.place.line < 1 || finding.place.column < 1) CHECK(finding.message == "has no place");
  CHECK_NOTHROW(render(loaded.diagnostics, true));
}

}  // namespace

TEST_CASE("every truncation of an example", "[scenario]") {
  for (const std::string& text : examples()) {
    REQUIRE(text.size() > 500);
    for (std::size_t length = 0; length < text.size(); ++length) check_sane(text.substr(0, length));
  }
}

TEST_CASE("every swap of two neighbouring lines, every line left out", "[scenario]") {
  for (const std::string& text : examples()) {
    std::vector<std::string> lines;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = text.find('\n', at);
      lines.push_back(text.substr(at, end - at + 1));
      at = end + 1;
    }
    for (std::size_t i = 0; i + 1 < lines.size(); ++i) {
      std::string swapped;
      std::string without;
      for (std::size_t j = 0; j < lines.size(); ++j) {
        swapped += j == i ? lines[i + 1] : j == i + 1 ? lines[i] : lines[j];
        if (j != i) without += lines[j];
      }
      check_sane(swapped);
      check_sane(without);
    }
  }
}

TEST_CASE("every byte turned into one that YAML or the language cares about", "[scenario]") {
  for (const std::string& text : examples())
    for (std::size_t i = 0; i < text.size(); i += 11)
      for (const char byte : {'\0', '{', '"', ':', '\xff'}) {
        std::string damaged = text;
        damaged[i] = byte;
        check_sane(damaged);
      }
}

}  // namespace kafkasim::sim
