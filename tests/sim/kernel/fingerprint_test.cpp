#include "sim/kernel/fingerprint.hpp"

#include <bit>
#include <cstdint>
#include <set>
#include <string>

#include "tests/support/catch.hpp"

using namespace kafkasim::sim;

TEST_CASE("fingerprints are the same on every compiler and platform", "[kernel][fingerprint]") {
  Fingerprint fingerprint;
  CHECK(fingerprint.hex() == "89b379f0962ff0bf794ba0bd49881c22");
  for (std::uint64_t i = 1; i <= 1000; ++i) fingerprint.absorb(i, i * 1'000'000, i << 48 | 7, i - 1);
  CHECK(fingerprint.hex() == "3a93b7c316bbed41a93251349d03e51c");
  fingerprint.absorb(42);
  CHECK(fingerprint.hex() == "117a2789ef53c6b6c99c992f39a8b649");
  fingerprint.absorb(std::string_view{"orders-0, leader 2"});
  CHECK(fingerprint.hex() == "b76b5ed8f09fb88f3350eb908ae8f3a2");
  CHECK(fingerprint.short_hex() == fingerprint.hex().substr(0, 8));
}

TEST_CASE("every bit of a record moves about half the bits of the fingerprint", "[kernel][fingerprint]") {
  const auto after = [](const std::uint64_t(&words)[4]) {
    Fingerprint fingerprint;
    fingerprint.absorb(words[0], words[1], words[2], words[3]);
    fingerprint.absorb(1, 2, 3, 4);
    return fingerprint;
  };
  const std::uint64_t plain[4] = {17, 2'000'000, 1ULL << 48 | 3ULL << 32 | 5, 16};
  const Fingerprint base = after(plain);
  int least = 128;
  int most = 0;
  for (int word = 0; word < 4; ++word)
    for (int bit = 0; bit < 64; ++bit) {
      std::uint64_t flipped[4] = {plain[0], plain[1], plain[2], plain[3]};
      flipped[word] ^= std::uint64_t{1} << bit;
      const Fingerprint other = after(flipped);
      const int moved = std::popcount(base.first_half() ^ other.first_half()) +
                        std::popcount(base.second_half() ^ other.second_half());
      least = std::min(least, moved);
      most = std::max(most, moved);
    }
  CHECK(least > 32);
  CHECK(most < 96);
}

TEST_CASE("order and grouping count", "[kernel][fingerprint]") {
  std::set<std::string> seen;
  const auto add = [&](auto&&... parts) {
    Fingerprint fingerprint;
    (fingerprint.absorb(parts), ...);
    seen.insert(fingerprint.hex());
  };
  using Text = std::string_view;
  add(std::uint64_t{1}, std::uint64_t{2});
  add(std::uint64_t{2}, std::uint64_t{1});
  add(std::uint64_t{1});
  add(std::uint64_t{0}, std::uint64_t{1});
  add(Text{"ab"}, Text{"c"});
  add(Text{"a"}, Text{"bc"});
  add(Text{"abc"});
  add(Text{"abc\0", 4});
  add(Text{});
  CHECK(seen.size() == 9);
}
