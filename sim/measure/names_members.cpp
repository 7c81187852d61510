// Members of groups, one by one, and what depends on keys and times of the records they were handed.
#include <algorithm>

#include "core/group/coordinator.hpp"
#include "core/log/log.hpp"
#include "core/replication/partition.hpp"
#include "sim/check/history.hpp"
#include "sim/host/host.hpp"
#include "sim/measure/names.hpp"
#include "sim/workload/producer_driver.hpp"

namespace kafkasim::sim {
namespace {

const GroupHistory& of_group(const Asked& asked) { return *asked.view.history().group(asked.subject.group); }

const MemberHistory& of_member(const Asked& asked) {
  static const MemberHistory kNothing;
  const Host* host = asked.view.find(asked.subject.member);
  const auto& members = of_group(asked).members;
  const auto found = host == nullptr ? members.end() : members.find(host->index);
  return found == members.end() ? kNothing : found->second;
}

const core::Consumer* consumer_of(const Asked& asked) {
  const Host* host = asked.view.find(asked.subject.member);
  return host == nullptr ? nullptr : host->consumer();
}

Value member_errors(const Asked& asked) {
  std::int64_t total = 0;
  for (const auto& [code, count] : of_member(asked).errors)
    if (asked.subject.word.empty() || name(code) == asked.subject.word) total += count;
  return Value::integer(total);
}

Value member_exceptions(const Asked& asked) {
  std::int64_t total = 0;
  for (const auto& [exception, count] : of_member(asked).exceptions)
    if (asked.subject.word.empty() || exception == asked.subject.word) total += count;
  return Value::integer(total);
}

Value callbacks(const Asked& asked) {
  const MemberHistory& member = of_member(asked);
  if (asked.subject.word == "assigned") return Value::integer(member.assigned);
  return Value::integer(asked.subject.word == "revoked" ? member.revoked : member.lost);
}

// Classic groups call it a generation.
Value member_epoch(const Asked& asked) {
  const core::Consumer* consumer = consumer_of(asked);
  const bool known = consumer != nullptr && consumer->generation().known();
  return known ? Value::integer(consumer->generation().value()) : Value::none();
}

Value group_epoch(const Asked& asked) {
  const GroupId id = asked.view.group(asked.subject.group);
  const core::GroupCoordinator* coordinator = asked.view.coordinator(id);
  const core::ClassicGroup* group = coordinator == nullptr ? nullptr : coordinator->group(id);
  return group == nullptr ? Value::none() : Value::integer(group->generation().value());
}

Value moved(const Asked& asked) {
  for (const Rebalance& one : of_group(asked).rebalances)
    if (one.generation.value() == *asked.subject.number) return Value::integer(one.moved);
  return Value::none();
}

Value reads_from(const Asked& asked) {
  const core::Consumer* consumer = consumer_of(asked);
  const BrokerId from = consumer == nullptr ? BrokerId{} : consumer->reads_from(partitions_of(asked).front());
  return from.known() ? Value::integer(from.value()) : Value::none();
}

Value group_gap(const Asked& asked) {
  const GroupHistory& group = of_group(asked);
  if (!asked.subject.by_partition) return Value::duration(group.gap.longest(asked.view.now()));
  Duration longest{};
  for (const TopicPartition tp : partitions_of(asked))
    if (const auto found = group.gap_by_partition.find(tp); found != group.gap_by_partition.end())
      longest = std::max(longest, found->second.longest(asked.view.now()));
  return Value::duration(longest);
}

// --- by time --------------------------------------------------------------------------------------------------------

std::vector<TopicPartition> of_interest(const Asked& asked) {
  if (asked.subject.by_partition) return partitions_of(asked);
  std::vector<TopicPartition> all;
  for (const auto& [tp, part] : of_group(asked).committed) all.push_back(tp);
  return all;
}

// How old the first record is that a client can see and the group has not committed.
Value time_lag(const Asked& asked) {
  const GroupHistory& group = of_group(asked);
  std::optional<Duration> longest;
  for (const TopicPartition tp : of_interest(asked)) {
    const core::Partition* leader = asked.view.leader_replica(tp);
    const auto committed = group.committed.find(tp);
    if (leader == nullptr || committed == group.committed.end()) continue;
    Duration age{};
    const Offset first = std::max(committed->second, leader->log().log_start());
    if (first < leader->high_watermark())
      if (const Batch* batch = leader->log().batch_at(first))
        age = asked.view.now() -
              batch->timestamp(static_cast<std::int32_t>(std::max<std::int64_t>(0, first - batch->base_offset)));
    longest = std::max(longest.value_or(Duration{}), age);
  }
  return longest ? Value::duration(*longest) : Value::none();
}

// --- by key ---------------------------------------------------------------------------------------------------------

// Calls visit(when, delivered after a later one) for each record with a key, in the order in which they were handed
// out.
template <class Visit>
void each_keyed(const Asked& asked, Visit&& visit) {
  std::map<std::pair<HostIndex, std::string>, std::int64_t> latest;
  for (const Delivery& one : of_group(asked).deliveries) {
    const Payload* payload = asked.view.history().payload(one.payload);
    const auto producer = asked.view.history().producer_of(one.payload);
    if (payload == nullptr || !producer) continue;
    for (std::int32_t i = 0; i < one.count; ++i) {
      const std::int64_t index = History::record(*payload, one.skip + i).first;
      const std::optional<std::string> key = key_of(*asked.view.producer_driver(*producer), index);
      if (!key) continue;
      std::int64_t& last = latest.try_emplace({*producer, *key}, index).first->second;
      visit(one.at, index < last);
      last = std::max(last, index);
    }
  }
}

Value out_of_order(const Asked& asked) {
  std::int64_t total = 0;
  each_keyed(asked, [&](Instant, bool inverted) { total += inverted ? 1 : 0; });
  return Value::integer(total);
}

void out_of_order_dates(const Asked& asked, std::map<Instant, std::int64_t>& out) {
  each_keyed(asked, [&](Instant at, bool inverted) {
    if (inverted) ++out[at];
  });
}

constexpr Domains kAtCoordinator = domain::groups | domain::metadata;

constexpr Name kNames[] = {
    {"errors", "M, error?", Measure::counter, domain::consumers, "error codes in replies that the member read",
     member_errors},
    {"exceptions", "M, word?", Measure::counter, domain::consumers, "exceptions that the member's application saw",
     member_exceptions},
    {"callbacks", "M, callback", Measure::counter, domain::consumers,
     "calls of the member's rebalance listener: assigned, revoked or lost", callbacks},
    {"member_epoch", "M", Measure::state, domain::consumers,
     "the generation as the member has it; none before its first", member_epoch},
    {"group_epoch", "G", Measure::state, kAtCoordinator, "generation at the coordinator", group_epoch},
    {"moved", "G, number", Measure::state, domain::consumers | domain::groups,
     "partitions that got another owner in the rebalance that led to this generation", moved},
    {"reads_from", "M, tp", Measure::state, domain::consumers, "the broker the member fetches the partition from",
     reads_from},
    {"gap", "G, tp?", Measure::statistic, domain::consumers,
     "longest time without a delivery while the log held records not handed out", group_gap},
    {"time_lag", "G, tp?", Measure::state, domain::consumers | domain::groups | domain::logs | domain::metadata,
     "age of the oldest record that is not committed", time_lag},
    {"out_of_order", "G, key", Measure::final, domain::consumers,
     "records handed out after a later one of the same producer and key", out_of_order, out_of_order_dates},
};

}  // namespace

std::span<const Name> member_names() { return kNames; }

}  // namespace kafkasim::sim
