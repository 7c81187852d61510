#include "sim/report/number_text.hpp"

#include <algorithm>
#include <utility>

namespace kafkasim::sim {
namespace {

std::string with_digits(std::int64_t value, std::int64_t unit, std::size_t digits) {
  const bool negative = value < 0;
  const std::uint64_t magnitude =
      negative ? std::uint64_t{0} - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
  const auto base = static_cast<std::uint64_t>(unit);
  std::string fraction = std::to_string(magnitude % base);
  fraction.insert(0, digits - std::min(digits, fraction.size()), '0');
  return (negative ? "-" : "") + std::to_string(magnitude / base) + "." + fraction;
}

// Rounded half up to one digit behind the point, or to a whole number from 100 on.
std::string rounded(std::int64_t value, std::int64_t unit, const char* name) {
  if (value >= 100 * unit - unit / 20) return std::to_string((value + unit / 2) / unit) + " " + name;
  const std::int64_t tenths = (value + unit / 20) / (unit / 10);
  std::string text = std::to_string(tenths / 10);
  if (tenths % 10 != 0) text += "." + std::to_string(tenths % 10);
  return text + " " + name;
}

}  // namespace

std::string grouped(std::int64_t value) {
  std::string text = std::to_string(value);
  const std::size_t first = value < 0 ? 1 : 0;
  for (std::size_t at = text.size(); at > first + 3;) text.insert(at -= 3, ",");
  return text;
}

std::string seconds_text(Duration value) { return with_digits(value.count(), 1'000'000'000, 9); }
std::string millis_text(Duration value) { return with_digits(value.count(), 1'000'000, 6); }

std::string short_duration(Duration value) {
  const std::int64_t ns = value.count();
  if (ns < 0) return "-" + short_duration(-value);
  if (ns == 0) return "0 s";
  if (ns < 999'500) return rounded(ns, 1'000, "us");
  if (ns < 999'500'000) return rounded(ns, 1'000'000, "ms");
  if (ns < 119'950'000'000) return rounded(ns, 1'000'000'000, "s");
  const std::int64_t seconds = (ns + 500'000'000) / 1'000'000'000;
  if (seconds % 60 == 0) return std::to_string(seconds / 60) + " min";
  return std::to_string(seconds / 60) + " min " + std::to_string(seconds % 60) + " s";
}

std::string clock_text(Instant at) {
  const std::string digits = seconds_text(at - kStart);
  return digits.substr(0, digits.size() - 6) + " s";
}

std::size_t width(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string pad_right(std::string text, std::size_t columns) {
  const std::size_t have = width(text);
  if (have < columns) text.append(columns - have, ' ');
  return text;
}

std::string pad_left(std::string text, std::size_t columns) {
  const std::size_t have = width(text);
  if (have < columns) text.insert(0, columns - have, ' ');
  return text;
}

std::vector<std::string> wrap(std::string_view text, std::size_t columns) {
  std::vector<std::string> lines;
  std::string line;
  const auto finish = [&] {
    if (!line.empty()) lines.push_back(std::exchange(line, {}));
  };
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(" \n"), text.size());
    const std::string_view word = text.substr(0, end);
    if (!line.empty() && width(line) + 1 + width(word) > columns) finish();
    if (!line.empty() && !word.empty()) line += ' ';
    line += word;
    const bool paragraph = text.substr(end, 2) == "\n\n" && text.size() > end + 2;
    text.remove_prefix(std::min(text.size(), end + 1));
    if (!paragraph) continue;
    finish();
    lines.emplace_back();
  }
  finish();
  return lines;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i)
    text += (i == 0 ? "" : i + 1 == words.size() ? " and " : ", ") + words[i];
  return text;
}

}  // namespace kafkasim::sim
