// Rules: a group is handed each record below its position, in order; what is above is unread.
#include <algorithm>

#include "core/log/log.hpp"
#include "core/replication/partition.hpp"
#include "sim/check/history.hpp"
#include "sim/check/verdict.hpp"
#include "sim/host/host.hpp"
#include "sim/workload/consumer_driver.hpp"

namespace kafkasim::sim {
namespace {

// Where the group stands: the owner's position; without an owner, after the last record handed out.
std::int64_t final_position(const View& view, const GroupHistory& group, TopicPartition tp) {
  const std::string prefix = group.name + "/";
  for (const Host& host : view.hosts()) {
    const core::Consumer* consumer = host.consumer();
    if (consumer == nullptr || host.name.compare(0, prefix.size(), prefix) != 0) continue;
    const Offset position = consumer->position(tp);
    if (position.known()) return position.value();
  }
  const auto found = group.partitions.find(tp);
  return found == group.partitions.end() ? 0 : found->second.next;
}

std::vector<TopicPartition> partitions_of(const View& view, const GroupSpec& spec) {
  std::vector<TopicPartition> result;
  for (const AssignedPartition& one : spec.assign)
    result.push_back(TopicPartition{view.topic(one.topic), one.partition});
  for (const std::string& topic : spec.topics)
    for (const TopicPartition tp : view.partitions(view.topic(topic))) result.push_back(tp);
  return result;
}

}  // namespace

void judge_delivery(const View& view, Verdict& verdict) {
  for (const GroupSpec& spec : view.scenario().consumers) {
    const GroupHistory& group = *view.history().group(spec.name);
    GroupVerdict& result = verdict.groups[spec.name];
    for (const auto& [tp, handed] : group.partitions) result.by_partition[tp].out_of_order = handed.out_of_order;
    for (const TopicPartition tp : partitions_of(view, spec)) {
      const core::Partition* leader = view.leader_replica(tp);
      if (leader == nullptr) continue;
      DeliveryVerdict& at = result.by_partition[tp];
      const std::int64_t position = final_position(view, group, tp);
      const auto found = group.partitions.find(tp);
      static const IntervalSet kNothing;
      const IntervalSet& handed_out = found == group.partitions.end() ? kNothing : found->second.handed_out;
      // From where the group began, or the log does: what retention took unread was skipped all the same.
      std::int64_t from_offset = leader->log().log_start().value();
      if (!handed_out.empty()) from_offset = std::min(from_offset, handed_out.intervals().begin()->first);
      each_gap(handed_out, from_offset, std::min(position, leader->log().log_end().value()),
               [&](std::int64_t from, std::int64_t to) { at.skipped.add(view.now(), to - from); });
      at.unread = std::max<std::int64_t>(0, leader->high_watermark().value() - position);
    }
    for (const auto& [tp, part] : result.by_partition) {
      for (const auto& [when, count] : part.skipped.dates()) result.all.skipped.add(when, count);
      for (const auto& [when, count] : part.out_of_order.dates()) result.all.out_of_order.add(when, count);
      result.all.unread += part.unread;
    }
  }
}

}  // namespace kafkasim::sim
