// A run written down while it happens: every event as a line of JSON for programs, or as a log for people.
#pragma once

#include <filesystem>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "sim/kernel/trace.hpp"
#include "sim/observer.hpp"

namespace kafkasim::sim {

class JsonWriter;

/// "packet", "timer", ...
std::string_view event_name(std::uint16_t kind);
/// What travels or is handled: "Produce request"; "" when the event is about no message.
std::string message_text(const World& world, const Event& event);
/// Where it happens: "broker 1"; of a message also where it comes from.
std::string actor_text(const World& world, const Event& event);
std::string sender_text(const World& world, const Event& event);
/// The note as one JSON object: {"note":"LogTruncated","who":"broker 1",...}.
void write_note(JsonWriter& json, const World& world, HostIndex who, const Note& note);

/// events.ndjson.zst: {"id","t","kind","at","from","what","target","payload","cause","notes"}, times in nanoseconds.
/// All that the fingerprint takes in is in it: equal traces have equal fingerprints.
class TraceLog : public EventObserver {
 public:
  /// Throws OutputError when the file cannot be made.
  explicit TraceLog(std::filesystem::path path);
  ~TraceLog() override;
  void executing(const World& world, std::uint64_t number, const Event& event) override;
  void noted(const World& world, HostIndex who, const Note& note) override;
  /// Completes the file.
  void close();

 private:
  void flush();

  TraceWriter writer_;
  std::unique_ptr<JsonWriter> line_;  // of the event under way; its notes are still to come
  bool open_ = false;
  bool with_notes_ = false;
};

/// The log on standard error. warn: unclean elections; info: turns of the cluster and its groups;
/// debug: every note; trace: every event.
class RunLog : public EventObserver {
 public:
  RunLog(std::ostream& stream, const std::string& level);
  ~RunLog() override;
  bool watches_events() const override;
  bool watches(std::size_t note_kind) const override;
  void executing(const World& world, std::uint64_t number, const Event& event) override;
  void noted(const World& world, HostIndex who, const Note& note) override;

 private:
  struct Logger;
  std::unique_ptr<Logger> logger_;
};

}  // namespace kafkasim::sim
