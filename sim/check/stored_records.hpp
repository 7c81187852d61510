// What a partition's log holds of each producer, read batch by batch in log order: how often, in which order.
#pragma once

#include <cstdint>
#include <map>

#include "core/base/ids.hpp"
#include "sim/check/dated_count.hpp"
#include "sim/check/interval_set.hpp"
#include "sim/net/topology.hpp"

namespace kafkasim::sim {

struct Payload;

/// Records of one producer in one partition.
struct StoredOfProducer {
  DatedCount in_log;        // distinct records
  DatedCount duplicated;    // further copies
  DatedCount reordered;     // stored after a later one
  IntervalSet records;      // by index; without those that were settled
  std::int64_t latest = 0;  // index after the latest record stored so far
  friend bool operator==(const StoredOfProducer&, const StoredOfProducer&) = default;
  FIELDS(in_log, duplicated, reordered, records, latest)
};

class StoredRecords {
 public:
  /// The next batch of the partition's log.
  void add(TopicPartition tp, HostIndex producer, const Payload& payload);
  /// The same, of a batch that was sent once and acknowledged: no second copy of its records can exist, so that they
  /// need not be remembered one by one, and their number is not dated.
  void add_settled(TopicPartition tp, HostIndex producer, const Payload& payload);

  const std::map<HostIndex, std::map<TopicPartition, StoredOfProducer>>& producers() const { return producers_; }
  /// Records with a further copy, by index with their producer.
  const std::map<HostIndex, IntervalSet>& duplicates() const { return duplicates_; }
  /// What is stored of that producer there; records of settled batches left out.
  const IntervalSet& records(HostIndex producer, TopicPartition tp) const;

  friend bool operator==(const StoredRecords&, const StoredRecords&) = default;
  FIELDS(producers_, duplicates_)

 private:
  std::map<HostIndex, std::map<TopicPartition, StoredOfProducer>> producers_;
  std::map<HostIndex, IntervalSet> duplicates_;
};

}  // namespace kafkasim::sim
