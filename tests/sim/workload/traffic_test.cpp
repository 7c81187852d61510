// When records are handed over, and with which keys.
#include "sim/workload/traffic.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

#include "sim/kernel/random.hpp"
#include "tests/support/catch.hpp"

namespace kafkasim::sim::traffic_test {
namespace {

RateSpec even_rate(std::int64_t numerator, std::int64_t denominator = 1) {
  RateSpec rate;
  rate.kind = RateSpec::Kind::even;
  rate.per_second = {numerator, denominator};
  return rate;
}

// Instants of the ticks before `end`, in nanoseconds since the start of the run.
std::vector<std::int64_t> ticks(Traffic traffic, Duration end) {
  std::vector<std::int64_t> at;
  for (; traffic.next_at() < kStart + end; traffic.advance(1)) at.push_back(nanoseconds(traffic.next_at()));
  return at;
}

Traffic shape(const RateSpec& rate, std::int64_t burst = 1, Duration start = {}) {
  return Traffic{rate, burst, kStart + start, stream(7, "producer/p/rate")};
}

RateSpec steps(std::vector<RateStep> list) {
  RateSpec rate;
  rate.kind = RateSpec::Kind::steps;
  rate.steps = std::move(list);
  return rate;
}

std::map<std::int64_t, std::int64_t> key_counts(const KeyModel& model, std::int64_t records) {
  std::map<std::int64_t, std::int64_t> counts;
  for (std::int64_t i = 0; i < records; ++i) ++counts[model.number(i)];
  return counts;
}

KeySpec key_spec(KeySpec::Kind kind, std::int64_t keys, Ratio ratio = {}) {
  KeySpec spec;
  spec.kind = kind;
  spec.keys = keys;
  spec.shape = ratio;
  return spec;
}

}  // namespace

TEST_CASE("an even rate is exact: rounding does not add up", "[workload]") {
  CHECK(ticks(shape(even_rate(3)), 2s) ==
        std::vector<std::int64_t>{0, 333'333'333, 666'666'666, 1'000'000'000, 1'333'333'333, 1'666'666'666});
  CHECK(ticks(shape(even_rate(10, 60)), 19s) ==
        std::vector<std::int64_t>{0, 6'000'000'000, 12'000'000'000, 18'000'000'000});
  CHECK(ticks(shape(even_rate(5, 3600)), 1h).size() == 5);
  CHECK(ticks(shape(even_rate(7)), 1000s).size() == 7000);
  CHECK(ticks(shape(even_rate(2), 1, 10s), 11s) == std::vector<std::int64_t>{10'000'000'000, 10'500'000'000});
}

TEST_CASE("a burst hands over together what the rate hands over in that time", "[workload]") {
  const Traffic traffic = shape(even_rate(200), 20);
  CHECK(traffic.burst() == 20);
  CHECK(traffic.spacing() == 100ms);
  CHECK(ticks(traffic, 1s).size() == 10);
}

TEST_CASE("even shapes can be looked into", "[workload]") {
  Traffic traffic = shape(even_rate(3), 1, 1s);
  CHECK(traffic.ticks_due(kStart + 999ms) == 0);
  CHECK(traffic.ticks_due(kStart + 1s) == 1);
  for (const std::int64_t ahead : {0, 1, 2, 3, 1000}) {
    CHECK(traffic.ticks_due(traffic.tick_at(ahead)) == ahead + 1);
    CHECK(traffic.ticks_due(traffic.tick_at(ahead) - 1ns) == ahead);
  }
  Traffic stepped = traffic;
  for (int i = 0; i < 5; ++i) stepped.advance(1);
  traffic.advance(5);
  CHECK(stepped == traffic);
  CHECK(traffic.next_at() == kStart + 1s + 1'666'666'666ns);
}

TEST_CASE("on and off", "[workload]") {
  RateSpec rate = even_rate(4);
  rate.kind = RateSpec::Kind::on_off;
  rate.on = 500ms;
  rate.off = 1s;
  CHECK(ticks(shape(rate), 3s) == std::vector<std::int64_t>{0, 250'000'000, 1'500'000'000, 1'750'000'000});
  CHECK(shape(rate).spacing() == 0s);
}

TEST_CASE("steps and ramps hand over what the area under them says", "[workload]") {
  // 10/s for 2 s, a ramp 10/s..30/s over 4 s, then 30/s for 1 s: 20 + 80 + 30.
  const Traffic traffic = shape(steps({{2s, 10'000, 10'000}, {4s, 10'000, 30'000}, {1s, 30'000, 30'000}}));
  const std::vector<std::int64_t> at = ticks(traffic, 100s);
  CHECK(at.size() == 130);
  const auto before = [&](double seconds) {
    return std::count_if(at.begin(), at.end(),
                         [&](std::int64_t ns) { return static_cast<double>(ns) < seconds * 1e9; });
  };
  CHECK(before(2) == 20);
  CHECK(before(4) == 20 + 30);  // 2 s of the ramp: mean rate 15/s
  CHECK(before(6) == 100);
  // A ramp down to nothing and a step of nothing.
  CHECK(ticks(shape(steps({{10s, 20'000, 0}, {5s, 0, 0}, {1s, 5'000, 5'000}})), 100s).size() == 100 + 5);
  // The last step may have no end.
  CHECK(ticks(shape(steps({{1s, 1'000, 1'000}, {0s, 2'000, 2'000}})), 11s).size() == 1 + 20);
}

TEST_CASE("poisson: exponential gaps of the right mean, as the seed says", "[workload]") {
  RateSpec rate = even_rate(1000);
  rate.kind = RateSpec::Kind::poisson;
  const std::vector<std::int64_t> at = ticks(shape(rate), 100s);
  // 100000 +- 4 standard deviations.
  CHECK(std::abs(static_cast<double>(at.size()) - 100'000) < 4 * std::sqrt(100'000.0));
  double square = 0;
  std::size_t long_gaps = 0;
  for (std::size_t i = 1; i < at.size(); ++i) {
    const double gap = static_cast<double>(at[i] - at[i - 1]) / 1e6;
    square += gap * gap;
    if (gap > 3.0) ++long_gaps;
  }
  const auto gaps = static_cast<double>(at.size() - 1);
  CHECK(square / gaps == Approx(2.0).epsilon(0.03));                                     // E[gap^2] = 2 / rate^2
  CHECK(static_cast<double>(long_gaps) / gaps == Approx(std::exp(-3.0)).epsilon(0.06));  // P(gap > 3 means)
  CHECK(ticks(shape(rate), 1s) == ticks(shape(rate), 1s));
  CHECK(ticks(Traffic{rate, 1, kStart, stream(8, "producer/p/rate")}, 1s) != ticks(shape(rate), 1s));
}

TEST_CASE("closed loops and silence have no ticks", "[workload]") {
  for (const RateSpec::Kind kind : {RateSpec::Kind::none, RateSpec::Kind::max, RateSpec::Kind::await}) {
    RateSpec rate;
    rate.kind = kind;
    CHECK(shape(rate).next_at() == kNever);
  }
}

TEST_CASE("keys in turn and the constant key", "[workload][keys]") {
  const KeyModel in_turn{key_spec(KeySpec::Kind::sequence, 3), 1};
  CHECK(in_turn.text(0) == "k0");
  CHECK(in_turn.text(4) == "k1");
  KeySpec named = key_spec(KeySpec::Kind::constant, 0);
  named.constant = "customer";
  CHECK(KeyModel{named, 1}.text(12) == "customer");
  CHECK_FALSE(KeyModel{key_spec(KeySpec::Kind::none, 0), 1}.keyed());
}

TEST_CASE("uniform keys: every key its share", "[workload][keys]") {
  const auto counts = key_counts(KeyModel{key_spec(KeySpec::Kind::uniform, 50), 3}, 100'000);
  REQUIRE(counts.size() == 50);
  double chi = 0;
  for (const auto& [key, count] : counts) {
    CHECK(key < 50);
    chi += std::pow(static_cast<double>(count) - 2000.0, 2) / 2000.0;
  }
  CHECK(chi < 94);  // 49 degrees of freedom: beyond that with probability 0.0001
}

TEST_CASE("zipf keys: shares of 1 / rank^s", "[workload][keys]") {
  const auto counts = key_counts(KeyModel{key_spec(KeySpec::Kind::zipf, 20, {11, 10}), 5}, 200'000);
  double total = 0;
  for (int k = 1; k <= 20; ++k) total += std::pow(k, -1.1);
  REQUIRE(counts.size() == 20);
  for (const auto& [key, count] : counts) {
    const double expected = 200'000 * std::pow(static_cast<double>(key + 1), -1.1) / total;
    CHECK(std::abs(static_cast<double>(count) - expected) < 4.5 * std::sqrt(expected));
  }
}

TEST_CASE("a hot key has its share, the others the rest in equal parts", "[workload][keys]") {
  const auto counts = key_counts(KeyModel{key_spec(KeySpec::Kind::hot, 11, {30, 100}), 5}, 100'000);
  REQUIRE(counts.size() == 11);
  CHECK(std::abs(static_cast<double>(counts.at(0)) - 30'000) < 4.5 * std::sqrt(100'000 * 0.3 * 0.7));
  for (std::int64_t key = 1; key <= 10; ++key)
    CHECK(std::abs(static_cast<double>(counts.at(key)) - 7'000) < 4.5 * std::sqrt(7'000.0));
  CHECK(key_counts(KeyModel{key_spec(KeySpec::Kind::hot, 4, {1, 1}), 5}, 1000).size() == 1);
  CHECK(key_counts(KeyModel{key_spec(KeySpec::Kind::hot, 1, {1, 2}), 5}, 1000).at(0) == 1000);
}

TEST_CASE("ticks are counted exactly also where products need more than 64 bits", "[workload]") {
  Traffic traffic = shape(even_rate(2'023'031, 3), 1, 1s);
  for (const std::int64_t ahead : {0LL, 1LL, 1'000'000LL, 100'000'000'000LL}) {
    CAPTURE(ahead);
    CHECK(traffic.ticks_due(traffic.tick_at(ahead)) == ahead + 1);
    CHECK(traffic.ticks_due(traffic.tick_at(ahead) - Duration{1}) == ahead);
  }
  CHECK(traffic.tick_at(2'023'031LL * 50'000) == kStart + 1s + 150'000s);
  CHECK(traffic.spacing() == 1'482ns);
}

TEST_CASE("a key depends on the seed and the record's index alone", "[workload][keys]") {
  const KeyModel model{key_spec(KeySpec::Kind::uniform, 1000), 42};
  std::vector<std::int64_t> forwards, backwards;
  for (std::int64_t i = 0; i < 100; ++i) forwards.push_back(model.number(i));
  for (std::int64_t i = 99; i >= 0; --i) backwards.insert(backwards.begin(), model.number(i));
  CHECK(forwards == backwards);
  const KeyModel other{key_spec(KeySpec::Kind::uniform, 1000), 43};
  int same = 0;
  for (std::int64_t i = 0; i < 100; ++i) same += other.number(i) == forwards[static_cast<std::size_t>(i)] ? 1 : 0;
  CHECK(same < 5);
}

}  // namespace kafkasim::sim::traffic_test
