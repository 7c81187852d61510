#include <algorithm>

#include "sim/scenario/number_text.hpp"
#include "sim/scenario/parts.hpp"

namespace kafkasim::sim {

namespace {

CommitMode commit_mode(const std::string& word) {
  if (word == "sync") return CommitMode::sync;
  if (word == "async") return CommitMode::async;
  if (word == "sync.record") return CommitMode::sync_record;
  if (word == "before") return CommitMode::before;
  if (word == "none") return CommitMode::none;
  return CommitMode::automatic;
}

/// `commit` and enable.auto.commit say the same thing: either may say it, not both differently.
void settle_commit(Context& context, const SectionReader& section, const UserSettings& user, MemberSpec& member) {
  std::string word;
  const bool said = section.read("commit", word);
  if (said) member.commit = commit_mode(word);
  if (user.has("enable.auto.commit")) {
    const bool automatic = member.config.enable_auto_commit;
    if (said && automatic != (member.commit == CommitMode::automatic))
      context.error(user.place("enable.auto.commit", section.place()),
                    "'commit: " + word + "' and enable.auto.commit say different things");
    if (!said && automatic) member.commit = CommitMode::automatic;
    if (!said && !automatic && member.commit == CommitMode::automatic) member.commit = CommitMode::none;
  }
  member.config.enable_auto_commit = member.commit == CommitMode::automatic;
}

void read_process(Context&, const SectionReader& section, MemberSpec& member) {
  const Field* field = section.field("process");
  if (field == nullptr) return;
  member.manual = field->value.is_text() && field->value.text == "manual";
  if (!member.manual) section.read("process", member.process);
}

void read_subscription(Context& context, const SectionReader& section, GroupSpec& group) {
  std::vector<const Node*> items;
  if (section.read("topics", items))
    for (const Node* item : items) {
      if (!context.topics.contains(item->text))
        context.error(item->place, "unknown topic '" + item->text + "'" + hint(item->text, keys_of(context.topics)));
      group.topics.push_back(item->text);
    }
  if (section.read("assign", items))
    for (const Node* item : items) {
      AssignedPartition partition;
      if (read_partition(context, item->text, item->place, partition.topic, partition.partition, false))
        group.assign.push_back(partition);
    }
  if (section.has("topics") && section.has("assign"))
    section.error("assign", "a consumer subscribes to topics or takes fixed partitions, not both");
  if (!section.wrote("topics") && !section.wrote("assign") && !section.wrote("pattern"))
    section.error("topics", section.shown() + " needs 'topics' (or 'assign': fixed partitions)");
}

/// `members: 2`, or a map from number to what differs; the largest number is the size of the group.
void read_members(Context& context, const SectionReader& section, GroupSpec& group) {
  const Field* field = section.field("members");
  std::int64_t size = 1;
  const bool map = field != nullptr && field->value.is_map();
  if (map) {
    for (const Field& member : field->value.fields) {
      const auto number = read_integer(member.key);
      if (number.ok() && number.value >= 1 && number.value <= 1000)
        size = std::max(size, number.value);
      else
        context.error(member.place, "'" + member.key + "' is not the number of a member (1, 2, ...)");
    }
  } else if (const Node* text = section.text("members")) {
    const auto number = read_integer(text->text);
    if (number.ok() && number.value >= 0 && number.value <= 1000)
      size = number.value;
    else
      context.error(text->place, "'members' is a number up to 1000, or a map from number to what differs");
  }
  for (int number = 1; number <= size; ++number) {
    MemberSpec member = group.prototype;
    member.number = number;
    const Node* own = map ? field->value.find(std::to_string(number)) : nullptr;
    if (own != nullptr) {
      const SectionReader differs(context, *own, "consumers/*/members/*",
                                  section.shown() + ".members." + std::to_string(number));
      read_member(context, differs, member);
    }
    group.members.push_back(std::move(member));
  }
}

}  // namespace

void read_member(Context& context, const SectionReader& section, MemberSpec& member) {
  read_process(context, section, member);
  section.read("process.poll", member.process_poll);
  section.read("poll.every", member.poll_every);
  read_start(context, section, member.start, member.manual_start);
  if (section.read("stop", member.stop) && *member.stop <= member.start && !member.manual_start)
    section.error("stop", section.shown() + " stops before it starts");
  if (section.read("rack", member.rack)) check_rack(context, section, member.rack);
  const UserSettings user = read_config(context, section.map("config"), Section::consumer, member.config);
  settle_commit(context, section, user, member);
  if (user.has("reconnect.backoff.ms") && !user.has("reconnect.backoff.max.ms"))  // then the back-off does not grow
    member.config.client.reconnect_backoff_max = member.config.client.reconnect_backoff;
  if (member.config.heartbeat_interval >= member.config.session_timeout)
    context.error(
        user.place(user.has("session.timeout.ms") ? "session.timeout.ms" : "heartbeat.interval.ms", section.place()),
        "heartbeat.interval.ms must be below session.timeout.ms: the client refuses to start");
  if (member.manual && !member.process_poll.is_zero())
    section.error("process.poll", "'process: manual' has no polls of its own");
}

void read_consumers(Context& context, const Node* node, std::vector<GroupSpec>& groups) {
  if (node == nullptr) return;
  for (const Field& field : node->fields) {
    declare_name(context, field.key, "consumer group", field.place);
    const SectionReader section(context, field.value, "consumers/*", "consumers." + field.key);
    GroupSpec group;
    group.name = field.key;
    group.place = field.place;
    read_subscription(context, section, group);
    read_member(context, section, group.prototype);
    read_client(context, section);
    group.bootstrap = read_bootstrap(context, section);
    read_members(context, section, group);
    context.groups[field.key] = static_cast<int>(group.members.size());
    groups.push_back(std::move(group));
  }
}

}  // namespace kafkasim::sim
