#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <ostream>

#include "sim/cli/load.hpp"
#include "sim/cli/shipped.hpp"
#include "sim/report/number_text.hpp"
#include "sim/report/style.hpp"

namespace kafkasim::sim {
namespace {

namespace fs = std::filesystem;

struct Shipped {
  std::string file, title;
  std::size_t variants = 1;
};

// The question that a lesson answers: its first comment line, if it asks one.
std::string question_of(const fs::path& file) {
  std::ifstream in{file};
  std::string line;
  while (std::getline(in, line) && line.rfind("#", 0) == 0)
    if (!line.empty() && line.back() == '?') return line.substr(line.find_first_not_of("# "));
  return "";
}

// By folder, then by file.
std::map<std::string, std::vector<Shipped>> all(const fs::path& root) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(root))
    if (entry.is_regular_file() && entry.path().extension() == ".yaml") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  std::map<std::string, std::vector<Shipped>> result;
  for (const fs::path& file : files) {
    const Loaded loaded = load_scenario_file(file.string());
    const fs::path relative = fs::relative(file, root);
    std::string title = question_of(file);
    if (loaded.scenarios.empty()) title = "(cannot be read: kafkasim check shows why)";
    if (title.empty()) title = loaded.scenarios.front().name;
    result[relative.parent_path().string()].push_back(
        {relative.string(), std::move(title), std::max<std::size_t>(1, loaded.scenarios.size())});
  }
  return result;
}

}  // namespace

int list_command(const Terminal& terminal) {
  const Style style{terminal.out_colours};
  const fs::path root = shipped("scenarios");
  for (const auto& [folder, scenarios] : all(root)) {
    terminal.out << style(Colour::bold, folder.empty() ? "." : folder) << "\n";
    for (const Shipped& one : scenarios) {
      std::string text = one.title;
      if (one.variants > 1) text += " (" + std::to_string(one.variants) + " variants)";
      for (const std::string& line : wrap(text, static_cast<std::size_t>(terminal.columns) - 4))
        terminal.out << "  " << line << "\n";
      terminal.out << "      " << style(Colour::dim, "scenarios/" + one.file) << "\n";
    }
  }
  return exit_code::holds;
}

}  // namespace kafkasim::sim
