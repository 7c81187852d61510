#include "core/protocol/notes.hpp"
#include "sim/report/json_writer.hpp"
#include "sim/report/trace_log.hpp"
#include "sim/world.hpp"

namespace kafkasim::sim {
namespace {

constexpr const char* kBrokerStates[] = {"starting", "recovery", "running", "pending_shutdown", "stopped"};
constexpr const char* kGroupStates[] = {"Empty", "PreparingRebalance", "CompletingRebalance", "Stable", "Dead"};
constexpr const char* kReasons[] = {"none",   "join",         "leave",    "expired",
                                    "rejoin", "subscription", "metadata", "pending_sync"};
constexpr const char* kWhy[] = {"committed", "reset_earliest", "reset_latest", "truncated", "seek"};

template <std::size_t size, class Enum>
const char* word(const char* const (&words)[size], Enum value) {
  return words[static_cast<std::size_t>(value)];
}

// One overload per note: its name and its fields.
struct NoteWriter {
  JsonWriter& json;
  const Catalogue& names;

  void kind(std::string_view name) { json.key("note").string(name); }
  void at(TopicPartition tp) {
    json.key("partition")
        .string(tp.topic.known() && tp.partition >= 0 ? names.name(tp)
                : tp.topic.known()                    ? names.topic(tp.topic)
                                                      : "");
  }
  void number(std::string_view key, std::int64_t value) { json.key(key).integer(value); }
  void batch(PayloadId id) { json.key("batch").string(std::to_string(id.client) + "." + std::to_string(id.serial)); }
  void error(ErrorCode code) { json.key("error").string(name(code)); }
  void list(std::string_view key, const std::vector<BrokerId>& all) {
    json.key(key).begin_array(true);
    for (const BrokerId id : all) json.integer(id.value());
    json.end_array();
  }
  void list(std::string_view key, const std::vector<TopicPartition>& all) {
    json.key(key).begin_array(true);
    for (const TopicPartition tp : all) json.string(names.name(tp));
    json.end_array();
  }
  void registration(std::string_view key, const PartitionRegistration& of) {
    json.key(key).begin_object(true);
    number("leader", of.leader.value());
    number("leader_epoch", of.leader_epoch.value());
    number("partition_epoch", of.partition_epoch.value());
    list("isr", of.isr);
    list("elr", of.elr);
    json.end_object();
  }

  void operator()(const BatchClosed& n) {
    kind("BatchClosed"), batch(n.payload), at(n.partition), number("bytes", n.size_bytes);
    std::int64_t records = 0;
    for (const RecordRun& run : n.runs) records += run.count;
    number("records", records);
    if (!n.runs.empty())
      number("first", n.runs.front().first), number("handed_over", nanoseconds(n.runs.front().handed_over));
  }
  void operator()(const BatchSent& n) {
    kind("BatchSent"), batch(n.payload), at(n.partition), number("broker", n.broker.value()),
        number("attempt", n.attempt);
  }
  void operator()(const BatchAcked& n) {
    kind("BatchAcked"), batch(n.payload), at(n.partition), number("base_offset", n.base_offset.value());
  }
  void operator()(const BatchFailed& n) { kind("BatchFailed"), batch(n.payload), at(n.partition), error(n.error); }
  void operator()(const BatchError& n) {
    kind("BatchError"), batch(n.payload), at(n.partition), error(n.error), json.key("retried").boolean(n.retried);
  }
  void operator()(const RecordsRejected& n) {
    kind("RecordsRejected"), at(n.partition), number("first", n.run.first), number("records", n.run.count),
        error(n.error);
  }
  void operator()(const ProducerIdentity& n) {
    kind("ProducerIdentity"), number("producer_id", n.producer_id.value()), number("epoch", n.epoch.value());
  }
  void operator()(const ConnectionLost& n) {
    kind("ConnectionLost"), number("peer", n.peer.value()), number("in_flight", n.in_flight);
    json.key("timed_out").boolean(n.timed_out);
    json.key("refused").boolean(n.refused);
  }
  void operator()(const LeaderLearned& n) {
    kind("LeaderLearned"), at(n.partition), number("leader", n.leader.value()), number("epoch", n.epoch.value());
  }
  void operator()(const PartitionsAssigned& n) {
    kind("PartitionsAssigned"), number("generation", n.generation.value()), list("partitions", n.partitions);
  }
  void operator()(const PartitionsRevoked& n) {
    kind("PartitionsRevoked"), list("partitions", n.partitions), json.key("lost").boolean(n.lost);
  }
  void operator()(const PositionSet& n) {
    kind("PositionSet"), at(n.partition), number("position", n.position.value()),
        json.key("why").string(word(kWhy, n.why));
  }
  void operator()(const OffsetsCommitted& n) {
    kind("OffsetsCommitted");
    json.key("offsets").begin_object(true);
    for (const auto& [tp, offset] : n.offsets) number(names.name(tp), offset.value());
    json.end_object();
  }
  void operator()(const ClientError& n) { kind("ClientError"), json.key("api").string(n.api), error(n.error); }
  void operator()(const ConsumerException& n) {
    kind("ConsumerException");
    json.key("exception").string(n.exception.empty() ? exception_name(n.error) : n.exception);
  }
  void operator()(const BecameLeader& n) {
    kind("BecameLeader"), at(n.partition), number("epoch", n.epoch.value()),
        number("epoch_start", n.epoch_start.value());
  }
  void operator()(const BecameFollower& n) {
    kind("BecameFollower"), at(n.partition), number("epoch", n.epoch.value()), number("leader", n.leader.value());
  }
  void operator()(const SegmentsDeleted& n) {
    kind("SegmentsDeleted"), at(n.partition), number("log_start", n.log_start.value());
  }
  void operator()(const LogDirFailed& n) { kind("LogDirFailed"), number("dir", n.dir + 1); }
  void operator()(const LogAppended& n) {
    kind("LogAppended"), at(n.partition), number("from", n.from.value()), number("to", n.to.value());
    if (n.payload.client >= 0) batch(n.payload);
  }
  void operator()(const LogTruncated& n) {
    kind("LogTruncated"), at(n.partition), number("from", n.from.value()), number("to", n.to.value());
  }
  void operator()(const HighWatermarkMoved& n) {
    kind("HighWatermarkMoved"), at(n.partition), number("to", n.to.value());
  }
  void operator()(const BrokerStateChanged& n) {
    kind("BrokerStateChanged"), json.key("state").string(word(kBrokerStates, n.state));
  }
  void operator()(const GroupStateChanged& n) {
    kind("GroupStateChanged"), json.key("group").string(names.group(n.group)),
        number("generation", n.generation.value());
    json.key("state").string(word(kGroupStates, n.state));
    json.key("reason").string(word(kReasons, n.reason));
    number("members", n.members);
  }
  void operator()(const BrokerFencing& n) {
    kind("BrokerFencing"), number("broker", n.broker.value()), json.key("fenced").boolean(n.fenced);
  }
  void operator()(const BrokerRegistered& n) {
    kind("BrokerRegistered"), number("broker", n.broker.value()), error(n.error);
  }
  void operator()(const PartitionChanged& n) {
    kind("PartitionChanged"), at(n.partition), registration("before", n.before), registration("after", n.after);
    json.key("unclean").boolean(n.unclean);
  }
};

}  // namespace

void write_note(JsonWriter& json, const World& world, HostIndex who, const Note& note) {
  json.begin_object(true);
  NoteWriter writer{json, *world.plan->names};
  std::visit(writer, note);
  json.key("who").string(world.hosts.at(who).name);
  json.end_object();
}

}  // namespace kafkasim::sim
