// Faults between machines: cuts, worse links, messages kept back or dropped.
#include <algorithm>

#include "core/protocol/message.hpp"
#include "sim/scenario/diagnostics.hpp"
#include "sim/scenario/number_text.hpp"
#include "sim/scenario/timeline_parts.hpp"

namespace kafkasim::sim {

namespace {

void read_sides(Context& context, const Node& node, Entry& entry) {
  if (!node.is_list() || node.items.size() < 2) {
    context.error(node.place, "'partition' wants at least two lists: [[broker 1], [broker 2, broker 3]]");
    return;
  }
  for (const Node& side : node.items) {
    if (!side.is_list()) context.error(side.place, "a side is a list of machines, such as [broker 1]");
    if (side.is_list()) entry.sides.push_back(read_target_list(context, side));
  }
}

void read_direction(const SectionReader& section, Entry& entry) {
  std::string word;
  if (section.read("direction", word))
    entry.direction = word == "out" ? Direction::out : word == "in" ? Direction::in : Direction::both;
}

void read_degrade(Context& context, const SectionReader& section, Entry& entry) {
  entry.to = read_targets(context, section, "to");
  read_direction(section, entry);
  DegradeSpec& worse = entry.degrade;
  if (section.read("latency", worse.latency)) {
    const bool shortened =
        worse.latency.first < 0 || (!worse.latency.samples.empty() && worse.latency.samples.front() < 0);
    if (shortened)
      context.error(section.field("latency")->value.place, "a link gets worse: 'latency' is added, not negative");
  }
  section.read("jitter", worse.jitter);
  section.read("loss", worse.loss);
  section.read("bandwidth", worse.bandwidth_bits);
  const auto wrote = [&](std::string_view key) { return section.wrote(key); };
  if (!wrote("latency") && !wrote("jitter") && !wrote("loss") && !wrote("bandwidth"))
    section.error("degrade", "'degrade' needs what gets worse: 'latency', 'jitter', 'loss' or 'bandwidth'");
}

/// Kafka's names of the messages. A broker that follows the metadata log sends Fetch requests too.
std::string_view kafka_name(std::size_t alternative) {
  const std::string_view name = api_name(alternative);
  return name == "MetadataFetch" ? "Fetch" : name;
}

std::vector<std::string> message_kinds() {
  std::vector<std::string> kinds;
  for (std::size_t i = 0; i < std::variant_size_v<Request>; ++i)
    for (const char* side : {" request", " response"}) {
      std::string kind = std::string(kafka_name(i)) + side;
      if (std::find(kinds.begin(), kinds.end(), kind) == kinds.end()) kinds.push_back(std::move(kind));
    }
  return kinds;
}

void read_message_kind(Context& context, const SectionReader& section, const Field& head, Entry& entry) {
  const Node* node = section.text(head.key);
  if (node == nullptr) return;
  entry.text = std::string(trimmed(node->text));
  const std::size_t blank = entry.text.rfind(' ');
  const std::string name = entry.text.substr(0, blank);
  const std::string side = blank == std::string::npos ? "" : entry.text.substr(blank + 1);
  entry.messages.responses = side == "response";
  for (std::size_t i = 0; i < std::variant_size_v<Request>; ++i)
    if (kafka_name(i) == name) entry.messages.kinds.push_back(i);
  if (side.empty() && !entry.messages.kinds.empty())
    context.error(node->place, in_quotes(name) + " is not enough: '" + name + " request' or '" + name + " response'");
  else if (entry.messages.kinds.empty() || (side != "request" && side != "response"))
    context.error(node->place, "unknown kind of message " + in_quotes(entry.text) + hint(entry.text, message_kinds()));
}

}  // namespace

void read_network_fault(Context& context, const SectionReader& section, const Field& head, Entry& entry) {
  std::string word;
  switch (entry.verb) {
    case Verb::partition:
      read_sides(context, head.value, entry);
      break;
    case Verb::isolate:
      entry.except_clients = section.read("except", word);
      break;
    case Verb::cut:
      read_direction(section, entry);
      entry.from = read_targets(context, section, "from");
      if (!section.wrote("from"))
        section.error("cut", "'cut' needs 'from': the other side (or 'isolate' cuts from everybody)");
      break;
    case Verb::degrade:
      read_degrade(context, section, entry);
      break;
    default:  // hold, drop
      read_message_kind(context, section, head, entry);
      entry.from = read_targets(context, section, "from");
      entry.to = read_targets(context, section, "to");
      section.read("count", entry.messages.count);
  }
}

}  // namespace kafkasim::sim
