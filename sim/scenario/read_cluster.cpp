#include <algorithm>

#include "sim/scenario/number_text.hpp"
#include "sim/scenario/parts.hpp"

namespace kafkasim::sim {

namespace {

void read_network(Context& context, const Node* node, NetworkSpec& network) {
  if (node == nullptr) return;
  const SectionReader section(context, *node, "cluster/network", "cluster.network");
  section.read("latency", network.latency);
  section.read("jitter", network.jitter);
  section.read("bandwidth", network.bandwidth_bits);
  section.read("between.racks", network.between_racks);
  section.read("clients", network.clients);
}

void read_host(Context& context, const Node* node, HostSpec& host) {
  if (node == nullptr) return;
  const SectionReader section(context, *node, "cluster/host", "cluster.host");
  section.read("start", host.start);
  section.read("stop", host.stop);
  section.read("teardown", host.teardown);
  section.read("recovery", host.recovery_bytes);
  section.read("page.cache", host.page_cache_bytes);
}

/// `p99.9 200ms`: the share of writes above that percentile stands still for so long.
void read_stalls(Context& context, const SectionReader& section, DiskSpec& disk) {
  const Node* node = section.field("stalls") == nullptr ? nullptr : section.text("stalls");
  if (node == nullptr) return;
  const std::string_view text = trimmed(node->text);
  const std::size_t blank = text.find(' ');
  const auto percent = text.starts_with('p') && blank != std::string_view::npos
                           ? read_decimal(text.substr(1, blank - 1))
                           : unreadable<Decimal>("no percentile");
  const auto length = percent.ok() ? read_duration(trimmed(text.substr(blank))) : unreadable<Duration>("no duration");
  const Ratio below = percent.ok() ? to_ratio(percent.value) : Ratio{};
  if (!percent.ok() || !length.ok() || below.numerator <= 0 || below.numerator >= 100 * below.denominator) {
    context.error(node->place,
                  "'" + node->text + "' is not a percentile below p100 and a duration, such as p99.9 200ms");
    return;
  }
  disk.stalls = StallSpec{{100 * below.denominator - below.numerator, 100 * below.denominator}, length.value};
}

void read_disk(Context& context, const Node* node, DiskSpec& disk) {
  if (node == nullptr) return;
  const SectionReader section(context, *node, "cluster/disk", "cluster.disk");
  section.read("throughput", disk.throughput_bytes);
  section.read("fsync", disk.fsync);
  section.read("writeback", disk.writeback);
  section.read("capacity", disk.capacity_bytes);
  section.read("dirs", disk.dirs);
  context.dirs = disk.dirs;
  read_stalls(context, section, disk);
}

/// Reads a broker id that exists; 0 when it does not (reported).
int broker_id(Context& context, std::string_view text, const Place& place) {
  const auto id = read_integer(text);
  if (id.ok() && id.value >= 1 && id.value <= context.brokers) return static_cast<int>(id.value);
  context.error(
      place, "there is no broker '" + std::string(text) + "'; the brokers are 1 to " + std::to_string(context.brokers));
  return 0;
}

void read_rack_map(Context& context, const Node& node, std::map<int, std::string>& racks) {
  for (const Field& field : node.fields) {
    context.racks.insert(field.key);
    if (!field.value.is_list()) {
      context.error(field.place, "rack '" + field.key + "' wants a list of its brokers, such as [1, 4]");
      continue;
    }
    for (const Node* item : sound_items(context, field.value)) {
      const int id = broker_id(context, item->text, item->place);
      if (id == 0) continue;
      if (racks.contains(id))
        context.error(item->place, "broker " + item->text + " sits in rack '" + racks[id] + "' already");
      racks[id] = field.key;
    }
  }
  for (int id = 1; id <= context.brokers; ++id)
    if (!racks.contains(id)) context.error(node.place, "broker " + std::to_string(id) + " has no rack");
}

void read_racks(Context& context, const SectionReader& section, std::map<int, std::string>& racks) {
  const Field* field = section.field("racks");
  if (field == nullptr) return;
  if (field->value.is_map()) {
    read_rack_map(context, field->value, racks);
    return;
  }
  std::vector<const Node*> names;
  if (!section.read("racks", names)) return;
  for (int id = 1; id <= context.brokers; ++id)
    racks[id] = names[static_cast<std::size_t>(id - 1) % names.size()]->text;
  for (const Node* name : names) context.racks.insert(name->text);
}

/// Rules that a broker checks when it starts.
void check_broker(Context& context, const BrokerConfig& config, const UserSettings& user, const Place& place) {
  const Place at = user.place("replica.fetch.wait.max.ms", place);
  if (config.replica_fetch_wait_max > config.replica_lag_time_max)
    context.error(at,
                  "'replica.fetch.wait.max.ms' must not be above 'replica.lag.time.max.ms': brokers refuse to start");
  if (config.replica_fetch_wait_max > config.replica_socket_timeout)
    context.error(at,
                  "'replica.fetch.wait.max.ms' must not be above 'replica.socket.timeout.ms': brokers refuse to start");
  if (config.group_min_session_timeout > config.group_max_session_timeout)
    context.error(user.place("group.min.session.timeout.ms", place),
                  "'group.min.session.timeout.ms' is above 'group.max.session.timeout.ms'");
}

void read_broker_configs(Context& context, const Node* node, ClusterSpec& cluster) {
  if (node == nullptr) return;
  for (const Field& field : node->fields) {
    const int id = broker_id(context, field.key, field.place);
    if (id == 0) continue;
    if (!field.value.is_map()) {
      context.error(field.place, "'" + field.key + "' wants a map of Kafka's broker settings");
      continue;
    }
    BrokerConfig config = cluster.config;
    const UserSettings user = read_config(context, &field.value, Section::broker, config);
    check_broker(context, config, user, field.place);
    cluster.broker_configs[id] = config;
  }
}

void read_features(Context& context, const Node* node, ClusterSpec& cluster) {
  if (node == nullptr) return;
  const SectionReader section(context, *node, "cluster/features", "cluster.features");
  int level = 1;
  if (section.read("eligible.leader.replicas.version", level)) cluster.elr = level == 1;
}

}  // namespace

void read_cluster(Context& context, const Node* node, ClusterSpec& cluster) {
  context.brokers = cluster.brokers;
  if (node == nullptr) return;
  const SectionReader section(context, *node, "cluster", "cluster");
  section.read("brokers", cluster.brokers);
  context.brokers = cluster.brokers;
  if (const Node* count = section.field("controllers") == nullptr ? nullptr : section.text("controllers")) {
    const auto value = read_integer(count->text);
    if (value.ok() && value.value > 1)
      context.error(count->place, "more than one controller (a Raft quorum) is not built yet (comes with issue B)");
    else
      section.read("controllers", cluster.controllers);
  }
  read_racks(context, section, cluster.racks);
  const UserSettings user = read_config(context, section.map("config"), Section::broker, cluster.config);
  check_broker(context, cluster.config, user, section.place());
  read_broker_configs(context, section.map("brokers.config"), cluster);
  read_features(context, section.map("features"), cluster);
  read_network(context, section.map("network"), cluster.network);
  read_host(context, section.map("host"), cluster.host);
  read_disk(context, section.map("disk"), cluster.disk);
}

}  // namespace kafkasim::sim
