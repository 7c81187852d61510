// Which brokers a new topic's replicas go to: Kafka's StripedReplicaPlacer (R3.32).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/base/choices.hpp"
#include "core/base/error_code.hpp"
#include "core/base/ids.hpp"
#include "core/protocol/metadata_records.hpp"

namespace kafkasim::core {

struct UsableBroker {
  BrokerId id;
  std::string rack;  // "" = none: all such brokers form one rack
  bool fenced = false;
  friend bool operator==(const UsableBroker&, const UsableBroker&) = default;
};

struct Placement {
  ErrorCode error = ErrorCode::NONE;            // INVALID_REPLICATION_FACTOR: too few brokers, or all fenced
  std::vector<std::vector<BrokerId>> replicas;  // per partition; [0] is preferred
};

/// Draws, all with Choice::placement, in this order: start rack; per rack (sorted by name) the start among its unfenced
/// brokers, then among its fenced ones. At each reshuffle: the racks, then per rack in the new order the two lists; a
/// shuffle of n asks below(n), below(n-1), ... below(2) (Fisher-Yates from the end). Empty lists draw nothing.
Placement place_replicas(std::vector<UsableBroker> brokers, std::int32_t partitions, std::int32_t replication_factor,
                         Choices& choices);

/// A new partition: the active replicas (at least one) form the ISR, the first of them leads (R3.32).
PartitionRegistration new_partition(std::vector<BrokerId> replicas, std::span<const BrokerId> active);

}  // namespace kafkasim::core
