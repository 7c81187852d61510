// Writes a JSON document front to back: keys in the order given, numbers digit by digit as given.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/time.hpp"

namespace kafkasim::sim {

/// `"text"` with everything escaped that JSON wants escaped.
std::string json_string(std::string_view text);

class JsonWriter {
 public:
  enum class Style : std::uint8_t { indented, one_line };
  explicit JsonWriter(Style style = Style::indented) : style_{style} {}

  /// Before a value inside an object.
  JsonWriter& key(std::string_view name);
  /// `flat`: on one line even in an indented document.
  void begin_object(bool flat = false) { begin('{', flat); }
  void end_object() { end('}'); }
  void begin_array(bool flat = false) { begin('[', flat); }
  void end_array() { end(']'); }

  void string(std::string_view text) { raw(json_string(text)); }
  void integer(std::int64_t value) { raw(std::to_string(value)); }
  void boolean(bool value) { raw(value ? "true" : "false"); }
  void null() { raw("null"); }
  /// A number as its digits.
  void raw(std::string_view text);

  const std::string& text() const { return text_; }
  std::string take();

 private:
  struct Level {
    bool flat = false;
    bool empty = true;
  };
  void begin(char bracket, bool flat);
  void end(char bracket);
  void separate();
  void new_line();

  Style style_;
  std::string text_;
  std::vector<Level> levels_;
  bool after_key_ = false;
};

}  // namespace kafkasim::sim
