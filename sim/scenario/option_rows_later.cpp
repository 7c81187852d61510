// clang-format off
// What the language has and other issues bring: known, so that the answer is "not built yet", never silence.
#include "sim/scenario/option_rows.hpp"

namespace kafkasim::sim {

namespace {

constexpr std::int64_t kNoLimit = std::numeric_limits<std::int64_t>::max();

constexpr Option later(std::string_view path, std::string_view letter, std::string_view doc = "") {
  return {path, ValueKind::free_form, "", doc, "", 0, kNoLimit, letter};
}

constexpr Option kRows[] = {
    later("pipelines", "D", "Consume, process, produce."),
    later("sweep", "later", "Many runs with paired statistics."),
    later("cluster/combined", "B", "Brokers that are controllers too."),
    later("cluster/zookeeper", "B", "ZooKeeper mode."),
    later("cluster/features/transaction.version", "D", "Transaction protocol."),
    later("cluster/features/group.version", "C", "Group protocol."),
    later("cluster/features/share.version", "C", "Share groups."),
    later("cluster/features/metadata.version", "B", "Metadata version."),
    later("cluster/features/kraft.version", "B", "Quorum version."),
    later("cluster/features/streams.version", "C", "Streams groups."),
    later("producers/*/principal", "B", "Who it is, for ACLs and quotas."),
    later("producers/*/transaction", "D", "Transactions."),
    later("consumers/*/pattern", "C", "Topics by pattern."),
    later("consumers/*/on.revoked", "C", "Listener."),
    later("consumers/*/on.assigned", "C", "Listener."),
    later("consumers/*/on.error", "C", "When poll throws."),
    later("consumers/*/static", "C", "Static membership."),
    later("consumers/*/share", "C", "Share groups."),
    later("consumers/*/acknowledge", "C", "Share groups."),
    later("consumers/*/on.failure", "C", "Poison records."),
    later("consumers/*/workers", "C", "Hand-off to threads."),
    later("consumers/*/principal", "B", "Who it is, for ACLs and quotas."),
    later("timeline/*/send/transaction", "D"),
    later("timeline/*/join/static", "C"),
    later("timeline/*/join/share", "C"),
    later("timeline/*/damage", "B"),
    later("timeline/*/damage/partition", "B"),
    later("timeline/*/damage/cut", "B"),
    later("timeline/*/damage/flip", "B"),
    later("timeline/*/damage/append", "B"),
    later("timeline/*/unsubscribe", "C"),
    later("timeline/*/subscribe", "C"),
    later("timeline/*/subscribe/topics", "C"),
    later("timeline/*/begin", "D"),
    later("timeline/*/begin/gets", "D"),
    later("timeline/*/abort", "D"),
    later("timeline/*/abort/gets", "D"),
    later("timeline/*/send_offsets", "D"),
    later("timeline/*/send_offsets/group", "D"),
    later("timeline/*/send_offsets/offsets", "D"),
    later("timeline/*/send_offsets/gets", "D"),
    later("timeline/*/pause", "C"),
    later("timeline/*/pause/partitions", "C"),
    later("timeline/*/pause/offsets", "C"),
    later("timeline/*/pause/gets", "C"),
    later("timeline/*/resume", "C"),
    later("timeline/*/resume/partitions", "C"),
    later("timeline/*/resume/offsets", "C"),
    later("timeline/*/resume/gets", "C"),
    later("timeline/*/acknowledge", "C"),
    later("timeline/*/acknowledge/partitions", "C"),
    later("timeline/*/acknowledge/offsets", "C"),
    later("timeline/*/acknowledge/gets", "C"),
    later("timeline/*/delete_topic", "B"),
    later("timeline/*/delete_topic/gets", "B"),
    later("timeline/*/reassign", "B"),
    later("timeline/*/reassign/to", "B"),
    later("timeline/*/reassign/throttle", "B"),
    later("timeline/*/reassign/cancel", "B"),
    later("timeline/*/reassign/gets", "B"),
    later("timeline/*/delete_records", "B"),
    later("timeline/*/delete_records/before", "B"),
    later("timeline/*/delete_records/gets", "B"),
    later("timeline/*/add_broker", "B"),
    later("timeline/*/add_broker/gets", "B"),
    later("timeline/*/add_broker/rack", "B"),
    later("timeline/*/add_broker/config", "B"),
    later("timeline/*/remove_broker", "B"),
    later("timeline/*/remove_broker/gets", "B"),
    later("timeline/*/reset_offsets", "C"),
    later("timeline/*/reset_offsets/offsets", "C"),
    later("timeline/*/reset_offsets/to", "C"),
    later("timeline/*/reset_offsets/topics", "C"),
    later("timeline/*/reset_offsets/gets", "C"),
    later("timeline/*/delete_group", "C"),
    later("timeline/*/delete_group/gets", "C"),
    later("timeline/*/acl", "B"),
    later("timeline/*/acl/principal", "B"),
    later("timeline/*/acl/deny", "B"),
    later("timeline/*/acl/allow", "B"),
    later("timeline/*/acl/resource", "B"),
    later("timeline/*/acl/gets", "B"),
    later("timeline/*/quota", "B"),
    later("timeline/*/quota/producer_byte_rate", "B"),
    later("timeline/*/quota/consumer_byte_rate", "B"),
    later("timeline/*/quota/request_percentage", "B"),
    later("timeline/*/quota/gets", "B"),
};

}  // namespace

std::span<const Option> later_options() { return kRows; }

}  // namespace kafkasim::sim
