// Numbers and lines of text as people and documents want them: integer arithmetic only, the same on every platform.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/time.hpp"

namespace kafkasim::sim {

/// 1234567 -> "1,234,567".
std::string grouped(std::int64_t value);
/// Seconds with all nine digits: "8.541000000".
std::string seconds_text(Duration value);
/// Milliseconds with all six digits: "2.100000".
std::string millis_text(Duration value);
/// Two or three digits that matter: "2.1 ms", "850 us", "9.2 s", "2 min 5 s".
std::string short_duration(Duration value);
/// An instant in a story: "10.041 s".
std::string clock_text(Instant at);

/// Columns a UTF-8 text takes (every code point counts as one).
std::size_t width(std::string_view text);
std::string pad_right(std::string text, std::size_t columns);
std::string pad_left(std::string text, std::size_t columns);
/// Lines of at most `columns`, broken at blanks; a single line break counts as a blank, an empty line begins a
/// paragraph.
std::vector<std::string> wrap(std::string_view text, std::size_t columns);
/// "a", "a and b", "a, b and c".
std::string joined(const std::vector<std::string>& words);

}  // namespace kafkasim::sim
