// The values of a section by their kinds.
#include <algorithm>

#include "sim/scenario/diagnostics.hpp"
#include "sim/scenario/section.hpp"

namespace kafkasim::sim {

namespace {

std::vector<std::string> words_of(std::string_view words) {
  std::vector<std::string> all;
  while (!words.empty()) {
    const std::size_t blank = words.find(' ');
    all.emplace_back(words.substr(0, blank));
    words.remove_prefix(blank == std::string_view::npos ? words.size() : blank + 1);
  }
  return all;
}

std::string bound(const Option& option, std::int64_t value) {
  if (option.kind == ValueKind::duration || option.kind == ValueKind::draw) return std::to_string(value) + "ns";
  if (option.kind == ValueKind::size) return std::to_string(value) + "B";
  return std::to_string(value);
}

}  // namespace

bool SectionReader::in_range(const Node& node, const Option& option, std::int64_t value) const {
  if (value >= option.low && value <= option.high) return true;
  std::string wanted;
  if (option.high == std::numeric_limits<std::int64_t>::max())
    wanted = option.low == 1 && option.kind != ValueKind::count ? "above 0" : "at least " + bound(option, option.low);
  else if (option.low == option.high)
    wanted = "only " + bound(option, option.low) + " so far";
  else
    wanted = "from " + bound(option, option.low) + " to " + bound(option, option.high);
  context_.error(node.place, in_quotes(option.key()) + " is " + node.text + "; it must be " + wanted);
  return false;
}

bool SectionReader::read(std::string_view key, std::string& out) const {
  const Node* node = text(key);
  const Option* known = option(key);
  if (node == nullptr || known == nullptr) return false;
  if (known->kind == ValueKind::words) {
    const auto words = words_of(known->words);
    if (std::find(words.begin(), words.end(), node->text) == words.end()) {
      context_.error(node->place,
                     in_quotes(node->text) + " is not a value of " + in_quotes(key) + hint(node->text, words));
      return false;
    }
  }
  out = node->text;
  return true;
}

bool SectionReader::read(std::string_view key, bool& out) const {
  const Node* node = text(key);
  if (node == nullptr) return false;
  const auto value = read_boolean(node->text);
  if (!value.ok()) context_.error(node->place, value.problem);
  if (value.ok()) out = value.value;
  return value.ok();
}

bool SectionReader::read(std::string_view key, std::int64_t& out) const {
  const Node* node = text(key);
  const Option* known = option(key);
  if (node == nullptr || known == nullptr) return false;
  const auto value = known->kind == ValueKind::size         ? read_size(node->text)
                     : known->kind == ValueKind::bandwidth  ? read_bandwidth(node->text)
                     : known->kind == ValueKind::throughput ? read_throughput(node->text)
                                                            : read_integer(node->text);
  if (!value.ok()) {
    context_.error(node->place, value.problem);
    return false;
  }
  if (!in_range(*node, *known, value.value)) return false;
  out = value.value;
  return true;
}

bool SectionReader::read(std::string_view key, int& out) const {
  std::int64_t value = 0;
  if (!read(key, value)) return false;
  out = static_cast<int>(value);  // every int option has a range below 2^31
  return true;
}

bool SectionReader::read(std::string_view key, Duration& out) const {
  const Node* node = text(key);
  const Option* known = option(key);
  if (node == nullptr || known == nullptr) return false;
  const auto value = read_duration(node->text, known->kind == ValueKind::added_duration);
  if (!value.ok()) {
    context_.error(node->place, value.problem);
    return false;
  }
  if (!in_range(*node, *known, value.value.count())) return false;
  out = value.value;
  return true;
}

bool SectionReader::read(std::string_view key, DurationRange& out) const {
  const Node* node = text(key);
  if (node == nullptr) return false;
  const auto value = read_draw(node->text);
  if (!value.ok()) context_.error(node->place, value.problem);
  if (value.ok()) out = value.value;
  return value.ok();
}

bool SectionReader::read(std::string_view key, DistributionSpec& out) const {
  const Node* node = text(key);
  const Option* known = option(key);
  if (node == nullptr || known == nullptr) return false;
  const Quantity quantity = known->kind == ValueKind::size_distribution     ? Quantity::size
                            : known->kind == ValueKind::offset_distribution ? Quantity::offset
                                                                            : Quantity::duration;
  auto value = read_distribution(node->text, quantity, context_.folder);
  if (!value.ok()) context_.error(node->place, value.problem);
  if (value.ok()) out = std::move(value.value);
  return value.ok();
}

bool SectionReader::read(std::string_view key, Ratio& out) const {
  const Node* node = text(key);
  if (node == nullptr) return false;
  const auto value = read_share(node->text);
  if (!value.ok()) context_.error(node->place, value.problem);
  if (value.ok()) out = value.value;
  return value.ok();
}

namespace {

/// One step of a rate: `{ for: 10s, rate: 100/s..900/s }`.
bool read_step(Context& context, const Node& node, RateStep& out) {
  const SectionReader step(context, node, "producers/*/rate/*", "a step of rate");
  const Node* rate = step.text("rate");
  if (!node.is_map()) return false;
  if (!step.has("for")) step.error("for", "a step of a rate needs 'for', its length");
  if (rate == nullptr) {
    if (node.find("rate") == nullptr) step.error("rate", "a step of a rate needs 'rate'");
    return false;
  }
  auto value = read_rate_step(rate->text);
  if (!value.ok()) context.error(rate->place, value.problem);
  out = value.value;
  return step.read("for", out.length) && value.ok();
}

}  // namespace

bool SectionReader::read(std::string_view key, RateSpec& out) const {
  const Field* found = field(key);
  if (found == nullptr) return false;
  if (found->value.is_list()) {
    RateSpec spec;
    spec.kind = RateSpec::Kind::steps;
    bool sound = !found->value.items.empty();
    if (!sound) context_.error(found->value.place, "a rate in steps needs at least one step");
    for (const Node* item : sound_items(context_, found->value)) {
      RateStep step;
      sound = read_step(context_, *item, step) && sound;
      spec.steps.push_back(step);
    }
    if (sound) out = std::move(spec);
    return sound;
  }
  const Node* node = text(key);
  if (node == nullptr) return false;
  auto value = read_rate(node->text);
  if (!value.ok()) context_.error(node->place, value.problem);
  if (value.ok()) out = std::move(value.value);
  return value.ok();
}

bool SectionReader::read(std::string_view key, KeySpec& out) const {
  const Node* node = text(key);
  if (node == nullptr) return false;
  auto value = read_key_model(node->text);
  if (!value.ok()) context_.error(node->place, value.problem);
  if (value.ok()) out = std::move(value.value);
  return value.ok();
}

bool SectionReader::read(std::string_view key, PartitionChoice& out) const {
  const Node* node = text(key);
  if (node == nullptr) return false;
  const auto value = read_partition_choice(node->text);
  if (!value.ok()) context_.error(node->place, value.problem);
  if (value.ok()) out = value.value;
  return value.ok();
}

bool SectionReader::read(std::string_view key, std::vector<const Node*>& out) const {
  const Field* found = field(key);
  if (found == nullptr) return false;
  if (found->value.is_text()) {
    out = {&found->value};
    return true;
  }
  if (!found->value.is_list()) {
    context_.error(found->value.place, in_quotes(key) + " wants one value or a list, not a map");
    return false;
  }
  out.clear();
  for (const Node* item : sound_items(context_, found->value)) {
    if (item->is_text())
      out.push_back(item);
    else
      context_.error(item->place,
                     "an item of " + in_quotes(key) + " is a single value, not " + std::string(kind_name(*item)));
  }
  if (found->value.items.empty()) context_.error(found->value.place, in_quotes(key) + " is an empty list");
  return !out.empty();
}

}  // namespace kafkasim::sim
