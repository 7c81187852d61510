#include <algorithm>
#include <array>

#include "sim/scenario/diagnostics.hpp"
#include "sim/scenario/timeline_parts.hpp"

namespace kafkasim::sim {

namespace {

constexpr std::array<std::pair<std::string_view, Verb>, 39> kVerbs{{
    {"crash", Verb::crash},
    {"power_loss", Verb::power_loss},
    {"shutdown", Verb::shutdown},
    {"start", Verb::start},
    {"freeze", Verb::freeze},
    {"thaw", Verb::thaw},
    {"isolate", Verb::isolate},
    {"cut", Verb::cut},
    {"partition", Verb::partition},
    {"heal", Verb::heal},
    {"undo", Verb::undo},
    {"slow", Verb::slow},
    {"sleep", Verb::sleep},
    {"rate", Verb::rate},
    {"join", Verb::join},
    {"leave", Verb::leave},
    {"send", Verb::send},
    {"wait", Verb::wait},
    {"expect", Verb::expect},
    {"note", Verb::note},
    {"restart", Verb::restart},
    {"elect", Verb::elect},
    {"create_topic", Verb::create_topic},
    {"add_partitions", Verb::add_partitions},
    {"alter_config", Verb::alter_config},
    {"degrade", Verb::degrade},
    {"hold", Verb::hold},
    {"release", Verb::release},
    {"drop", Verb::drop},
    {"lose_data", Verb::lose_data},
    {"slow_disk", Verb::slow_disk},
    {"fill_disk", Verb::fill_disk},
    {"fail_disk", Verb::fail_disk},
    {"clock", Verb::clock},
    {"resend", Verb::resend},
    {"flush", Verb::flush},
    {"poll", Verb::poll},
    {"commit", Verb::commit},
    {"seek", Verb::seek},
}};

std::optional<Verb> verb_of(std::string_view key) {
  for (const auto& [name, verb] : kVerbs)
    if (name == key) return verb;
  return std::nullopt;
}

const Option* verb_option(std::string_view key) {
  const Option* option = find_option("timeline/*/" + std::string(key));
  return option != nullptr && is_verb(*option) ? option : nullptr;
}

bool is_parameter_of(std::string_view verb, std::string_view key) {
  return find_option("timeline/*/" + std::string(verb) + "/" + std::string(key)) != nullptr;
}

/// The verbs of an entry: keys that are verbs and not a parameter of another verb there (`partition` beside `send`).
std::vector<const Field*> verbs_in(const Node& node) {
  std::vector<const Field*> verbs;
  for (const Field& field : node.fields)
    if (verb_option(field.key) != nullptr) verbs.push_back(&field);
  std::vector<const Field*> heads;
  for (const Field* field : verbs) {
    const bool parameter = std::any_of(verbs.begin(), verbs.end(), [&](const Field* other) {
      return other != field && is_parameter_of(other->key, field->key);
    });
    if (!parameter) heads.push_back(field);
  }
  return heads;
}

std::vector<const Option*> allowed_keys(std::string_view verb) {
  std::vector<const Option*> allowed;
  for (const Option* option : options_below("timeline/*"))
    if (option->words == "common") allowed.push_back(option);
  allowed.push_back(find_option("timeline/*/" + std::string(verb)));
  for (const Option* option : options_below("timeline/*/" + std::string(verb))) allowed.push_back(option);
  return allowed;
}

void no_verb(Context& context, const Node& node) {
  std::vector<std::string> names;
  for (const auto& [name, verb] : kVerbs) names.emplace_back(name);
  for (const Field& field : node.fields) {
    const Option* common = find_option("timeline/*/" + field.key);
    if (common != nullptr) continue;
    if (const auto found = nearest(field.key, names)) {
      context.error(field.place, "unknown verb " + in_quotes(field.key) + "; did you mean " + in_quotes(*found) + "?");
      return;
    }
  }
  context.error(node.place, "an entry needs a verb: crash, freeze, cut, wait, expect, ...");
}

/// The one verb of an entry; nullptr (and reported) when there is none, several, or one that is not built.
const Field* single_verb(Context& context, const Node& node, bool report) {
  const auto verbs = verbs_in(node);
  if (verbs.empty()) {
    if (report) no_verb(context, node);
    return nullptr;
  }
  if (verbs.size() > 1) {
    if (report)
      context.error(verbs[1]->place, "an entry has one verb; this one has " + in_quotes(verbs[0]->key) + " and " +
                                         in_quotes(verbs[1]->key));
    return nullptr;
  }
  const Option* option = verb_option(verbs[0]->key);
  if (option->built()) return verbs[0];
  if (report) context.error(verbs[0]->place, "verb " + in_quotes(verbs[0]->key) + not_built(*option));
  return nullptr;
}

}  // namespace

void declare_entries(Context& context, const Node* node) {
  if (node == nullptr || !node->is_list()) return;
  for (const Node& item : node->items) {
    if (!item.is_map()) continue;
    const auto verbs = verbs_in(item);
    const auto verb = verbs.size() == 1 ? verb_of(verbs[0]->key) : std::nullopt;
    if (const Node* id = item.find("id"); id != nullptr && id->is_text()) {
      declare_name(context, id->text, "timeline entry", id->place);
      context.ids[id->text] = verb;
    }
    if (verb == Verb::create_topic || verb == Verb::add_partitions) declare_topics(context, item, *verbs[0], *verb);
    if (verb != Verb::join) continue;
    const Node& groups = verbs[0]->value;
    if (groups.is_text()) context.growing_groups.insert(groups.text);
    for (const Node& group : groups.items) context.growing_groups.insert(group.text);
  }
}

namespace {

void read_entry(Context& context, const Node& node, const std::vector<GroupSpec>& groups,
                std::vector<Entry>& timeline) {
  if (!node.is_map()) {
    context.error(node.place, "an entry of the timeline is a map with one verb, not " + std::string(kind_name(node)));
    return;
  }
  const Field* head = single_verb(context, node, true);
  if (head == nullptr) return;
  Entry entry;
  entry.place = node.place;
  entry.verb = verb_of(head->key).value();
  const SectionReader section(context, node, allowed_keys(head->key), "'" + head->key + "'");
  section.read("id", entry.id);
  read_when(context, section, entry.when);
  if (section.has(head->key)) read_action(context, section, *head, groups, entry);
  timeline.push_back(std::move(entry));
}

}  // namespace

void read_timeline(Context& context, const Node* node, const std::vector<GroupSpec>& groups,
                   std::vector<Entry>& timeline) {
  if (node == nullptr) return;
  if (!node->is_list()) {
    context.error(node->place, "'timeline' is a list of entries, each beginning with '- '");
    return;
  }
  for (const Node* item : sound_items(context, *node)) read_entry(context, *item, groups, timeline);
}

}  // namespace kafkasim::sim
