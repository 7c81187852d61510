// The running 128-bit fingerprint of a run: equal for equal executions, on every platform and compiler.
#pragma once

#include <bit>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/fields.hpp"
#include "sim/kernel/wide.hpp"

namespace kafkasim::sim {

/// Two chained 64-bit lanes, each folding a 64 x 64 -> 128 bit product, each fed with the other's last state.
/// Integer arithmetic only. It detects differences between runs; it is no defence against a forger.
class Fingerprint {
 public:
  /// Four words: one event (number, time, target and kind and payload, cause).
  constexpr void absorb(std::uint64_t w0, std::uint64_t w1, std::uint64_t w2, std::uint64_t w3) {
    const std::uint64_t before = low_;
    low_ = multiply_fold(low_ ^ w0, w1 ^ kFirst) + std::rotl(high_, 23);
    high_ = multiply_fold(high_ ^ w2, w3 ^ kSecond) + std::rotl(before, 41);
  }

  constexpr void absorb(std::uint64_t word) { absorb(word, kThird, word + kFourth, 0); }

  /// Length and bytes; the words are little-endian on every machine.
  constexpr void absorb(std::string_view bytes) {
    absorb(bytes.size());
    for (std::size_t at = 0; at < bytes.size(); at += 8) {
      std::uint64_t word = 0;
      for (std::size_t i = 0; i < 8 && at + i < bytes.size(); ++i)
        word |= std::uint64_t{static_cast<unsigned char>(bytes[at + i])} << (8 * i);
      absorb(word);
    }
  }

  /// The two halves, finished so that every absorbed bit shows in both.
  constexpr std::uint64_t first_half() const { return mix(low_ + std::rotl(high_, 32)); }
  constexpr std::uint64_t second_half() const { return mix(high_ ^ mix(low_ + kThird)); }

  /// 32 hexadecimal digits.
  std::string hex() const { return digits(first_half()) + digits(second_half()); }
  /// The first eight of them, for people.
  std::string short_hex() const { return hex().substr(0, 8); }

  FIELDS(low_, high_)
  friend constexpr bool operator==(const Fingerprint&, const Fingerprint&) = default;

 private:
  // Odd words without pattern (fraction digits of pi and of the golden ratio).
  static constexpr std::uint64_t kFirst = 0x243f6a8885a308d3ULL;
  static constexpr std::uint64_t kSecond = 0x13198a2e03707345ULL;
  static constexpr std::uint64_t kThird = 0xa4093822299f31d1ULL;
  static constexpr std::uint64_t kFourth = 0x9e3779b97f4a7c15ULL;

  static std::string digits(std::uint64_t word) {
    std::string text(16, '0');
    for (std::size_t i = 16; i-- > 0; word >>= 4) text[i] = "0123456789abcdef"[word % 16];
    return text;
  }

  std::uint64_t low_ = kFourth;
  std::uint64_t high_ = kThird;
};

}  // namespace kafkasim::sim
