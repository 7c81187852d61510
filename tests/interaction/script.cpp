#include "tests/interaction/script.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace kafkasim::test {

std::string Command::option(const std::string& key, const std::string& otherwise) const {
  const auto found = options.find(key);
  return found == options.end() ? otherwise : found->second;
}

std::int64_t Command::number(const std::string& key, std::int64_t otherwise) const {
  return has(key) ? std::stoll(options.at(key)) : otherwise;
}

Command parse_command(const std::string& line) {
  std::istringstream in{line};
  Command command;
  in >> command.name;
  for (std::string word; in >> word;) {
    const std::size_t equals = word.find('=');
    if (equals == std::string::npos)
      command.words.push_back(word);
    else
      command.options[word.substr(0, equals)] = word.substr(equals + 1);
  }
  return command;
}

std::vector<std::int32_t> parse_list(const std::string& text) {
  std::vector<std::int32_t> numbers;
  if (text == "-") return numbers;
  std::istringstream in{text};
  for (std::string item; std::getline(in, item, ',');) numbers.push_back(std::stoi(item));
  return numbers;
}

std::string replay(const std::string& script, const std::function<std::string(const Command&)>& run) {
  std::istringstream in{script};
  std::string out;
  std::string command_line;
  for (std::string line; std::getline(in, line);) {
    if (line != "----") {
      if (!line.empty() && line[0] != '#') command_line = line;
      out += line + '\n';
      continue;
    }
    if (command_line.empty()) throw std::runtime_error{"expected text without a command"};
    out += "----\n" + run(parse_command(command_line)) + '\n';
    command_line.clear();
    while (std::getline(in, line) && !line.empty()) {
    }
    if (!in.eof()) out += '\n';
  }
  return out;
}

std::vector<std::string> scripts_in(const std::string& folder) {
  std::vector<std::string> paths;
  for (const auto& entry :
       std::filesystem::directory_iterator{std::string{KAFKASIM_SOURCE_DIR} + "/tests/interaction/" + folder})
    if (entry.path().extension() == ".txt") paths.push_back(entry.path().string());
  std::sort(paths.begin(), paths.end());
  return paths;
}

std::string read_text(const std::string& path) {
  std::ifstream in{path};
  if (!in) throw std::runtime_error{"cannot read " + path};
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

bool rewriting() {
  const char* value = std::getenv("KAFKASIM_REWRITE");
  return value != nullptr && std::string{value} == "1";
}

void write_text(const std::string& path, const std::string& text) { std::ofstream{path} << text; }

}  // namespace kafkasim::test
