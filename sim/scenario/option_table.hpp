// The one table of everything a scenario file may say: feeds the reader and its hints, `--set`, the JSON Schema and the
// tables of the documentation. Kafka's own settings stand in kafka_settings.hpp.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kafkasim::sim {

/// What stands behind a key.
enum class ValueKind : std::uint8_t {
  text,
  boolean,
  count,  // a whole number
  duration,
  added_duration,  // with a sign, such as +0.5ms
  draw,            // a duration or LOW..HIGH
  size,
  bandwidth,
  throughput,
  share,  // 5%, 1/3: an exact ratio from 0 to 1
  duration_distribution,
  offset_distribution,  // signed durations
  size_distribution,
  rate,
  key_model,
  partition_choice,
  words,    // one of `words`
  name,     // of a topic, client, id
  names,    // one name or a list
  targets,  // one target or a list
  condition,
  lines,      // of an expectation: one or a list
  section,    // a map with the keys below `path`
  named,      // a map from the user's names (or numbers) to sections
  entries,    // a list of sections
  config,     // Kafka's settings of the section in `words`
  free_form,  // read by its own reader; `words` shows the form
};

/// One key. Paths are separated by `/` (keys hold dots); `*` stands for a name the user chose; `timeline/*/VERB` is a
/// verb and `timeline/*/VERB/PARAMETER` what may stand beside it.
struct Option {
  std::string_view path;
  ValueKind kind = ValueKind::text;
  std::string_view fallback{};  // default, as it would be written
  std::string_view doc{};
  std::string_view words{};  // values separated by blanks; the section of `config`; the form of `free_form`
  std::int64_t low = 0;      // of numbers: smallest value (durations in ns, sizes in bytes)
  std::int64_t high = std::numeric_limits<std::int64_t>::max();
  std::string_view letter{};  // the issue that brings it; empty: it is there

  std::string_view key() const { return path.substr(path.rfind('/') + 1); }
  bool built() const { return letter.empty(); }
};

/// All keys in the order in which the documentation shows them.
const std::vector<Option>& option_table();

/// The key of exactly this pattern, or nullptr.
const Option* find_option(std::string_view path);

/// The keys directly below a pattern (`topics/*`); "" = the top level. Not built ones included.
std::vector<const Option*> options_below(std::string_view path);

/// Verbs of the timeline: `timeline/*/VERB`. Common keys (at, when, id, ...) are marked by words == "common".
bool is_verb(const Option& option);

/// " is not built yet (comes with issue B)".
std::string not_built(const Option& option);

/// JSON Schema (draft-07) of scenario files.
std::string schema();

/// Tables for the documentation: the language's keys, then Kafka's modelled settings.
std::string options_markdown();

}  // namespace kafkasim::sim
