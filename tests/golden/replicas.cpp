#include "tests/golden/replicas.hpp"

#include <utility>

namespace kafkasim::golden {

Batch batch(LeaderEpoch epoch, Offset at, std::int32_t records, std::uint32_t serial) {
  Batch made;
  made.base_offset = at;
  made.record_count = records;
  made.size_bytes = kBatchHeaderBytes + 10 * records;
  made.leader_epoch = epoch;
  made.payload.serial = serial;
  return made;
}

core::Log log_of_runs(const Json& runs, Offset base, std::uint32_t first_serial) {
  core::Log log{TopicConfig{}, base};
  for (const Json& run : runs)
    for (std::int64_t n = integer(run.at(1)); n > 0; --n)
      log.append_as_follower(batch(leader_epoch(run.at(0)), log.log_end(), 1, first_serial++));
  return log;
}

Json runs_of(const core::Log& log) {
  Json runs = Json::array();
  for (const Batch& one : log.batches()) {
    if (!runs.empty() && runs.back().at(0) == one.leader_epoch.value())
      runs.back().at(2) = integer(runs.back().at(2)) + one.record_count;
    else
      runs.push_back({one.leader_epoch.value(), one.base_offset.value(), one.record_count});
  }
  return runs;
}

Json epoch_cache_of(const core::Log& log) {
  Json entries = Json::array();
  for (const core::EpochEntry& entry : log.epochs().entries())
    entries.push_back({entry.epoch.value(), entry.start.value()});
  return entries;
}

MetadataImage nine_brokers() {
  MetadataImage image;
  for (std::int32_t id = 1; id <= 9; ++id) {
    BrokerRegistration& entry = image.brokers[BrokerId{id}];
    entry.epoch = BrokerEpoch{1000 + id};
    entry.fenced = false;
  }
  return image;
}

PartitionRegistration registration_of(std::vector<BrokerId> replicas, std::vector<BrokerId> isr, BrokerId leader,
                                      LeaderEpoch epoch, std::int32_t partition_epoch) {
  PartitionRegistration made;
  made.replicas = std::move(replicas);
  made.isr = std::move(isr);
  made.leader = leader;
  made.leader_epoch = epoch;
  made.partition_epoch = PartitionEpoch{partition_epoch};
  return made;
}

std::int32_t records_in(const Batches& batches) {
  std::int32_t count = 0;
  for (const Batch& one : batches) count += one.record_count;
  return count;
}

Json end_of(const EpochEndOffset& end) { return {end.epoch.value(), end.end_offset.value()}; }

}  // namespace kafkasim::golden
