// Interaction scripts: commands and what they print, in one text file a person can read.
//
//     # a comment
//     produce 1 records=2 acks=all
//     ----
//     offsets 0..1, waits
//
// A blank line ends the expected text. KAFKASIM_REWRITE=1 in the environment writes what was seen into the file.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace kafkasim::test {

/// One command line, split: "produce 1 records=2" has name "produce", words {"1"}, options {records: 2}.
struct Command {
  std::string name;
  std::vector<std::string> words;
  std::map<std::string, std::string> options;

  /// The value of an option, or `otherwise`.
  std::string option(const std::string& key, const std::string& otherwise) const;
  std::int64_t number(const std::string& key, std::int64_t otherwise) const;
  bool has(const std::string& key) const { return options.contains(key); }
};

Command parse_command(const std::string& line);

/// Numbers of a comma list; "-" is the empty list.
std::vector<std::int32_t> parse_list(const std::string& text);

/// Runs every command of `script` through `run` (which returns what it prints) and returns the script with the outputs
/// seen. Equal to `script` when all expectations hold.
std::string replay(const std::string& script, const std::function<std::string(const Command&)>& run);

/// Paths of the scripts in a folder below tests/interaction, sorted.
std::vector<std::string> scripts_in(const std::string& folder);
std::string read_text(const std::string& path);
/// True when KAFKASIM_REWRITE=1.
bool rewriting();
void write_text(const std::string& path, const std::string& text);

}  // namespace kafkasim::test
