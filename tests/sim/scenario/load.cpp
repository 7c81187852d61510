#include "tests/sim/scenario/load.hpp"

#include <fstream>
#include <sstream>

namespace kafkasim::sim::test {

std::string read_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string source_path(const std::string& path) { return std::string(KAFKASIM_SOURCE_DIR) + "/" + path; }

std::vector<Case> read_cases(const std::string& path) {
  std::vector<Case> cases;
  std::istringstream text{read_text(path)};
  std::string* part = nullptr;
  for (std::string line; std::getline(text, line);) {
    if (line.starts_with("=== ")) {
      cases.push_back({line.substr(4), "", ""});
      part = &cases.back().input;
    } else if (line == "--- says") {
      part = &cases.back().expected;
    } else if (part != nullptr) {
      *part += line + "\n";
    }
  }
  return cases;
}

}  // namespace kafkasim::sim::test
