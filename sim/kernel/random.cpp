#include "sim/kernel/random.hpp"

#include <xxhash.h>

#include <array>

namespace kafkasim::sim {

namespace {

constexpr std::uint64_t kGolden = 0x9e3779b97f4a7c15ULL;

}  // namespace

Stream::Stream(std::uint64_t seed) {
  // Ten 32-bit words, two per register, from splitmix64 started at the seed.
  std::array<std::uint32_t, 10> words{};
  for (std::size_t i = 0; i < words.size(); i += 2) {
    seed += kGolden;
    const std::uint64_t word = mix(seed);
    words[i] = static_cast<std::uint32_t>(word);
    words[i + 1] = static_cast<std::uint32_t>(word >> 32);
  }
  auto first = words.begin();
  engine_.seed(first, words.end());
}

std::uint64_t hash_name(std::uint64_t seed, std::string_view name) {
  return XXH3_64bits_withSeed(name.data(), name.size(), seed);
}

Stream stream(std::uint64_t seed, std::string_view name) { return Stream{hash_name(seed, name)}; }

}  // namespace kafkasim::sim
