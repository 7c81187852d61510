// Helpers of the scenario tests.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace kafkasim::sim::test {

std::string read_text(const std::string& path);

/// A path below the source tree.
std::string source_path(const std::string& path);

struct Case {
  std::string title;
  std::string input;
  std::string expected;
};

/// Cases of a text file: `=== TITLE`, input, `---`, expected output.
std::vector<Case> read_cases(const std::string& path);

}  // namespace kafkasim::sim::test
