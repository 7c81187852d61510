#include "sim/workload/traffic.hpp"

#include <algorithm>
#include <boost/multiprecision/cpp_bin_float.hpp>

#include "core/base/invariant.hpp"
#include "sim/kernel/wide.hpp"

namespace kafkasim::sim {
namespace {

__extension__ using Int128 = __int128;

constexpr std::int64_t kSecond = 1'000'000'000;
// Ramps are given in records per 1000 s.
constexpr std::int64_t kRateSpan = 1000 * kSecond;

// Rounded down; mostly both fit into 64 bits.
std::int64_t quotient(Wide dividend, Wide divisor) {
  if (((dividend | divisor) >> 64) == 0)
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(dividend) / static_cast<std::uint64_t>(divisor));
  return static_cast<std::int64_t>(dividend / divisor);
}

// How long `records` take at that rate, rounded down to a nanosecond.
std::int64_t time_of(const Ratio& per_second, std::int64_t records) {
  INVARIANT(records >= 0, "time goes on");
  INVARIANT(per_second.numerator > 0, "the reader refuses a rate of 0");
  const Wide span = static_cast<Wide>(records) * kSecond * static_cast<Wide>(per_second.denominator);
  return quotient(span, static_cast<Wide>(per_second.numerator));
}

}  // namespace

Traffic::Traffic(const RateSpec& rate, std::int64_t burst, Instant start, Stream stream)
    : rate_{rate}, burst_{burst}, origin_{start}, stream_{stream} {
  INVARIANT(burst_ > 0, "a tick hands over something");
  if (rate_.kind == RateSpec::Kind::poisson) {
    INVARIANT(rate_.per_second.numerator > 0, "the reader refuses a rate of 0");
    gap_ = Distribution::exponential(time_of(rate_.per_second, burst_));
  }
  if (rate_.kind == RateSpec::Kind::even) spacing_ = Duration{time_of(rate_.per_second, burst_)};
  plan();
  // The first tick of an even shape is at its start; a Poisson stream begins with a gap.
}

Instant Traffic::even_tick(std::int64_t tick) const {
  return origin_ + Duration{time_of(rate_.per_second, tick * burst_)};
}

// Ticks happen only in the "on" part of each period.
Instant Traffic::on_off_tick(std::int64_t tick) const {
  const std::int64_t active = time_of(rate_.per_second, tick * burst_);
  const std::int64_t on = nanoseconds(rate_.on);
  return origin_ + Duration{active / on * (on + nanoseconds(rate_.off)) + active % on};
}

// Steps: inside a step of length L from rate a to rate b, n(t) = a t + (b - a) t^2 / (2 L) records have been handed
// over; the tick is at the first t with n(t) >= n. Integers only: bisection over nanoseconds.
bool Traffic::ramp_tick() {
  while (step_ < rate_.steps.size()) {
    const RateStep& step = rate_.steps[step_];
    const bool endless = step.length == Duration{};
    const bool silent = step.from_milli == 0 && step.to_milli == 0;
    const std::int64_t length = endless ? std::numeric_limits<std::int64_t>::max() / 4 : nanoseconds(step.length);
    const auto reached = [&](std::int64_t t) {
      // 2 L n(t) * kRateSpan, exact; an endless step is flat.
      if (endless || step.from_milli == step.to_milli)
        return Int128{step.from_milli} * t >= Int128{ticks_} * burst_ * kRateSpan;
      const Int128 twice = Int128{2} * length * step.from_milli * t + Int128{step.to_milli - step.from_milli} * t * t;
      return twice >= Int128{2} * length * ticks_ * burst_ * kRateSpan;
    };
    if (!silent && reached(length - 1)) {
      std::int64_t low = -1, high = length - 1;
      while (high - low > 1) {
        const std::int64_t middle = low + (high - low) / 2;
        (reached(middle) ? high : low) = middle;
      }
      next_at_ = origin_ + Duration{high};
      return true;
    }
    origin_ += step.length;
    ticks_ = 0;
    ++step_;
  }
  return false;
}

void Traffic::plan() {
  switch (rate_.kind) {
    case RateSpec::Kind::even:
      next_at_ = even_tick(ticks_);
      return;
    case RateSpec::Kind::on_off:
      next_at_ = on_off_tick(ticks_);
      return;
    case RateSpec::Kind::poisson: {
      const Instant last = ticks_ == 0 ? origin_ : next_at_;
      next_at_ = last + gap_.draw_duration(stream_.word());
      return;
    }
    case RateSpec::Kind::steps:
      if (!ramp_tick()) next_at_ = kNever;
      return;
    case RateSpec::Kind::none:
    case RateSpec::Kind::max:
    case RateSpec::Kind::await:
      next_at_ = kNever;
      return;
  }
}

Instant Traffic::tick_at(std::int64_t ticks) const {
  INVARIANT(rate_.kind == RateSpec::Kind::even, "only an even shape can be looked into");
  return even_tick(ticks_ + ticks);
}

std::int64_t Traffic::ticks_due(Instant now) const {
  INVARIANT(rate_.kind == RateSpec::Kind::even, "only an even shape can be looked into");
  if (now < next_at_) return 0;
  // With rate N / D: the largest tick with floor(tick * b * 1e9 * D / N) <= d is floor(((d + 1) * N - 1) / (b * 1e9 *
  // D)).
  const auto elapsed = static_cast<Wide>(nanoseconds(now - origin_));
  const Wide span = static_cast<Wide>(burst_) * kSecond * static_cast<Wide>(rate_.per_second.denominator);
  const std::int64_t last = quotient((elapsed + 1) * static_cast<Wide>(rate_.per_second.numerator) - 1, span);
  return last - ticks_ + 1;
}

void Traffic::advance(std::int64_t ticks) {
  INVARIANT(ticks > 0, "time goes on");
  ticks_ += ticks;
  plan();
}

std::uint64_t index_word(std::uint64_t seed, std::int64_t index) {
  std::uint64_t z = seed + 0x9e3779b97f4a7c15ULL * (static_cast<std::uint64_t>(index) + 1);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

KeyModel::KeyModel(const KeySpec& spec, std::uint64_t seed) : spec_{spec}, seed_{seed} {
  if (spec_.kind != KeySpec::Kind::zipf) return;
  // P(k) is proportional to 1 / (k+1)^s; thresholds are exact to 2^-64, computed once with 50 digits.
  using Real = boost::multiprecision::cpp_bin_float_50;
  const Real exponent = Real{spec_.shape.numerator} / Real{spec_.shape.denominator};
  std::vector<Real> weights;
  Real total = 0;
  for (std::int64_t k = 1; k <= spec_.keys; ++k) weights.push_back(total += pow(Real{k}, -exponent));
  auto thresholds = std::make_shared<std::vector<std::uint64_t>>();
  const Real scale = ldexp(Real{1}, 64);
  for (const Real& weight : weights) {
    const Real threshold = floor(weight / total * scale);
    thresholds->push_back(threshold >= scale ? ~std::uint64_t{0} : static_cast<std::uint64_t>(threshold));
  }
  thresholds->back() = ~std::uint64_t{0};
  cumulative_ = std::move(thresholds);
}

std::int64_t KeyModel::number(std::int64_t index) const {
  const auto below = [](std::uint64_t word, std::int64_t bound) {
    return static_cast<std::int64_t>(multiply_high(word, static_cast<std::uint64_t>(bound)));
  };
  switch (spec_.kind) {
    case KeySpec::Kind::none:
    case KeySpec::Kind::constant:
      return 0;
    case KeySpec::Kind::sequence:
      return index % spec_.keys;
    case KeySpec::Kind::uniform:
      return below(index_word(seed_, index), spec_.keys);
    case KeySpec::Kind::zipf: {
      const auto at = std::upper_bound(cumulative_->begin(), cumulative_->end() - 1, index_word(seed_, index));
      return at - cumulative_->begin();
    }
    case KeySpec::Kind::hot: {
      // Key 0 has the share; the others are equally likely.
      const auto share = static_cast<std::uint64_t>(
          (static_cast<Wide>(spec_.shape.numerator) << 64) / static_cast<Wide>(spec_.shape.denominator) - 1);
      if (index_word(seed_, index) <= share || spec_.keys == 1) return 0;
      return 1 + below(index_word(~seed_, index), spec_.keys - 1);
    }
  }
  return 0;
}

std::string KeyModel::text(std::int64_t index) const {
  INVARIANT(keyed(), "only keyed records have a key");
  if (spec_.kind == KeySpec::Kind::constant) return spec_.constant;
  return "k" + std::to_string(number(index));
}

Distribution distribution_of(const DistributionSpec& spec) {
  switch (spec.kind) {
    case DistributionSpec::Kind::constant:
      return Distribution::constant(spec.first);
    case DistributionSpec::Kind::uniform:
      return Distribution::uniform(spec.first, spec.second);
    case DistributionSpec::Kind::exponential:
      return Distribution::exponential(spec.first);
    case DistributionSpec::Kind::lognormal:
      return Distribution::lognormal(spec.first, spec.shape, spec.second);
    case DistributionSpec::Kind::pareto:
      return Distribution::pareto(spec.first, spec.shape);
    case DistributionSpec::Kind::empirical:
      return Distribution::empirical(spec.samples);
  }
  return {};
}

}  // namespace kafkasim::sim
