// Two traces side by side: the first event where two runs part, and what led to it on either side.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace kafkasim::sim {

/// The first event that is not the same in both traces, as their lines. An absent line: that trace had ended.
struct Parting {
  std::optional<std::string> left, right;
  /// Lines of the events that led to it: its cause, the cause of that one, ... back to one that the beginning caused.
  /// Empty for a trace that had ended, and for an event whose cause is the beginning.
  std::vector<std::string> left_causes, right_causes;
};

struct TraceComparison {
  std::uint64_t same = 0;  // events before the parting; all of them when there is none
  std::optional<Parting> parting;
};

/// Reads two events.ndjson.zst at once. Memory: eight bytes for each event that both share. Throws OutputError when one
/// cannot be read, is damaged or is no trace of events.
TraceComparison compare_traces(const std::filesystem::path& left, const std::filesystem::path& right);

/// "10.023145678 s  broker 1  packet  Produce request from checkout": an event as people read it, without its number.
std::string event_text(const std::string& line);

/// What two versions of an event do not have in common: "t: 10 | 12". A field that one of them lacks is "-"; of
/// several notes the first that differs is told.
std::vector<std::string> event_differences(const std::string& left, const std::string& right);

}  // namespace kafkasim::sim
