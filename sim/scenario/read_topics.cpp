#include <algorithm>

#include "sim/scenario/number_text.hpp"
#include "sim/scenario/parts.hpp"

namespace kafkasim::sim {

namespace {

/// Broker settings are the defaults of topics (Kafka's log.* names without the prefix).
TopicConfig defaults_of(const BrokerConfig& broker) {
  TopicConfig config;
  config.min_insync_replicas = broker.min_insync_replicas;
  config.unclean_leader_election_enable = broker.unclean_leader_election_enable;
  config.max_message_bytes = broker.message_max_bytes;
  config.segment_bytes = broker.log_segment_bytes;
  config.flush_messages = broker.log_flush_interval_messages;
  constexpr std::int64_t kForever = kNever.time_since_epoch().count() / 1'000'000;
  const auto span = [](std::int64_t ms) {
    return ms < 0 || ms > kForever ? kNever.time_since_epoch() : Duration{ms * 1'000'000};
  };
  config.retention = span(broker.log_retention_ms);
  config.retention_bytes = broker.log_retention_bytes;
  config.segment_ms = span(broker.log_roll_ms);
  config.log_append_time = broker.log_append_time;
  return config;
}

/// One row of an assignment: different brokers that exist.
std::vector<int> read_replicas(Context& context, const Node& row) {
  std::vector<int> replicas;
  if (!row.is_list()) {
    context.error(row.place, "an assignment is a list of lists of brokers, such as [[1, 2, 3], [2, 3, 1]]");
    return replicas;
  }
  for (const Node* item : sound_items(context, row)) {
    const auto id = read_integer(item->is_text() ? item->text : "");
    if (!id.ok() || id.value < 1 || id.value > context.brokers) {
      context.error(item->place,
                    "there is no broker '" + item->text + "'; the brokers are 1 to " + std::to_string(context.brokers));
    } else if (std::find(replicas.begin(), replicas.end(), static_cast<int>(id.value)) != replicas.end()) {
      context.error(item->place, "broker " + item->text + " holds two replicas of the same partition");
    } else {
      replicas.push_back(static_cast<int>(id.value));
    }
  }
  if (row.items.empty()) context.error(row.place, "a partition needs at least one replica");
  return replicas;
}

}  // namespace

void read_assignment(Context& context, const SectionReader& section, TopicSpec& topic) {
  const Field* field = section.field("assignment");
  if (field == nullptr) return;
  if (section.option("to") == nullptr)
    for (const std::string_view key : {"partitions", "replication.factor"})
      if (section.has(key)) section.error(key, "'assignment' says this already; leave '" + std::string(key) + "' out");
  if (!field->value.is_list() || field->value.items.empty()) {
    context.error(field->value.place, "an assignment is a list of lists of brokers, such as [[1, 2, 3], [2, 3, 1]]");
    return;
  }
  for (const Node& row : field->value.items) {
    topic.assignment.push_back(read_replicas(context, row));
    if (row.is_list() && field->value.items.front().items.size() != row.items.size())
      context.error(row.place, "all partitions of a topic have the same number of replicas");
  }
  topic.partitions = static_cast<int>(topic.assignment.size());
  topic.replication_factor = std::max(1, static_cast<int>(topic.assignment.front().size()));
}

namespace {

void read_preload(Context& context, const Node* node, const std::string& shown, TopicSpec& topic) {
  if (node == nullptr) return;
  const SectionReader section(context, *node, "topics/*/preload", shown + ".preload");
  PreloadSpec preload;
  if (!section.read("records", preload.records) && !section.wrote("records"))
    section.error("records", "preload needs 'records'");
  section.read("spacing", preload.spacing);
  section.read("batch", preload.batch);
  section.read("value.size", preload.value_size);
  section.read("key", preload.key);
  topic.preload = preload;
}

void read_topic(Context& context, const Field& field, const ClusterSpec& cluster, TopicSpec& topic) {
  const std::string shown = "topics." + field.key;
  const SectionReader section(context, field.value, "topics/*", shown);
  topic.replication_factor = std::min(3, cluster.brokers);
  section.read("partitions", topic.partitions);
  if (section.read("replication.factor", topic.replication_factor) && topic.replication_factor > cluster.brokers)
    section.error("replication.factor", "replication factor " + std::to_string(topic.replication_factor) +
                                            " needs as many brokers; there are " + std::to_string(cluster.brokers));
  read_assignment(context, section, topic);
  topic.config = defaults_of(cluster.config);
  topic.config.deletes = topic.name != "__consumer_offsets";  // compacted
  const UserSettings user = read_config(context, section.map("config"), Section::topic, topic.config);
  const bool internal = topic.name.starts_with("__");
  if (topic.config.min_insync_replicas > topic.replication_factor && (!internal || user.has("min.insync.replicas")))
    context.error(user.place("min.insync.replicas", field.place),
                  "min.insync.replicas " + std::to_string(topic.config.min_insync_replicas) + " is above the " +
                      std::to_string(topic.replication_factor) +
                      (topic.replication_factor == 1 ? " replica" : " replicas") + " of '" + topic.name +
                      "': acks=all could never succeed");
  read_preload(context, section.map("preload"), shown, topic);
}

}  // namespace

void read_topics(Context& context, const Node* node, const ClusterSpec& cluster, std::vector<TopicSpec>& topics) {
  context.topic_defaults = defaults_of(cluster.config);
  if (node == nullptr) return;
  for (const Field& field : node->fields) {
    TopicSpec topic;
    topic.name = field.key;
    topic.place = field.place;
    declare_name(context, field.key, "topic", field.place);
    read_topic(context, field, cluster, topic);
    context.topics[topic.name] = topic.partitions;
    topics.push_back(std::move(topic));
  }
  if (node->fields.empty()) context.error(node->place, "a scenario needs at least one topic");
}

}  // namespace kafkasim::sim
