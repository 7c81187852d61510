#include "sim/scenario/section.hpp"
#include "sim/scenario/diagnostics.hpp"

#include <algorithm>

namespace kafkasim::sim {

namespace {

/// How many brackets are open at the end of `text`.
int open_brackets(std::string_view text) {
  int open = 0;
  for (const char c : text) open += (c == '(' || c == '[') ? 1 : (c == ')' || c == ']') ? -1 : 0;
  return open;
}

}  // namespace

bool cut_by_comma(Context& context, const Node& node) {
  if (!node.is_text() || balanced(node.text)) return false;
  const bool short_of = open_brackets(node.text) > 0;
  context.error(node.place,
                short_of && !node.quoted
                    ? "a bracket is not closed in " + in_quotes(node.text) +
                          ": inside { } and [ ] a comma ends the value; quote it, or write it on a line of its own"
                    : "the brackets in " + in_quotes(node.text) + " do not match");
  return true;
}

std::vector<const Node*> sound_items(Context& context, const Node& list) {
  std::vector<const Node*> items;
  int open = 0;
  for (const Node& item : list.items) {
    if (open > 0) {
      open += item.is_text() ? open_brackets(item.text) : 0;
      continue;
    }
    if (cut_by_comma(context, item)) {
      open = std::max(0, open_brackets(item.text));
      continue;
    }
    if (item.kind == Node::Kind::nothing)
      context.error(item.place, "an item without a value");
    else
      items.push_back(&item);
  }
  return items;
}

SectionReader::SectionReader(Context& context, const Node& node, std::string_view pattern, std::string shown)
    : SectionReader(context, node, options_below(pattern), std::move(shown)) {}

SectionReader::SectionReader(Context& context, const Node& node, std::vector<const Option*> allowed, std::string shown)
    : context_{context}, node_{node}, allowed_{std::move(allowed)}, shown_{std::move(shown)} {
  if (node_.is_map()) {
    check_keys();
  } else {
    context_.error(node_.place, (shown_.empty() ? std::string("a scenario") : shown_) + " must be a map of keys, not " +
                                    std::string(kind_name(node_)));
  }
}

const Option* SectionReader::option(std::string_view key) const {
  const auto found = std::find_if(allowed_.begin(), allowed_.end(), [&](const Option* o) { return o->key() == key; });
  return found == allowed_.end() ? nullptr : *found;
}

void SectionReader::check_keys() {
  int open = 0;  // brackets open in a value that a comma cut short: what follows are its pieces, not keys
  for (const Field& field : node_.fields) {
    if (open > 0) {
      open += open_brackets(field.key);
      unusable_.insert(field.key);
      continue;
    }
    const Option* known = option(field.key);
    if (known == nullptr) {
      unknown_key(field);
      unusable_.insert(field.key);
    } else if (!known->built()) {
      context_.error(field.place, in_quotes(field.key) + not_built(*known));
      unusable_.insert(field.key);
    } else if (field.value.kind == Node::Kind::nothing) {
      context_.error(field.place, in_quotes(field.key) + " has no value" +
                                      (known->kind == ValueKind::section ? "; for all defaults leave it out" : ""));
      unusable_.insert(field.key);
    } else if (cut_by_comma(context_, field.value)) {
      unusable_.insert(field.key);
    }
    if (field.value.is_text()) open = std::max(0, open_brackets(field.value.text));
  }
}

void SectionReader::unknown_key(const Field& field) const {
  std::vector<std::string> names;
  for (const Option* known : allowed_)
    if (known->built()) names.emplace_back(known->key());
  const std::string where = shown_.empty() ? "" : " under " + shown_;
  if (field.value.kind == Node::Kind::nothing && !nearest(field.key, names)) {
    context_.error(field.place, in_quotes(field.key) + " has no value and is no key" + where +
                                    ": inside { } a comma ends the value before it; quote that value");
    return;
  }
  context_.error(field.place, "unknown key " + in_quotes(field.key) + where + hint(field.key, names));
}

const Field* SectionReader::field(std::string_view key) const {
  if (!node_.is_map() || unusable_.contains(std::string(key))) return nullptr;
  return node_.find_field(key);
}

void SectionReader::error(std::string_view key, std::string message) const {
  const Field* found = node_.is_map() ? node_.find_field(key) : nullptr;
  context_.error(found == nullptr ? node_.place : found->place, std::move(message));
}

const Node* SectionReader::text(std::string_view key) const {
  const Field* found = field(key);
  if (found == nullptr) return nullptr;
  if (found->value.is_text()) return &found->value;
  context_.error(found->value.place,
                 in_quotes(key) + " wants a single value, not " + std::string(kind_name(found->value)));
  return nullptr;
}

const Node* SectionReader::map(std::string_view key) const {
  const Field* found = field(key);
  if (found == nullptr) return nullptr;
  if (found->value.is_map()) return &found->value;
  context_.error(found->value.place,
                 in_quotes(key) + " wants a map of keys, not " + std::string(kind_name(found->value)));
  return nullptr;
}

}  // namespace kafkasim::sim
