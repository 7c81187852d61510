// The house rules that a reader of the tree can check: who includes whom, what state is made of, sizes, scenario files.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "tests/support/catch.hpp"

namespace kafkasim::tidy {
namespace {

namespace fs = std::filesystem;

struct SourceFile {
  std::string path;  // from the root
  std::vector<std::string> lines;
};

const fs::path& root() {
  static const fs::path kRoot{KAFKASIM_SOURCE_DIR};
  return kRoot;
}

std::vector<std::string> lines_of(const fs::path& path) {
  std::ifstream file{path};
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

std::vector<SourceFile> files_below(const std::vector<std::string>& folders, const std::set<std::string>& endings) {
  std::vector<SourceFile> files;
  for (const std::string& folder : folders)
    for (const auto& entry : fs::recursive_directory_iterator(root() / folder))
      if (entry.is_regular_file() && endings.count(entry.path().extension().string()) != 0)
        files.push_back({fs::relative(entry.path(), root()).string(), lines_of(entry.path())});
  std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
  return files;
}

const std::vector<std::string> kStateFolders = {"core",     "sim/kernel", "sim/net",     "sim/disk",
                                                "sim/host", "sim/fault",  "sim/workload"};
const std::set<std::string> kCode = {".cpp", ".hpp", ".inc"};

// The line without its comment and without what stands in quotation marks; includes keep theirs.
std::string code_of(const std::string& line) {
  if (line.rfind("#include", 0) == 0) return line;
  std::string code;
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (quoted && line[i] == '\\') {
      ++i;
      continue;
    }
    if (line[i] == '"' && !(i > 0 && line[i - 1] == '\''))
      quoted = !quoted;
    else if (!quoted && line.compare(i, 2, "//") == 0)
      break;
    else if (!quoted)
      code += line[i];
  }
  return code;
}

// A use that is allowed, with the reason it is.
struct Excuse {
  const char* path;
  const char* text;
  const char* reason;
};

// "path:line: text" of every hit that no excuse covers.
std::string hits(const std::vector<SourceFile>& files, const std::string& pattern,
                 const std::vector<Excuse>& excuses = {}) {
  const std::regex wanted{pattern};
  std::string found;
  for (const SourceFile& file : files)
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      const std::string code = code_of(file.lines[i]);
      if (!std::regex_search(code, wanted)) continue;
      const bool excused = std::any_of(excuses.begin(), excuses.end(), [&](const Excuse& excuse) {
        return file.path == excuse.path && code.find(excuse.text) != std::string::npos;
      });
      if (!excused) found += file.path + ":" + std::to_string(i + 1) + ": " + file.lines[i] + "\n";
    }
  return found;
}

}  // namespace

TEST_CASE("the arrow points from the world to the system", "[tidy]") {
  const auto core = files_below({"core"}, kCode);
  CHECK(core.size() > 80);
  CHECK(
      hits(
          core,
          R"(#include\s*["<](sim/|tests/|spdlog|fmt/|yaml|CLI|nlohmann|random>|thread>|mutex>|atomic>|future>|iostream>|fstream>|cstdlib>|ctime>|filesystem>))") ==
      "");
  CHECK(hits(files_below({"core", "sim"}, kCode), R"(#include\s*["<]tests/)") == "");
  // Except for its command line and reports the world neither prints nor reads files.
  CHECK(hits(core, R"(std::c(out|err|log)\b|\bprintf\b)") == "");
}

TEST_CASE("nobody reads a clock or draws in a way that differs between platforms", "[tidy]") {
  const auto code = files_below({"core", "sim"}, kCode);
  CHECK(
      hits(
          code,
          R"(std::(uniform_|normal_|exponential_|bernoulli_|poisson_|lognormal_|discrete_|mt19937|minstd|random_device|default_random_engine|shuffle))") ==
      "");
  CHECK(hits(code, R"((^|[^\w.>:])s?rand\s*\()") == "");
  CHECK(hits(files_below(kStateFolders, kCode),
             R"((system|steady|high_resolution)_clock|std::time\b|clock_gettime|gettimeofday)") == "");
}

TEST_CASE("state has a fixed order and is made of integers", "[tidy]") {
  const auto state = files_below(kStateFolders, kCode);
  CHECK(hits(state, R"(std::unordered_|boost::unordered|absl::)") == "");
  CHECK(hits(state, R"(std::function\s*<)") == "");
  CHECK(hits(state, R"(\b(float|double|long double)\b)") == "");
  // What the judge and the kernel of measures keep is compared and hashed like the rest.
  CHECK(hits(files_below({"sim/check", "sim/measure"}, kCode), R"(std::unordered_|\bfloat\b|\bdouble\b)") == "");
}

TEST_CASE("nothing is left half done", "[tidy]") {
  const std::regex mark{
      "\\b(TO"
      "DO|FIX"
      "ME|X"
      "XX|HA"
      "CK)\\b"};
  std::string found;
  for (const SourceFile& file : files_below({"core", "sim", "tests", "scenarios", "plots"},
                                            {".cpp", ".hpp", ".inc", ".txt", ".md", ".yaml", ".gp"}))
    for (std::size_t i = 0; i < file.lines.size(); ++i)
      if (std::regex_search(file.lines[i], mark))
        found += file.path + ":" + std::to_string(i + 1) + ": " + file.lines[i] + "\n";
  CHECK(found == "");
}

TEST_CASE("the top of the tree holds what the house says", "[tidy]") {
  const std::set<std::string> rooms = {
      "core", "sim", "scenarios", "tests", "plots", "CMakeLists.txt", "CMakePresets.json", "LICENSE", "README.md"};
  const std::set<std::string> invisible = {"build", "out"};  // as in .gitignore
  for (const auto& entry : fs::directory_iterator(root())) {
    const std::string name = entry.path().filename().string();
    if (name.front() == '.' || invisible.count(name) != 0) continue;
    INFO(name);
    CHECK(rooms.count(name) == 1);
  }
  for (const std::string& name : rooms) {
    INFO(name);
    CHECK(fs::exists(root() / name));
  }
}

TEST_CASE("the system cites the rules it follows", "[tidy]") {
  const std::regex citation{
      R"((^|[^\w.-])((R[0-9]+\.[0-9]+|P-[0-9]+|C-[0-9]+|A-[0-9]+|S-[0-9]+|KIP-[0-9]+|KAFKA-[0-9]+)))"};
  const std::regex malformed{R"((^|[^\w.-])(R-[0-9]+|[PCA][0-9]{2}\.[0-9]+|KIP[0-9]+|KAFKA[0-9]+))"};
  std::set<std::string> cited;
  std::string strange;
  for (const SourceFile& file : files_below({"core"}, kCode))
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      const std::string& line = file.lines[i];
      for (auto at = std::sregex_iterator(line.begin(), line.end(), citation); at != std::sregex_iterator(); ++at)
        cited.insert((*at)[2]);
      const std::size_t comment = line.find("//");
      if (comment != std::string::npos && std::regex_search(line.substr(comment), malformed))
        strange += file.path + ":" + std::to_string(i + 1) + ": " + line + "\n";
    }
  CHECK(cited.size() > 150);
  CHECK(strange == "");
}

TEST_CASE("no file is too long to be read at one sitting", "[tidy]") {
  std::string found;
  for (const SourceFile& file : files_below({"core", "sim", "tests"}, {".cpp", ".hpp"}))  // tables (.inc) may be long
    if (file.lines.size() > 500) found += file.path + ": " + std::to_string(file.lines.size()) + " lines\n";
  CHECK(found == "");
}

TEST_CASE("headers begin with what they are for and are read once", "[tidy]") {
  std::string found;
  for (const SourceFile& file : files_below({"core", "sim"}, {".hpp"})) {
    if (file.lines.empty() || file.lines[0].rfind("// ", 0) != 0) found += file.path + ": no first comment\n";
    if (std::find(file.lines.begin(), file.lines.end(), "#pragma once") == file.lines.end())
      found += file.path + ": no #pragma once\n";
  }
  CHECK(found == "");
}

TEST_CASE("scenario files are lessons: short, a question, an answer, in the index", "[tidy][scenarios]") {
  std::string index;
  for (const std::string& line : lines_of(root() / "scenarios/README.md")) index += line + "\n";
  const auto holds = [](const SourceFile& file, const std::string& start) {
    return std::any_of(file.lines.begin(), file.lines.end(),
                       [&](const std::string& line) { return line.rfind(start, 0) == 0; });
  };
  std::size_t lessons = 0;
  for (const SourceFile& file : files_below({"scenarios"}, {".yaml"})) {
    INFO(file.path);
    const std::string below = file.path.substr(std::string{"scenarios/"}.size());
    CHECK(holds(file, "# yaml-language-server: $schema="));
    CHECK(holds(file, "name: "));
    if (below.rfind("reality/", 0) == 0) continue;
    ++lessons;
    CHECK(holds(file, "about: "));
    CHECK(holds(file, "expect:"));
    CHECK(file.lines.size() < 40);
    REQUIRE_FALSE(file.lines.empty());
    CHECK(file.lines[0].rfind("# ", 0) == 0);
    CHECK(file.lines[0].back() == '?');
    CHECK(index.find("(" + below + ")") != std::string::npos);
  }
  CHECK(lessons >= 6);
}

TEST_CASE("the index names no file that is not there", "[tidy][scenarios]") {
  const std::regex link{R"(\(([\w./-]+\.yaml)\))"};
  for (const std::string& line : lines_of(root() / "scenarios/README.md"))
    for (auto at = std::sregex_iterator(line.begin(), line.end(), link); at != std::sregex_iterator(); ++at) {
      INFO((*at)[1]);
      CHECK(fs::exists(root() / "scenarios" / (*at)[1].str()));
    }
}

}  // namespace kafkasim::tidy
