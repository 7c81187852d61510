// A scenario file as a tree of maps, lists and texts that know their places. Nothing is guessed about types.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/diagnostics.hpp"

namespace kafkasim::sim {

struct Field;

struct Node {
  enum class Kind : std::uint8_t { nothing, text, map, list };
  Kind kind = Kind::nothing;
  std::string text;           // of a scalar
  bool quoted = false;        // in quotes, or a block scalar
  Place place;                // first character of the text (behind an opening quote); { or [ or first key / item
  std::vector<Field> fields;  // of a map, in file order, keys all different
  std::vector<Node> items;    // of a list

  bool is_text() const { return kind == Kind::text; }
  bool is_map() const { return kind == Kind::map; }
  bool is_list() const { return kind == Kind::list; }
  const Node* find(std::string_view key) const;
  const Field* find_field(std::string_view key) const;
  Node* find(std::string_view key);
};

struct Field {
  std::string key;
  Place place;  // of the key
  Node value;
};

inline constexpr std::size_t kMaxFileBytes = std::size_t{1} << 20;
inline constexpr int kMaxDepth = 16;
inline constexpr int kMaxValues = 50'000;

/// "a map", "a list", "a text", "nothing".
std::string_view kind_name(const Node& node);

/// Reads strict YAML: one document, no anchors, aliases, merge keys or tags, keys all different, depth at most
/// kMaxDepth, at most kMaxValues values. What is wrong goes to `diagnostics`; the tree holds what could be read. Never
/// throws for bad input.
Node parse_yaml(const std::string& file, std::string_view text, Diagnostics& diagnostics);

/// True when every ( [ { in `text` (outside quotes) is closed in order.
bool balanced(std::string_view text);

}  // namespace kafkasim::sim
