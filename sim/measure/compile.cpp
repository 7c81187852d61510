// Looks the names, arguments and entries of a line up in its scenario.
#include "sim/measure/compiled.hpp"
#include "sim/measure/condition.hpp"

namespace kafkasim::sim {
namespace {

struct Mistake {
  ParseError error;
};

std::string key_of(const Expression& call) {
  std::string key = call.text + "(";
  for (std::size_t i = 0; i < call.arguments.size(); ++i) {
    if (i > 0) key += ", ";
    const Argument& argument = call.arguments[i];
    if (!argument.call.empty()) key += key_of(argument.call.front());
    for (std::size_t w = 0; w < argument.words.size(); ++w) key += (w > 0 ? " " : "") + argument.words[w];
  }
  return key + ")";
}

class Compiler {
 public:
  explicit Compiler(const Scenario& scenario) : scenario_{scenario} {}

  CompiledLine compile(const Line& line) {
    CompiledLine result;
    result.text = line.text;
    result.test = test(line.comparison);
    result.scope = line.scope;
    if (!line.scope.id.empty()) result.entry = entry(line.scope.id);
    if (!line.scope.to.empty()) result.to = entry(line.scope.to);
    each_name(result.test, false, [&](const Term& node, bool) {
      result.domains |= node.name.name->domains;
      result.final = result.final || node.name.name->measure == Measure::final;
    });
    return result;
  }

 private:
  EntryInstant entry(std::string id) const {
    constexpr std::string_view kEnd = ".end";
    const bool end = id.size() > kEnd.size() && id.compare(id.size() - kEnd.size(), kEnd.size(), kEnd) == 0;
    if (end) id.resize(id.size() - kEnd.size());
    std::vector<std::string> ids;
    for (std::size_t i = 0; i < scenario_.timeline.size(); ++i) {
      if (scenario_.timeline[i].id == id) return {i, end};
      if (!scenario_.timeline[i].id.empty()) ids.push_back(scenario_.timeline[i].id);
    }
    throw Mistake{{0, "no entry of the timeline has the id '" + id + "'" + hint(id, ids)}};
  }

  Test test(const Comparison& from) {
    Test made;
    made.left = node(from.left);
    made.op = from.op;
    made.negated = from.negated;
    if (from.op != Operator::truth) made.right = node(from.right);
    if (from.op == Operator::between) made.upper = node(from.upper);
    if (from.op == Operator::truth && made.left.kind != Expression::Kind::name)
      throw Mistake{{from.left.column,
                     from.left.kind == Expression::Kind::literal && from.left.value.kind == Value::Kind::word
                         ? "'" + from.left.value.text + "' alone is no condition; a measured name takes parentheses" +
                               hint(from.left.value.text, all_names())
                         : "a comparison is missing (== != < <= > >= between in)"}};
    return made;
  }

  Term node(const Expression& from) {
    Term made;
    made.kind = from.kind;
    made.value = from.value;
    made.numerator = from.numerator;
    made.denominator = from.denominator;
    made.function = from.kind == Expression::Kind::function ? from.text : "";
    if (from.kind == Expression::Kind::name) {
      ParseError error;
      auto bound = bind_name(from, scenario_, error);
      if (!bound) throw Mistake{error};
      made.name = std::move(*bound);
      made.key = key_of(from);
    }
    for (const Expression& child : from.children) made.children.push_back(node(child));
    for (const Comparison& inner : from.condition) made.condition.push_back(test(inner));
    if (!from.id.empty()) made.entry = entry(from.id);
    return made;
  }

  const Scenario& scenario_;
};

}  // namespace

Condition compile_condition(const std::string& text, const Place& place, const Scenario& scenario,
                            std::vector<Diagnostic>& diagnostics, bool in_timeline) {
  ParseError error;
  const std::optional<Line> line = parse_line(text, error);
  if (line) {
    try {
      auto compiled = std::make_shared<CompiledLine>(Compiler{scenario}.compile(*line));
      compiled->place = place;
      if (!in_timeline || !compiled->final) return Condition{std::move(compiled)};
      error = {0, "this line holds a name that is known at the end only; it belongs under the scenario's expect"};
    } catch (const Mistake& failure) {
      error = failure.error;
    }
  }
  Diagnostic found;
  found.place = place;
  found.place.column += static_cast<int>(error.column);
  found.message = error.message;
  diagnostics.push_back(std::move(found));
  return {};
}

void check_conditions(const Scenario& scenario, std::vector<Diagnostic>& diagnostics, bool draft) {
  const auto one = [&](const std::string& text, const Place& place, bool in_timeline) {
    std::vector<Diagnostic> found;
    ParseError error;
    const bool readable = parse_line(text, error).has_value();
    if (!draft || !readable) compile_condition(text, place, scenario, found, in_timeline);
    diagnostics.insert(diagnostics.end(), found.begin(), found.end());
  };
  const auto lines = [&](const std::vector<ExpectLine>& all, bool in_timeline) {
    for (const ExpectLine& line : all) {
      if (line.any.empty()) one(line.text, line.place, in_timeline);
      for (const auto& alternative : line.any)
        for (const ExpectLine& item : alternative) one(item.text, item.place, in_timeline);
    }
  };
  for (const Entry& entry : scenario.timeline) {
    if (entry.when.kind == When::Kind::condition) one(entry.when.condition, entry.when.condition_place, true);
    if (entry.verb == Verb::restart && !entry.condition.empty()) one(entry.condition, entry.condition_place, true);
    if (entry.verb == Verb::wait && !entry.wait_for) one(entry.condition, entry.condition_place, true);
    lines(entry.lines, true);
  }
  lines(scenario.expect, false);
}

}  // namespace kafkasim::sim
