// Calls of clients' APIs: send, resend, flush, poll, commit, seek.
#include <algorithm>

#include "sim/scenario/diagnostics.hpp"
#include "sim/scenario/number_text.hpp"
#include "sim/scenario/timeline_parts.hpp"

namespace kafkasim::sim {

namespace {

/// `+1s`, `-5s`: from now; `5s`: since the start of the run.
bool read_time(Context& context, const Node& node, std::string_view text, TimeSpec& time) {
  text = trimmed(text);
  const auto value = read_duration(text, true);
  if (!value.ok()) {
    context.error(node.place, value.problem);
    return false;
  }
  time.time = value.value;
  time.from_now = text.front() == '+' || text.front() == '-';
  return true;
}

std::optional<std::string> text_or_null(Context& context, const Node& node) {
  const bool null = node.kind == Node::Kind::nothing || (node.is_text() && !node.quoted && node.text == "null");
  if (null) return std::nullopt;
  if (!node.is_text()) context.error(node.place, "a key or value is a text, not " + std::string(kind_name(node)));
  return node.text;
}

void read_record(Context& context, const Node& node, std::vector<GivenRecord>& batch) {
  const std::size_t parts = node.items.size();
  if (!node.is_list() || parts < 2 || parts > 3) {
    context.error(node.place, "a record of a batch is [key, value] or [key, value, time]");
    return;
  }
  GivenRecord record;
  record.key = text_or_null(context, node.items[0]);
  record.value = text_or_null(context, node.items[1]);
  if (parts == 3) {
    TimeSpec time;
    if (!node.items[2].is_text())
      context.error(node.items[2].place, "the time of a record is a duration, such as -5s");
    else if (read_time(context, node.items[2], node.items[2].text, time))
      record.time = time;
  }
  batch.push_back(std::move(record));
}

void read_batches(Context& context, const SectionReader& section, SendSpec& send) {
  const Field* field = section.field("batches");
  if (field == nullptr) return;
  const auto wrong = [&](const Node& node) {
    context.error(node.place, "'batches' is a list of batches, each a list of records: [[[k0, v0], [k1, v1, -5s]]]");
  };
  if (!field->value.is_list() || field->value.items.empty()) return wrong(field->value);
  for (const Node* batch : sound_items(context, field->value)) {
    if (!batch->is_list() || batch->items.empty()) {
      wrong(*batch);
      continue;
    }
    send.batches.emplace_back();
    for (const Node* record : sound_items(context, *batch)) read_record(context, *record, send.batches.back());
  }
}

void read_destination(Context& context, const SectionReader& section, SendSpec& send) {
  if (section.read("topic", send.topic) && !context.topics.contains(*send.topic))
    section.error("topic", "unknown topic " + in_quotes(*send.topic) + hint(*send.topic, keys_of(context.topics)));
  section.read("partition", send.partition);
  if (send.topic && send.partition && context.topics.contains(*send.topic) &&
      *send.partition >= context.topics.at(*send.topic))
    section.error("partition", in_quotes(*send.topic) + " has no partition " + std::to_string(*send.partition));
  section.read("wait", send.wait);
}

void read_send(Context& context, const SectionReader& section, Entry& entry) {
  SendSpec& send = entry.send;
  std::vector<const Node*> values;
  section.read("records", send.records);
  if (section.read("values", values))
    for (const Node* value : values) send.values.push_back(value->text);
  read_batches(context, section, send);
  const int said =
      (section.wrote("records") ? 1 : 0) + (section.wrote("values") ? 1 : 0) + (section.wrote("batches") ? 1 : 0);
  if (said != 1 && !section.wrote("transaction"))
    section.error("send", "'send' needs 'records', 'values' or 'batches' (one of them)");
  read_destination(context, section, send);
}

void read_resend(Context& context, const SectionReader& section, Entry& entry) {
  const Field* field = section.field("records");
  if (!section.wrote("records")) section.error("resend", "'resend' needs 'records': their numbers, such as [0, 1]");
  const auto one = [&](const Node& node) {
    const auto number = read_integer(node.is_text() ? node.text : "");
    if (number.ok() && number.value >= 0)
      entry.send.again.push_back(number.value);
    else
      context.error(node.place, "'records' lists numbers of records, 0 being the first that the producer ever sent");
  };
  if (field != nullptr && field->value.is_list())
    for (const Node* item : sound_items(context, field->value)) one(*item);
  else if (field != nullptr)
    one(field->value);
  read_destination(context, section, entry.send);
}

void read_offsets(Context& context, const SectionReader& section, CallSpec& call) {
  const Node* map = section.map("offsets");
  if (map == nullptr) return;
  for (const Field& field : map->fields) {
    AssignedPartition partition;
    if (!read_partition(context, field.key, field.place, partition.topic, partition.partition, false)) continue;
    const auto offset = read_integer(field.value.is_text() ? field.value.text : "");
    if (offset.ok() && offset.value >= 0)
      call.offsets.emplace_back(std::move(partition), offset.value);
    else
      context.error(field.value.place, "an offset is a whole number, 0 or above");
  }
}

void read_seek_to(Context& context, const SectionReader& section, CallSpec& call) {
  const Node* node = section.text("to");
  if (node == nullptr) return;
  constexpr std::string_view kTimestamp = "timestamp ";
  if (node->text == "beginning") {
    call.to = CallSpec::To::beginning;
  } else if (node->text == "end") {
    call.to = CallSpec::To::end;
  } else if (node->text.starts_with(kTimestamp)) {
    call.to = CallSpec::To::time;
    read_time(context, *node, std::string_view{node->text}.substr(kTimestamp.size()), call.time);
  } else if (const auto offset = read_integer(node->text); offset.ok() && offset.value >= 0) {
    call.offset = offset.value;
  } else {
    context.error(node->place, "'to' is an offset, beginning, end, or a time such as timestamp -1h");
  }
}

void read_seek(Context& context, const SectionReader& section, CallSpec& call) {
  if (section.wrote("to") == section.wrote("offsets"))
    section.error("seek", "'seek' needs 'to' or 'offsets' (one of them)");
  if (section.wrote("offsets") && section.wrote("partitions"))
    section.error("partitions", "'offsets' names the partitions already");
  read_seek_to(context, section, call);
  std::vector<const Node*> names;
  if (!section.read("partitions", names)) return;
  for (const Node* node : names) {
    AssignedPartition one;
    if (read_partition(context, node->text, node->place, one.topic, one.partition, false))
      call.partitions.push_back(std::move(one));
  }
}

/// Whose settings a target's process has.
std::optional<Section> settings_of(const Context& context, const Target& target, int depth = 0) {
  if (target.kind == TargetKind::client) {
    const std::string name = target.name.substr(0, target.name.find('/'));
    return context.producers.contains(name) ? Section::producer : Section::consumer;
  }
  if (target.kind == TargetKind::clients || target.kind == TargetKind::others) return std::nullopt;
  if (target.kind != TargetKind::entry) return Section::broker;
  const auto of = context.struck.find(target.name);
  if (of == context.struck.end() || of->second.empty() || depth > 10) return std::nullopt;
  return settings_of(context, of->second.front(), depth + 1);
}

void check_settings(Context& context, const Node& map, Section section) {
  if (section == Section::broker) {
    BrokerConfig config;
    read_config(context, &map, section, config);
  } else if (section == Section::producer) {
    ProducerConfig config;
    read_config(context, &map, section, config);
  } else {
    ConsumerConfig config;
    read_config(context, &map, section, config);
  }
}

}  // namespace

void check_clients(Context& context, const SectionReader& section, std::string_view verb, const Entry& entry,
                   bool producer) {
  for (const Target& target : entry.targets) {
    const std::string name = target.name.substr(0, target.name.find('/'));
    const bool fits = target.kind == TargetKind::entry ||
                      (target.kind == TargetKind::client &&
                       (producer ? context.producers.contains(name) : context.groups.contains(name)));
    if (!fits)
      context.error(section.field(verb)->value.place, in_quotes(verb) + " wants a " +
                                                          (producer ? "producer" : "consumer group or member") +
                                                          ", not " + in_quotes(target.text));
  }
}

void read_call(Context& context, const SectionReader& section, std::string_view verb, Entry& entry) {
  check_clients(context, section, verb, entry, !on_consumer(entry.verb));
  if (entry.verb == Verb::send) read_send(context, section, entry);
  if (entry.verb == Verb::resend) read_resend(context, section, entry);
  if (entry.verb == Verb::poll) section.read("timeout", entry.call.timeout);
  if (entry.verb == Verb::commit) {
    section.read("async", entry.call.async);
    read_offsets(context, section, entry.call);
  }
  if (entry.verb == Verb::seek) {
    read_offsets(context, section, entry.call);
    read_seek(context, section, entry.call);
  }
}

void read_changes(Context& context, const SectionReader& section, Entry& entry) {
  const Node* map = section.map("config");
  if (map == nullptr || entry.targets.empty()) return;
  const std::optional<Section> whose = settings_of(context, entry.targets.front());
  const bool same = std::all_of(entry.targets.begin(), entry.targets.end(),
                                [&](const Target& target) { return settings_of(context, target) == whose; });
  if (!whose || !same) {
    section.error("config", "settings that differ need targets of one kind: brokers, a producer, or a consumer group");
    return;
  }
  check_settings(context, *map, *whose);
  for (const Field& field : map->fields) {
    std::string text = field.value.text;
    for (const Node& item : field.value.items) text += (text.empty() ? "" : ",") + item.text;
    entry.differing.push_back({field.key, text});
  }
}

}  // namespace kafkasim::sim
