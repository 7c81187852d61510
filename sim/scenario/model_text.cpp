#include "sim/scenario/model_text.hpp"

#include <algorithm>

#include "sim/scenario/diagnostics.hpp"
#include "sim/scenario/tree.hpp"

namespace kafkasim::sim {

namespace {

std::string arguments_problem(std::string_view text, std::string_view form) {
  return in_quotes(text) + " does not have the form " + std::string(form);
}

/// `N` of sequence(N), uniform(N), await(N), ...
Read<std::int64_t> read_count(std::string_view text) {
  auto value = read_integer(text);
  if (value.ok() && (value.value < 1 || value.value > 1'000'000'000))
    return unreadable<std::int64_t>(in_quotes(text) + " is not a number from 1 to 1000000000");
  return value;
}

/// Records per 1000 s, rounded to the nearest, at least 1.
std::int64_t per_1000s(const Ratio& per_second) {
  const std::int64_t scaled = per_second.numerator * 1000;  // numerators are at most 10^8 * 10^6
  const std::int64_t rounded = (scaled + per_second.denominator / 2) / per_second.denominator;
  return std::max<std::int64_t>(rounded, 1);
}

Read<RateSpec> with_rate(RateSpec spec, std::string_view text) {
  const auto rate = read_rate_value(text);
  if (!rate.ok()) return unreadable<RateSpec>(rate.problem);
  spec.per_second = rate.value;
  spec.per_1000s = per_1000s(rate.value);
  return {spec, {}};
}

}  // namespace

Read<Call> read_call(std::string_view text) {
  text = trimmed(text);
  Call call{text, {}, false};
  const std::size_t open = text.find('(');
  if (!balanced(text))
    return unreadable<Call>(in_quotes(text) +
                            " has a bracket too many or too few; inside { } a comma ends the value: quote it");
  if (open == std::string_view::npos) return {call, {}};
  if (!text.ends_with(')')) return unreadable<Call>(in_quotes(text) + ": nothing may follow the closing bracket");
  call.has_parentheses = true;
  call.name = trimmed(text.substr(0, open));
  std::string_view inside = text.substr(open + 1, text.size() - open - 2);
  while (!trimmed(inside).empty()) {
    const std::size_t comma = inside.find(',');
    call.arguments.push_back(trimmed(inside.substr(0, comma)));
    if (comma == std::string_view::npos) break;
    inside.remove_prefix(comma + 1);
  }
  return {call, {}};
}

Read<RateStep> read_rate_step(std::string_view text) {
  text = trimmed(text);
  const std::size_t dots = text.find("..");
  const auto from = read_rate_value(text.substr(0, dots));
  if (!from.ok()) return unreadable<RateStep>(from.problem);
  RateStep step;
  step.from_milli = step.to_milli = per_1000s(from.value);
  if (dots == std::string_view::npos) return {step, {}};
  const auto to = read_rate_value(text.substr(dots + 2));
  if (!to.ok()) return unreadable<RateStep>(to.problem);
  step.to_milli = per_1000s(to.value);
  return {step, {}};
}

Read<RateSpec> read_rate(std::string_view text) {
  using Kind = RateSpec::Kind;
  const auto call = read_call(text);
  if (!call.ok()) return unreadable<RateSpec>(call.problem);
  const auto& [name, arguments, parentheses] = call.value;
  RateSpec spec;
  if (!parentheses) {
    spec.kind = name == "max" ? Kind::max : Kind::even;
    if (name == "max") return {spec, {}};
    if (name.find("..") != std::string_view::npos)
      return unreadable<RateSpec>(in_quotes(text) +
                                  ": a ramp needs its time: rate: [{ for: 10s, rate: " + std::string(name) + " }]");
    return with_rate(spec, name);
  }
  if (name == "poisson") {
    spec.kind = Kind::poisson;
    if (arguments.size() != 1) return unreadable<RateSpec>(arguments_problem(text, "poisson(2000/s)"));
    return with_rate(spec, arguments[0]);
  }
  if (name == "await") {
    spec.kind = Kind::await;
    const auto loops = arguments.size() == 1 ? read_count(arguments[0]) : unreadable<std::int64_t>("x");
    if (!loops.ok() || loops.value > 10'000)
      return unreadable<RateSpec>(arguments_problem(text, "await(4), at most 10000 loops"));
    spec.loops = static_cast<int>(loops.value);
    return {spec, {}};
  }
  if (name == "on_off") {
    spec.kind = Kind::on_off;
    if (arguments.size() != 3) return unreadable<RateSpec>(arguments_problem(text, "on_off(1000/s, 2s, 3s)"));
    const auto on = read_duration(arguments[1]);
    const auto off = read_duration(arguments[2]);
    if (!on.ok()) return unreadable<RateSpec>(on.problem);
    if (!off.ok()) return unreadable<RateSpec>(off.problem);
    if (on.value <= Duration{} || off.value < Duration{})
      return unreadable<RateSpec>(in_quotes(text) + ": the time it is on must be above 0");
    spec.on = on.value;
    spec.off = off.value;
    return with_rate(spec, arguments[0]);
  }
  return unreadable<RateSpec>("unknown rate " + in_quotes(name) + hint(name, {"poisson", "on_off", "await", "max"}));
}

Read<KeySpec> read_key_model(std::string_view text) {
  using Kind = KeySpec::Kind;
  const auto call = read_call(text);
  if (!call.ok()) return unreadable<KeySpec>(call.problem);
  const auto& [name, arguments, parentheses] = call.value;
  const auto bad = [&](std::string_view form) { return unreadable<KeySpec>(arguments_problem(text, form)); };
  KeySpec spec;
  if (!parentheses && name == "none") return {spec, {}};
  if (name == "constant") {
    spec.kind = Kind::constant;
    if (arguments.size() != 1) return bad("constant(K)");
    spec.constant = arguments[0];
    return {spec, {}};
  }
  const bool one = name == "sequence" || name == "uniform";
  const bool two = name == "zipf" || name == "hot";
  if (!one && !two)
    return unreadable<KeySpec>("unknown key model " + in_quotes(name) +
                               hint(name, {"none", "constant", "sequence", "uniform", "zipf", "hot"}));
  const std::string_view form = name == "sequence"  ? "sequence(N)"
                                : name == "uniform" ? "uniform(N)"
                                : name == "zipf"    ? "zipf(N, S)"
                                                    : "hot(SHARE, N)";
  if (arguments.size() != (one ? 1U : 2U)) return bad(form);
  const auto keys = read_count(arguments[name == "hot" ? 1 : 0]);
  if (!keys.ok()) return unreadable<KeySpec>(keys.problem);
  spec.keys = keys.value;
  spec.kind = name == "sequence"  ? Kind::sequence
              : name == "uniform" ? Kind::uniform
              : name == "zipf"    ? Kind::zipf
                                  : Kind::hot;
  if (name == "zipf") {
    const auto exponent = read_decimal(arguments[1]);
    if (!exponent.ok() || exponent.value.digits < 0 || exponent.value.scale > 9) return bad(form);
    spec.shape = to_ratio(exponent.value);
    if (spec.shape.numerator > 10 * spec.shape.denominator) return bad("zipf(N, S) with S at most 10");
  }
  if (name == "hot") {
    const auto share = read_share(arguments[0]);
    if (!share.ok()) return unreadable<KeySpec>(share.problem);
    spec.shape = share.value;
  }
  return {spec, {}};
}

Read<PartitionChoice> read_partition_choice(std::string_view text) {
  using Kind = PartitionChoice::Kind;
  text = trimmed(text);
  if (text == "round_robin") return {{Kind::round_robin, 0}, {}};
  const auto number = read_integer(text);
  if (!number.ok() || number.value < 0 || number.value > 1'000'000)
    return unreadable<PartitionChoice>(in_quotes(text) + " is neither a partition number nor round_robin");
  return {{Kind::fixed, static_cast<int>(number.value)}, {}};
}

}  // namespace kafkasim::sim
