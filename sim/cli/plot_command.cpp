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
#include "sim/report/artefacts.hpp"
#include "sim/report/number_text.hpp"

namespace kafkasim::sim {
namespace {

namespace fs = std::filesystem;

// The scripts, in the order in which their pictures are named to the user.
constexpr const char* kScripts[] = {"latency", "latency-cdf", "latency-split", "lag", "throughput", "availability"};

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

// A string of gnuplot's: nothing in it means anything.
std::string gnuplot_string(const std::string& text) {
  std::string result = "'";
  for (const char c : text) result += c == '\'' ? std::string{"''"} : std::string(1, c);
  return result + "'";
}

// The value of a key in a document of ours: the first one stands at the top.
std::string first_value(const std::string& document, const std::string& key) {
  const std::string start = "\"" + key + "\": \"";
  const std::size_t begin = document.find(start);
  if (begin == std::string::npos) return "";
  std::string value;
  for (std::size_t i = begin + start.size(); i < document.size() && document[i] != '"'; ++i)
    value += document[i] == '\\' && i + 1 < document.size() ? document[++i] : document[i];
  return value;
}

std::string heading(const fs::path& folder, bool with_variant) {
  const std::string document = read_file(folder / "result.json");
  std::string text = first_value(document, "scenario");
  if (width(text) > 90) text = text.substr(0, text.find(' ', 80)) + " ...";
  const std::string variant =
      with_variant ? first_value(document.substr(0, document.find("\"kafka\"")), "variant") : "";
  return variant.empty() ? text : text + " [" + variant + "]";
}

// Exit status of gnuplot; its words go to our standard error. 127: there is none.
int gnuplot(const fs::path& folder, const fs::path& script, const std::string& title, const std::string& format) {
  const std::string setup = "format=" + gnuplot_string(format) + "; heading=" + gnuplot_string(title) +
                            "; scripts=" + gnuplot_string(script.parent_path().string());
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
  if (folders.empty())
    throw OutputError{directory + ": no result there to plot (write one with kafkasim run FILE --out " + directory +
                      ")"};
  const fs::path scripts = fs::absolute(shipped("plots"));
  const auto draw = [&](const fs::path& folder, const std::string& name, bool with_variant) {
    for (const std::string format : {"svg", "png"}) {
      const fs::path picture = folder / (name + "." + format);
      fs::remove(picture);
      const int status = gnuplot(folder, scripts / (name + ".gp"), heading(folder, with_variant), format);
      if (status == 127) throw OutputError{"gnuplot is not installed, or not on the PATH"};
      if (status != 0) throw OutputError{picture.string() + ": gnuplot failed (its message is above)"};
      if (fs::exists(picture)) terminal.out << picture.string() << std::endl;
    }
  };
  for (const fs::path& folder : folders)
    for (const char* name : kScripts) draw(folder, name, true);
  // Several results: their latencies in one picture.
  if (folders.size() > 1)
    for (const char* name : {"latency-cdf", "latency-split"}) draw(directory, name, false);
  return exit_code::holds;
}

}  // namespace kafkasim::sim
