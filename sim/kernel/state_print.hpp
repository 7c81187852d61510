// A state as text, from its FIELDS, and the first place where two states differ.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "sim/kernel/state_kinds.hpp"

namespace kafkasim::sim {

namespace state {

/// Receives a state as a walk over a tree: a line per leaf, a level per struct or container.
class Walk {
 public:
  virtual ~Walk() = default;
  virtual void leaf(std::string_view name, std::string text) = 0;
  /// `note` is what the level says of itself: a container's size.
  virtual void enter(std::string_view name, std::string note) = 0;
  virtual void leave() = 0;
};

/// One-line form of a value, for map keys: `3`, `a`, `{1, 0}`.
template <class T>
std::string compact_text(const T& value);

/// Calls `leaf` for a value without parts, or walks its parts below `name`.
template <class T>
void walk_state(Walk& walk, std::string_view name, const T& value);

// Appended, not added: g++ 12 sees an overlap in `"[" + text` that is not there.
inline std::string enclosed(char open, std::string_view text, char close) {
  std::string made(1, open);
  return made.append(text).append(1, close);
}

template <class T>
void walk_range(Walk& walk, std::string_view name, const T& value) {
  walk.enter(name, enclosed('(', std::to_string(value.size()), ')'));
  std::size_t index = 0;
  for (const auto& element : value) {
    if constexpr (Map<T>)
      walk_state(walk, enclosed('[', compact_text(element.first), ']'), element.second);
    else if constexpr (std::is_same_v<T, std::vector<bool>>)
      walk_state(walk, enclosed('[', std::to_string(index), ']'), static_cast<bool>(element));
    else
      walk_state(walk, enclosed('[', std::to_string(index), ']'), element);
    ++index;
  }
  walk.leave();
}

template <class T>
void walk_tuple(Walk& walk, std::string_view name, const T& value) {
  walk.enter(name, "");
  std::size_t index = 0;
  std::apply([&](const auto&... member) { (walk_state(walk, std::to_string(index++), member), ...); }, value);
  walk.leave();
}

template <Word T>
std::string number_text(T value) {
  if constexpr (std::is_same_v<T, bool>)
    return value ? "true" : "false";
  else if constexpr (std::is_enum_v<T>)
    return std::to_string(static_cast<std::underlying_type_t<T>>(value));
  else
    return std::to_string(value);
}

template <class T>
void walk_state(Walk& walk, std::string_view name, const T& value) {
  static_assert(!std::is_floating_point_v<T>, "no floating point in state");
  static_assert(!Unordered<T>, "no unordered containers in state");
  if constexpr (Fielded<T>) {
    walk.enter(name, "");
    value.each_field([&walk](std::string_view member, const auto& part) { walk_state(walk, member, part); });
    walk.leave();
  } else if constexpr (Word<T>) {
    walk.leaf(name, number_text(value));
  } else if constexpr (Named<T>) {
    walk.leaf(name, number_text(value.value()));
  } else if constexpr (Span<T>) {
    walk.leaf(name, std::to_string(value.count()));
  } else if constexpr (TimePoint<T>) {
    walk.leaf(name, std::to_string(value.time_since_epoch().count()));
  } else if constexpr (Text<T>) {
    walk.leaf(name, std::string{std::string_view{value}});
  } else if constexpr (is_optional<T>) {
    if (value.has_value())
      walk_state(walk, name, *value);
    else
      walk.leaf(name, "none");
  } else if constexpr (Pointer<T>) {
    if (value != nullptr)
      walk_state(walk, name, *value);
    else
      walk.leaf(name, "none");
  } else if constexpr (is_variant<T>) {
    walk.enter(name, "alternative " + std::to_string(value.index()));
    std::visit([&walk](const auto& held) { walk_state(walk, "held", held); }, value);
    walk.leave();
  } else if constexpr (TupleLike<T>) {
    walk_tuple(walk, name, value);
  } else if constexpr (Range<T>) {
    walk_range(walk, name, value);
  } else if constexpr (std::is_same_v<T, std::monostate>) {
    walk.leaf(name, "nothing");
  } else {
    static_assert(unknown_kind<T>, "give the struct FIELDS(...)");
  }
}

class Compact final : public Walk {
 public:
  void leaf(std::string_view, std::string value) override {
    separate();
    text += value;
  }
  void enter(std::string_view, std::string) override {
    separate();
    text += '{';
  }
  void leave() override { text += '}'; }
  std::string text;

 private:
  void separate() {
    if (!text.empty() && text.back() != '{') text += ", ";
  }
};

template <class T>
std::string compact_text(const T& value) {
  Compact walk;
  walk_state(walk, "", value);
  return walk.text;
}

class Printer final : public Walk {
 public:
  void leaf(std::string_view name, std::string value) override { line(name, value); }
  void enter(std::string_view name, std::string note) override {
    line(name, note);
    ++depth_;
  }
  void leave() override { --depth_; }
  std::string text;

 private:
  void line(std::string_view name, std::string_view value) {
    text.append(depth_ * 2, ' ').append(name).append(value.empty() ? ":" : ": ").append(value).append("\n");
  }
  std::size_t depth_ = 0;
};

/// Every leaf and every container's size with its path: `members[2].offset`.
class Flattener final : public Walk {
 public:
  void leaf(std::string_view name, std::string value) override { lines.emplace_back(joined(name), std::move(value)); }
  void enter(std::string_view name, std::string note) override {
    paths_.push_back(joined(name));
    if (!note.empty()) lines.emplace_back(paths_.back(), std::move(note));
  }
  void leave() override { paths_.pop_back(); }
  std::vector<std::pair<std::string, std::string>> lines;

 private:
  std::string joined(std::string_view name) const {
    std::string path = paths_.empty() ? std::string{} : paths_.back();
    if (!path.empty() && !name.starts_with('[')) path += '.';
    return path.append(name);
  }
  std::vector<std::string> paths_;
};

}  // namespace state

/// Indented `name: value` lines; containers show their size, enums and times (nanoseconds) their number.
template <class T>
std::string print_state(const T& value, std::string_view name = "state") {
  state::Printer printer;
  state::walk_state(printer, name, value);
  return std::move(printer.text);
}

/// Where two states part, in the order of their fields. `none` stands for a side that has no such place.
struct Difference {
  std::string path;
  std::string left;
  std::string right;
  friend bool operator==(const Difference&, const Difference&) = default;
};

/// The first difference in printed content; nothing when both print the same.
template <class T>
std::optional<Difference> first_difference(const T& left, const T& right) {
  state::Flattener a;
  state::Flattener b;
  state::walk_state(a, "", left);
  state::walk_state(b, "", right);
  for (std::size_t i = 0; i < a.lines.size() || i < b.lines.size(); ++i) {
    if (i == b.lines.size()) return Difference{a.lines[i].first, a.lines[i].second, "none"};
    if (i == a.lines.size()) return Difference{b.lines[i].first, "none", b.lines[i].second};
    if (a.lines[i].first != b.lines[i].first) return Difference{a.lines[i].first, a.lines[i].second, "none"};
    if (a.lines[i].second != b.lines[i].second)
      return Difference{a.lines[i].first, a.lines[i].second, b.lines[i].second};
  }
  return std::nullopt;
}

}  // namespace kafkasim::sim
