#include "sim/report/trace_compare.hpp"

#include <charconv>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/base/time.hpp"
#include "sim/kernel/trace.hpp"
#include "sim/report/number_text.hpp"

namespace kafkasim::sim {
namespace {

using Json = nlohmann::ordered_json;

// The number behind a key of an event's line. Keys of ours hold no escaped character and stand before the notes, so
// that the first hit is the right one.
std::optional<std::uint64_t> number_behind(const std::string& line, std::string_view key) {
  const std::size_t found = line.find(key);
  if (found == std::string::npos) return std::nullopt;
  std::uint64_t value = 0;
  const char* const begin = line.data() + found + key.size();
  const auto [end, error] = std::from_chars(begin, line.data() + line.size(), value);
  if (error != std::errc{} || end == begin) return std::nullopt;
  return value;
}

// One trace, event by event. What was noted before the first event stands under number 0.
class Side {
 public:
  explicit Side(const std::filesystem::path& path) : path_{path}, reader_{path} {}

  /// False behind the last event.
  bool next() {
    ended_ = !reader_.line(line_);
    if (ended_) return false;
    const std::optional<std::uint64_t> id = number_behind(line_, "{\"id\":");
    const std::optional<std::uint64_t> cause = number_behind(line_, ",\"cause\":");
    if (!id || (first_ ? *id > 1 : *id != id_ + 1)) refuse("its events are not numbered one after the other");
    if (*id > 0 && (!cause || *cause >= *id)) refuse("an event has no earlier one as its cause");
    first_ = false;
    id_ = *id;
    cause_ = cause.value_or(0);
    return true;
  }

  const std::string& line() const { return line_; }
  std::optional<std::string> line_or_none() const { return ended_ ? std::nullopt : std::optional{line_}; }
  std::uint64_t id() const { return id_; }
  /// 0: the beginning, or no event.
  std::uint64_t cause() const { return ended_ ? 0 : cause_; }

 private:
  [[noreturn]] void refuse(const std::string& why) const {
    throw OutputError{path_.string() + ": no trace of events: " + why};
  }

  std::filesystem::path path_;
  TraceReader reader_;
  std::string line_;
  std::uint64_t id_ = 0, cause_ = 0;
  bool first_ = true, ended_ = false;
};

// The events that led to one whose cause is `nearest`, by their numbers, nearest first.
std::vector<std::uint64_t> chain(std::uint64_t nearest, const std::vector<std::uint64_t>& causes) {
  std::vector<std::uint64_t> ids;
  for (std::uint64_t id = nearest; id != 0; id = causes.at(id)) ids.push_back(id);
  return ids;
}

std::vector<std::string> lines_of(const std::vector<std::uint64_t>& ids,
                                  const std::map<std::uint64_t, std::string>& known) {
  std::vector<std::string> lines;
  for (const std::uint64_t id : ids) lines.push_back(known.at(id));
  return lines;
}

// Everything before the parting is the same on both sides: one trace tells the causes of both.
void tell_causes(Parting& parting, const std::filesystem::path& path, const std::vector<std::uint64_t>& left,
                 const std::vector<std::uint64_t>& right) {
  std::map<std::uint64_t, std::string> wanted;
  for (const auto* ids : {&left, &right})
    for (const std::uint64_t id : *ids) wanted[id];
  if (wanted.empty()) return;
  const std::uint64_t last = wanted.rbegin()->first;
  for (Side again{path}; again.next();) {
    if (const auto found = wanted.find(again.id()); found != wanted.end()) found->second = again.line();
    if (again.id() == last) break;
  }
  parting.left_causes = lines_of(left, wanted);
  parting.right_causes = lines_of(right, wanted);
}

Json parsed(const std::string& line) {
  Json event = Json::parse(line, nullptr, false);
  if (!event.is_object()) throw OutputError{"no event of a trace: " + line.substr(0, 80)};
  return event;
}

std::string word(const Json& event, const char* key) {
  const auto found = event.find(key);
  return found != event.end() && found->is_string() ? found->get<std::string>() : "";
}

std::string shown(const Json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

// Of two lists of notes: the first that differs, with its place.
std::string first_note(const Json& left, const Json& right) {
  for (std::size_t i = 0; i < left.size() || i < right.size(); ++i) {
    const std::string a = i < left.size() ? left[i].dump() : "-", b = i < right.size() ? right[i].dump() : "-";
    if (a != b) return "note " + std::to_string(i + 1) + ": " + a + " | " + b;
  }
  return "";
}

}  // namespace

TraceComparison compare_traces(const std::filesystem::path& left, const std::filesystem::path& right) {
  Side a{left}, b{right};
  TraceComparison result;
  std::vector<std::uint64_t> causes{0};  // [number of an event]
  while (true) {
    const bool more_a = a.next(), more_b = b.next();
    if (!more_a && !more_b) return result;
    if (more_a != more_b || a.line() != b.line()) break;
    if (a.id() == 0) continue;
    causes.push_back(a.cause());
    ++result.same;
  }
  result.parting = Parting{a.line_or_none(), b.line_or_none(), {}, {}};
  tell_causes(*result.parting, left, chain(a.cause(), causes), chain(b.cause(), causes));
  return result;
}

std::string event_text(const std::string& line) {
  const Json event = parsed(line);
  std::string text;
  if (const auto at = event.find("t"); at != event.end() && at->is_number_integer())
    text = seconds_text(Duration{at->get<std::int64_t>()}) + " s";
  if (const std::string where = word(event, "at"); !where.empty()) text += "  " + where;
  text += "  " + word(event, "kind");
  if (const std::string what = word(event, "what"); !what.empty()) text += "  " + what;
  if (const std::string from = word(event, "from"); !from.empty()) text += " from " + from;
  std::string notes;
  if (const auto list = event.find("notes"); list != event.end())
    for (const Json& note : *list) notes += (notes.empty() ? "" : ", ") + word(note, "note");
  return notes.empty() ? text : text + "  [" + notes + "]";
}

std::vector<std::string> event_differences(const std::string& left, const std::string& right) {
  const Json a = parsed(left), b = parsed(right);
  std::vector<std::string> all;
  const auto add = [&](const std::string& key) {
    const auto x = a.find(key), y = b.find(key);
    if (key == "notes") {
      const Json none = Json::array();
      if (const std::string note = first_note(x == a.end() ? none : *x, y == b.end() ? none : *y); !note.empty())
        all.push_back(note);
      return;
    }
    const std::string p = x == a.end() ? "-" : shown(*x), q = y == b.end() ? "-" : shown(*y);
    if (p != q) all.push_back(key + ": " + p + " | " + q);
  };
  for (const auto& [key, value] : a.items()) add(key);
  for (const auto& [key, value] : b.items())
    if (!a.contains(key)) add(key);
  return all;
}

}  // namespace kafkasim::sim
