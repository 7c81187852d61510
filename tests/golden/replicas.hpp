// Replicas as the broker cases describe them.
#pragma once

#include <cstdint>
#include <vector>

#include "core/log/log.hpp"
#include "core/protocol/metadata_records.hpp"
#include "core/replication/partition.hpp"
#include "tests/golden/compare.hpp"

namespace kafkasim::golden {

inline constexpr TopicPartition kPartition{TopicId{0}, 0};

/// `records` plain records at `at`; `serial` tells batches of different logs apart.
Batch batch(LeaderEpoch epoch, Offset at, std::int32_t records = 1, std::uint32_t serial = 0);

/// A log of runs [epoch, count] from `base` on, in batches of one record.
core::Log log_of_runs(const Json& runs, Offset base, std::uint32_t first_serial = 0);
/// The log as runs [epoch, base, count].
Json runs_of(const core::Log& log);
/// Its epoch cache as [epoch, start].
Json epoch_cache_of(const core::Log& log);

/// Brokers 1 to 9, none fenced, broker epochs 1000 + id.
MetadataImage nine_brokers();
PartitionRegistration registration_of(std::vector<BrokerId> replicas, std::vector<BrokerId> isr, BrokerId leader,
                                      LeaderEpoch epoch, std::int32_t partition_epoch);

std::int32_t records_in(const Batches& batches);
/// [epoch, end offset]
Json end_of(const EpochEndOffset& end);

}  // namespace kafkasim::golden
