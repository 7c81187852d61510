// How the application names the partition of a record (P-50).
#pragma once

#include <cstdint>
#include <string_view>

#include "core/base/fields.hpp"
#include "core/client/producer/murmur2.hpp"

namespace kafkasim::core {

struct PartitionChoice {
  enum class Kind : std::uint8_t { keyless, key, partition } kind = Kind::keyless;
  std::int32_t value = 0;  // the key's murmur2 hash, or the partition number

  /// No key: the built-in sticky partitioner chooses.
  static PartitionChoice keyless() { return {}; }
  static PartitionChoice key(std::string_view bytes) { return {Kind::key, murmur2(bytes)}; }
  static PartitionChoice partition(std::int32_t number) { return {Kind::partition, number}; }

  friend bool operator==(const PartitionChoice&, const PartitionChoice&) = default;
  FIELDS(kind, value)
};

}  // namespace kafkasim::core
