#include "sim/report/artefacts.hpp"

#include <string>

#include "sim/kernel/trace.hpp"
#include "tests/support/catch.hpp"

namespace kafkasim::sim {
namespace {

namespace fs = std::filesystem;

template <class Action>
std::string failure(Action&& action) {
  try {
    action();
  } catch (const OutputError& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("a result directory is there when it is published, and only then", "[report]") {
  const std::string name = "kafkasim-artefacts-test";  // a bare name, without a folder before it
  fs::remove_all(name);
  {
    ResultDirectory directory{name};
    write_file(directory.folder("a/b") / "file", "text");
    CHECK(fs::exists(name + ".partial"));
  }
  CHECK_FALSE(fs::exists(name + ".partial"));
  CHECK_FALSE(fs::exists(name));
  {
    ResultDirectory directory{name + "/"};
    write_file(directory.path() / "result.json", "{\"schema_version\": 1, \"fingerprint\": \"\"}");
    directory.publish();
  }
  CHECK(fs::exists(name + "/result.json"));
  CHECK_NOTHROW(ResultDirectory{name});  // an earlier result of ours may be replaced
  write_file(name + "/result.json", "{}");
  CHECK_THROWS_AS(ResultDirectory{name}, OutputError);
  fs::remove_all(name);
}

TEST_CASE("what cannot be written or read is told with its path", "[report]") {
  CHECK(failure([] { write_file("/no-such-folder/file", ""); }).find("/no-such-folder/file: cannot create it: ") == 0);
  CHECK(failure([] { read_file("/no-such-folder/file"); }).find("/no-such-folder/file: cannot read it: ") == 0);
  CHECK(failure([] { write_file("/dev/full", "text"); }).find("/dev/full: cannot write it: ") == 0);
  CHECK_THROWS_AS(ResultDirectory{"/proc/none/results"}, OutputError);
}

}  // namespace kafkasim::sim
