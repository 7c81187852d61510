// What an operator asks of the controller: elections, new topics and partitions, other settings.
#include <algorithm>

#include "sim/scenario/diagnostics.hpp"
#include "sim/scenario/number_text.hpp"
#include "sim/scenario/timeline_parts.hpp"

namespace kafkasim::sim {

namespace {

bool known_topic(Context& context, const Node& node, std::string& topic) {
  topic = node.text;
  if (context.topics.contains(topic)) return true;
  context.error(node.place, "unknown topic " + in_quotes(topic) + hint(topic, keys_of(context.topics)));
  return false;
}

void read_elect(Context& context, const SectionReader& section, Entry& entry) {
  std::vector<const Node*> names;
  section.read("elect", names);
  for (const Node* node : names) {
    AssignedPartition one;
    if (read_partition(context, node->text, node->place, one.topic, one.partition, true))
      entry.partitions.push_back(std::move(one));
  }
  std::string type;
  entry.unclean = section.read("type", type) && type == "unclean";
}

void read_create(Context& context, const SectionReader& section, Entry& entry) {
  TopicSpec& topic = entry.topic;
  section.read("create_topic", topic.name);
  topic.replication_factor = std::min(3, context.brokers);
  section.read("partitions", topic.partitions);
  if (section.read("replication.factor", topic.replication_factor) && topic.replication_factor > context.brokers)
    context.warning(section.field("replication.factor")->value.place,
                    "there are " + std::to_string(context.brokers) + " brokers: this gets INVALID_REPLICATION_FACTOR");
  read_assignment(context, section, topic);
  topic.config = context.topic_defaults;
  read_config(context, section.map("config"), Section::topic, topic.config);
}

void read_growth(Context& context, const SectionReader& section, const Field& head, Entry& entry) {
  TopicSpec& topic = entry.topic;
  if (head.value.is_text()) known_topic(context, head.value, topic.name);
  if (!section.wrote("to")) section.error("add_partitions", "'add_partitions' needs 'to': how many in all");
  read_assignment(context, section, topic);
  section.read("to", topic.partitions);
}

void read_settings(Context& context, const SectionReader& section, const Field& head, Entry& entry) {
  TopicSpec& topic = entry.topic;
  if (head.value.is_text()) known_topic(context, head.value, topic.name);
  const Node* set = section.map("set");
  if (!section.wrote("set")) section.error("alter_config", "'alter_config' needs 'set': { SETTING: VALUE }");
  topic.config = context.topic_defaults;
  const UserSettings user = read_config(context, set, Section::topic, topic.config);
  for (const auto& [name, place] : user.places) entry.settings.push_back(name);
}

}  // namespace

void declare_topics(Context& context, const Node& node, const Field& head, Verb verb) {
  if (!head.value.is_text()) return;
  const auto number = [&](std::string_view key, int otherwise) {
    const Node* value = node.find(key);
    if (value == nullptr || !value->is_text()) return otherwise;
    const auto read = read_integer(value->text);
    return read.ok() && read.value >= 1 && read.value <= 10000 ? static_cast<int>(read.value) : otherwise;
  };
  if (verb == Verb::add_partitions) {
    const auto known = context.topics.find(head.value.text);
    if (known != context.topics.end()) known->second = std::max(known->second, number("to", 1));
    return;
  }
  if (context.topics.contains(head.value.text)) return;  // the controller will say so
  declare_name(context, head.value.text, "topic", head.value.place);
  const Node* assignment = node.find("assignment");
  const bool listed = assignment != nullptr && assignment->is_list() && !assignment->items.empty();
  context.topics[head.value.text] = listed ? static_cast<int>(assignment->items.size()) : number("partitions", 1);
}

void read_operator(Context& context, const SectionReader& section, const Field& head, Entry& entry) {
  if (entry.verb == Verb::elect) read_elect(context, section, entry);
  if (entry.verb == Verb::create_topic) read_create(context, section, entry);
  if (entry.verb == Verb::add_partitions) read_growth(context, section, head, entry);
  if (entry.verb == Verb::alter_config) read_settings(context, section, head, entry);
}

}  // namespace kafkasim::sim
