// Targets of timeline entries: roles and names, resolved when the entry fires.
#include <algorithm>
#include <array>

#include "sim/scenario/diagnostics.hpp"
#include "sim/scenario/number_text.hpp"
#include "sim/scenario/parts.hpp"

namespace kafkasim::sim {

namespace {

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  while (!(text = trimmed(text)).empty()) {
    const std::size_t blank = text.find_first_of(" \t\n");
    words.emplace_back(text.substr(0, blank));
    if (blank == std::string_view::npos) break;
    text.remove_prefix(blank);
  }
  return words;
}

/// A role `WORDS of PARTITION`.
struct Role {
  std::string_view words;
  TargetKind kind;
};
constexpr std::array<Role, 5> kRoles{{{"leader of", TargetKind::leader_of},
                                      {"followers of", TargetKind::followers_of},
                                      {"replicas of", TargetKind::replicas_of},
                                      {"preferred leader of", TargetKind::preferred_leader_of},
                                      {"random follower of", TargetKind::random_follower_of}}};
constexpr std::array<Role, 5> kFixed{{{"controller", TargetKind::controller},
                                      {"all brokers", TargetKind::all_brokers},
                                      {"random broker", TargetKind::random_broker},
                                      {"others", TargetKind::others},
                                      {"clients", TargetKind::clients}}};

bool read_partition_of(Context& context, const std::string& text, const Place& place, Target& target) {
  return read_partition(context, text, place, target.name, target.partition, true);
}

bool read_broker(Context& context, const std::string& number, const Place& place, Target& target) {
  const auto id = read_integer(number);
  target.kind = TargetKind::broker;
  if (id.ok() && id.value >= 1 && id.value <= context.brokers) {
    target.number = static_cast<int>(id.value);
    return true;
  }
  context.error(
      place, "there is no broker " + in_quotes(number) + "; the brokers are 1 to " + std::to_string(context.brokers));
  return false;
}

bool read_controller(Context& context, const std::string& number, const Place& place, Target& target) {
  target.kind = TargetKind::controller;
  target.number = 101;
  if (number == "101") return true;
  context.error(place, "there is no controller " + in_quotes(number) + "; the only one is 101");
  return false;
}

bool read_coordinator(Context& context, const std::string& name, const Place& place, Target& target) {
  target.kind = TargetKind::coordinator_of;
  target.name = name;
  if (context.groups.contains(name)) return true;
  if (context.producers.contains(name))
    context.error(place, "the coordinator of a producer's transactions is not built yet (comes with issue D)");
  else
    context.error(place, "unknown group " + in_quotes(name) + hint(name, keys_of(context.groups)));
  return false;
}

/// `billing/2`, `checkout/1`.
bool read_numbered_client(Context& context, const std::string& text, std::size_t slash, const Place& place) {
  const std::string name = text.substr(0, slash);
  const auto number = read_integer(text.substr(slash + 1));
  const bool group = context.groups.contains(name);
  if (!group && !context.producers.contains(name)) {
    auto known = keys_of(context.groups);
    for (const std::string& producer : keys_of(context.producers)) known.push_back(producer);
    context.error(place, "unknown client " + in_quotes(name) + hint(name, known));
    return false;
  }
  if (!number.ok() || number.value < 1) {
    context.error(place, in_quotes(text) + ": behind the '/' stands a number, 1 or higher");
    return false;
  }
  const int last = group ? context.groups.at(name) : context.producers.at(name);
  if (number.value <= last || (group && context.growing_groups.contains(name))) return true;
  context.error(place, last == 0 ? in_quotes(name) + " has no instances; it is one client"
                                 : in_quotes(name) + " has no number " + std::to_string(number.value) +
                                       "; its last is " + std::to_string(last));
  return false;
}

bool unknown_target(Context& context, const std::string& text, const Place& place) {
  std::vector<std::string> known = keys_of(context.ids);
  for (const std::string& name : keys_of(context.producers)) known.push_back(name);
  for (const std::string& name : keys_of(context.groups)) known.push_back(name);
  for (const Role& role : kFixed) known.emplace_back(role.words);
  std::string why;
  if (context.topics.contains(text.substr(0, text.rfind('-'))) || context.topics.contains(text))
    why = "; a partition is no machine: leader of " + text + "?";
  else if (text.find(',') != std::string::npos)
    why = "; several targets are a list: [broker 1, broker 2]";
  else if (const auto found = nearest(text, known))
    why = "; did you mean " + in_quotes(*found) + "?";
  else
    why = "; a target is broker N, controller, leader of TOPIC-N, a client, the id of an entry, ...";
  context.error(place, "unknown target " + in_quotes(text) + why);
  return false;
}

/// One word: a fixed role, a client or an entry's id.
bool read_word(Context& context, const std::string& text, const Place& place, Target& target) {
  target.name = text;
  if (const std::size_t slash = text.find('/'); slash != std::string::npos) {
    target.kind = TargetKind::client;
    return read_numbered_client(context, text, slash, place);
  }
  if (context.producers.contains(text) || context.groups.contains(text)) {
    target.kind = TargetKind::client;
    return true;
  }
  if (context.ids.contains(text)) {
    target.kind = TargetKind::entry;
    return true;
  }
  return unknown_target(context, text, place);
}

}  // namespace

bool read_partition(Context& context, std::string_view text, const Place& place, std::string& topic, int& partition,
                    bool whole_topic_too) {
  const std::string whole{text};
  if (whole_topic_too && context.topics.contains(whole)) {
    topic = whole;
    partition = -1;
    return true;
  }
  const std::size_t dash = text.rfind('-');
  const std::string name{text.substr(0, dash)};
  const auto number =
      dash == std::string_view::npos ? unreadable<std::int64_t>("none") : read_integer(text.substr(dash + 1));
  const auto found = context.topics.find(name);
  if (!number.ok() || found == context.topics.end()) {
    std::vector<std::string> known;
    for (const auto& [known_topic, partitions] : context.topics)
      for (int i = 0; i < std::min(partitions, 3); ++i) known.push_back(known_topic + "-" + std::to_string(i));
    context.error(place, "unknown partition " + in_quotes(text) + hint(text, known));
    return false;
  }
  if (number.value >= found->second) {
    context.error(place, in_quotes(name) + " has no partition " + std::to_string(number.value) + "; its last is " +
                             std::to_string(found->second - 1));
    return false;
  }
  topic = name;
  partition = static_cast<int>(number.value);
  return true;
}

bool read_target(Context& context, const Node& node, Target& target) {
  if (!node.is_text()) {
    context.error(node.place, "a target is a single value, not " + std::string(kind_name(node)));
    return false;
  }
  const std::vector<std::string> words = words_of(node.text);
  std::string joined;
  for (const std::string& word : words) joined += (joined.empty() ? "" : " ") + word;
  target.text = joined;
  for (const Role& role : kFixed)
    if (joined == role.words) {
      target.kind = role.kind;
      return true;
    }
  for (const Role& role : kRoles)
    if (joined.starts_with(std::string(role.words) + " ")) {
      target.kind = role.kind;
      return read_partition_of(context, joined.substr(role.words.size() + 1), node.place, target);
    }
  if (words.size() == 4 && words[0] == "follower" && words[2] == "of") {
    const auto number = read_integer(words[1]);
    target.kind = TargetKind::follower_of;
    if (number.ok() && number.value >= 1 && number.value < context.brokers) {
      target.number = static_cast<int>(number.value);
      return read_partition_of(context, words[3], node.place, target);
    }
    context.error(node.place, "there is no follower " + in_quotes(words[1]) + "; followers are numbered from 1");
    return false;
  }
  if (words.size() == 3 && words[0] == "coordinator" && words[1] == "of")
    return read_coordinator(context, words[2], node.place, target);
  if (words.size() == 2 && words[0] == "broker") return read_broker(context, words[1], node.place, target);
  if (words.size() == 2 && words[0] == "controller") return read_controller(context, words[1], node.place, target);
  if (words.size() == 2 && words[0] == "rack") {
    target.kind = TargetKind::rack;
    target.name = words[1];
    if (context.racks.contains(words[1])) return true;
    const std::vector<std::string> known(context.racks.begin(), context.racks.end());
    context.error(node.place,
                  "unknown rack " + in_quotes(words[1]) +
                      (known.empty() ? "; the cluster has no racks (cluster.racks)" : hint(words[1], known)));
    return false;
  }
  if (joined == "zookeeper") {
    context.error(node.place, "ZooKeeper is not built yet (comes with issue B)");
    return false;
  }
  if (words.size() == 1) return read_word(context, words[0], node.place, target);
  return unknown_target(context, joined, node.place);
}

std::vector<Target> read_target_list(Context& context, const Node& node) {
  std::vector<Target> targets;
  const auto one = [&](const Node& item) {
    Target target;
    if (read_target(context, item, target)) targets.push_back(std::move(target));
  };
  if (!node.is_list()) {
    one(node);
    return targets;
  }
  if (node.items.empty()) context.error(node.place, "an empty list of targets");
  for (const Node* item : sound_items(context, node)) one(*item);
  return targets;
}

std::vector<Target> read_targets(Context& context, const SectionReader& section, std::string_view key) {
  const Field* field = section.field(key);
  return field == nullptr ? std::vector<Target>{} : read_target_list(context, field->value);
}

}  // namespace kafkasim::sim
