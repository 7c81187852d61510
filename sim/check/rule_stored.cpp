// Rule: each record of a producer is stored once, and in the order in which the producer handed it over.
#include "core/base/invariant.hpp"
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

StoredRecords judge_stored(const View& view, Verdict& verdict) {
  const History& history = view.history();
  StoredRecords stored = history.retired();
  for (const auto& [tp, registration] : view.metadata().partitions) {
    const core::Log* log = log_that_counts(view, tp, registration);
    if (log == nullptr) continue;
    const Offset read_before = history.retired_end(tp);
    INVARIANT(log->first_held() <= read_before || log->first_held() <= log->log_start(), "what was forgotten was read");
    for (const Batch& batch : log->batches()) {
      if (batch.base_offset < read_before) continue;
      if (const Payload* payload = history.payload(batch.payload))
        stored.add(tp, *history.producer_of(batch.payload), *payload);
    }
  }
  for (const auto& [host, partitions] : stored.producers())
    for (const auto& [tp, at] : partitions) {
      RecordVerdict& record = verdict.producers[host].by_partition[tp];
      record.in_log = at.in_log;
      record.duplicated = at.duplicated;
      record.reordered = at.reordered;
    }
  for (const auto& [host, records] : stored.duplicates()) verdict.producers[host].duplicated_records = records;
  return stored;
}

}  // namespace kafkasim::sim
