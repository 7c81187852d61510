#include "sim/kernel/trace.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "core/base/invariant.hpp"
#include "tests/support/catch.hpp"

using namespace kafkasim;
using namespace kafkasim::sim;

namespace fs = std::filesystem;

namespace {

// A directory of this process and test, removed at the end.
class Scratch {
 public:
  explicit Scratch(const std::string& name) : path_{fs::temp_directory_path()} {
    std::string unique = "kafkasim-trace-" + name + "-XXXXXX";
    path_ /= unique;
    std::string text = path_.string();
    REQUIRE(mkdtemp(text.data()) != nullptr);
    path_ = text;
  }
  ~Scratch() { fs::remove_all(path_); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  fs::path operator/(const char* file) const { return path_ / file; }
  bool empty() const { return fs::is_empty(path_); }

 private:
  fs::path path_;
};

std::string bytes_of(const fs::path& path) {
  std::ifstream in{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

std::vector<std::string> many_lines() {
  std::vector<std::string> lines;
  for (int i = 0; i < 50'000; ++i)
    lines.push_back(R"({"id":)" + std::to_string(i) + R"(,"t":)" + std::to_string(i * 977) + "}");
  return lines;
}

void write(const fs::path& path, const std::vector<std::string>& lines) {
  TraceWriter writer{path};
  for (const std::string& line : lines) writer.line(line);
  writer.close();
}

}  // namespace

TEST_CASE("what is written is read back", "[kernel][trace]") {
  const Scratch scratch{"roundtrip"};
  for (const std::vector<std::string>& lines :
       {std::vector<std::string>{}, {"{}"}, {"", "{\"a\":1}", ""}, many_lines()}) {
    write(scratch / "trace.zst", lines);
    CHECK(read_trace(scratch / "trace.zst") == lines);
  }
  CHECK_FALSE(fs::exists(scratch / "trace.zst.partial"));
}

TEST_CASE("the bytes depend on the lines alone", "[kernel][trace]") {
  const Scratch scratch{"bytes"};
  write(scratch / "a.zst", many_lines());
  write(scratch / "b.zst", many_lines());
  CHECK(bytes_of(scratch / "a.zst") == bytes_of(scratch / "b.zst"));
  CHECK(bytes_of(scratch / "a.zst").size() < 1'000'000);
}

TEST_CASE("nothing half-written is left", "[kernel][trace]") {
  const Scratch scratch{"partial"};
  {
    TraceWriter writer{scratch / "trace.zst"};
    for (const std::string& line : many_lines()) writer.line(line);
    CHECK_FALSE(fs::exists(scratch / "trace.zst"));
  }
  CHECK(scratch.empty());
}

TEST_CASE("an older trace stays until the new one is whole", "[kernel][trace]") {
  const Scratch scratch{"older"};
  write(scratch / "trace.zst", {"old"});
  TraceWriter writer{scratch / "trace.zst"};
  writer.line("new");
  CHECK(read_trace(scratch / "trace.zst") == std::vector<std::string>{"old"});
  writer.close();
  CHECK(read_trace(scratch / "trace.zst") == std::vector<std::string>{"new"});
  writer.close();
  CHECK_THROWS_AS(writer.line("late"), InvariantViolation);
}

TEST_CASE("failures name the file and the reason", "[kernel][trace]") {
  const Scratch scratch{"failures"};
  CHECK_THROWS_WITH(TraceWriter(scratch / "missing/trace.zst"),
                    Catch::Contains("missing/trace.zst: cannot create the trace: No such file"));
  CHECK_THROWS_WITH(read_trace(scratch / "none.zst"), Catch::Contains("none.zst: cannot read the trace: No such file"));
  fs::create_directory(scratch / "taken.zst");
  std::ofstream{scratch / "taken.zst/file"} << "x";
  TraceWriter writer{scratch / "taken.zst"};
  CHECK_THROWS_AS(writer.close(), OutputError);
  CHECK_FALSE(fs::exists(scratch / "taken.zst.partial"));
}

TEST_CASE("a full disk is an error, not a short file", "[kernel][trace]") {
  const Scratch scratch{"full"};
  // The temporary name leads to a device that takes nothing.
  fs::create_symlink("/dev/full", scratch / "trace.zst.partial");
  TraceWriter writer{scratch / "trace.zst"};
  writer.line("{}");
  CHECK_THROWS_WITH(writer.close(), Catch::Contains("cannot write the trace: No space left"));
  CHECK(scratch.empty());
}

TEST_CASE("damage is noticed", "[kernel][trace]") {
  const Scratch scratch{"damage"};
  write(scratch / "trace.zst", many_lines());
  const std::string whole = bytes_of(scratch / "trace.zst");
  SECTION("cut short") { std::ofstream{scratch / "trace.zst", std::ios::binary} << whole.substr(0, whole.size() / 2); }
  SECTION("a flipped bit") {
    std::string flipped = whole;
    flipped[whole.size() / 2] = static_cast<char>(flipped[whole.size() / 2] ^ 4);
    std::ofstream{scratch / "trace.zst", std::ios::binary} << flipped;
  }
  SECTION("not a trace") { std::ofstream{scratch / "trace.zst"} << "hello"; }
  CHECK_THROWS_AS(read_trace(scratch / "trace.zst"), OutputError);
}
