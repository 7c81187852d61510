// Distributions: constants, named laws, samples from a file.
#include <algorithm>
#include <fstream>
#include <sstream>

#include "sim/scenario/diagnostics.hpp"
#include "sim/scenario/model_text.hpp"
#include "sim/scenario/tree.hpp"

namespace kafkasim::sim {

namespace {

Read<std::int64_t> read_quantity(std::string_view text, Quantity quantity) {
  if (quantity == Quantity::size) return read_size(text);
  const auto value = read_duration(text, quantity == Quantity::offset);
  return {value.value.count(), value.problem};
}

/// `p99`, `p99.9` as an exact share.
Read<Ratio> read_percentile(std::string_view text) {
  const auto bad = [&] {
    return unreadable<Ratio>(in_quotes(text) + " is not a percentile above p50, such as p99 or p99.9");
  };
  if (!text.starts_with('p')) return bad();
  auto value = read_decimal(text.substr(1));
  if (!value.ok() || value.value.scale > 9) return bad();
  value.value.scale += 2;
  const Ratio share = to_ratio(value.value);
  if (share.numerator * 2 <= share.denominator || share.numerator >= share.denominator) return bad();
  return {share, {}};
}

Read<DistributionSpec> read_empirical(std::string_view name, Quantity quantity, const std::string& folder) {
  const std::string path =
      folder.empty() || name.starts_with('/') ? std::string(name) : folder + "/" + std::string(name);
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (file) text << file.rdbuf();
  if (!file || text.str().size() > kMaxFileBytes)
    return unreadable<DistributionSpec>("cannot read " + in_quotes(std::string_view{path}) +
                                        " (a file of at most 1 MiB beside the scenario)");
  auto samples = read_samples(text.str(), quantity);
  if (!samples.ok()) return unreadable<DistributionSpec>(path + ": " + samples.problem);
  DistributionSpec spec;
  spec.kind = DistributionSpec::Kind::empirical;
  spec.samples = std::move(samples.value);
  return {spec, {}};
}

/// Fills the numbers of a law from its arguments; says what is wrong.
std::string fill(DistributionSpec& spec, const Call& call, Quantity quantity) {
  using Kind = DistributionSpec::Kind;
  const std::size_t wanted = spec.kind == Kind::exponential ? 1 : 2;
  const std::string_view form = spec.kind == Kind::exponential ? "exp(MEAN)"
                                : spec.kind == Kind::uniform   ? "uniform(LOW, HIGH)"
                                : spec.kind == Kind::lognormal ? "lognormal(MEDIAN, p99 VALUE)"
                                                               : "pareto(MINIMUM, SHAPE)";
  if (call.arguments.size() != wanted) return "this has the form " + std::string(form);
  const auto first = read_quantity(call.arguments[0], quantity);
  if (!first.ok()) return first.problem;
  spec.first = first.value;
  if (spec.kind == Kind::uniform) {
    const auto second = read_quantity(call.arguments[1], quantity);
    if (!second.ok()) return second.problem;
    spec.second = second.value;
    return spec.second < spec.first ? "uniform(LOW, HIGH) runs backwards" : "";
  }
  if (spec.first <= 0) return std::string(form) + " needs a value above 0";
  if (spec.kind == Kind::lognormal) {
    const std::string_view tail = call.arguments[1];
    const std::size_t blank = tail.find(' ');
    if (blank == std::string_view::npos) return "this has the form " + std::string(form);
    const auto percentile = read_percentile(tail.substr(0, blank));
    const auto second = read_quantity(tail.substr(blank + 1), quantity);
    if (!percentile.ok()) return percentile.problem;
    if (!second.ok()) return second.problem;
    spec.shape = percentile.value;
    spec.second = second.value;
    return spec.second <= spec.first ? "the percentile's value must be above the median" : "";
  }
  if (spec.kind == Kind::pareto) {
    const auto shape = read_decimal(call.arguments[1]);
    if (!shape.ok()) return shape.problem;
    if (shape.value.digits <= 0 || shape.value.scale > 9) return "Pareto's shape is a number above 0, such as 1.5";
    spec.shape = to_ratio(shape.value);
  }
  return {};
}

}  // namespace

Read<std::vector<std::int64_t>> read_samples(std::string_view csv, Quantity quantity) {
  std::vector<std::int64_t> samples;
  int number = 0;
  while (!csv.empty()) {
    const std::size_t end = csv.find('\n');
    std::string_view line = csv.substr(0, end);
    csv.remove_prefix(end == std::string_view::npos ? csv.size() : end + 1);
    ++number;
    if (line.ends_with('\r')) line.remove_suffix(1);
    line = trimmed(line.substr(0, line.find(',')));
    if (line.empty() || line.starts_with('#')) continue;
    const auto value = read_quantity(line, quantity);
    const bool heading = samples.empty() && line.find_first_of("0123456789") == std::string_view::npos;
    if (!value.ok() && heading) continue;
    if (!value.ok())
      return unreadable<std::vector<std::int64_t>>("line " + std::to_string(number) + ": " + value.problem);
    samples.push_back(value.value);
  }
  if (samples.empty()) return unreadable<std::vector<std::int64_t>>("holds no values");
  std::sort(samples.begin(), samples.end());
  return {std::move(samples), {}};
}

Read<DistributionSpec> read_distribution(std::string_view text, Quantity quantity, const std::string& folder) {
  using Kind = DistributionSpec::Kind;
  const auto call = read_call(text);
  if (!call.ok()) return unreadable<DistributionSpec>(call.problem);
  DistributionSpec spec;
  if (!call.value.has_parentheses) {
    const std::size_t dots = text.find("..");
    if (dots != std::string_view::npos)
      return unreadable<DistributionSpec>(
          in_quotes(text) + " is one draw per run; a value drawn anew each time is \"uniform(" +
          std::string(text.substr(0, dots)) + ", " + std::string(text.substr(dots + 2)) + ")\"");
    const auto value = read_quantity(text, quantity);
    spec.first = value.value;
    return {spec, value.problem};
  }
  const std::string_view name = call.value.name;
  if (name == "empirical") {
    if (call.value.arguments.size() != 1) return unreadable<DistributionSpec>("this has the form empirical(FILE.csv)");
    return read_empirical(call.value.arguments[0], quantity, folder);
  }
  if (name == "exp") spec.kind = Kind::exponential;
  if (name == "uniform") spec.kind = Kind::uniform;
  if (name == "lognormal") spec.kind = Kind::lognormal;
  if (name == "pareto") spec.kind = Kind::pareto;
  if (spec.kind == Kind::constant)
    return unreadable<DistributionSpec>("unknown distribution " + in_quotes(name) +
                                        hint(name, {"exp", "uniform", "lognormal", "pareto", "empirical"}));
  const std::string problem = fill(spec, call.value, quantity);
  if (!problem.empty()) return unreadable<DistributionSpec>(in_quotes(text) + ": " + problem);
  return {spec, {}};
}

}  // namespace kafkasim::sim
