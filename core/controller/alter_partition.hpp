// AlterPartition at the controller: a leader's proposal for its ISR, validated and committed (R2.23, R2.24).
#pragma once

#include "core/controller/election.hpp"
#include "core/controller/partition_changes.hpp"
#include "core/protocol/controller_messages.hpp"
#include "core/protocol/metadata_records.hpp"

namespace kafkasim::core {

/// NONE, or the first rule of R2.23 (sender's broker epoch apart) that the proposal breaks.
ErrorCode validate_alter_partition(const MetadataImage& image, BrokerId sender,
                                   const AlterPartitionRequest::Partition& proposal);

/// The answer; records go into `write`. STALE_BROKER_EPOCH refuses the whole request. Partitions with an error carry
/// nothing else; the others carry their new state.
AlterPartitionResponse alter_partition(const MetadataImage& image, const AlterPartitionRequest& request,
                                       const ElectionRules& rules, Write& write);

}  // namespace kafkasim::core
