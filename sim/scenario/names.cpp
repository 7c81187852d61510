#include <algorithm>
#include <array>
#include <cctype>

#include "sim/scenario/context.hpp"
#include "sim/scenario/number_text.hpp"

namespace kafkasim::sim {

namespace {

/// Words of targets, and `any` of expectations: no name may be one.
constexpr std::array<std::string_view, 17> kWords{
    "broker",      "brokers", "controller", "zookeeper", "leader", "follower", "followers", "replicas", "preferred",
    "coordinator", "rack",    "all",        "random",    "others", "clients",  "of",        "any"};

/// Measured names of the language (section 7).
constexpr std::string_view kMeasured[] = {"sent",
                                          "acked",
                                          "failed",
                                          "failed_in_log",
                                          "indeterminate",
                                          "in_log",
                                          "lost",
                                          "lost_unacked",
                                          "removed",
                                          "duplicated",
                                          "reordered",
                                          "split_keys",
                                          "errors",
                                          "exceptions",
                                          "retries",
                                          "batches",
                                          "batch_records",
                                          "batch_bytes",
                                          "runs",
                                          "partition_share",
                                          "partition_of",
                                          "producer_epoch",
                                          "blocked",
                                          "latency",
                                          "end_to_end",
                                          "gap",
                                          "unavailable",
                                          "delivered",
                                          "processed",
                                          "redelivered",
                                          "skipped",
                                          "unread",
                                          "out_of_order",
                                          "lag",
                                          "position_lag",
                                          "time_lag",
                                          "records_lag",
                                          "current_lag",
                                          "committed",
                                          "position",
                                          "first_offset",
                                          "read",
                                          "reads_from",
                                          "offset_at",
                                          "state",
                                          "generation",
                                          "group_epoch",
                                          "protocol",
                                          "members",
                                          "member_epoch",
                                          "assignment",
                                          "owner",
                                          "callbacks",
                                          "rebalances",
                                          "reason",
                                          "moved",
                                          "rebalance_pause",
                                          "paused_partition_seconds",
                                          "leader_epoch",
                                          "isr",
                                          "elr",
                                          "last_known_leader",
                                          "partition_epoch",
                                          "adding",
                                          "removing",
                                          "high_watermark",
                                          "log_start",
                                          "log_end",
                                          "last_stable_offset",
                                          "under_replicated",
                                          "under_min_isr",
                                          "offline",
                                          "epochs",
                                          "values",
                                          "offsets",
                                          "segments",
                                          "size",
                                          "first_dirty",
                                          "dir",
                                          "identical",
                                          "differing",
                                          "truncations",
                                          "recovering",
                                          "believes",
                                          "elections",
                                          "unclean_elections",
                                          "isr_shrinks",
                                          "isr_expands",
                                          "controller_changes",
                                          "fenced",
                                          "registered",
                                          "alive",
                                          "leads",
                                          "anomalies",
                                          "held",
                                          "deliveries",
                                          "acquired",
                                          "archived",
                                          "table",
                                          "transaction_state",
                                          "transaction_epoch",
                                          "client_state",
                                          "open_transactions",
                                          "aborted_reads",
                                          "torn_transactions",
                                          "effects"};

bool name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

/// `10`, `10s`, `5MB`: would read as a value.
bool looks_like_a_value(std::string_view name) {
  return read_decimal(name).ok() || read_duration(name).ok() || read_size(name).ok();
}

/// NAME is `TOPIC-NUMBER` of a topic that exists: it would read as a partition.
bool looks_like_a_partition(const Context& context, std::string_view name) {
  const std::size_t dash = name.rfind('-');
  if (dash == std::string_view::npos || dash + 1 == name.size()) return false;
  const std::string_view number = name.substr(dash + 1);
  if (number.find_first_not_of("0123456789") != std::string_view::npos) return false;
  return context.topics.contains(std::string(name.substr(0, dash)));
}

}  // namespace

void declare_name(Context& context, const std::string& name, const std::string& what, const Place& place) {
  const std::string shown = what + " name '" + name + "'";
  if (name.empty() || !std::all_of(name.begin(), name.end(), name_character)) {
    context.error(place, shown + ": names consist of letters, digits, '_' and '-'");
    return;
  }
  if (name.size() > 249) context.error(place, what + " name is longer than 249 characters");
  if (name == "_" || std::find(kWords.begin(), kWords.end(), name) != kWords.end())
    context.error(place, shown + " is a word of the scenario language; choose another");
  if (std::find(std::begin(kMeasured), std::end(kMeasured), name) != std::end(kMeasured))
    context.error(place, shown + " is a measured name (see `expect`); choose another");
  if (looks_like_a_value(name)) context.error(place, shown + " reads as a value; choose another");
  if (looks_like_a_partition(context, name))
    context.error(place, shown + " reads as a partition of a topic; choose another");
  const auto [first, fresh] = context.names.try_emplace(name, Named{what, place});
  if (!fresh && !(first->second.what == what && first->second.place == place))
    context.error(place, shown + " is also the name of a " + first->second.what + " (line " +
                             std::to_string(first->second.place.line) + "); all names must be different");
}

}  // namespace kafkasim::sim
