#include <algorithm>

#include "sim/scenario/number_text.hpp"
#include "sim/scenario/parts.hpp"

namespace kafkasim::sim {

std::vector<int> read_bootstrap(Context& context, const SectionReader& section) {
  std::vector<int> brokers;
  std::vector<const Node*> items;
  if (!section.read("bootstrap", items)) return brokers;
  for (const Node* item : items) {
    Target target;
    if (!read_target(context, *item, target)) continue;
    if (target.kind == TargetKind::all_brokers)
      for (int id = 1; id <= context.brokers; ++id) brokers.push_back(id);
    else if (target.kind == TargetKind::broker)
      brokers.push_back(target.number);
    else
      context.error(item->place, "'bootstrap' names brokers, such as [broker 2]");
  }
  return brokers;
}

void read_start(Context& context, const SectionReader& section, Duration& start, bool& manual) {
  const Node* node = section.text("start");
  if (node == nullptr) return;
  manual = node->text == "manual";
  if (manual) return;
  const auto value = read_duration(node->text);
  if (value.ok()) start = value.value;
  if (!value.ok()) context.error(node->place, value.problem + "; or manual: started by the timeline");
}

void read_client(Context& context, const SectionReader& section) {
  const Node* node = section.text("client");
  if (node == nullptr || node->text == "java") return;
  const std::string shown = "'" + node->text + "'";
  context.error(node->place, node->text == "librdkafka" ? "client " + shown + " is not built yet (comes with issue C)"
                                                        : shown + " is no client library; there is java");
}

void check_rack(Context& context, const SectionReader& section, const std::string& rack) {
  if (rack.empty() || context.racks.contains(rack)) return;
  const std::vector<std::string> known(context.racks.begin(), context.racks.end());
  context.warning(section.field("rack")->value.place,
                  "no broker sits in rack '" + rack + "'" +
                      (known.empty() ? "; the cluster has no racks (cluster.racks)" : hint(rack, known)));
}

namespace {

/// P-43: which combinations switch idempotence off, and which are errors.
void settle_idempotence(Context& context, ProducerConfig& config, const UserSettings& user, const Place& place) {
  if (!config.enable_idempotence) return;
  const bool wanted = user.has("enable.idempotence");
  const std::string because = "; with enable.idempotence: true the client refuses to start";
  if (config.acks != Acks::all) {
    if (wanted) context.error(user.place("acks", place), "the idempotent producer needs acks: all" + because);
    config.enable_idempotence = false;
  }
  if (config.retries == 0) {
    if (wanted) context.error(user.place("retries", place), "the idempotent producer needs retries above 0" + because);
    config.enable_idempotence = false;
  }
  if (config.max_in_flight > 5)
    context.error(
        user.place("max.in.flight.requests.per.connection", place),
        "the idempotent producer allows at most 5 requests in flight; set enable.idempotence: false for more");
}

/// P-31: only defaults that clash are put right.
void settle_delivery_timeout(Context& context, ProducerConfig& config, const UserSettings& user, const Place& place) {
  const Duration sum = config.linger > kNever.time_since_epoch() - config.client.request_timeout
                           ? kNever.time_since_epoch()
                           : config.linger + config.client.request_timeout;
  if (config.delivery_timeout >= sum) return;
  if (user.has("delivery.timeout.ms"))
    context.error(user.place("delivery.timeout.ms", place),
                  "delivery.timeout.ms must be at least linger.ms + request.timeout.ms = " +
                      std::to_string(sum / std::chrono::milliseconds{1}) + " ms: the client refuses to start");
  config.delivery_timeout = sum;
}

void read_topics_of(Context& context, const SectionReader& section, ProducerSpec& producer) {
  std::vector<const Node*> names;
  if (section.has("topic") && section.has("topics"))
    section.error("topics", "'topic' says it already; write one of the two");
  const std::string_view key = section.has("topic") ? "topic" : "topics";
  if (key == "topic") {
    const Node* one = section.text("topic");
    if (one != nullptr) names.push_back(one);
  } else if (!section.read("topics", names) && !section.wrote("topics") && !section.wrote("topic")) {
    section.error("topic", section.shown() + " needs 'topic': where its records go");
  }
  for (const Node* name : names) {
    if (!context.topics.contains(name->text))
      context.error(name->place, "unknown topic '" + name->text + "'" + hint(name->text, keys_of(context.topics)));
    producer.topics.push_back(name->text);
  }
}

void check_partition(Context& context, const SectionReader& section, const ProducerSpec& producer) {
  if (producer.partition.kind != PartitionChoice::Kind::fixed) return;
  for (const std::string& topic : producer.topics) {
    const auto found = context.topics.find(topic);
    if (found != context.topics.end() && producer.partition.partition >= found->second)
      section.error("partition", "'" + topic + "' has no partition " + std::to_string(producer.partition.partition) +
                                     "; its last is " + std::to_string(found->second - 1));
  }
}

void read_producer(Context& context, const SectionReader& section, ProducerSpec& producer) {
  read_topics_of(context, section, producer);
  section.read("rate", producer.rate);
  std::string failure;
  if (section.read("on.failure", failure))
    producer.on_failure = failure == "resend" ? OnSendFailure::resend
                          : failure == "stop" ? OnSendFailure::stop
                                              : OnSendFailure::ignore;
  section.read("burst", producer.burst);
  section.read("count", producer.count);
  read_start(context, section, producer.start, producer.manual_start);
  if (section.read("stop", producer.stop) && *producer.stop <= producer.start && !producer.manual_start)
    section.error("stop", section.shown() + " stops before it starts");
  section.read("value.size", producer.value_size);
  section.read("key.size", producer.key_size);
  section.read("key", producer.key);
  section.read("partition", producer.partition);
  check_partition(context, section, producer);
  section.read("timestamps", producer.timestamp_offset);
  if (section.read("rack", producer.rack)) check_rack(context, section, producer.rack);
  read_client(context, section);
  producer.bootstrap = read_bootstrap(context, section);
  const bool paced = producer.rate.kind == RateSpec::Kind::even || producer.rate.kind == RateSpec::Kind::poisson ||
                     producer.rate.kind == RateSpec::Kind::on_off || producer.rate.kind == RateSpec::Kind::steps;
  if (section.has("burst") && !paced) section.error("burst", "'burst' goes with a rate that has ticks, such as 200/s");
  const UserSettings user = read_config(context, section.map("config"), Section::producer, producer.config);
  if (user.has("partitioner.class") && !section.has("partition"))
    producer.partition.kind = PartitionChoice::Kind::round_robin;
  if (user.has("reconnect.backoff.ms") && !user.has("reconnect.backoff.max.ms"))  // then the back-off does not grow
    producer.config.client.reconnect_backoff_max = producer.config.client.reconnect_backoff;
  if (user.has("enable.idempotence")) producer.idempotence = producer.config.enable_idempotence;
  settle_idempotence(context, producer.config, user, section.place());
  settle_delivery_timeout(context, producer.config, user, section.place());
}

}  // namespace

void read_producers(Context& context, const Node* node, std::vector<ProducerSpec>& producers) {
  if (node == nullptr) return;
  for (const Field& field : node->fields) {
    declare_name(context, field.key, "producer", field.place);
    const SectionReader section(context, field.value, "producers/*", "producers." + field.key);
    ProducerSpec producer;
    producer.name = field.key;
    producer.place = field.place;
    int instances = 0;
    section.read("instances", instances);
    read_producer(context, section, producer);
    context.producers[field.key] = instances;
    if (instances == 0) producers.push_back(producer);
    for (int number = 1; number <= instances; ++number) {
      producer.name = field.key + "/" + std::to_string(number);
      producers.push_back(producer);
    }
  }
}

}  // namespace kafkasim::sim
