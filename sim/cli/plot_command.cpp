// Runs gnuplot as a process, inside the result directory: no path of this machine gets into a picture.
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <ostream>
#include <vector>

#include "sim/cli/command_line.hpp"
#include "sim/cli/shipped.hpp"
#include "sim/kernel/trace.hpp"

namespace kafkasim::sim {
namespace {

namespace fs = std::filesystem;

// The scripts, in the order in which their pictures are named to the user.
constexpr const char* kScripts[] = {"latency", "latency-cdf", "lag", "throughput", "availability"};

// Result folders below: the directory itself, or one for each variant, file and seed.
std::vector<fs::path> results(const fs::path& directory) {
  std::vector<fs::path> all;
  if (fs::is_directory(directory / "series")) all.push_back(directory);
  if (all.empty() && fs::is_directory(directory))
    for (const auto& entry : fs::directory_iterator(directory))
      if (fs::is_directory(entry.path() / "series")) all.push_back(entry.path());
  std::sort(all.begin(), all.end());
  return all;
}

// Exit status of gnuplot; its words go to our standard error. 127: there is none.
int gnuplot(const fs::path& folder, const fs::path& script, const fs::path& scripts, const std::string& format) {
  const std::string setup = "format='" + format + "'; scripts='" + scripts.string() + "'";
  const pid_t child = fork();
  if (child < 0) throw OutputError{std::string{"cannot start gnuplot: "} + std::strerror(errno)};
  if (child == 0) {
    if (chdir(folder.c_str()) != 0) _exit(126);
    execlp("gnuplot", "gnuplot", "-e", setup.c_str(), script.c_str(), static_cast<char*>(nullptr));
    _exit(127);
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

}  // namespace

int plot_command(const std::string& directory, const Terminal& terminal) {
  const std::vector<fs::path> folders = results(directory);
  if (folders.empty()) throw OutputError{directory + ": no result there to plot (write one with kafkasim run FILE --out " + directory + ")"};
  const fs::path scripts = fs::absolute(shipped("plots"));
  for (const fs::path& folder : folders)
    for (const char* name : kScripts)
      for (const char* format : {"svg", "png"}) {
        const int status = gnuplot(folder, scripts / (std::string{name} + ".gp"), scripts, format);
        if (status == 127) throw OutputError{"gnuplot is not installed, or not on the PATH"};
        if (status != 0) throw OutputError{(folder / name).string() + "." + format + ": gnuplot failed (its message is above)"};
        const fs::path picture = folder / (std::string{name} + "." + format);
        if (fs::exists(picture)) terminal.out << picture.string() << "\n";
      }
  return exit_code::holds;
}

}  // namespace kafkasim::sim
