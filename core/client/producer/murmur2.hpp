// The hash of record keys and the partition it names (P-50..P-53).
#pragma once

#include <cstdint>
#include <string_view>

namespace kafkasim::core {

/// Kafka's 32-bit murmur2 of the key's bytes (P-51), as the signed number Java prints.
std::int32_t murmur2(std::string_view key);

/// toPositive(hash) mod partition_count: the sign bit is masked, not negated (P-50). partition_count > 0: all
/// partitions count, also those without a leader.
std::int32_t partition_for_hash(std::int32_t hash, std::int32_t partition_count);

}  // namespace kafkasim::core
