// The modelled settings: Kafka's name, the member it sets, what it does.
#include <variant>

#include "core/base/invariant.hpp"
#include "sim/scenario/kafka_settings.hpp"
#include "sim/scenario/number_text.hpp"

namespace kafkasim::sim {

namespace {

template <class Config>
struct Binding {
  std::string_view name;
  std::variant<Duration Config::*, std::int32_t Config::*, std::int64_t Config::*, bool Config::*> member;
  std::string_view doc;
};

constexpr Binding<BrokerConfig> kBroker[] = {
    {"replica.lag.time.max.ms", &BrokerConfig::replica_lag_time_max,
     "How long a follower may fail to catch up before the leader takes it out of the ISR."},
    {"replica.fetch.wait.max.ms", &BrokerConfig::replica_fetch_wait_max,
     "How long a leader keeps a follower's fetch waiting for data."},
    {"replica.fetch.min.bytes", &BrokerConfig::replica_fetch_min_bytes, "Bytes a follower's fetch waits for."},
    {"replica.fetch.max.bytes", &BrokerConfig::replica_fetch_max_bytes,
     "Most bytes per partition in a follower's fetch."},
    {"replica.fetch.response.max.bytes", &BrokerConfig::replica_fetch_response_max_bytes,
     "Most bytes in one answer to a follower."},
    {"replica.fetch.backoff.ms", &BrokerConfig::replica_fetch_backoff, "Pause of a follower's fetcher after an error."},
    {"replica.socket.timeout.ms", &BrokerConfig::replica_socket_timeout, "How long a follower waits for an answer."},
    {"num.replica.fetchers", &BrokerConfig::num_replica_fetchers, "Fetcher threads per source broker."},
    {"replica.high.watermark.checkpoint.interval.ms", &BrokerConfig::replica_high_watermark_checkpoint_interval,
     "How often high watermarks are written to disk."},
    {"broker.heartbeat.interval.ms", &BrokerConfig::broker_heartbeat_interval,
     "Time between a broker's heartbeats to the controller."},
    {"broker.session.timeout.ms", &BrokerConfig::broker_session_timeout,
     "Silence after which the controller fences a broker."},
    {"initial.broker.registration.timeout.ms", &BrokerConfig::initial_broker_registration_timeout,
     "How long a starting broker tries to register."},
    {"controlled.shutdown.enable", &BrokerConfig::controlled_shutdown_enable,
     "Whether a clean stop moves leaders away first."},
    {"unclean.leader.election.enable", &BrokerConfig::unclean_leader_election_enable,
     "Whether a replica outside ISR and ELR may lead when nothing else is left."},
    {"unclean.leader.election.interval.ms", &BrokerConfig::unclean_leader_election_interval,
     "How often the controller looks for partitions that need an unclean election."},
    {"min.insync.replicas", &BrokerConfig::min_insync_replicas,
     "Smallest ISR with which acks=all is accepted (default of topics)."},
    {"auto.leader.rebalance.enable", &BrokerConfig::auto_leader_rebalance_enable,
     "Whether the controller gives leadership back to preferred replicas."},
    {"leader.imbalance.check.interval.seconds", &BrokerConfig::leader_imbalance_check_interval,
     "How often it looks whether to."},
    {"num.network.threads", &BrokerConfig::num_network_threads, "Threads that read requests and write answers."},
    {"num.io.threads", &BrokerConfig::num_io_threads, "Threads that handle requests."},
    {"queued.max.requests", &BrokerConfig::queued_max_requests, "Requests that may wait for an io thread."},
    {"message.max.bytes", &BrokerConfig::message_max_bytes, "Largest batch accepted (default of topics)."},
    {"fetch.max.bytes", &BrokerConfig::fetch_max_bytes, "Most bytes in one answer to a fetch."},
    {"log.segment.bytes", &BrokerConfig::log_segment_bytes,
     "Size at which a log segment is rolled (default of topics)."},
    {"log.flush.interval.messages", &BrokerConfig::log_flush_interval_messages,
     "Records after which a log is flushed (default of topics)."},
    {"log.retention.check.interval.ms", &BrokerConfig::log_retention_check_interval,
     "How often old segments are looked for."},
    {"log.initial.task.delay.ms", &BrokerConfig::log_initial_task_delay,
     "How long after its start a broker first looks for old segments."},
    {"log.retention.ms", &BrokerConfig::log_retention_ms, "Age at which segments go (default of topics)."},
    {"log.retention.bytes", &BrokerConfig::log_retention_bytes,
     "Bytes a partition keeps at least before old segments go (default of topics)."},
    {"log.roll.ms", &BrokerConfig::log_roll_ms,
     "Span of record time at which a segment is rolled (default of topics)."},
    {"offsets.topic.num.partitions", &BrokerConfig::offsets_topic_num_partitions, "Partitions of __consumer_offsets."},
    {"offsets.topic.replication.factor", &BrokerConfig::offsets_topic_replication_factor,
     "Replicas of __consumer_offsets."},
    {"offsets.commit.timeout.ms", &BrokerConfig::offsets_commit_timeout,
     "How long an offset commit may wait for its replicas."},
    {"group.initial.rebalance.delay.ms", &BrokerConfig::group_initial_rebalance_delay,
     "How long an empty group waits for more members before its first rebalance."},
    {"group.min.session.timeout.ms", &BrokerConfig::group_min_session_timeout,
     "Smallest session timeout a member may ask for."},
    {"group.max.session.timeout.ms", &BrokerConfig::group_max_session_timeout,
     "Largest session timeout a member may ask for."},
    {"group.max.size", &BrokerConfig::group_max_size, "Most members of a group."},
};

constexpr Binding<TopicConfig> kTopic[] = {
    {"min.insync.replicas", &TopicConfig::min_insync_replicas, "Smallest ISR with which acks=all is accepted."},
    {"unclean.leader.election.enable", &TopicConfig::unclean_leader_election_enable,
     "Whether a replica outside ISR and ELR may lead when nothing else is left."},
    {"max.message.bytes", &TopicConfig::max_message_bytes, "Largest batch accepted."},
    {"segment.bytes", &TopicConfig::segment_bytes, "Size at which a log segment is rolled."},
    {"internal.segment.bytes", &TopicConfig::segment_bytes, "segment.bytes below its minimum, for tests."},
    {"flush.messages", &TopicConfig::flush_messages, "Records after which the log is flushed."},
    {"segment.ms", &TopicConfig::segment_ms, "Span of record time at which a segment is rolled."},
    {"retention.ms", &TopicConfig::retention, "Age of its newest record at which a segment goes; -1: never."},
    {"retention.bytes", &TopicConfig::retention_bytes,
     "Bytes a partition keeps at least before old segments go; -1: no limit."},
};

constexpr Binding<ClientConfig> kClient[] = {
    {"request.timeout.ms", &ClientConfig::request_timeout, "How long a client waits for an answer."},
    {"retry.backoff.ms", &ClientConfig::retry_backoff, "First pause before a retry; it doubles."},
    {"retry.backoff.max.ms", &ClientConfig::retry_backoff_max, "Longest pause before a retry."},
    {"reconnect.backoff.ms", &ClientConfig::reconnect_backoff, "First pause before connecting again; it doubles."},
    {"reconnect.backoff.max.ms", &ClientConfig::reconnect_backoff_max, "Longest pause before connecting again."},
    {"socket.connection.setup.timeout.ms", &ClientConfig::socket_connection_setup_timeout,
     "How long a connection may take to be set up; it doubles."},
    {"socket.connection.setup.timeout.max.ms", &ClientConfig::socket_connection_setup_timeout_max,
     "Upper bound of that."},
    {"connections.max.idle.ms", &ClientConfig::connections_max_idle, "Idle time after which a connection is closed."},
    {"metadata.max.age.ms", &ClientConfig::metadata_max_age, "Age at which metadata is fetched again."},
};

constexpr Binding<ProducerConfig> kProducer[] = {
    {"enable.idempotence", &ProducerConfig::enable_idempotence,
     "Whether the broker recognises repeated batches. Off by itself with acks other than all or retries 0 (P-43)."},
    {"retries", &ProducerConfig::retries, "How often a batch is sent again."},
    {"delivery.timeout.ms", &ProducerConfig::delivery_timeout, "Time a record has from send() to its answer."},
    {"linger.ms", &ProducerConfig::linger, "How long a batch waits to be filled."},
    {"batch.size", &ProducerConfig::batch_size, "Bytes of a full batch."},
    {"max.request.size", &ProducerConfig::max_request_size, "Most bytes in one request."},
    {"buffer.memory", &ProducerConfig::buffer_memory, "Bytes of records the client may hold."},
    {"max.block.ms", &ProducerConfig::max_block, "How long send() may block."},
    {"max.in.flight.requests.per.connection", &ProducerConfig::max_in_flight, "Requests on the way to one broker."},
    {"partitioner.adaptive.partitioning.enable", &ProducerConfig::partitioner_adaptive,
     "Whether slower partitions get fewer records."},
    {"partitioner.ignore.keys", &ProducerConfig::partitioner_ignore_keys, "Whether keys do not decide the partition."},
};

constexpr Binding<ConsumerConfig> kConsumer[] = {
    {"session.timeout.ms", &ConsumerConfig::session_timeout, "Silence after which the coordinator removes a member."},
    {"heartbeat.interval.ms", &ConsumerConfig::heartbeat_interval, "Time between a member's heartbeats."},
    {"max.poll.interval.ms", &ConsumerConfig::max_poll_interval,
     "Longest time between two polls before the member leaves."},
    {"max.poll.records", &ConsumerConfig::max_poll_records, "Most records a poll returns."},
    {"enable.auto.commit", &ConsumerConfig::enable_auto_commit,
     "Whether poll() commits by itself; `commit` says it too."},
    {"auto.commit.interval.ms", &ConsumerConfig::auto_commit_interval, "Time between automatic commits."},
    {"fetch.min.bytes", &ConsumerConfig::fetch_min_bytes, "Bytes a fetch waits for."},
    {"fetch.max.wait.ms", &ConsumerConfig::fetch_max_wait, "How long the broker keeps a fetch waiting for data."},
    {"fetch.max.bytes", &ConsumerConfig::fetch_max_bytes, "Most bytes in one answer."},
    {"max.partition.fetch.bytes", &ConsumerConfig::max_partition_fetch_bytes,
     "Most bytes per partition in one answer."},
    {"default.api.timeout.ms", &ConsumerConfig::default_api_timeout, "How long calls that take no time-out may last."},
};

struct Special {
  Section section;
  std::string_view name;
  std::string_view doc;
};

constexpr Special kSpecial[] = {
    {Section::broker, "log.retention.minutes", "log.retention.ms in minutes."},
    {Section::broker, "log.retention.hours", "log.retention.ms in hours."},
    {Section::broker, "log.roll.hours", "log.roll.ms in hours."},
    {Section::broker, "log.message.timestamp.type", "Whose time records carry: CreateTime, LogAppendTime."},
    {Section::topic, "message.timestamp.type", "Whose time records carry: CreateTime, LogAppendTime."},
    {Section::producer, "acks", "Whose word is enough: 0 nobody's, 1 the leader's, all every member of the ISR."},
    {Section::producer, "partitioner.class", "RoundRobinPartitioner: to the partitions in turn, key or not."},
    {Section::consumer, "auto.offset.reset", "Where to start without a committed offset: earliest, latest, none."},
    {Section::consumer, "group.protocol", "Whose protocol the group speaks: classic."},
    {Section::consumer, "partition.assignment.strategy", "Assignors in order of preference: range, roundrobin."},
};

template <class Config, std::size_t N>
const Binding<Config>* find_binding(const Binding<Config> (&table)[N], std::string_view name) {
  for (const Binding<Config>& binding : table)
    if (binding.name == name) return &binding;
  return nullptr;
}

template <class Config>
void store(Config& config, const Binding<Config>& binding, const KafkaSetting& setting, std::string_view text) {
  if (const auto* flag = std::get_if<bool Config::*>(&binding.member)) {
    config.*(*flag) = text.starts_with('t') || text.starts_with('T');
    return;
  }
  const std::int64_t number = setting_number(setting, text).value_or(0);
  if (const auto* small = std::get_if<std::int32_t Config::*>(&binding.member))
    config.*(*small) = static_cast<std::int32_t>(number);
  if (const auto* large = std::get_if<std::int64_t Config::*>(&binding.member)) config.*(*large) = number;
  if (const auto* span = std::get_if<Duration Config::*>(&binding.member)) {
    const std::int64_t unit = setting.name.ends_with(".seconds") ? 1'000'000'000 : 1'000'000;
    const bool endless = number < 0 || number > kNever.time_since_epoch().count() / unit;  // -1: no limit
    config.*(*span) = endless ? kNever.time_since_epoch() : Duration{number * unit};
  }
}

template <class Config, std::size_t N>
bool store_if_bound(Config& config, const Binding<Config> (&table)[N], Section section, std::string_view name,
                    std::string_view text) {
  const Binding<Config>* binding = find_binding(table, name);
  if (binding == nullptr) return false;
  const KafkaSetting* setting = find_setting(section, name);
  INVARIANT(setting != nullptr, "a modelled setting is a real one");
  store(config, *binding, *setting, text);
  return true;
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    parts.emplace_back(trimmed(text.substr(0, comma)));
    text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
  }
  return parts;
}

/// Kafka takes class names; people write the assignors' own names.
std::string assignor(std::string_view text) {
  constexpr std::string_view kPackage = "org.apache.kafka.clients.consumer.";
  if (text.starts_with(kPackage)) text.remove_prefix(kPackage.size());
  if (text == "RangeAssignor") return "range";
  if (text == "RoundRobinAssignor") return "roundrobin";
  if (text == "StickyAssignor") return "sticky";
  if (text == "CooperativeStickyAssignor") return "cooperative-sticky";
  return std::string(text);
}

std::string apply_strategy(ConsumerConfig& config, std::string_view text) {
  std::vector<std::string> names;
  for (const std::string& part : split(text)) names.push_back(assignor(part));
  if (names.empty()) return "needs at least one assignor";
  const bool default_list = names == std::vector<std::string>{"range", "cooperative-sticky"};
  for (const std::string& name : names) {
    if (name == "range" || name == "roundrobin" || default_list) continue;
    if (name == "sticky" || name == "cooperative-sticky")
      return "assignor '" + name + "' is not built yet (comes with issue C); there are range and roundrobin";
    return "unknown assignor '" + name + "'; there are range and roundrobin";
  }
  config.partition_assignment_strategy = names;
  return {};
}

}  // namespace

bool is_modelled(Section section, std::string_view name) { return !setting_doc(section, name).empty(); }

std::string_view setting_doc(Section section, std::string_view name) {
  for (const Special& special : kSpecial)
    if (special.section == section && special.name == name) return special.doc;
  const auto doc = [](const auto* binding) { return binding == nullptr ? std::string_view{} : binding->doc; };
  if (section == Section::broker) return doc(find_binding(kBroker, name));
  if (section == Section::topic) return doc(find_binding(kTopic, name));
  if (section == Section::group) return {};
  if (const auto* shared = find_binding(kClient, name)) return shared->doc;
  return section == Section::producer ? doc(find_binding(kProducer, name)) : doc(find_binding(kConsumer, name));
}

std::string apply_setting(BrokerConfig& config, std::string_view name, std::string_view text) {
  // The finer unit has the last word in Kafka; here the later line has.
  const auto in_ms = [&](std::int64_t unit) {
    const auto value = read_integer(text);
    return !value.ok() || value.value < 0 ? std::int64_t{-1} : value.value * unit;
  };
  if (name == "log.retention.minutes") config.log_retention_ms = in_ms(60'000);
  if (name == "log.retention.hours") config.log_retention_ms = in_ms(3'600'000);
  if (name == "log.roll.hours") config.log_roll_ms = in_ms(3'600'000);
  if (name == "log.message.timestamp.type") config.log_append_time = text == "LogAppendTime";
  store_if_bound(config, kBroker, Section::broker, name, text);
  return {};
}

std::string apply_setting(TopicConfig& config, std::string_view name, std::string_view text) {
  if (name == "message.timestamp.type") config.log_append_time = text == "LogAppendTime";
  // Compaction is not modelled (a warning says so), but what is only compacted is not deleted by age or size.
  if (name == "cleanup.policy") config.deletes = text.find("delete") != std::string_view::npos;
  store_if_bound(config, kTopic, Section::topic, name, text);
  return {};
}

std::string apply_setting(ProducerConfig& config, std::string_view name, std::string_view text) {
  if (name == "acks") config.acks = text == "0" ? Acks::none : text == "1" ? Acks::leader : Acks::all;
  if (name == "partitioner.class" && text != kRoundRobinPartitioner)  // the reader of producers sees to it
    return "partitioner.class '" + std::string(text) + "' is not modelled; there is " +
           std::string(kRoundRobinPartitioner);
  if (name == "transactional.id") return "transactions are not built yet (come with issue D)";
  if (!store_if_bound(config, kProducer, Section::producer, name, text))
    store_if_bound(config.client, kClient, Section::producer, name, text);
  return {};
}

std::string apply_setting(ConsumerConfig& config, std::string_view name, std::string_view text) {
  if (name == "auto.offset.reset") {
    if (text.starts_with("by_duration:"))
      return "by_duration is not built yet (comes with issue C); there are earliest, latest and none";
    if (text != "earliest" && text != "latest" && text != "none")
      return "'" + std::string(text) + "' is none of earliest, latest and none";
    config.auto_offset_reset = text == "earliest" ? OffsetReset::earliest
                               : text == "latest" ? OffsetReset::latest
                                                  : OffsetReset::none;
  }
  if (name == "partition.assignment.strategy") return apply_strategy(config, text);
  if (name == "group.protocol" && text != "classic" && text != "CLASSIC")
    return "group.protocol '" + std::string(text) + "' is not built yet (comes with issue C); there is classic";
  if (name == "group.instance.id") return "static members are not built yet (come with issue C)";
  if (!store_if_bound(config, kConsumer, Section::consumer, name, text))
    store_if_bound(config.client, kClient, Section::consumer, name, text);
  return {};
}

}  // namespace kafkasim::sim
