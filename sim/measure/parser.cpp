#include <algorithm>
#include <array>
#include <string_view>

#include "sim/measure/expression.hpp"
#include "sim/measure/lexer.hpp"

namespace kafkasim::sim {
namespace {

constexpr std::array<std::string_view, 5> kOverSide = {"max", "min", "first", "last", "count"};
constexpr std::array<std::string_view, 4> kOverCondition = {"time", "elapsed", "total", "longest"};
constexpr std::array<std::string_view, 10> kScopeWords = {"at",   "before", "after",  "during",    "from",
                                                          "ever", "never",  "always", "unchanged", "and"};

template <std::size_t N>
bool is_one_of(const std::array<std::string_view, N>& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

struct Failure {
  ParseError error;
};

class Parser {
 public:
  Parser(std::vector<Token> tokens, std::string text) : tokens_{std::move(tokens)}, text_{std::move(text)} {}

  Line line() {
    Line result;
    result.text = text_;
    result.comparison = comparison();
    result.scope = scope();
    if (peek().kind != Token::Kind::end) fail("unexpected '" + peek().text + "' after the condition");
    return result;
  }

 private:
  const Token& peek(std::size_t ahead = 0) const { return tokens_[std::min(at_ + ahead, tokens_.size() - 1)]; }
  Token take() { return tokens_[at_ < tokens_.size() - 1 ? at_++ : at_]; }
  bool is(std::string_view symbol) const { return peek().kind == Token::Kind::symbol && peek().text == symbol; }
  bool is_word(std::string_view word) const { return peek().kind == Token::Kind::word && peek().text == word; }
  bool accept(std::string_view symbol) {
    if (!is(symbol)) return false;
    take();
    return true;
  }
  bool accept_word(std::string_view word) {
    if (!is_word(word)) return false;
    take();
    return true;
  }
  void expect(std::string_view symbol) {
    if (!accept(symbol))
      fail(peek().kind == Token::Kind::end ? "'" + std::string{symbol} + "' is missing at the end of the line"
                                           : "expected '" + std::string{symbol} + "' before '" + peek().text + "'");
  }
  [[noreturn]] void fail(std::string message) const { throw Failure{{peek().column, std::move(message)}}; }
  [[noreturn]] void fail_at(std::size_t column, std::string message) const {
    throw Failure{{column, std::move(message)}};
  }

  Comparison comparison() {
    Comparison result;
    result.negated = is_word("not") && peek(1).kind != Token::Kind::end;
    if (result.negated) take();
    result.left = side();
    result.op = comparison_operator();
    if (result.op == Operator::truth) return result;
    result.right = side();
    if (result.op == Operator::between) {
      if (!accept_word("and")) fail("'between' needs 'and': between A and B");
      result.upper = side();
    }
    return result;
  }

  Operator comparison_operator() {
    static constexpr std::array<std::pair<std::string_view, Operator>, 6> kSymbols = {
        {{"==", Operator::equal},
         {"!=", Operator::unequal},
         {"<", Operator::less},
         {"<=", Operator::less_equal},
         {">", Operator::greater},
         {">=", Operator::greater_equal}}};
    for (const auto& [symbol, op] : kSymbols)
      if (accept(symbol)) return op;
    if (accept_word("between")) return Operator::between;
    if (accept_word("in")) return Operator::in;
    return Operator::truth;
  }

  Expression side() {
    Expression left = term();
    while (is("-")) {
      const std::size_t column = take().column;
      Expression whole;
      whole.kind = Expression::Kind::difference;
      whole.column = column;
      whole.children.push_back(std::move(left));
      whole.children.push_back(term());
      left = std::move(whole);
    }
    return left;
  }

  Expression term() {
    if (peek().kind == Token::Kind::number && peek(1).kind == Token::Kind::symbol && peek(1).text == "*") {
      const Token factor = take();
      take();
      if (factor.unit) fail_at(factor.column, "a factor has no unit");
      Expression whole;
      whole.kind = Expression::Kind::product;
      whole.column = factor.column;
      whole.numerator = factor.numerator;
      whole.denominator = factor.denominator;
      whole.children.push_back(term());
      return whole;
    }
    return primary();
  }

  Expression literal(Value value, std::size_t column) {
    Expression made;
    made.value = std::move(value);
    made.column = column;
    return made;
  }

  Expression primary() {
    const Token token = peek();
    if (token.kind == Token::Kind::number) {
      take();
      if (token.value.is_none()) fail_at(token.column, "'" + token.text + "' needs a unit or must be whole");
      return literal(token.value, token.column);
    }
    if (token.kind == Token::Kind::text) {
      take();
      return literal(Value::word(token.text), token.column);
    }
    if (accept("[")) return list(token.column);
    if (token.kind != Token::Kind::word)
      fail(token.kind == Token::Kind::end ? "something is missing at the end of the line"
                                          : "unexpected '" + token.text + "'");
    take();
    if (accept("(")) return is_function(token.text) ? function(token) : name(token);
    if (token.text == "none") return literal(Value::none(), token.column);
    if (token.text == "_") return literal(Value::anything(), token.column);
    if (token.text == "true" || token.text == "false")
      return literal(Value::boolean(token.text == "true"), token.column);
    return literal(Value::word(token.text), token.column);
  }

  static bool is_function(std::string_view word) {
    return is_one_of(kOverSide, word) || is_one_of(kOverCondition, word);
  }

  Expression list(std::size_t column) {
    Expression made;
    made.kind = Expression::Kind::list;
    made.column = column;
    while (!accept("]")) {
      if (!made.children.empty()) expect(",");
      made.children.push_back(side());
    }
    return made;
  }

  Expression function(const Token& called) {
    Expression made;
    made.kind = Expression::Kind::function;
    made.text = called.text;
    made.column = called.column;
    if (is_one_of(kOverSide, called.text)) {
      made.children.push_back(side());
    } else {
      if (called.text == "elapsed") {
        if (peek().kind != Token::Kind::word) fail("elapsed(ID, CONDITION): the id of an entry comes first");
        made.id = take().text;
        expect(",");
      }
      made.condition.push_back(comparison());
    }
    expect(")");
    return made;
  }

  Expression name(const Token& called) {
    Expression made;
    made.kind = Expression::Kind::name;
    made.text = called.text;
    made.column = called.column;
    while (!accept(")")) {
      if (!made.arguments.empty()) expect(",");
      made.arguments.push_back(argument());
    }
    return made;
  }

  Argument argument() {
    Argument made;
    made.column = peek().column;
    while (peek().kind == Token::Kind::word || peek().kind == Token::Kind::number || peek().kind == Token::Kind::text) {
      const Token token = take();
      if (made.words.empty() && accept("(")) {
        made.call.push_back(name(token));
        return made;
      }
      made.words.push_back(token.text);
    }
    if (made.words.empty())
      fail(peek().kind == Token::Kind::end ? "')' is missing at the end of the line"
                                           : "an argument is missing before '" + peek().text + "'");
    return made;
  }

  std::string entry_id() {
    if (peek().kind != Token::Kind::word || is_one_of(kScopeWords, peek().text))
      fail("the id of a timeline entry is missing");
    return take().text;
  }

  TimeScope scope() {
    TimeScope made;
    if (accept_word("ever"))
      made.kind = TimeScope::Kind::ever;
    else if (accept_word("never"))
      made.kind = TimeScope::Kind::never;
    else if (accept_word("always"))
      made.kind = TimeScope::Kind::always;
    else if (accept_word("at"))
      at_scope(made);
    else if (accept_word("before"))
      named(made, TimeScope::Kind::before);
    else if (accept_word("after"))
      named(made, TimeScope::Kind::after);
    else if (accept_word("during"))
      named(made, TimeScope::Kind::during);
    else if (accept_word("unchanged")) {
      if (!accept_word("after")) fail("'unchanged' needs 'after ID'");
      named(made, TimeScope::Kind::unchanged_after);
    } else if (accept_word("from")) {
      named(made, TimeScope::Kind::from_to);
      if (!accept_word("to")) fail("'from ID' needs 'to ID'");
      made.to = entry_id();
    }
    return made;
  }

  void named(TimeScope& made, TimeScope::Kind kind) {
    made.kind = kind;
    made.id = entry_id();
  }

  void at_scope(TimeScope& made) {
    if (peek().kind == Token::Kind::number && peek().value.kind == Value::Kind::duration) {
      made.kind = TimeScope::Kind::at_instant;
      made.at = kStart + Duration{take().value.number};
    } else {
      named(made, TimeScope::Kind::at_entry);
    }
  }

  std::vector<Token> tokens_;
  std::string text_;
  std::size_t at_ = 0;
};

}  // namespace

std::optional<Line> parse_line(const std::string& text, ParseError& error) {
  std::optional<std::pair<std::size_t, std::string>> bad;
  std::vector<Token> tokens = tokenize(text, bad);
  if (bad) {
    error = {bad->first, bad->second};
    return std::nullopt;
  }
  try {
    return Parser{std::move(tokens), text}.line();
  } catch (const Failure& failure) {
    error = failure.error;
    return std::nullopt;
  }
}

}  // namespace kafkasim::sim
