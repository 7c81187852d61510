// Expectations: lines with their places. What a line says is read by the judge.
#include <algorithm>

#include "sim/scenario/number_text.hpp"
#include "sim/scenario/parts.hpp"

namespace kafkasim::sim {

namespace {

void read_item(Context& context, const Node& node, bool in_any, std::vector<ExpectLine>& lines);

void read_line(Context& context, const Node& node, std::vector<ExpectLine>& lines) {
  if (cut_by_comma(context, node)) return;
  if (trimmed(node.text).empty()) {
    context.error(node.place, "an empty line; write LEFT OP RIGHT, such as lost(orders) == 0");
    return;
  }
  lines.push_back({std::string(trimmed(node.text)), node.place, {}});
}

/// A value of `any:` or of a variant: one line or a list of items.
std::vector<ExpectLine> read_items(Context& context, const Node& node, bool in_any) {
  std::vector<ExpectLine> lines;
  if (!node.is_list()) {
    read_item(context, node, in_any, lines);
    return lines;
  }
  if (node.items.empty()) context.error(node.place, "an empty list of expectations");
  for (const Node* item : sound_items(context, node)) read_item(context, *item, in_any, lines);
  return lines;
}

void read_any(Context& context, const Field& field, std::vector<ExpectLine>& lines) {
  if (!field.value.is_list()) {
    context.error(field.value.kind == Node::Kind::nothing ? field.place : field.value.place,
                  "'any' wants a list of lines of which one must hold");
    return;
  }
  ExpectLine alternatives;
  alternatives.place = field.place;
  for (const Node* item : sound_items(context, field.value)) {
    std::vector<ExpectLine> all = read_items(context, *item, true);
    if (all.empty()) continue;
    std::string text;
    for (const ExpectLine& line : all) text += (text.empty() ? "" : " and ") + line.text;
    alternatives.text += (alternatives.text.empty() ? "any of: " : " | ") + text;
    alternatives.any.push_back(std::move(all));
  }
  if (field.value.items.empty()) context.error(field.value.place, "'any' is an empty list");
  if (!alternatives.any.empty()) lines.push_back(std::move(alternatives));
}

void read_for_variant(Context& context, const Field& field, std::vector<ExpectLine>& lines) {
  if (std::find(context.variants.begin(), context.variants.end(), field.key) == context.variants.end()) {
    const std::string why = context.variants.empty()
                                ? "; the scenario has no variants (a line with ': ' in it needs quotes)"
                                : hint(field.key, context.variants);
    context.error(field.place, "unknown variant '" + field.key + "'" + why);
    return;
  }
  if (field.value.kind == Node::Kind::nothing) {
    context.error(field.place, "variant '" + field.key + "' has no line");
    return;
  }
  std::vector<ExpectLine> own = read_items(context, field.value, false);
  if (field.key == context.variant) lines.insert(lines.end(), own.begin(), own.end());
}

void read_item(Context& context, const Node& node, bool in_any, std::vector<ExpectLine>& lines) {
  if (node.is_text()) {
    read_line(context, node, lines);
    return;
  }
  if (!node.is_map()) {
    context.error(node.place,
                  "an expectation is a line, 'any: [...]' or 'VARIANT: LINE', not " + std::string(kind_name(node)));
    return;
  }
  for (const Field& field : node.fields) {
    if (in_any)
      context.error(field.place, "inside 'any' stand lines and lists of lines, no keys");
    else if (field.key == "any")
      read_any(context, field, lines);
    else
      read_for_variant(context, field, lines);
  }
}

}  // namespace

std::vector<ExpectLine> read_expect(Context& context, const Node& node) { return read_items(context, node, false); }

}  // namespace kafkasim::sim
