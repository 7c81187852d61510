#include "sim/scenario/number_text.hpp"

#include <array>
#include <limits>
#include <numeric>
#include <vector>

#include "sim/scenario/diagnostics.hpp"

namespace kafkasim::sim {

namespace {

__extension__ typedef __int128 Wide;

constexpr std::array<Unit, 9> kDurations{{{"ns", 1},
                                          {"us", 1'000},
                                          {"ms", 1'000'000},
                                          {"s", 1'000'000'000},
                                          {"min", 60'000'000'000},
                                          {"h", 3'600'000'000'000},
                                          {"d", 86'400'000'000'000},
                                          {"µs", 1'000},
                                          {"μs", 1'000}}};
constexpr std::array<Unit, 9> kSizes{{{"B", 1},
                                      {"KiB", 1LL << 10},
                                      {"MiB", 1LL << 20},
                                      {"GiB", 1LL << 30},
                                      {"TiB", 1LL << 40},
                                      {"KB", 1'000},
                                      {"MB", 1'000'000},
                                      {"GB", 1'000'000'000},
                                      {"TB", 1'000'000'000'000}}};
constexpr std::array<Unit, 12> kBandwidths{{{"bit/s", 1},
                                            {"kbit/s", 1'000},
                                            {"Mbit/s", 1'000'000},
                                            {"Gbit/s", 1'000'000'000},
                                            {"B/s", 8},
                                            {"KB/s", 8'000},
                                            {"MB/s", 8'000'000},
                                            {"GB/s", 8'000'000'000},
                                            {"KiB/s", 8LL << 10},
                                            {"MiB/s", 8LL << 20},
                                            {"GiB/s", 8LL << 30},
                                            {"Tbit/s", 1'000'000'000'000}}};

bool digit(char c) { return c >= '0' && c <= '9'; }

/// Length of the number that `text` begins with.
std::size_t number_length(std::string_view text) {
  std::size_t i = 0;
  if (i < text.size() && (text[i] == '+' || text[i] == '-')) ++i;
  while (i < text.size() && (digit(text[i]) || text[i] == '.')) ++i;
  return i;
}

std::string unit_hint(std::string_view number, std::string_view unit, std::span<const Unit> units) {
  std::vector<std::string> names;
  for (const Unit& known : units) names.emplace_back(known.name);
  const std::string name{unit};
  for (const std::string& known : names)  // another way of writing it
    if (name.size() == known.size() &&
        std::equal(name.begin(), name.end(), known.begin(), [](char a, char b) { return (a | 0x20) == (b | 0x20); }))
      return "; did you mean '" + std::string(number) + known + "'?";
  std::string longest;  // msec, minutes, ...
  for (const std::string& known : names)
    if (unit.starts_with(known) && known.size() > longest.size()) longest = known;
  if (!longest.empty()) return "; did you mean '" + std::string(number) + longest + "'?";
  if (const auto found = nearest(unit, names)) return "; did you mean '" + std::string(number) + *found + "'?";
  return {};
}

}  // namespace

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\n") - first + 1);
}

Read<Decimal> read_decimal(std::string_view text) {
  const std::string_view whole = text;
  const auto bad = [&](std::string_view why) { return unreadable<Decimal>(in_quotes(whole) + " " + std::string(why)); };
  bool negative = false;
  if (!text.empty() && (text[0] == '+' || text[0] == '-')) {
    negative = text[0] == '-';
    text.remove_prefix(1);
  }
  if (text.empty() || !digit(text[0])) return bad("is not a number");
  if (text.size() > 1 && text[0] == '0' && digit(text[1])) return bad("has a leading zero; write it without");
  Decimal result;
  bool fraction = false;
  for (const char c : text) {
    if (c == '.' && !fraction) {
      fraction = true;
      continue;
    }
    if (!digit(c)) return bad("is not a number");
    if (__builtin_mul_overflow(result.digits, std::int64_t{10}, &result.digits) ||
        __builtin_add_overflow(result.digits, std::int64_t{c - '0'}, &result.digits) || result.scale > 17)
      return bad("has more digits than can be held");
    result.scale += fraction ? 1 : 0;
  }
  if (text.back() == '.') return bad("is not a number");
  if (negative) result.digits = -result.digits;
  return {result, {}};
}

Read<std::int64_t> read_with_unit(std::string_view text, std::span<const Unit> units, std::string_view what,
                                  std::string_view example) {
  text = trimmed(text);
  const std::size_t length = number_length(text);
  const std::string_view number = text.substr(0, length);
  const std::string_view unit = trimmed(text.substr(length));
  const std::string wanted = std::string(what) + ", such as " + std::string(example);
  const auto bad = [&](const std::string& why) { return unreadable<std::int64_t>(why); };
  const Read<Decimal> value = read_decimal(number);
  if (length == 0 || number == "-" || number == "+") return bad(in_quotes(text) + " is not " + wanted);
  if (!value.ok()) return bad(value.problem);
  if (unit.empty()) {
    if (value.value.digits == 0) return {0, {}};
    return bad(in_quotes(text) + " has no unit; this is " + wanted);
  }
  for (const Unit& known : units) {
    if (known.name != unit) continue;
    Wide scaled = static_cast<Wide>(value.value.digits) * known.factor;
    Wide divisor = 1;
    for (int i = 0; i < value.value.scale; ++i) divisor *= 10;
    if (scaled % divisor != 0)
      return bad(in_quotes(text) + " is finer than can be held (" + std::string(units[0].name) + ")");
    scaled /= divisor;
    if (scaled > std::numeric_limits<std::int64_t>::max() / 4 ||
        scaled < -(std::numeric_limits<std::int64_t>::max() / 4))
      return bad(in_quotes(text) + " is too large");
    return {static_cast<std::int64_t>(scaled), {}};
  }
  return bad(in_quotes(text) + ": unknown unit " + in_quotes(unit) + " for " + wanted + unit_hint(number, unit, units));
}

Read<std::int64_t> read_integer(std::string_view text) {
  text = trimmed(text);
  const Read<Decimal> value = read_decimal(text);
  if (!value.ok()) {
    if (value.problem.ends_with("is not a number"))
      return unreadable<std::int64_t>(in_quotes(text) + " is not a whole number");
    return unreadable<std::int64_t>(value.problem);
  }
  if (value.value.scale != 0 || text.find('.') != std::string_view::npos)
    return unreadable<std::int64_t>(in_quotes(text) + " is not a whole number");
  return {value.value.digits, {}};
}

Read<Duration> read_duration(std::string_view text, bool signed_too) {
  text = trimmed(text);
  if (text.find("..") != std::string_view::npos)
    return unreadable<Duration>(in_quotes(text) + " is a draw; here stands one duration, such as 10ms");
  if (!signed_too && !text.empty() && (text[0] == '-' || text[0] == '+'))
    return unreadable<Duration>(in_quotes(text) + " has a sign; this is a plain duration, such as 10ms");
  const auto value = read_with_unit(text, kDurations, "a duration", "250us, 10ms, 2.5s or 3min");
  return {Duration{value.value}, value.problem};
}

Read<DurationRange> read_draw(std::string_view text) {
  const std::size_t dots = text.find("..");
  if (dots == std::string_view::npos) {
    const auto value = read_duration(text);
    return {{value.value, value.value}, value.problem};
  }
  const auto low = read_duration(text.substr(0, dots));
  const auto high = read_duration(text.substr(dots + 2));
  if (!low.ok()) return unreadable<DurationRange>(low.problem);
  if (!high.ok()) return unreadable<DurationRange>(high.problem);
  if (high.value < low.value) return unreadable<DurationRange>(in_quotes(text) + " runs backwards");
  return {{low.value, high.value}, {}};
}

Read<std::int64_t> read_size(std::string_view text) {
  const auto value = read_with_unit(text, kSizes, "a size", "512B, 16KiB or 1MB");
  if (value.ok() && value.value < 0) return unreadable<std::int64_t>(in_quotes(text) + " is negative");
  return value;
}

Read<std::int64_t> read_bandwidth(std::string_view text) {
  const auto value = read_with_unit(text, kBandwidths, "a bandwidth", "1Gbit/s or 50MB/s");
  if (value.ok() && value.value <= 0) return unreadable<std::int64_t>(in_quotes(text) + ": a bandwidth is above 0");
  return value;
}

Read<std::int64_t> read_throughput(std::string_view text) {
  auto value = read_bandwidth(text);
  value.value /= 8;
  if (value.ok() && value.value == 0)
    return unreadable<std::int64_t>(in_quotes(text) + " is less than a byte per second");
  return value;
}

Ratio to_ratio(const Decimal& value) {
  std::int64_t denominator = 1;
  for (int i = 0; i < value.scale; ++i) denominator *= 10;
  const std::int64_t common = std::gcd(value.digits, denominator);
  return {value.digits / common, denominator / common};
}

Read<Ratio> read_rate_value(std::string_view text) {
  text = trimmed(text);
  const auto bad = [&](std::string_view why) { return unreadable<Ratio>(in_quotes(text) + " " + std::string(why)); };
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return bad("is not a rate, such as 2000/s, 10/min or 5/h");
  const auto count = read_decimal(trimmed(text.substr(0, slash)));
  if (!count.ok()) return unreadable<Ratio>(count.problem);
  const std::string_view unit = trimmed(text.substr(slash + 1));
  const std::int64_t seconds = unit == "s" ? 1 : unit == "min" ? 60 : unit == "h" ? 3600 : 0;
  if (seconds == 0) return bad("is not a rate per s, min or h");
  if (count.value.digits <= 0 || count.value.scale > 6) return bad("is not a rate above 0");
  const Ratio number = to_ratio(count.value);
  if (number.numerator / number.denominator > 100'000'000) return bad("is more than 100,000,000 per unit");
  const std::int64_t common = std::gcd(number.numerator, seconds);
  return {{number.numerator / common, number.denominator * (seconds / common)}, {}};
}

Read<Ratio> read_share(std::string_view text) {
  text = trimmed(text);
  const auto bad = [&] { return unreadable<Ratio>(in_quotes(text) + " is not a share, such as 5%, 1/3 or 0.25"); };
  const std::size_t slash = text.find('/');
  Ratio share;
  if (slash != std::string_view::npos) {
    const auto top = read_integer(text.substr(0, slash));
    const auto bottom = read_integer(text.substr(slash + 1));
    if (!top.ok() || !bottom.ok() || bottom.value <= 0) return bad();
    const std::int64_t common = std::gcd(top.value, bottom.value);
    share = {top.value / common, bottom.value / common};
  } else {
    const bool percent = text.ends_with('%');
    auto value = read_decimal(trimmed(percent ? text.substr(0, text.size() - 1) : text));
    if (!value.ok() || value.value.scale > 12) return bad();
    if (percent) value.value.scale += 2;
    share = to_ratio(value.value);
  }
  if (share.numerator < 0 || share.numerator > share.denominator)
    return unreadable<Ratio>(in_quotes(text) + " is not between 0 and 1");
  return {share, {}};
}

Read<bool> read_boolean(std::string_view text) {
  text = trimmed(text);
  if (text == "true") return {true, {}};
  if (text == "false") return {false, {}};
  return unreadable<bool>(in_quotes(text) + " is neither true nor false");
}

}  // namespace kafkasim::sim
