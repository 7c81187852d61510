#include "sim/report/json_writer.hpp"

#include <utility>

#include "core/base/invariant.hpp"

namespace kafkasim::sim {

std::string json_string(std::string_view text) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string result = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      result.append({'\\', c});
    } else if (c == '\n') {
      result += "\\n";
    } else if (c == '\t') {
      result += "\\t";
    } else if (byte < 0x20) {
      result += "\\u00";
      result += {kDigits[byte / 16], kDigits[byte % 16]};
    } else {
      result += c;
    }
  }
  return result + '"';
}

JsonWriter& JsonWriter::key(std::string_view name) {
  INVARIANT(!levels_.empty(), "a key stands in an object");
  INVARIANT(!after_key_, "a key is followed by its value");
  separate();
  text_ += json_string(name);
  text_ += style_ == Style::one_line ? ":" : ": ";
  after_key_ = true;
  return *this;
}

void JsonWriter::raw(std::string_view text) {
  separate();
  text_ += text;
}

std::string JsonWriter::take() {
  INVARIANT(levels_.empty(), "a document is complete when it is taken");
  if (style_ == Style::indented) text_ += '\n';
  return std::exchange(text_, {});
}

void JsonWriter::begin(char bracket, bool flat) {
  separate();
  text_ += bracket;
  const bool inherited = style_ == Style::one_line || (!levels_.empty() && levels_.back().flat);
  levels_.push_back({flat || inherited, true});
}

void JsonWriter::end(char bracket) {
  INVARIANT(!levels_.empty(), "what ends has begun");
  const Level level = levels_.back();
  levels_.pop_back();
  if (!level.flat && !level.empty) new_line();
  text_ += bracket;
}

void JsonWriter::separate() {
  if (std::exchange(after_key_, false) || levels_.empty()) return;
  Level& level = levels_.back();
  if (!level.empty) text_ += level.flat && style_ == Style::indented ? ", " : ",";
  level.empty = false;
  if (!level.flat) new_line();
}

void JsonWriter::new_line() {
  text_ += '\n';
  text_.append(2 * levels_.size(), ' ');
}

}  // namespace kafkasim::sim
