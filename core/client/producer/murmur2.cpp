#include "core/client/producer/murmur2.hpp"

#include "core/base/invariant.hpp"

namespace kafkasim::core {
namespace {
constexpr std::uint32_t kSeed = 0x9747b28c;
constexpr std::uint32_t kMultiplier = 0x5bd1e995;
}  // namespace

std::int32_t murmur2(std::string_view key) {
  const auto byte = [&](std::size_t at) { return std::uint32_t{static_cast<unsigned char>(key[at])}; };
  std::uint32_t hash = kSeed ^ static_cast<std::uint32_t>(key.size());
  std::size_t at = 0;
  for (; at + 4 <= key.size(); at += 4) {
    std::uint32_t word = byte(at) | byte(at + 1) << 8 | byte(at + 2) << 16 | byte(at + 3) << 24;
    word *= kMultiplier;
    word ^= word >> 24;
    word *= kMultiplier;
    hash *= kMultiplier;
    hash ^= word;
  }
  const std::size_t tail = key.size() - at;
  for (std::size_t i = tail; i-- > 0;) hash ^= byte(at + i) << (8 * i);
  if (tail > 0) hash *= kMultiplier;
  hash ^= hash >> 13;
  hash *= kMultiplier;
  hash ^= hash >> 15;
  return static_cast<std::int32_t>(hash);
}

std::int32_t partition_for_hash(std::int32_t hash, std::int32_t partition_count) {
  INVARIANT(partition_count > 0, "a topic has partitions");
  return (hash & 0x7fffffff) % partition_count;
}

}  // namespace kafkasim::core
