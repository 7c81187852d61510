#include "sim/scenario/overrides.hpp"

#include <algorithm>

#include "sim/scenario/diagnostics.hpp"
#include "sim/scenario/option_table.hpp"

namespace kafkasim::sim {

namespace {

/// Where a path has led so far.
struct Step {
  Node* node;
  std::string pattern;  // of the option table
  std::string shown;
};

Node& child(Node& map, std::string_view key, const Place& place) {
  if (Node* found = map.find(key)) return *found;
  map.fields.push_back({std::string(key), place, {}});
  map.fields.back().value.place = place;
  return map.fields.back().value;
}

/// The keys that may follow a pattern; in an entry of the timeline also the parameters of its verb.
std::vector<const Option*> keys_below(const Step& step) {
  std::vector<const Option*> keys = options_below(step.pattern);
  if (step.pattern != "timeline/*") return keys;
  for (const Field& field : step.node->fields)
    for (const Option* parameter : options_below("timeline/*/" + field.key)) keys.push_back(parameter);
  return keys;
}

/// The option whose key `rest` begins with (the longest that fits: keys hold dots); nullptr: none.
const Option* next_option(const Step& step, std::string_view rest) {
  const Option* best = nullptr;
  for (const Option* option : keys_below(step)) {
    const std::string_view key = option->key();
    const bool fits = rest.starts_with(key) && (rest.size() == key.size() || rest[key.size()] == '.');
    if (fits && (best == nullptr || key.size() > best->key().size())) best = option;
  }
  return best;
}

/// The entry of the timeline with this id.
Node* entry_with_id(Node& timeline, std::string_view id) {
  for (Node& item : timeline.items) {
    const Node* own = item.find("id");
    if (own != nullptr && own->text == id) return &item;
  }
  return nullptr;
}

void merge(Node& into, const Node& value, bool timeline);

/// Lays the map `value` over the timeline: its keys are ids.
void merge_timeline(Node& into, const Node& value) {
  for (const Field& field : value.fields)
    if (Node* entry = entry_with_id(into, field.key)) merge(*entry, field.value, false);
}

void merge(Node& into, const Node& value, bool timeline) {
  if (timeline && into.is_list() && value.is_map()) {
    merge_timeline(into, value);
    return;
  }
  if (!into.is_map() || !value.is_map()) {
    into = value;
    return;
  }
  for (const Field& field : value.fields) {
    auto found =
        std::find_if(into.fields.begin(), into.fields.end(), [&](const Field& f) { return f.key == field.key; });
    if (found == into.fields.end()) {
      into.fields.push_back(field);
      continue;
    }
    found->place = field.place;
    merge(found->value, field.value, found->key == "timeline");
  }
}

/// One step into the timeline: the id of an entry.
bool step_into_entry(Diagnostics& diagnostics, Step& step, std::string_view& rest, const Place& place) {
  const std::string_view id = rest.substr(0, rest.find('.'));
  rest.remove_prefix(std::min(rest.size(), id.size() + 1));
  std::vector<std::string> ids;
  for (const Node& item : step.node->items)
    if (const Node* own = item.find("id")) ids.push_back(own->text);
  step.node = entry_with_id(*step.node, id);
  if (step.node == nullptr) {
    diagnostics.error(place, "no entry of the timeline has the id " + in_quotes(id) + hint(id, ids));
    return false;
  }
  step.pattern = "timeline/*";
  step.shown += "." + std::string(id);
  return true;
}

void unknown_step(Diagnostics& diagnostics, const Step& step, std::string_view rest, bool below_names,
                  const Place& place) {
  std::vector<std::string> known;
  if (below_names)
    for (const Field& field : step.node->fields) known.push_back(field.key);
  else
    for (const Option* option : keys_below(step)) known.emplace_back(option->key());
  const std::string_view wrong = rest.substr(0, rest.find('.'));
  diagnostics.error(place, "unknown path: nothing is called " + in_quotes(wrong) +
                               (step.shown.empty() ? "" : " under " + step.shown) + hint(wrong, known));
}

/// One step by a key of the option table, or by a name the user chose. The last step may add a name.
bool step_into_map(Diagnostics& diagnostics, Step& step, std::string_view& rest, const Place& place) {
  if (step.node->kind == Node::Kind::nothing) step.node->kind = Node::Kind::map;
  if (!step.node->is_map()) {
    diagnostics.error(place, "the path leads below " + step.shown + ", which is " + std::string(kind_name(*step.node)));
    return false;
  }
  const std::string any = step.pattern + "/*";
  const Option* inner = find_option(any);
  const bool below_names = inner != nullptr && options_below(step.pattern).empty();
  const Option* option = below_names ? nullptr : next_option(step, rest);
  const std::string_view key = below_names ? rest.substr(0, rest.find('.')) : option != nullptr ? option->key() : "";
  const bool typo =
      below_names && step.node->find(key) == nullptr && inner->kind == ValueKind::section && key.size() < rest.size();
  if (key.empty() || typo) {
    unknown_step(diagnostics, step, rest, below_names, place);
    return false;
  }
  rest.remove_prefix(std::min(rest.size(), key.size() + 1));
  step.shown += (step.shown.empty() ? "" : ".") + std::string(key);
  step.pattern = below_names ? any : std::string(option->path);
  step.node = &child(*step.node, key, place);
  return true;
}

}  // namespace

void set_path(Diagnostics& diagnostics, Node& root, std::string_view path, const Node& value, const Place& place) {
  if (path.starts_with("variants") || path.empty()) {
    diagnostics.error(place, path.empty() ? "an empty path" : "variants cannot be set by a path");
    return;
  }
  Step step{&root, "", ""};
  std::string_view rest = path;
  while (!rest.empty()) {
    const Option* option = find_option(step.pattern);
    if (option != nullptr && option->kind == ValueKind::config) {  // the rest is one setting's name
      if (step.node->kind == Node::Kind::nothing) step.node->kind = Node::Kind::map;
      step.node = &child(*step.node, rest, place);
      break;
    }
    const bool timeline = step.pattern == "timeline" && step.node->is_list();
    if (timeline ? !step_into_entry(diagnostics, step, rest, place) : !step_into_map(diagnostics, step, rest, place))
      return;
  }
  const bool whole_timeline = step.pattern == "timeline" && step.node->is_list() && value.is_map();
  if (whole_timeline)
    for (const Field& field : value.fields)
      if (entry_with_id(*step.node, field.key) == nullptr)
        diagnostics.error(field.place, "no entry of the timeline has the id " + in_quotes(field.key));
  merge(*step.node, value, step.pattern == "timeline");
}

void apply_set(Diagnostics& diagnostics, Node& root, const std::string& setting) {
  const std::size_t equals = setting.find('=');
  const std::string file = "--set " + setting;
  const Place place{file, 0, 0};
  if (equals == std::string::npos || equals == 0 || equals + 1 == setting.size()) {
    diagnostics.error(place, "write PATH=VALUE, such as producers.checkout.config.acks=1");
    return;
  }
  Diagnostics inner;
  Node value = parse_yaml(file, std::string_view(setting).substr(equals + 1), inner);
  for (const Diagnostic& finding : inner.sorted()) diagnostics.error(place, finding.message);
  const auto forget_places = [&](auto&& self, Node& node) -> void {
    node.place = place;
    for (Field& field : node.fields) {
      field.place = place;
      self(self, field.value);
    }
    for (Node& item : node.items) self(self, item);
  };
  forget_places(forget_places, value);
  if (!inner.has_errors()) set_path(diagnostics, root, std::string_view(setting).substr(0, equals), value, place);
}

}  // namespace kafkasim::sim
