// The expect language as a tree (scenario-language.md section 7).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/time.hpp"
#include "sim/measure/value.hpp"

namespace kafkasim::sim {

struct Comparison;

/// An argument of a measured name: the words between two commas, e.g. {"broker", "1"} or {"t-0", "on", "broker", "2"};
/// for believes(X, leader(tp)) a call.
struct Argument;

struct Expression {
  enum class Kind : std::uint8_t {
    literal,     // value
    list,        // children
    name,        // a measured name: text, arguments
    difference,  // children[0] - children[1]
    product,     // numerator / denominator * children[0]
    function,    // max min first last count: text, children[0]; time elapsed total longest: text, id, condition
  };
  Kind kind = Kind::literal;
  Value value{};
  std::string text{};
  std::vector<Argument> arguments;
  std::vector<Expression> children;
  std::int64_t numerator = 1, denominator = 1;
  std::string id{};
  std::vector<Comparison> condition;  // none or one
  std::size_t column = 0;             // in the line, for messages
};

struct Argument {
  std::vector<std::string> words;
  std::vector<Expression> call;  // none or one
  std::size_t column = 0;
};

enum class Operator : std::uint8_t { equal, unequal, less, less_equal, greater, greater_equal, between, in, truth };

/// LEFT OP RIGHT; a bare boolean name is LEFT alone (truth), `not NAME` its negation.
struct Comparison {
  Expression left;
  Operator op = Operator::truth;
  bool negated = false;
  Expression right{};  // also the lower bound of between
  Expression upper{};  // of between
};

struct TimeScope {
  enum class Kind : std::uint8_t {
    plain,
    at_instant,
    at_entry,
    before,
    after,
    during,
    from_to,
    ever,
    never,
    always,
    unchanged_after
  };
  Kind kind = Kind::plain;
  Instant at{};
  std::string id{}, to{};
};

struct Line {
  std::string text;
  Comparison comparison;
  TimeScope scope;
};

/// What is wrong, where in the line (0-based column), and what may have been meant.
struct ParseError {
  std::size_t column = 0;
  std::string message;
};

/// Reads one line; on failure nothing and an error. Names, arguments and ids are not looked up here.
std::optional<Line> parse_line(const std::string& text, ParseError& error);

}  // namespace kafkasim::sim
