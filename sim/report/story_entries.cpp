#include <algorithm>

#include "sim/fault/timeline.hpp"
#include "sim/host/host.hpp"
#include "sim/report/number_text.hpp"
#include "sim/report/story.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/view.hpp"
#include "sim/workload/drivers.hpp"

namespace kafkasim::sim {
namespace {

struct Words {
  Verb verb;
  const char* name;     // in scenario files
  const char* one;      // "crashes"
  const char* several;  // "crash"
  const char* end;      // of one: "thaws"; "" = its end is told by what follows
  const char* end_several;
  int weight;
};

constexpr Words kWords[] = {
    {Verb::crash, "crash", "crashes", "crash", "", "", 100},
    {Verb::power_loss, "power_loss", "loses power", "lose power", "", "", 100},
    {Verb::shutdown, "shutdown", "is told to shut down", "are told to shut down", "", "", 95},
    {Verb::start, "start", "is started", "are started", "", "", 70},
    {Verb::freeze, "freeze", "freezes", "freeze", "goes on", "go on", 100},
    {Verb::thaw, "thaw", "goes on", "go on", "", "", 85},
    {Verb::isolate, "isolate", "is cut off from everybody else", "are cut off from everybody else",
     "is connected again", "are connected again", 100},
    {Verb::cut, "cut", "is cut off", "are cut off", "is connected again", "are connected again", 100},
    {Verb::partition, "partition", "", "are split by a network partition", "", "are one network again", 100},
    {Verb::degrade, "degrade", "has a worse link", "have worse links", "has its link back", "have their links back",
     100},
    {Verb::hold, "hold", "has messages held back", "have messages held back", "", "", 95},
    {Verb::release, "release", "", "", "", "", 85},
    {Verb::drop, "drop", "has messages dropped", "have messages dropped", "", "", 95},
    {Verb::heal, "heal", "", "", "", "", 85},
    {Verb::undo, "undo", "", "", "", "", 60},
    {Verb::slow, "slow", "works slowly", "work slowly", "works as fast as before", "work as fast as before", 90},
    {Verb::sleep, "sleep", "sleeps between two polls", "sleep between two polls", "", "", 90},
    {Verb::rate, "rate", "changes its rate", "change their rate", "is back at its old rate",
     "are back at their old rate", 85},
    {Verb::join, "join", "joins", "join", "", "", 90},
    {Verb::leave, "leave", "leaves", "leave", "", "", 90},
    {Verb::send, "send", "sends", "send", "", "", 45},
    {Verb::resend, "resend", "sends again", "send again", "", "", 60},
    {Verb::flush, "flush", "flushes", "flush", "", "", 45},
    {Verb::poll, "poll", "polls", "poll", "", "", 45},
    {Verb::commit, "commit", "commits", "commit", "", "", 60},
    {Verb::seek, "seek", "seeks", "seek", "", "", 60},
    {Verb::wait, "wait", "", "", "", "", 45},
    {Verb::expect, "expect", "", "", "", "", 0},
    {Verb::note, "note", "", "", "", "", 98},
    {Verb::lose_data, "lose_data", "loses data", "lose data", "", "", 100},
    {Verb::slow_disk, "slow_disk", "has a slow disk", "have slow disks", "has its disk back at full speed",
     "have their disks back at full speed", 95},
    {Verb::fill_disk, "fill_disk", "has a full disk", "have full disks", "has room on its disk again",
     "have room on their disks again", 100},
    {Verb::fail_disk, "fail_disk", "has a broken disk", "have broken disks", "has its disk repaired",
     "have their disks repaired", 100},
    {Verb::clock, "clock", "has a wrong clock", "have wrong clocks", "has the right time again",
     "have the right time again", 90},
    {Verb::restart, "restart", "is restarted", "are restarted", "runs again", "run again", 95},
    {Verb::elect, "elect", "", "", "", "", 90},
    {Verb::create_topic, "create_topic", "", "", "", "", 90},
    {Verb::add_partitions, "add_partitions", "", "", "", "", 90},
    {Verb::alter_config, "alter_config", "", "", "", "", 90},
};

const Words& words(const Entry& entry) {
  return *std::find_if(std::begin(kWords), std::end(kWords), [&](const Words& row) { return row.verb == entry.verb; });
}

std::string targets_text(const std::vector<Target>& targets) {
  std::vector<std::string> texts;
  for (const Target& target : targets) texts.push_back(target.text);
  return joined(texts);
}

std::string how_long(const Entry& entry, const EntryState& state) {
  if (!entry.lasts) return "";
  const Duration span = state.ended != kNever ? state.ended - state.struck : entry.lasts->low;
  return " for " + short_duration(span);
}

// The role a target had, when that says more than its name.
std::string role(const Entry& entry, const std::string& hosts) {
  const std::string text = targets_text(entry.targets);
  return text == hosts || text == "clients" || entry.targets.empty() ? "" : text;
}

std::string degraded(const Entry& entry) {
  const DegradeSpec& worse = entry.degrade;
  std::vector<std::string> parts;
  if (worse.latency.first > 0) parts.push_back("+" + short_duration(Duration{worse.latency.first}));
  if (worse.jitter.first > 0) parts.push_back("jitter " + short_duration(Duration{worse.jitter.first}));
  if (worse.loss.numerator > 0)
    parts.push_back("loss " + std::to_string(worse.loss.numerator) + "/" + std::to_string(worse.loss.denominator));
  if (worse.bandwidth_bits > 0) parts.push_back(grouped(worse.bandwidth_bits / 1000) + " kbit/s");
  return joined(parts);
}

// "Fetch requests from broker 2 are held back".
std::string messages(const Entry& entry) {
  std::string text = (entry.messages.count ? grouped(*entry.messages.count) + " " : "") + entry.text;
  if (entry.messages.count != 1) text += "s";
  if (!entry.from.empty()) text += " from " + targets_text(entry.from);
  if (!entry.to.empty()) text += " to " + targets_text(entry.to);
  text += entry.messages.count == 1 ? " is" : " are";
  return text + (entry.verb == Verb::hold ? " held back" : " dropped");
}

std::string operator_action(const Entry& entry) {
  const std::string& topic = entry.topic.name;
  if (entry.verb == Verb::create_topic) return "topic " + topic + " is created";
  if (entry.verb == Verb::add_partitions)
    return topic + " grows to " + std::to_string(entry.topic.partitions) + " partitions";
  if (entry.verb == Verb::alter_config) return "settings of " + topic + " change: " + joined(entry.settings);
  std::vector<std::string> names;
  for (const AssignedPartition& one : entry.partitions)
    names.push_back(one.partition < 0 ? one.topic : one.topic + "-" + std::to_string(one.partition));
  return std::string{entry.unclean ? "unclean" : "preferred"} + " election of " + joined(names) + " asked for";
}

std::string offsets_text(const CallSpec& call) {
  std::vector<std::string> parts;
  for (const auto& [at, offset] : call.offsets)
    parts.push_back(at.topic + "-" + std::to_string(at.partition) + " at " + grouped(offset));
  return joined(parts);
}

std::string seek_text(const CallSpec& call) {
  if (!call.offsets.empty()) return offsets_text(call);
  std::vector<std::string> names;
  for (const AssignedPartition& one : call.partitions) names.push_back(one.topic + "-" + std::to_string(one.partition));
  const std::string where = names.empty() ? "" : joined(names) + " ";
  if (call.to == CallSpec::To::beginning) return where + "to the beginning";
  if (call.to == CallSpec::To::end) return where + "to the end";
  if (call.to == CallSpec::To::offset) return where + "to " + grouped(call.offset);
  const std::string span = short_duration(std::max(call.time.time, -call.time.time));
  if (!call.time.from_now) return where + "to the time " + span;
  return where + "to " + span + (call.time.time < Duration{} ? " ago" : " from now");
}

// "billing/1 commits orders-0 at 20", "billing/1 seeks to the beginning".
std::string member_call(const View& view, const Entry& entry, const EntryState& state) {
  const std::string who = state.hosts.empty() ? targets_text(entry.targets) : hosts_text(view, state.hosts);
  std::string text = who + " " + verb_word(entry, state.hosts.size() != 1);
  if (entry.verb == Verb::commit && !entry.call.offsets.empty()) text += " " + offsets_text(entry.call);
  if (entry.verb == Verb::seek) text += " " + seek_text(entry.call);
  return text + (entry.call.async ? " without waiting" : "");
}

std::string action(const View& view, const Entry& entry, const EntryState& state) {
  if (by_operator(entry.verb)) return operator_action(entry);
  if (entry.verb == Verb::hold || entry.verb == Verb::drop) return messages(entry) + how_long(entry, state);
  if (entry.verb == Verb::release) return "what '" + entry.undo_id + "' held back is delivered";
  if (entry.verb == Verb::note) return entry.text;
  if (entry.verb == Verb::heal) return entry.heal_all ? "all links heal" : "'" + entry.undo_id + "' heals";
  if (entry.verb == Verb::undo) return "'" + entry.undo_id + "' is undone";
  if (entry.verb == Verb::send || entry.verb == Verb::resend) {
    const std::int64_t records = records_of(entry.send);
    return targets_text(entry.targets) + " sends " + grouped(records) + (records == 1 ? " record" : " records") +
           (entry.verb == Verb::resend ? " again" : "");
  }
  if (on_consumer(entry.verb)) return member_call(view, entry, state);
  std::string text = state.hosts.empty() ? targets_text(entry.targets) : hosts_text(view, state.hosts);
  text += " " + verb_word(entry, state.hosts.size() != 1);
  if (entry.verb == Verb::cut && !entry.from.empty()) {
    text += " from " + targets_text(entry.from);
    if (entry.direction == Direction::out) text += " (what it sends)";
    if (entry.direction == Direction::in) text += " (what it is sent)";
  }
  if (entry.verb == Verb::degrade) {
    if (!entry.to.empty()) text += " to " + targets_text(entry.to);
    text += ": " + degraded(entry);
  }
  return text + how_long(entry, state);
}

}  // namespace

std::string verb_word(const Entry& entry, bool several) { return several ? words(entry).several : words(entry).one; }
std::string verb_name(const Entry& entry) { return words(entry).name; }

void tell_entries(const View& view, std::vector<StoryLine>& lines) {
  const auto& entries = view.scenario().timeline;
  const Timeline& timeline = view.timeline();
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const Entry& entry = entries[i];
    const EntryState& state = timeline.entries[i];
    const Words& row = words(entry);
    if (state.struck == kNever || entry.verb == Verb::expect) continue;
    if (entry.verb == Verb::wait) {
      if (!entry.wait_for && !entry.id.empty())
        lines.push_back({state.struck, entry.condition, "", entry.id, kWaitKey + entry.condition, row.weight, false});
      continue;
    }
    const std::string text = action(view, entry, state);
    std::string aside = role(entry, hosts_text(view, state.hosts));
    if (!state.got.empty() && state.got != "ok") aside = "gets " + state.got;
    if (entry.when.kind == When::Kind::every)
      aside += (aside.empty() ? "" : "; ") + std::string{"every "} + short_duration(entry.when.period);
    lines.push_back({state.struck, text, aside, entry.id, "entry " + std::to_string(i), row.weight, true});
    const std::string end = state.hosts.size() == 1 ? row.end : row.end_several;
    if (state.ended == kNever || end.empty()) continue;
    lines.push_back({state.ended, hosts_text(view, state.hosts) + " " + end,
                     "after " + short_duration(state.ended - state.struck), "", "end of entry " + std::to_string(i),
                     row.weight - 25, true});
  }
}

}  // namespace kafkasim::sim
