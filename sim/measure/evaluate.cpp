#include "sim/measure/evaluate.hpp"

#include <set>

#include "core/base/error_code.hpp"
#include "sim/fault/timeline.hpp"
#include "sim/measure/compiled.hpp"
#include "sim/measure/recorder.hpp"

namespace kafkasim::sim {
namespace {

// When a name is asked for its value: now, at an instant, just before one, or what a counter gained in between.
struct Moment {
  enum class Kind : std::uint8_t { now, at, before, within } kind = Kind::now;
  Instant from{};
  Instant to{};
};

class Evaluator {
 public:
  Evaluator(const View& view, const Verdict* verdict) : view_{view}, verdict_{verdict} {}

  bool holds(const CompiledLine& line) {
    const Test& test = line.test;
    const TimeScope& scope = line.scope;
    const Instant begin = kStart, end = view_.now();
    switch (scope.kind) {
      case TimeScope::Kind::plain:
        return is_true(test, {});
      case TimeScope::Kind::at_instant:
        return is_true(test, {Moment::Kind::at, scope.at, {}});
      case TimeScope::Kind::at_entry:
        return known(line.entry) && is_true(test, {Moment::Kind::before, struck(line.entry), {}});
      case TimeScope::Kind::before:
        return known(line.entry) && within(test, begin, struck(line.entry), true);
      case TimeScope::Kind::after:
        return known(line.entry) && within(test, struck(line.entry), end, false);
      case TimeScope::Kind::during:
        return known(line.entry) && within(test, struck(line.entry), ended(line.entry), false);
      case TimeScope::Kind::from_to:
        return known(line.entry) && known(line.to) && within(test, struck(line.entry), struck(line.to), false);
      case TimeScope::Kind::ever:
        return ever(test, begin, end);
      case TimeScope::Kind::never:
        return !ever(test, begin, end);
      case TimeScope::Kind::always:
        return throughout(test, begin, end, false);
      case TimeScope::Kind::unchanged_after:
        return known(line.entry) && unchanged(test, struck(line.entry), end);
    }
    return false;
  }

  // What the left side was: within the scope for counters, else at the end or the instant asked for.
  std::string shown(const CompiledLine& line) {
    Moment moment;
    if (line.scope.kind == TimeScope::Kind::at_instant) moment = {Moment::Kind::at, line.scope.at, {}};
    if (line.scope.kind == TimeScope::Kind::at_entry && known(line.entry))
      moment = {Moment::Kind::before, struck(line.entry), {}};
    if (!line.scope.id.empty() && !has_state(line.test) && known(line.entry)) {
      if (line.scope.kind == TimeScope::Kind::before) moment = {Moment::Kind::within, kStart, struck(line.entry)};
      if (line.scope.kind == TimeScope::Kind::after) moment = {Moment::Kind::within, struck(line.entry), view_.now()};
      if (line.scope.kind == TimeScope::Kind::during)
        moment = {Moment::Kind::within, struck(line.entry), ended(line.entry)};
      if (line.scope.kind == TimeScope::Kind::from_to && known(line.to))
        moment = {Moment::Kind::within, struck(line.entry), struck(line.to)};
    }
    std::string text = to_text(value(line.test.left, moment));
    const Term& right = line.test.right;
    if (line.test.op != Operator::truth && right.kind != Expression::Kind::literal &&
        right.kind != Expression::Kind::list)
      text += " against " + to_text(value(right, moment));
    return text;
  }

  bool is_true(const Test& test, const Moment& moment) {
    const bool result = compare(test, moment);
    return test.negated ? !result : result;
  }

 private:
  Instant struck(EntryInstant at) const {
    const EntryState& state = view_.timeline().entries.at(at.entry);
    return at.end ? state.ended : state.struck;
  }
  Instant ended(EntryInstant at) const { return std::min(view_.timeline().entries.at(at.entry).ended, view_.now()); }
  bool known(EntryInstant at) const { return struck(at) != kNever; }

  bool compare(const Test& test, const Moment& moment) {
    const Value left = value(test.left, moment);
    if (test.op == Operator::truth) return left.truthy();
    const Value right = value(test.right, moment);
    bool comparable = false;
    switch (test.op) {
      case Operator::equal:
        return equal(left, right);
      case Operator::unequal:
        return !equal(left, right);
      case Operator::less:
        return less(left, right, comparable);
      case Operator::greater:
        return less(right, left, comparable);
      case Operator::less_equal:
        return !less(right, left, comparable) && comparable;
      case Operator::greater_equal:
        return !less(left, right, comparable) && comparable;
      case Operator::between: {
        const bool above = !less(left, right, comparable) && comparable;
        return above && !less(value(test.upper, moment), left, comparable) && comparable;
      }
      case Operator::in:
        for (const Value& item : right.items)
          if (equal(left, item)) return true;
        return false;
      case Operator::truth:
        break;
    }
    return false;
  }

  // --- values ------------------------------------------------------------------------------------------------------

  Value value(const Term& node, const Moment& moment) {
    switch (node.kind) {
      case Expression::Kind::literal:
        return node.value;
      case Expression::Kind::list: {
        std::vector<Value> items;
        for (const Term& child : node.children) items.push_back(value(child, moment));
        return Value::list(std::move(items));
      }
      case Expression::Kind::name:
        return named(node, moment);
      case Expression::Kind::difference:
        return difference(value(node.children[0], moment), value(node.children[1], moment));
      case Expression::Kind::product:
        return product(node.numerator, node.denominator, value(node.children[0], moment));
      case Expression::Kind::function:
        return function(node, moment);
    }
    return Value::none();
  }

  Value named(const Term& node, const Moment& moment) {
    const Measure measure = node.name.name->measure;
    if (moment.kind == Moment::Kind::now || measure == Measure::statistic) return node.name.evaluate(view_, verdict_);
    const Series* series = series_of(node);
    if (series == nullptr) return Value::none();
    if (moment.kind == Moment::Kind::at) return counted(series->at(moment.from), measure);
    if (moment.kind == Moment::Kind::before) return counted(series->before(moment.from), measure);
    if (measure == Measure::state) return series->at(moment.to);
    return difference(counted(series->at(moment.to), measure), counted(series->before(moment.from), measure));
  }

  // A counter that has not been looked at yet stands at 0.
  static Value counted(Value value, Measure measure) {
    if (value.is_none() && (measure == Measure::counter || measure == Measure::final)) return Value::integer(0);
    return value;
  }

  const Series* series_of(const Term& node) {
    if (node.name.name->measure != Measure::final) return view_.recorder().series(node.key);
    const auto [found, fresh] = dated_.try_emplace(node.key);
    if (fresh && verdict_ != nullptr && node.name.name->dates != nullptr) {
      std::map<Instant, std::int64_t> dates;
      node.name.name->dates({view_, node.name.subject, verdict_}, dates);
      std::int64_t total = 0;
      found->second.set(kStart, Value::integer(0));
      for (const auto& [at, count] : dates) found->second.set(at, Value::integer(total += count));
    }
    return &found->second;
  }

  Value function(const Term& node, const Moment& moment) {
    if (node.function == "count") {
      const Value list = value(node.children[0], moment);
      return list.kind == Value::Kind::list || list.kind == Value::Kind::set
                 ? Value::integer(static_cast<std::int64_t>(list.items.size()))
                 : Value::none();
    }
    if (node.function == "max" || node.function == "min") return extreme(node);
    if (node.function == "first" || node.function == "last") return change(node);
    const Test& test = node.condition.front();
    const Instant end = view_.now();
    if (node.function == "time") {
      const Instant at = first_true(test, kStart, end);
      return at == kNever ? Value::none() : Value::duration(at - kStart);
    }
    if (node.function == "elapsed") return elapsed(test, node.entry);
    return held(test, node.function == "total");
  }

  Value elapsed(const Test& test, EntryInstant entry) {
    if (!known(entry)) return Value::none();
    const Instant from = struck(entry);
    const bool now = is_true(test, {Moment::Kind::at, from, {}});
    // A condition that held already cannot be waited for.
    if (now && is_true(test, {Moment::Kind::before, from, {}})) return Value::none();
    const Instant at = first_true(test, from, view_.now());
    return at == kNever ? Value::none() : Value::duration(at - from);
  }

  // --- over time ---------------------------------------------------------------------------------------------------

  void instants(const Term& node, std::set<Instant>& out) {
    each_name(node, true, [&](const Term& name, bool) {
      if (name.name.name->measure == Measure::statistic) return;
      if (const Series* series = series_of(name))
        for (const auto& [at, step] : series->steps()) out.insert(at);
    });
  }
  std::set<Instant> instants(const Test& test) {
    std::set<Instant> all;
    instants(test.left, all);
    instants(test.right, all);
    instants(test.upper, all);
    return all;
  }

  Instant first_true(const Test& test, Instant from, Instant to) {
    if (is_true(test, {Moment::Kind::at, from, {}})) return from;
    for (const Instant at : instants(test))
      if (at > from && at <= to && is_true(test, {Moment::Kind::at, at, {}})) return at;
    return kNever;
  }

  bool ever(const Test& test, Instant from, Instant to) { return first_true(test, from, to) != kNever; }

  // `open_end`: up to, not at, the last instant.
  bool throughout(const Test& test, Instant from, Instant to, bool open_end) {
    if (!is_true(test, {Moment::Kind::at, from, {}})) return false;
    for (const Instant at : instants(test))
      if (at > from && (open_end ? at < to : at <= to) && !is_true(test, {Moment::Kind::at, at, {}})) return false;
    return true;
  }

  static bool has_state(const Test& test) {
    bool found = false;
    each_name(test, true, [&](const Term& node, bool) { found = found || node.name.name->measure == Measure::state; });
    return found;
  }

  bool within(const Test& test, Instant from, Instant to, bool open_end) {
    if (has_state(test)) return throughout(test, from, to, open_end);
    return is_true(test, {Moment::Kind::within, from, to});
  }

  bool unchanged(const Test& test, Instant from, Instant to) {
    const Value first = value(test.left, {Moment::Kind::at, from, {}});
    for (const Instant at : instants(test))
      if (at > from && at <= to && !(value(test.left, {Moment::Kind::at, at, {}}) == first)) return false;
    return true;
  }

  Value extreme(const Term& node) {
    std::set<Instant> when;
    instants(node.children[0], when);
    Value best;
    for (const Instant at : when) {
      const Value now = value(node.children[0], {Moment::Kind::at, at, {}});
      if (!now.is_number()) continue;
      if (best.is_none() || (node.function == "max" ? now.number > best.number : now.number < best.number)) best = now;
    }
    return best;
  }

  Value change(const Term& node) {
    std::set<Instant> when;
    instants(node.children[0], when);
    Value last = Value::integer(0), result;
    for (const Instant at : when) {
      const Value now = value(node.children[0], {Moment::Kind::at, at, {}});
      if (now == last) continue;
      last = now;
      result = Value::duration(at - kStart);
      if (node.function == "first") return result;
    }
    return result;
  }

  Value held(const Test& test, bool sum) {
    std::set<Instant> when = instants(test);
    when.insert(kStart);
    Duration total{}, longest{};
    Instant since = kNever;
    const auto close = [&](Instant at) {
      if (since == kNever) return;
      total += at - since;
      longest = std::max(longest, at - since);
      since = kNever;
    };
    for (const Instant at : when) {
      if (is_true(test, {Moment::Kind::at, at, {}})) {
        if (since == kNever) since = at;
      } else {
        close(at);
      }
    }
    close(view_.now());
    return Value::duration(sum ? total : longest);
  }

  const View& view_;
  const Verdict* verdict_;
  std::map<std::string, Series> dated_;
};

Outcome evaluate_item(const ExpectLine& item, const View& view, const Verdict& verdict) {
  std::vector<Diagnostic> none;
  const auto one = [&](const ExpectLine& line) {
    const Condition condition = compile_condition(line.text, line.place, view.scenario(), none, false);
    return condition.line() ? evaluate_line(*condition.line(), view, &verdict)
                            : Outcome{line.text, false, "", line.place};
  };
  if (item.any.empty()) return one(item);
  Outcome result{item.text, false, "", item.place};
  for (const auto& alternative : item.any) {
    bool all = true;
    std::string values;
    for (const ExpectLine& line : alternative) {
      const Outcome outcome = one(line);
      all = all && outcome.holds;
      values += (values.empty() ? "" : ", ") + outcome.value;
    }
    if (all && !result.holds) {
      result.holds = true;
      result.value = values;
    }
    if (!result.holds) result.value += (result.value.empty() ? "" : " | ") + values;
  }
  return result;
}

}  // namespace

namespace {

/// An error code and its exception are the same answer.
bool same_answer(const std::string& got, const std::string& wanted) {
  if (got == wanted) return true;
  ErrorCode code{};
  if (parse_error_code(wanted, code) && exception_name(code) == got) return true;
  return parse_error_code(got, code) && exception_name(code) == wanted;
}

}  // namespace

Outcome evaluate_line(const CompiledLine& line, const View& view, const Verdict* verdict) {
  Evaluator evaluator{view, verdict};
  return {line.text, evaluator.holds(line), evaluator.shown(line), line.place};
}

std::vector<Outcome> evaluate_expectations(const View& view, const Verdict& verdict) {
  std::vector<Outcome> outcomes;
  const Timeline& timeline = view.timeline();
  for (const TimelineCheck& check : timeline.checks)
    outcomes.push_back({check.text, check.holds, check.value, view.scenario().timeline[check.entry].place});
  for (std::size_t i = 0; i < timeline.entries.size(); ++i) {
    const Entry& entry = view.scenario().timeline[i];
    const EntryState& state = timeline.entries[i];
    if (state.status == EntryStatus::failed && entry.verb == Verb::wait)
      outcomes.push_back({"wait: " + entry.condition, false, "not within " + duration_text(entry.within), entry.place});
    if (state.status == EntryStatus::failed && (entry.verb == Verb::lose_data || entry.verb == Verb::resend))
      outcomes.push_back({entry.verb == Verb::resend ? "resend" : "lose_data", false, state.got, entry.place});
    if (entry.verb == Verb::expect && state.status == EntryStatus::waiting)
      for (const ExpectLine& line : entry.lines) outcomes.push_back({line.text, false, "never asked", line.place});
    if (!entry.gets.empty() && state.struck != kNever && !same_answer(state.got, entry.gets))
      outcomes.push_back({"gets: " + entry.gets, false, state.got.empty() ? "no answer" : state.got, entry.place});
  }
  for (const ExpectLine& item : view.scenario().expect) outcomes.push_back(evaluate_item(item, view, verdict));
  return outcomes;
}

bool Condition::holds(const View& view) const { return line_ && Evaluator{view, nullptr}.holds(*line_); }
std::string Condition::value(const View& view) const { return line_ ? Evaluator{view, nullptr}.shown(*line_) : ""; }
Domains Condition::domains() const { return line_ ? line_->domains : 0; }
const std::string& Condition::text() const {
  static const std::string kNone;
  return line_ ? line_->text : kNone;
}

}  // namespace kafkasim::sim
