// Consumer groups: deliveries, lag, positions, membership, rebalances.
#include <algorithm>

#include "core/group/coordinator.hpp"
#include "core/log/log.hpp"
#include "core/replication/partition.hpp"
#include "sim/check/history.hpp"
#include "sim/check/verdict.hpp"
#include "sim/host/host.hpp"
#include "sim/measure/names.hpp"
#include "sim/workload/consumer_driver.hpp"
#include "sim/workload/producer_driver.hpp"

namespace kafkasim::sim {
namespace {

const GroupHistory& history(const Asked& asked) { return *asked.view.history().group(asked.subject.group); }

const GroupSpec& spec(const Asked& asked) {
  for (const GroupSpec& group : asked.view.scenario().consumers)
    if (group.name == asked.subject.group) return group;
  return asked.view.scenario().consumers.front();
}

// Partitions the group reads, narrowed by the subject.
std::vector<TopicPartition> read_by(const Asked& asked) {
  if (asked.subject.by_partition) return partitions_of(asked);
  std::vector<TopicPartition> result;
  for (const AssignedPartition& one : spec(asked).assign)
    result.push_back(TopicPartition{asked.view.topic(one.topic), one.partition});
  for (const std::string& topic : spec(asked).topics)
    for (const TopicPartition tp : asked.view.partitions(asked.view.topic(topic))) result.push_back(tp);
  return result;
}

const core::Consumer* member(const Asked& asked) {
  const Host* host = asked.view.find(asked.subject.member);
  return host == nullptr ? nullptr : host->consumer();
}

// Members in number order, running ones.
std::vector<const core::Consumer*> members_of(const Asked& asked) {
  std::vector<const core::Consumer*> result;
  const std::string prefix = asked.subject.group + "/";
  for (const Host& host : asked.view.hosts())
    if (host.role == Role::consumer && host.name.compare(0, prefix.size(), prefix) == 0 && host.consumer() != nullptr)
      result.push_back(host.consumer());
  return result;
}

const core::ClassicGroup* group_state(const Asked& asked) {
  const GroupId id = asked.view.group(asked.subject.group);
  const core::GroupCoordinator* coordinator = asked.view.coordinator(id);
  return coordinator == nullptr ? nullptr : coordinator->group(id);
}

Value offset(Offset at) { return at.known() ? Value::integer(at.value()) : Value::none(); }

// --- deliveries ----------------------------------------------------------------------------------------------------

Value delivered(const Asked& asked) {
  if (!asked.subject.by_partition) return Value::integer(history(asked).delivered);
  std::int64_t total = 0;
  for (const TopicPartition tp : partitions_of(asked))
    if (const auto at = history(asked).partitions.find(tp); at != history(asked).partitions.end())
      total += at->second.delivered;
  return Value::integer(total);
}
Value processed(const Asked& asked) {
  if (!asked.subject.by_partition) return Value::integer(history(asked).processed);
  std::int64_t total = 0;
  for (const TopicPartition tp : partitions_of(asked))
    if (const auto at = history(asked).partitions.find(tp); at != history(asked).partitions.end())
      total += at->second.processed.size();
  return Value::integer(total);
}
Value redelivered(const Asked& asked) { return Value::integer(history(asked).redelivered); }

template <class Visit>
void each_verdict(const Asked& asked, Visit&& visit) {
  const auto found = asked.verdict->groups.find(asked.subject.group);
  if (found == asked.verdict->groups.end()) return;
  if (!asked.subject.by_partition) {
    visit(found->second.all);
    return;
  }
  for (const TopicPartition tp : partitions_of(asked))
    if (const auto at = found->second.by_partition.find(tp); at != found->second.by_partition.end()) visit(at->second);
}
template <DatedCount DeliveryVerdict::*which>
Value judged(const Asked& asked) {
  if (asked.verdict == nullptr) return Value::none();
  std::int64_t total = 0;
  each_verdict(asked, [&](const DeliveryVerdict& at) { total += (at.*which).total(); });
  return Value::integer(total);
}
template <DatedCount DeliveryVerdict::*which>
void dates(const Asked& asked, std::map<Instant, std::int64_t>& out) {
  each_verdict(asked, [&](const DeliveryVerdict& at) {
    for (const auto& [when, count] : (at.*which).dates()) out[when] += count;
  });
}

// --- lag -----------------------------------------------------------------------------------------------------------

Offset committed_at(const Asked& asked, TopicPartition tp) {
  const GroupId id = asked.view.group(asked.subject.group);
  if (const core::GroupCoordinator* coordinator = asked.view.coordinator(id)) {
    const auto& all = coordinator->committed(id);
    const auto found = all.find(tp);
    return found == all.end() ? Offset{} : found->second.offset;
  }
  // Between coordinators the last value that a member was told stands.
  const auto found = history(asked).committed.find(tp);
  return found == history(asked).committed.end() ? Offset{} : found->second;
}

Offset position_at(const Asked& asked, TopicPartition tp) {
  for (const core::Consumer* consumer : members_of(asked))
    if (consumer->position(tp).known()) return consumer->position(tp);
  return {};
}

std::int64_t visible_end(const Asked& asked, TopicPartition tp) {
  const core::Partition* leader = asked.view.leader_replica(tp);
  return leader == nullptr ? -1 : leader->high_watermark().value();
}

template <Offset (*from)(const Asked&, TopicPartition)>
Value lag(const Asked& asked) {
  std::int64_t total = 0;
  bool any = false;
  for (const TopicPartition tp : read_by(asked)) {
    const std::int64_t end = visible_end(asked, tp);
    const Offset at = from(asked, tp);
    if (end < 0 || !at.known()) continue;  // unknown adds nothing to a sum
    any = true;
    total += std::max<std::int64_t>(0, end - at.value());
  }
  return any ? Value::integer(total) : Value::none();  // a missing commit is unknown, not 0 (C-74)
}

Value records_lag(const Asked& asked) {
  const core::Consumer* consumer = member(asked);
  const auto value = consumer == nullptr ? std::nullopt : consumer->records_lag(partitions_of(asked).front());
  return value ? Value::integer(*value) : Value::none();
}
Value current_lag(const Asked& asked) {
  const core::Consumer* consumer = member(asked);
  const auto value = consumer == nullptr ? std::nullopt : consumer->current_lag(partitions_of(asked).front());
  return value ? Value::integer(*value) : Value::none();
}
Value committed(const Asked& asked) {
  return per_partition(asked, [](const Asked& of, TopicPartition tp) { return offset(committed_at(of, tp)); });
}
Value position(const Asked& asked) {
  return per_partition(asked, [](const Asked& of, TopicPartition tp) {
    if (of.subject.member.empty()) return offset(position_at(of, tp));
    const core::Consumer* consumer = member(of);
    return consumer == nullptr ? Value::none() : offset(consumer->position(tp));
  });
}
Value first_offset(const Asked& asked) {
  const Host* host = asked.view.find(asked.subject.member);
  for (const Delivery& one : history(asked).deliveries)
    if (host != nullptr && one.member == host->index && one.partition == partitions_of(asked).front())
      return offset(one.first);
  return Value::none();
}

Value read(const Asked& asked) {
  std::vector<Value> values;
  for (const Delivery& one : history(asked).deliveries) {
    const Payload* payload = asked.view.history().payload(one.payload);
    const auto host = asked.view.history().producer_of(one.payload);
    if (payload == nullptr || !host) continue;
    for (std::int32_t i = 0; i < one.count; ++i)
      values.push_back(value_of(asked.view, *host, History::record(*payload, one.skip + i).first));
  }
  return Value::list(std::move(values));
}

// --- membership ----------------------------------------------------------------------------------------------------

Value state(const Asked& asked) {
  const core::ClassicGroup* group = group_state(asked);
  if (group == nullptr) return Value::none();
  static constexpr const char* kStates[] = {"Empty", "PreparingRebalance", "CompletingRebalance", "Stable", "Dead"};
  return Value::word(kStates[static_cast<std::size_t>(group->state())]);
}
Value generation(const Asked& asked) {
  const core::ClassicGroup* group = group_state(asked);
  return group == nullptr ? Value::none() : Value::integer(group->generation().value());
}
Value protocol(const Asked& asked) {
  const core::ClassicGroup* group = group_state(asked);
  return group == nullptr || group->protocol().empty() ? Value::none() : Value::word(group->protocol());
}
Value members(const Asked& asked) {
  const core::ClassicGroup* group = group_state(asked);
  return group == nullptr ? Value::none() : Value::integer(static_cast<std::int64_t>(group->members().size()));
}

Value names_of(const Asked& asked, const std::vector<TopicPartition>& partitions) {
  std::vector<Value> list;
  for (const TopicPartition tp : partitions) list.push_back(Value::word(asked.view.names().name(tp)));
  return Value::set(std::move(list));
}
Value assignment_of_member(const Asked& asked) {
  const core::Consumer* consumer = member(asked);
  return consumer == nullptr ? Value::none() : names_of(asked, consumer->assignment());
}
Value assignment(const Asked& asked) {
  std::vector<Value> lists;
  for (const core::Consumer* consumer : members_of(asked)) lists.push_back(names_of(asked, consumer->assignment()));
  return Value::list(std::move(lists));
}
// A member that missed its expulsion may still think that it owns the partition: the latest generation counts.
Value owner(const Asked& asked) {
  const TopicPartition wanted = partitions_of(asked).front();
  const core::Consumer* latest = nullptr;
  for (const core::Consumer* consumer : members_of(asked)) {
    const auto owned = consumer->assignment();
    if (std::find(owned.begin(), owned.end(), wanted) == owned.end()) continue;
    if (latest == nullptr || latest->generation() < consumer->generation()) latest = consumer;
  }
  return latest == nullptr ? Value::none() : Value::word(latest->client_id());
}

// --- rebalances ----------------------------------------------------------------------------------------------------

Value rebalances(const Asked& asked) {
  // Those after the first formation.
  const auto& all = history(asked).rebalances;
  return Value::integer(std::max<std::int64_t>(0, static_cast<std::int64_t>(all.size()) - 1));
}
Value reason(const Asked& asked) {
  static constexpr const char* kReasons[] = {"none",   "join",         "leave",    "expired",
                                             "rejoin", "subscription", "metadata", "pending_sync"};
  for (const Rebalance& one : history(asked).rebalances)
    if (one.generation.value() == *asked.subject.number)
      return Value::word(kReasons[static_cast<std::size_t>(one.reason)]);
  return Value::none();
}
template <class Visit>
void each_pause(const Asked& asked, Visit&& visit) {
  for (const Rebalance& one : history(asked).rebalances) {
    if (asked.subject.number && one.generation.value() != *asked.subject.number) continue;
    for (const Rebalance::Pause& pause : one.pauses) {
      const std::vector<TopicPartition> wanted = read_by(asked);
      if (std::find(wanted.begin(), wanted.end(), pause.partition) != wanted.end()) visit(pause.end - pause.begin);
    }
  }
}
Value rebalance_pause(const Asked& asked) {
  Duration longest{};
  each_pause(asked, [&](Duration pause) { longest = std::max(longest, pause); });
  return Value::duration(longest);
}
Value paused_partition_seconds(const Asked& asked) {
  Duration total{};
  each_pause(asked, [&](Duration pause) { total += pause; });
  return Value::duration(total);
}

constexpr Domains kReading = domain::consumers | domain::groups | domain::logs | domain::metadata;

constexpr Name kNames[] = {
    {"delivered", "G, tp?", Measure::counter, domain::consumers, "records handed out by poll()", delivered},
    {"processed", "G, tp?", Measure::counter, domain::consumers, "records worked through", processed},
    {"redelivered", "G", Measure::counter, domain::consumers,
     "records handed out that the group had been handed before", redelivered},
    {"skipped", "G, tp?", Measure::final, domain::consumers,
     "records below the final position that were never handed out", judged<&DeliveryVerdict::skipped>,
     dates<&DeliveryVerdict::skipped>},
    {"out_of_order", "G, tp?", Measure::final, domain::consumers,
     "records handed out after a later one of their partition", judged<&DeliveryVerdict::out_of_order>,
     dates<&DeliveryVerdict::out_of_order>},
    {"unread", "G, tp?", Measure::state, kReading, "records at or above the position", lag<position_at>},
    {"lag", "G, tp?", Measure::state, kReading, "log end (as a client sees it) minus committed offset",
     lag<committed_at>},
    {"position_lag", "G, tp?", Measure::state, kReading, "log end (as a client sees it) minus position",
     lag<position_at>},
    {"records_lag", "M, tp", Measure::state, domain::consumers, "the client's own metric: as of the last hand-out",
     records_lag},
    {"current_lag", "M, tp", Measure::state, domain::consumers, "end offset of the latest fetch reply minus position",
     current_lag},
    {"committed", "G, tp", Measure::state, domain::groups | domain::metadata, "committed offset", committed},
    {"position", "M, tp | G, tp", Measure::state, domain::consumers, "offset of the next record to be handed out",
     position},
    {"first_offset", "M, tp", Measure::state, domain::consumers, "first offset the member was handed", first_offset},
    {"read", "G", Measure::state, domain::consumers, "values in the order in which poll() handed them out", read},
    {"state", "G", Measure::state, domain::groups | domain::metadata, "the group's state at its coordinator", state},
    {"generation", "G", Measure::state, domain::groups | domain::metadata, "generation at the coordinator", generation},
    {"protocol", "G", Measure::state, domain::groups | domain::metadata, "chosen assignor", protocol},
    {"members", "G", Measure::state, domain::groups | domain::metadata, "number of members at the coordinator",
     members},
    {"assignment", "M", Measure::state, domain::consumers, "partitions the member owns", assignment_of_member},
    {"assignment", "G", Measure::state, domain::consumers, "partitions of each member, in member order", assignment},
    {"owner", "G, tp", Measure::state, domain::consumers, "the member that owns the partition", owner},
    {"rebalances", "G", Measure::counter, domain::groups, "rebalances after the first formation", rebalances},
    {"reason", "G, number", Measure::state, domain::groups, "why the rebalance that led to this generation began",
     reason},
    {"rebalance_pause", "G, tp?, number?", Measure::statistic, domain::consumers | domain::groups,
     "longest time from revocation (or loss of the owner) to the next owner's assignment", rebalance_pause},
    {"paused_partition_seconds", "G", Measure::statistic, domain::consumers | domain::groups,
     "sum of all pauses of all partitions", paused_partition_seconds},
};

}  // namespace

std::span<const Name> group_names() { return kNames; }

}  // namespace kafkasim::sim
