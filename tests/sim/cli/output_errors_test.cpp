// Results that cannot be written: a clear message, exit code 2, and nothing half-written. The program itself is run,
// with what a shell can take away from it.
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

#include "tests/support/catch.hpp"

namespace kafkasim::sim {
namespace {

namespace fs = std::filesystem;

class Shell {
 public:
  Shell() : home_{fs::temp_directory_path() / ("kafkasim-output-" + std::to_string(getpid()))} {
    fs::remove_all(home_);
    fs::create_directories(home_);
    std::ofstream{home_ / "s.yaml"} << "name: a second of traffic\nduration: 1s\ntopics: { t: { partitions: 1 } }\n"
                                       "producers: { p: { topic: t, rate: 100/s } }\n";
  }
  ~Shell() { fs::remove_all(home_); }

  /// Exit code of a command line inside the folder; standard error is in errors().
  int operator()(const std::string& command) const {
    const std::string line = "cd '" + home_.string() + "' && PATH='" + KAFKASIM_BINARY_DIR + "/bin':\"$PATH\" && { " +
                             command + "; } 2>errors";
    const int status = std::system(line.c_str());
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + status;
  }
  std::string errors() const {
    std::ostringstream text;
    text << std::ifstream{home_ / "errors"}.rdbuf();
    return text.str();
  }
  /// Names in the folder, without those of the set-up.
  std::string left() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator{home_}) names.push_back(entry.path().filename().string());
    std::sort(names.begin(), names.end());
    std::string text;
    for (const std::string& name : names)
      if (name != "s.yaml" && name != "errors") text += name + " ";
    return text;
  }

 private:
  fs::path home_;
};

// Files of a few KiB are all there is room for, as on a disk that fills up: writes fail with EFBIG.
const char* const kSmallDisk = "trap '' XFSZ; ulimit -f 4; ";

}  // namespace

TEST_CASE("--out on a disk that fills up", "[cli]") {
  const Shell shell;
  CHECK(shell(std::string{kSmallDisk} + "kafkasim run s.yaml --quiet --out r >/dev/null") == 2);
  INFO(shell.errors());
  CHECK(shell.errors().find("kafkasim: error: r.partial/") == 0);
  CHECK(shell.errors().find("File too large") != std::string::npos);
  CHECK(shell.left() == "");
}

TEST_CASE("an earlier result stays when the new one cannot be written", "[cli]") {
  const Shell shell;
  REQUIRE(shell("kafkasim run s.yaml --quiet --out r >/dev/null && cp -r r kept") == 0);
  CHECK(shell(std::string{kSmallDisk} + "kafkasim run s.yaml --seed 2 --quiet --out r >/dev/null") == 2);
  CHECK(shell("diff -r r kept >/dev/null") == 0);
  CHECK(shell.left() == "kept r ");
  CHECK(shell("kafkasim run s.yaml --seed 2 --quiet --out r >/dev/null") == 0);
  CHECK(shell("diff -r r kept >/dev/null") == 1);
  CHECK(shell.left() == "kept r ");
}

TEST_CASE("--out where something else is in the way", "[cli]") {
  const Shell shell;
  struct Row {
    const char* set_up;
    const char* out;
    const char* message;
    const char* left;
  };
  const Row rows[] = {
      {"rm -rf r; echo x >r", "r", "r: cannot write results there: it is a file", "r "},
      {"true", "r/below", "r/below: cannot make the directory: Not a directory", "r "},
      {"rm -rf r; mkdir r; echo x >r/mine", "r", "r: cannot write results there: it holds something else", "r "},
      {"rm -rf r; echo '{}' >f; ln -s f r", "r", "r: cannot write results there: it is a file", "f r "},
      {"rm -rf r f", "/dev/full", "/dev/full: cannot write results there: it is a file", ""},
      {"true", "/proc/r", "/proc/r: cannot make the directory: ", ""},
      {"true", "''", "--out", ""},
  };
  for (const Row& row : rows) {
    REQUIRE(shell(row.set_up) == 0);
    INFO(row.set_up << "; --out " << row.out);
    CHECK(shell(std::string{"kafkasim run s.yaml --quiet --out "} + row.out + " >/dev/null") == 2);
    INFO(shell.errors());
    CHECK(shell.errors().find(row.message) != std::string::npos);
    CHECK(shell.left() == row.left);
  }
}

TEST_CASE("--out without permission", "[cli]") {
  if (geteuid() == 0) return;  // root may write everywhere
  const Shell shell;
  REQUIRE(shell("mkdir locked && chmod 555 locked") == 0);
  CHECK(shell("kafkasim run s.yaml --quiet --out locked/r >/dev/null") == 2);
  CHECK(shell.errors().find("locked/r: cannot make the directory: Permission denied") != std::string::npos);
}

TEST_CASE("standard output that takes nothing", "[cli]") {
  const Shell shell;
  for (const char* const command : {"kafkasim run s.yaml", "kafkasim run s.yaml --json", "kafkasim schema"}) {
    CHECK(shell(std::string{command} + " >/dev/full") == 2);
    CHECK(shell.errors() == "kafkasim: error: cannot write the results to standard output\n");
  }
}

}  // namespace kafkasim::sim
