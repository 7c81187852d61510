// Tokens of the expect language.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/measure/value.hpp"

namespace kafkasim::sim {

struct Token {
  enum class Kind : std::uint8_t { word, number, text, symbol, end };
  Kind kind = Kind::end;
  std::string text;                             // as written; a symbol: ( ) [ ] , - * == != < <= > >=
  Value value{};                                // number: integer or duration
  std::int64_t numerator = 0, denominator = 1;  // number: exact, without unit
  bool unit = false;
  std::size_t column = 0;
};

/// Words may hold letters, digits, _ . / and - (not at an end followed by a space): orders-0, billing/2, acks-1.
/// A minus sign directly before a digit belongs to the number when no operand stands before it.
std::vector<Token> tokenize(const std::string& text, std::optional<std::pair<std::size_t, std::string>>& error);

}  // namespace kafkasim::sim
