// java.lang.String.hashCode, for the places where Kafka's behaviour hangs on it. Names are ASCII: a byte is a UTF-16
// unit.
#pragma once

#include <cstdint>
#include <string_view>

namespace kafkasim::core {

constexpr std::int32_t java_hash(std::string_view text) {
  std::uint32_t hash = 0;
  for (const char c : text) hash = 31 * hash + static_cast<unsigned char>(c);
  return static_cast<std::int32_t>(hash);
}

/// Where a HashMap of up to 12 entries keeps that key: its iteration order, collisions aside.
constexpr std::uint32_t java_bucket(std::string_view text) {
  const auto hash = static_cast<std::uint32_t>(java_hash(text));
  return (hash ^ (hash >> 16)) & 15U;
}

}  // namespace kafkasim::core
