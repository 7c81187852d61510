// Values of measured names and of the expect language.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/base/fields.hpp"
#include "core/base/time.hpp"

namespace kafkasim::sim {

/// none: no leader, no value. anything: `_`, equal to whatever stands opposite it. word: state names, error names,
/// texts.
struct Value {
  enum class Kind : std::uint8_t { none, boolean, integer, duration, word, list, set, anything };
  Kind kind = Kind::none;
  std::int64_t number = 0;     // boolean, integer, duration (nanoseconds)
  std::string text{};          // word
  std::vector<Value> items{};  // list; set (ascending, each once)

  static Value none() { return {}; }
  static Value anything() { return {.kind = Kind::anything}; }
  static Value boolean(bool value) { return {.kind = Kind::boolean, .number = value ? 1 : 0}; }
  static Value integer(std::int64_t value) { return {.kind = Kind::integer, .number = value}; }
  static Value duration(Duration value) { return {.kind = Kind::duration, .number = value.count()}; }
  static Value word(std::string text) { return {.kind = Kind::word, .text = std::move(text)}; }
  static Value list(std::vector<Value> items) { return {.kind = Kind::list, .items = std::move(items)}; }
  static Value set(std::vector<Value> items);

  bool is_none() const { return kind == Kind::none; }
  bool is_number() const { return kind == Kind::integer || kind == Kind::duration; }
  bool truthy() const { return kind == Kind::boolean && number != 0; }

  /// Same kind and content; not the language's ==.
  friend bool operator==(const Value&, const Value&) = default;
  FIELDS(kind, number, text, items)
};

/// The language's ==: a list equals a set with the same members, `_` equals anything, 0 equals 0s.
bool equal(const Value& left, const Value& right);
/// The language's order on numbers; false with `comparable` = false for anything else.
bool less(const Value& left, const Value& right, bool& comparable);
Value difference(const Value& left, const Value& right);
Value product(std::int64_t numerator, std::int64_t denominator, const Value& value);

/// As people read it: 8.541 s, [2, 3], none, Stable.
std::string to_text(const Value& value);
/// 8.541 s, 250 us, 2 min 5 s; exact to three digits after the point of the unit shown.
std::string duration_text(Duration value);

}  // namespace kafkasim::sim
