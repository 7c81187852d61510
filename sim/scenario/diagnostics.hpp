// Mistakes in a scenario, collected and shown all at once.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/values.hpp"

namespace kafkasim::sim {

/// As messages show what somebody wrote.
inline std::string in_quotes(std::string_view text) { return "'" + std::string(text) + "'"; }

/// One finding: an error keeps the scenario from running, a warning does not.
struct Diagnostic {
  enum class Severity : std::uint8_t { error, warning };
  Severity severity = Severity::error;
  Place place;
  std::string message;
  std::string source;  // the line of the file it stands in; empty when there is none (--set)
  friend bool operator==(const Diagnostic&, const Diagnostic&) = default;
};

/// `FILE:LINE:COLUMN: error: MESSAGE`, the source line, a caret. One paragraph per finding, in the given order.
std::string render(const std::vector<Diagnostic>& findings, bool coloured);

bool has_errors(const std::vector<Diagnostic>& findings);

/// The candidate that `name` most probably stands for (a slip of the keyboard away), or nothing.
std::optional<std::string> nearest(std::string_view name, const std::vector<std::string>& candidates);

/// `; did you mean 'X'?` or, with few candidates and none near, `; known here: a, b, c`. Empty without candidates.
std::string hint(std::string_view name, const std::vector<std::string>& candidates);

/// Collects findings; knows the source lines.
class Diagnostics {
 public:
  void add_source(const std::string& file, std::string_view text);
  void error(const Place& place, std::string message) { add(Diagnostic::Severity::error, place, std::move(message)); }
  void warning(const Place& place, std::string message) {
    add(Diagnostic::Severity::warning, place, std::move(message));
  }
  bool has_errors() const;
  /// Sorted by place, without repetitions.
  std::vector<Diagnostic> sorted() const;
  /// Line `number` (1-based) of a source; empty when there is none.
  std::string line(const std::string& file, int number) const;

 private:
  void add(Diagnostic::Severity severity, const Place& place, std::string message);

  std::map<std::string, std::vector<std::string>> sources_;
  std::vector<Diagnostic> findings_;
};

}  // namespace kafkasim::sim
