// Distributions, rates, key models and partition choices from text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/number_text.hpp"
#include "sim/scenario/scenario.hpp"

namespace kafkasim::sim {

/// What a distribution's numbers are.
enum class Quantity : std::uint8_t { duration, offset, size };

/// `NAME(ARGUMENT, ...)`. No parentheses: `name` is the whole text.
struct Call {
  std::string_view name;
  std::vector<std::string_view> arguments;
  bool has_parentheses = false;
};

/// An error when the brackets do not match.
Read<Call> read_call(std::string_view text);

/// A constant or `exp(..) uniform(..) lognormal(..) pareto(..) empirical(FILE.csv)`; the file is looked for in
/// `folder`. Negative values only for Quantity::offset.
Read<DistributionSpec> read_distribution(std::string_view text, Quantity quantity, const std::string& folder);

/// One line per value (first column, with unit; blank lines, `#` lines and a heading are skipped), sorted.
Read<std::vector<std::int64_t>> read_samples(std::string_view csv, Quantity quantity);

/// `2000/s`, `poisson(..)`, `on_off(RATE, ON, OFF)`, `max`, `await(N)`. Steps are a list: see the reader of producers.
Read<RateSpec> read_rate(std::string_view text);

/// `100/s` or `100/s..900/s`, in records per 1000 s.
Read<RateStep> read_rate_step(std::string_view text);

/// `none constant(K) sequence(N) uniform(N) zipf(N, S) hot(SHARE, N)`.
Read<KeySpec> read_key_model(std::string_view text);

/// A number or `round_robin`.
Read<PartitionChoice> read_partition_choice(std::string_view text);

}  // namespace kafkasim::sim
