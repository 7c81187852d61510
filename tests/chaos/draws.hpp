// A small generator of choices for the chaos scenarios: the seed alone decides, on every platform.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

namespace kafkasim::chaos {

/// SplitMix64.
class Draws {
 public:
  explicit Draws(std::uint64_t seed) : state_{seed} {}

  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  }
  /// low..high, both included.
  int between(int low, int high) { return low + static_cast<int>(next() % static_cast<std::uint64_t>(high - low + 1)); }
  bool one_in(int n) { return between(1, n) == 1; }
  template <class Value>
  const Value& of(const std::vector<Value>& all) {
    return all[next() % all.size()];
  }
  std::string word(const std::vector<std::string>& all) { return of(all); }

 private:
  std::uint64_t state_;
};

/// One text. Braces draw from left to right, which the operands of + need not do.
inline std::string text(std::initializer_list<std::string> parts) {
  std::string whole;
  for (const std::string& part : parts) whole += part;
  return whole;
}

}  // namespace kafkasim::chaos
