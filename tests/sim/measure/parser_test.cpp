// The grammar: what is read, and exactly what is said about what cannot be read.
#include "sim/measure/expression.hpp"
#include "sim/measure/lexer.hpp"
#include "tests/support/catch.hpp"

namespace kafkasim::sim::parser_test {
namespace {

// The tree as text, brackets everywhere.
std::string show(const Expression& node);

std::string show(const Argument& argument) {
  std::string text;
  for (const Expression& call : argument.call) text += show(call);
  for (const std::string& word : argument.words) text += (text.empty() ? "" : " ") + word;
  return text;
}

std::string show(const Comparison& comparison) {
  static const char* const kSigns[] = {"==", "!=", "<", "<=", ">", ">=", "between", "in", ""};
  std::string text = comparison.negated ? "not " : "";
  text += show(comparison.left);
  if (comparison.op == Operator::truth) return text;
  text += std::string{" "} + kSigns[static_cast<std::size_t>(comparison.op)] + " " + show(comparison.right);
  if (comparison.op == Operator::between) text += " and " + show(comparison.upper);
  return text;
}

std::string show(const Expression& node) {
  const auto joined = [](const auto& parts) {
    std::string text;
    for (const auto& part : parts) text += (text.empty() ? "" : ", ") + show(part);
    return text;
  };
  switch (node.kind) {
    case Expression::Kind::literal:
      return to_text(node.value);
    case Expression::Kind::list:
      return "[" + joined(node.children) + "]";
    case Expression::Kind::name:
      return node.text + "(" + joined(node.arguments) + ")";
    case Expression::Kind::difference:
      return "(" + show(node.children[0]) + " - " + show(node.children[1]) + ")";
    case Expression::Kind::product:
      return "(" + std::to_string(node.numerator) + "/" + std::to_string(node.denominator) + " * " +
             show(node.children[0]) + ")";
    case Expression::Kind::function:
      return node.text + "{" + (node.id.empty() ? "" : node.id + ": ") + joined(node.children) +
             joined(node.condition) + "}";
  }
  return "?";
}

std::string show(const Line& line) {
  static const char* const kScopes[] = {"",       " at T", " at ",   " before ", " after ",          " during ",
                                        " from ", " ever", " never", " always",  " unchanged after "};
  std::string text = show(line.comparison) + kScopes[static_cast<std::size_t>(line.scope.kind)] + line.scope.id;
  if (line.scope.kind == TimeScope::Kind::at_instant) text += "=" + std::to_string(nanoseconds(line.scope.at));
  if (!line.scope.to.empty()) text += " to " + line.scope.to;
  return text;
}

std::string read(const std::string& text) {
  ParseError error;
  const auto line = parse_line(text, error);
  return line ? show(*line) : std::to_string(error.column) + ": " + error.message;
}

std::string tokens(const std::string& text) {
  std::optional<std::pair<std::size_t, std::string>> error;
  std::string shown;
  for (const Token& token : tokenize(text, error))
    if (token.kind != Token::Kind::end) shown += (shown.empty() ? "" : "|") + token.text;
  return error ? std::to_string(error->first) + ": " + error->second : shown;
}

struct Case {
  const char* text;
  const char* wanted;
};

}  // namespace

TEST_CASE("lines of the expect language", "[measure][parser]") {
  for (const Case& c : {
           Case{"lost(checkout) == 0", "lost(checkout) == 0"},
           Case{"lost() != 1_000", "lost() != 1000"},
           Case{"gap(checkout, orders-0) <= 2.5s", "gap(checkout, orders-0) <= 2.5 s"},
           Case{"sent(p) >= 3records", "sent(p) >= 3"},
           Case{"sent(p) > 2KiB", "sent(p) > 2048"},
           Case{"latency(p, p99) between 1ms and 2ms", "latency(p, p99) between 1 ms and 2 ms"},
           Case{"leader(t-0) in [1, none, _]", "leader(t-0) in [1, none, _]"},
           Case{"isr(t-0) == []", "isr(t-0) == []"},
           Case{"epochs(t-0 on broker 2) == [[0, 0], [1, 25]]", "epochs(t-0 on broker 2) == [[0, 0], [1, 25]]"},
           Case{"read(g) == [a, 'b c', \"d\"]", "read(g) == [a, b c, d]"},
           Case{"identical(t)", "identical(t)"},
           Case{"not offline(t-0)", "not offline(t-0)"},
           Case{"alive(broker 1) == false", "alive(broker 1) == false"},
           Case{"believes(broker 1, leader(t-0)) == 1", "believes(broker 1, leader(t-0)) == 1"},
           Case{"acked(p) - lost(p) - 3 == 4", "((acked(p) - lost(p)) - 3) == 4"},
           Case{"2 * acked(p) > 0.5 * sent(p)", "(2/1 * acked(p)) > (5/10 * sent(p))"},
           Case{"3*acked(p)-1 < 5", "((3/1 * acked(p)) - 1) < 5"},
           Case{"time(leader(t-0) == 2) < 9s", "time{leader(t-0) == 2} < 9 s"},
           Case{"elapsed(kill, leader(t-0) == 2) > 7s", "elapsed{kill: leader(t-0) == 2} > 7 s"},
           Case{"longest(not alive(broker 1)) == 0s", "longest{not alive(broker 1)} == 0 s"},
           Case{"max(lag(g)) < 5", "max{lag(g)} < 5"},
           Case{"count(isr(t-0)) == 2", "count{isr(t-0)} == 2"},
           Case{"lost(p) == 0 at 1min", "lost(p) == 0 at T=60000000000"},
           Case{"lost(p) == 0 at kill", "lost(p) == 0 at kill"},
           Case{"lost(p) == 0 before kill", "lost(p) == 0 before kill"},
           Case{"lost(p) == 0 after kill.end", "lost(p) == 0 after kill.end"},
           Case{"lost(p) == 0 during kill", "lost(p) == 0 during kill"},
           Case{"lost(p) == 0 from a to b", "lost(p) == 0 from a to b"},
           Case{"identical(t) ever", "identical(t) ever"},
           Case{"identical(t) never", "identical(t) never"},
           Case{"identical(t) always", "identical(t) always"},
           Case{"leader(t-0) unchanged after a", "leader(t-0) unchanged after a"},
       })
    CHECK(read(c.text) == c.wanted);
}

TEST_CASE("what cannot be read: column and message", "[measure][parser]") {
  for (const Case& c : {
           Case{"", "0: something is missing at the end of the line"},
           Case{"lost(p) ==", "10: something is missing at the end of the line"},
           Case{"lost(p == 0", "7: expected ',' before '=='"},
           Case{"lost(p", "6: ',' is missing at the end of the line"},
           Case{"lost(p,) == 0", "7: an argument is missing before ')'"},
           Case{"lost(", "5: ')' is missing at the end of the line"},
           Case{"lost(p) == 0 0", "13: unexpected '0' after the condition"},
           Case{"lost(p) = 0", "8: unexpected '='"},
           Case{"lost(p) == 0 and lost(q) == 0", "13: unexpected 'and' after the condition"},
           Case{"gap(p) < 3 parsecs", "11: unexpected 'parsecs' after the condition"},
           Case{"gap(p) < 3parsecs",
                "9: '3parsecs' is no number with a unit (us ms s min h d, B KB MB GB KiB MiB GiB)"},
           Case{"lost(p) == 1.5", "11: '1.5' needs a unit or must be whole"},
           Case{"lost(p) == 1234567890123456", "11: the number has too many digits"},
           Case{"2s * lost(p) == 4", "0: a factor has no unit"},
           Case{"lost(p) between 1", "17: 'between' needs 'and': between A and B"},
           Case{"leader(t-0) in [1, 2", "20: ',' is missing at the end of the line"},
           Case{"read(g) == ['a", "12: the quotation mark is not closed"},
           Case{"lost(p) == 0 at", "15: the id of a timeline entry is missing"},
           Case{"lost(p) == 0 at 5", "16: the id of a timeline entry is missing"},
           Case{"lost(p) == 0 before", "19: the id of a timeline entry is missing"},
           Case{"lost(p) == 0 from a", "19: 'from ID' needs 'to ID'"},
           Case{"leader(t-0) unchanged", "21: 'unchanged' needs 'after ID'"},
           Case{"elapsed(leader(t-0) == 2) < 1s", "14: expected ',' before '('"},
           Case{"elapsed(5s, leader(t-0) == 2) < 1s", "8: elapsed(ID, CONDITION): the id of an entry comes first"},
           Case{"lost(p) == $", "11: unexpected '$'"},
       })
    CHECK(read(c.text) == c.wanted);
}

TEST_CASE("tokens: names with a minus, negative numbers, differences", "[measure][lexer]") {
  for (const Case& c : {
           Case{"t-0", "t-0"},
           Case{"orders-0 on broker 2", "orders-0|on|broker|2"},
           Case{"billing/2 kill.end checkout#17", "billing/2|kill.end|checkout#17"},
           Case{"== -0.15s", "==|-0.15s"},
           Case{"between -2 and -1", "between|-2|and|-1"},
           Case{"in [-1, -2]", "in|[|-1|,|-2|]"},
           Case{"lost(p) -1", "lost|(|p|)|-|1"},
           Case{"3 -1", "3|-|1"},
           Case{"a <= b>=c", "a|<=|b|>=|c"},
           Case{"1_000", "1_000"},
           Case{"'it is' \"so\"", "it is|so"},
           Case{"5%", "0: '5%' is no number with a unit (us ms s min h d, B KB MB GB KiB MiB GiB)"},
           Case{"0.0000001us", "0: '0.0000001us' is no number with a unit (us ms s min h d, B KB MB GB KiB MiB GiB)"},
       })
    CHECK(tokens(c.text) == c.wanted);
}

TEST_CASE("numbers are exact", "[measure][lexer]") {
  const auto value = [](const std::string& text) {
    std::optional<std::pair<std::size_t, std::string>> error;
    return tokenize(text, error).at(0).value;
  };
  CHECK(value("0.1s") == Value::duration(100ms));
  CHECK(value("-0.15s") == Value::duration(-150ms));
  CHECK(value("1.125s") == Value::duration(1'125'000us));
  CHECK(value("2.5min") == Value::duration(150s));
  CHECK(value("7d") == Value::duration(168h));
  CHECK(value("1.5KiB") == Value::integer(1536));
  CHECK(value("2.0") == Value::integer(2));
  CHECK(value("1.5").is_none());
}

}  // namespace kafkasim::sim::parser_test
