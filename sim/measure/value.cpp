#include "sim/measure/value.hpp"

#include <algorithm>

namespace kafkasim::sim {
namespace {

bool before(const Value& a, const Value& b) {
  if (a.kind != b.kind) return a.kind < b.kind;
  if (a.number != b.number) return a.number < b.number;
  return a.text < b.text;
}

bool is_collection(const Value& value) { return value.kind == Value::Kind::list || value.kind == Value::Kind::set; }

bool equal_sets(const Value& left, const Value& right) {
  if (left.items.size() != right.items.size()) return false;
  // Sets are small: a member of the one must stand opposite a member of the other, `_` opposite any.
  std::vector<bool> used(right.items.size(), false);
  for (const Value& member : left.items) {
    bool found = false;
    for (std::size_t i = 0; i < right.items.size() && !found; ++i)
      if (!used[i] && equal(member, right.items[i])) used[i] = found = true;
    if (!found) return false;
  }
  return true;
}

std::string fraction(std::int64_t value, std::int64_t unit, const char* name) {
  std::string text = std::to_string(value / unit);
  std::int64_t rest = value % unit * 1000 / unit;
  if (rest > 0) {
    std::string digits = std::to_string(1000 + rest).substr(1);
    while (digits.back() == '0') digits.pop_back();
    text += "." + digits;
  }
  return text + " " + name;
}

}  // namespace

Value Value::set(std::vector<Value> items) {
  std::sort(items.begin(), items.end(), before);
  items.erase(std::unique(items.begin(), items.end()), items.end());
  return {.kind = Kind::set, .items = std::move(items)};
}

bool equal(const Value& left, const Value& right) {
  if (left.kind == Value::Kind::anything || right.kind == Value::Kind::anything) return true;
  if (left.is_number() && right.is_number())
    return left.number == right.number && (left.kind == right.kind || left.number == 0);
  if (is_collection(left) && is_collection(right)) {
    if (left.kind == Value::Kind::set || right.kind == Value::Kind::set) return equal_sets(left, right);
    return left.items.size() == right.items.size() &&
           std::equal(left.items.begin(), left.items.end(), right.items.begin(),
                      [](const Value& a, const Value& b) { return equal(a, b); });
  }
  return left.kind == right.kind && left.number == right.number && left.text == right.text;
}

bool less(const Value& left, const Value& right, bool& comparable) {
  comparable =
      left.is_number() && right.is_number() && (left.kind == right.kind || left.number == 0 || right.number == 0);
  return comparable && left.number < right.number;
}

Value difference(const Value& left, const Value& right) {
  if (!left.is_number() || !right.is_number()) return Value::none();
  Value result = left.kind == Value::Kind::duration ? left : right;
  result.number = left.number - right.number;
  return result;
}

Value product(std::int64_t numerator, std::int64_t denominator, const Value& value) {
  if (!value.is_number()) return Value::none();
  Value result = value;
  result.number = value.number * numerator / denominator;
  return result;
}

std::string duration_text(Duration value) {
  const std::int64_t ns = value.count();
  if (ns < 0) return "-" + duration_text(-value);
  if (ns == 0) return "0 s";
  if (ns < 1'000'000) return fraction(ns, 1'000, "us");
  if (ns < 1'000'000'000) return fraction(ns, 1'000'000, "ms");
  if (ns < 120'000'000'000) return fraction(ns, 1'000'000'000, "s");
  const std::int64_t minutes = ns / 60'000'000'000;
  return std::to_string(minutes) + " min " + fraction(ns % 60'000'000'000, 1'000'000'000, "s");
}

std::string to_text(const Value& value) {
  switch (value.kind) {
    case Value::Kind::none:
      return "none";
    case Value::Kind::anything:
      return "_";
    case Value::Kind::boolean:
      return value.number != 0 ? "true" : "false";
    case Value::Kind::integer:
      return std::to_string(value.number);
    case Value::Kind::duration:
      return duration_text(Duration{value.number});
    case Value::Kind::word:
      return value.text;
    case Value::Kind::list:
    case Value::Kind::set:
      break;
  }
  std::string text = "[";
  for (std::size_t i = 0; i < value.items.size(); ++i) text += (i > 0 ? ", " : "") + to_text(value.items[i]);
  return text + "]";
}

}  // namespace kafkasim::sim
