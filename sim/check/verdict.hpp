// What the judge can only know at the end: from the history and the final logs alone, one rule per file.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/base/ids.hpp"
#include "core/base/time.hpp"
#include "sim/check/dated_count.hpp"
#include "sim/check/interval_set.hpp"
#include "sim/check/stored_records.hpp"
#include "sim/net/topology.hpp"
#include "sim/view.hpp"

namespace kafkasim::sim {

/// Records of one producer, in all partitions or in one.
struct RecordVerdict {
  DatedCount in_log;         // distinct records
  DatedCount lost;           // acknowledged, not in the log
  DatedCount lost_unacked;   // failed or without an answer, not in the log
  DatedCount failed_in_log;  // reported as failed, yet stored
  DatedCount duplicated;     // further copies
  DatedCount reordered;      // stored after a later one of the same producer and partition
  std::int64_t indeterminate = 0;

  void add(const RecordVerdict& other);
};

struct ProducerVerdict {
  RecordVerdict all;
  std::map<TopicPartition, RecordVerdict> by_partition;
  IntervalSet lost_records;  // indices, to name them
  IntervalSet duplicated_records;
  DatedCount reordered_by_key;  // stored after a later one of the same key, in the same partition
  std::int64_t split_keys = 0;  // keys with records in several partitions: nothing orders those
};

struct DeliveryVerdict {
  DatedCount skipped;       // below the final position, never handed out
  DatedCount out_of_order;  // handed out after a later one of the partition
  std::int64_t unread = 0;  // at or above the final position
};

struct GroupVerdict {
  DeliveryVerdict all;
  std::map<TopicPartition, DeliveryVerdict> by_partition;
};

/// A kind of error by its Jepsen id, how often, and the first example.
struct Anomaly {
  std::string id;
  std::int64_t count = 0;
  std::string first{};  // "checkout#17"
};

struct Verdict {
  std::map<HostIndex, ProducerVerdict> producers;
  std::map<std::string, GroupVerdict, std::less<>> groups;
  std::vector<Anomaly> anomalies;  // those that happened, in a fixed order
};

Verdict judge(const View& view);

// --- the rules (one file each) --------------------------------------------------------------------------------------

/// rule_stored.cpp: walks the final logs: what is there, how often, in which order.
StoredRecords judge_stored(const View& view, Verdict& verdict);
/// rule_lost.cpp: compares answers with what is stored.
void judge_lost(const View& view, Verdict& verdict, const StoredRecords& stored);
/// rule_keys.cpp: order per key, where it can differ from the order per partition.
void judge_keys(const View& view, Verdict& verdict);
/// rule_delivery.cpp: skipped, out of order, unread.
void judge_delivery(const View& view, Verdict& verdict);

}  // namespace kafkasim::sim
