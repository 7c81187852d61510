// Numbers and units from text: exact, no floating point.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "sim/scenario/values.hpp"

namespace kafkasim::sim {

/// What a text says, or why it does not say it (then `value` is the default).
template <class T>
struct Read {
  T value{};
  std::string problem;
  bool ok() const { return problem.empty(); }
};

template <class T>
Read<T> unreadable(std::string problem) {
  return {T{}, std::move(problem)};
}

/// digits / 10^scale, scale at most 18.
struct Decimal {
  std::int64_t digits = 0;  // signed
  int scale = 0;
};

struct Unit {
  std::string_view name;
  std::int64_t factor;
};

/// `[+-]digits[.digits]`, no leading zeros, nothing behind it.
Read<Decimal> read_decimal(std::string_view text);

/// `NUMBER UNIT`, exact: an error when the result is no integer or does not fit. `what` names the kind ("a duration"),
/// `example` shows it.
Read<std::int64_t> read_with_unit(std::string_view text, std::span<const Unit> units, std::string_view what,
                                  std::string_view example);

/// A whole number without leading zeros.
Read<std::int64_t> read_integer(std::string_view text);

/// `250us 10ms 2.5s 3min 1h 7d`; `signed_too`: with + or -. `0` needs no unit.
Read<Duration> read_duration(std::string_view text, bool signed_too = false);

/// A duration or `LOW..HIGH`.
Read<DurationRange> read_draw(std::string_view text);

/// `512B 16KiB 1MB`, bytes.
Read<std::int64_t> read_size(std::string_view text);

/// `1Gbit/s`, `50MB/s`: bits per second.
Read<std::int64_t> read_bandwidth(std::string_view text);

/// `500MB/s`, `100MiB/s`, `1Gbit/s`: bytes per second.
Read<std::int64_t> read_throughput(std::string_view text);

/// `2000/s 10/min 5/h`: an exact number of records per second.
Read<Ratio> read_rate_value(std::string_view text);

/// `5%`, `0.1%`, `1/3`, `0.25`: between 0 and 1.
Read<Ratio> read_share(std::string_view text);

/// A decimal as an exact ratio, in lowest terms.
Ratio to_ratio(const Decimal& value);

Read<bool> read_boolean(std::string_view text);

std::string_view trimmed(std::string_view text);

}  // namespace kafkasim::sim
