// Random numbers from named streams (design wall 4). No floating point, nothing of the standard library's generators.
#pragma once

#include <boost/random/linear_feedback_shift.hpp>
#include <boost/random/xor_combine.hpp>
#include <concepts>
#include <cstdint>
#include <string_view>

#include "core/base/invariant.hpp"
#include "sim/kernel/wide.hpp"

namespace kafkasim::sim {

/// L'Ecuyer's LFSR258 (1999): 64 bits a draw, period about 2^258, 40 bytes of state.
using Engine = boost::random::xor_combine_engine<
    boost::random::xor_combine_engine<
        boost::random::xor_combine_engine<
            boost::random::xor_combine_engine<
                boost::random::linear_feedback_shift_engine<std::uint64_t, 64, 63, 1, 10>, 0,
                boost::random::linear_feedback_shift_engine<std::uint64_t, 64, 55, 24, 5>, 0>,
            0, boost::random::linear_feedback_shift_engine<std::uint64_t, 64, 52, 3, 29>, 0>,
        0, boost::random::linear_feedback_shift_engine<std::uint64_t, 64, 47, 5, 23>, 0>,
    0, boost::random::linear_feedback_shift_engine<std::uint64_t, 64, 41, 3, 8>, 0>;

/// An exact share with members numerator and denominator.
template <class T>
concept RatioLike = requires(const T& ratio) {
  { ratio.numerator } -> std::convertible_to<std::int64_t>;
  { ratio.denominator } -> std::convertible_to<std::int64_t>;
};

/// One purpose's own sequence of draws.
class Stream {
 public:
  /// From 64 bits of seed. See stream() for named ones.
  explicit Stream(std::uint64_t seed = 0);

  /// 64 uniform bits.
  std::uint64_t word() { return engine_(); }

  /// Uniform in [0, bound), without bias (Lemire 2019: multiply, reject the few uneven words). bound > 0.
  std::uint64_t below(std::uint64_t bound) {
    INVARIANT(bound > 0, "there is something to choose from");
    Wide product = static_cast<Wide>(word()) * bound;
    if (static_cast<std::uint64_t>(product) < bound) [[unlikely]] {
      // 2^64 mod bound; for a bound above half of it no division is needed.
      const std::uint64_t rest = 0 - bound;
      const std::uint64_t uneven = rest < bound ? rest : rest % bound;
      while (static_cast<std::uint64_t>(product) < uneven) product = static_cast<Wide>(word()) * bound;
    }
    return static_cast<std::uint64_t>(product >> 64);
  }

  /// True with probability numerator / denominator: one draw, compared with an integer threshold.
  bool chance(std::uint64_t numerator, std::uint64_t denominator) {
    INVARIANT(denominator > 0, "a share has a denominator");
    return multiply_high(word(), denominator) < numerator;
  }
  template <RatioLike R>
  bool chance(const R& ratio) {
    INVARIANT(ratio.numerator >= 0, "a probability is not negative");
    INVARIANT(ratio.denominator > 0, "a share has a positive denominator");
    return chance(static_cast<std::uint64_t>(ratio.numerator), static_cast<std::uint64_t>(ratio.denominator));
  }

  friend bool operator==(const Stream& a, const Stream& b) { return a.engine_ == b.engine_; }

  template <class Visitor>
  void each_field(Visitor&& visit) const {
    // An engine keeps its state to itself; what it will draw next identifies it.
    Engine ahead = engine_;
    visit("next", ahead());
    visit("after", ahead());
    visit("then", ahead());
    visit("later", ahead());
    visit("last", ahead());
  }

 private:
  Engine engine_;
};

/// Stable 64-bit hash of a name under a seed, on every version and platform: XXH3_64bits_withSeed.
std::uint64_t hash_name(std::uint64_t seed, std::string_view name);

/// The stream of one purpose, for example stream(7, "producer/checkout/keys").
Stream stream(std::uint64_t seed, std::string_view name);

}  // namespace kafkasim::sim
