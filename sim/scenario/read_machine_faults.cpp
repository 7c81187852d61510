// Faults of disks and clocks.
#include <algorithm>

#include "sim/scenario/number_text.hpp"
#include "sim/scenario/timeline_parts.hpp"

namespace kafkasim::sim {

namespace {

std::string in_quotes(std::string_view text) { return "'" + std::string(text) + "'"; }

/// Disks and logs are modelled for brokers.
void check_brokers(Context& context, const SectionReader& section, std::string_view verb, const Entry& entry) {
  for (const Target& target : entry.targets)
    if (target.kind == TargetKind::client || target.kind == TargetKind::clients ||
        target.kind == TargetKind::controller)
      context.error(section.field(verb)->value.place,
                    in_quotes(verb) + " wants brokers, not " + in_quotes(target.text));
}

std::optional<AssignedPartition> read_one_partition(Context& context, const Node& node) {
  AssignedPartition one;
  if (!read_partition(context, node.text, node.place, one.topic, one.partition, false)) return std::nullopt;
  return one;
}

/// `dir: 2` or `dir: orders-0`.
void read_dir(Context& context, const SectionReader& section, DiskFaultSpec& disk) {
  const Node* node = section.field("dir") == nullptr ? nullptr : section.text("dir");
  if (node == nullptr) return;
  const auto number = read_integer(node->text);
  if (!number.ok()) {
    disk.dir_of = read_one_partition(context, *node);
    return;
  }
  disk.dir = static_cast<int>(std::clamp<std::int64_t>(number.value, 0, context.dirs));
  if (number.value < 1 || number.value > context.dirs)
    context.error(node->place,
                  "there is no directory " + node->text + "; a broker has " +
                      (context.dirs == 1 ? "one (see cluster.disk.dirs)" : "1 to " + std::to_string(context.dirs)));
}

/// `10x`, `1.5x`.
void read_factor(Context& context, const SectionReader& section, DiskFaultSpec& disk) {
  constexpr std::int64_t kMost = 10'000;
  const Node* node = section.field("by") == nullptr ? nullptr : section.text("by");
  if (node == nullptr) return;
  const std::string_view text = trimmed(node->text);
  const auto times =
      text.ends_with('x') ? read_decimal(trimmed(text.substr(0, text.size() - 1))) : unreadable<Decimal>("no factor");
  const Ratio factor = times.ok() ? to_ratio(times.value) : Ratio{};
  if (!times.ok() || factor.numerator < factor.denominator || factor.numerator > kMost * factor.denominator ||
      factor.denominator > kMost) {
    context.error(node->place, in_quotes(node->text) + " is not a factor from 1x to 10000x, such as 10x");
    return;
  }
  disk.factor = factor;
}

void read_lose_data(Context& context, const SectionReader& section, DiskFaultSpec& disk) {
  std::vector<const Node*> names;
  if (section.read("partitions", names))
    for (const Node* name : names)
      if (const auto one = read_one_partition(context, *name)) disk.partitions.push_back(*one);
  section.read("to", disk.to);
  bool all = false;
  section.read("all", all);
  std::string marker;
  disk.keep_marker = section.read("marker", marker);
  if (all && (section.wrote("partitions") || section.wrote("to")))
    section.error("all", "'all' is everything; leave 'partitions' and 'to' out");
  if (!all && !section.wrote("partitions") && !section.wrote("to"))
    section.error("lose_data", "'lose_data' needs 'partitions', 'to' or 'all: true'");
}

/// `100ppm`, `-2.5ppm`.
void read_drift(Context& context, const SectionReader& section, ClockSpec& clock) {
  constexpr std::int64_t kMostPpb = 1'000'000'000;
  constexpr Unit kUnits[] = {{"ppm", 1'000}};
  const Node* node = section.field("drift") == nullptr ? nullptr : section.text("drift");
  if (node == nullptr) return;
  const auto value = read_with_unit(node->text, kUnits, "a drift", "100ppm");
  if (!value.ok() || value.value > kMostPpb || value.value < -kMostPpb / 2)
    context.error(node->place, value.ok() ? "a drift is between -500000ppm and 1000000ppm" : value.problem);
  else
    clock.drift_ppb = value.value;
}

}  // namespace

void read_machine_fault(Context& context, const SectionReader& section, std::string_view verb, Entry& entry) {
  if (entry.verb == Verb::clock) {
    section.read("by", entry.clock.by);
    read_drift(context, section, entry.clock);
    if (!section.wrote("by") && !section.wrote("drift"))
      section.error(verb, "'clock' needs 'by' (set wrong) or 'drift' (runs wrong)");
    return;
  }
  check_brokers(context, section, verb, entry);
  if (entry.verb == Verb::lose_data) {
    read_lose_data(context, section, entry.disk);
    return;
  }
  read_dir(context, section, entry.disk);
  if (entry.verb != Verb::slow_disk) return;
  read_factor(context, section, entry.disk);
  section.read("fsync", entry.disk.fsync);
  if (!section.wrote("by") && !section.wrote("fsync"))
    section.error(verb, "'slow_disk' needs 'by' (10x) or 'fsync' (+200ms)");
}

}  // namespace kafkasim::sim
