// Rule: each record of a producer is stored once, and in the order in which the producer handed it over.
#include <algorithm>

#include "core/log/log.hpp"
#include "core/replication/partition.hpp"
#include "sim/check/history.hpp"
#include "sim/check/verdict.hpp"

namespace kafkasim::sim {
namespace {

// The leader's log; without a leader the longest one there is.
const core::Log* log_that_counts(const View& view, TopicPartition tp, const PartitionRegistration& registration) {
  if (const core::Partition* leader = view.leader_replica(tp)) return &leader->log();
  const core::Log* longest = nullptr;
  for (const BrokerId replica : registration.replicas)
    if (const core::Log* log = view.log(tp, replica))
      if (longest == nullptr || log->log_end() > longest->log_end()) longest = log;
  return longest;
}

}  // namespace

void judge_stored(const View& view, Verdict& verdict, std::map<HostIndex, std::map<TopicPartition, IntervalSet>>& stored) {
  const History& history = view.history();
  for (const auto& [tp, registration] : view.metadata().partitions) {
    const core::Log* log = log_that_counts(view, tp, registration);
    if (log == nullptr) continue;
    std::map<HostIndex, std::int64_t> latest;  // index after the latest record stored so far
    for (const Batch& batch : log->batches()) {
      const Payload* payload = history.payload(batch.payload);
      if (payload == nullptr) continue;
      const HostIndex host = *history.producer_of(batch.payload);
      ProducerVerdict& producer = verdict.producers[host];
      RecordVerdict& at = producer.by_partition[tp];
      IntervalSet& there = stored[host][tp];
      // Appends are not dated one by one: the answer is the next thing a client can see of them.
      const Instant date = payload->done == kNever ? payload->closed : payload->done;
      for (const RecordRun& run : payload->runs) {
        const std::int64_t begin = run.first, end = run.first + run.count;
        each_gap(there, begin, end, [&](std::int64_t from, std::int64_t to) { at.in_log.add(date, to - from); });
        const std::int64_t again = there.insert(begin, end);
        at.duplicated.add(date, again);
        if (again > 0) producer.duplicated_records.insert(begin, end);
        const auto [last, fresh] = latest.try_emplace(host, 0);
        at.reordered.add(date, std::max<std::int64_t>(0, std::min(last->second, end) - begin));
        last->second = std::max(last->second, end);
      }
    }
  }
}

}  // namespace kafkasim::sim
