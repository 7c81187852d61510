// What an entry of the timeline does: its verb, the target and what stands beside it.
#include <algorithm>
#include <array>

#include "sim/scenario/diagnostics.hpp"
#include "sim/scenario/number_text.hpp"
#include "sim/scenario/timeline_parts.hpp"

namespace kafkasim::sim {

namespace {

/// What `gets` may say: ok, an exception's name, an error code.
void read_gets(Context& context, const SectionReader& section, Entry& entry) {
  if (section.option("gets") == nullptr || !section.read("gets", entry.gets)) return;
  const auto only = [&](std::string_view allowed) {
    return entry.gets.find_first_not_of(allowed) == std::string::npos;
  };
  constexpr std::string_view kCapitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ_";
  constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  const bool sound = entry.gets == "ok" || (only(kCapitals) && entry.gets.size() > 2) ||
                     (only(kLetters) && entry.gets.ends_with("Exception"));
  if (!sound)
    context.error(
        section.field("gets")->value.place,
        in_quotes(entry.gets) +
            " is neither ok nor an exception (CommitFailedException) nor an error code (OFFSET_OUT_OF_RANGE)");
}

bool undoable(Verb verb) {
  constexpr std::array kUndoable{Verb::crash,     Verb::power_loss, Verb::shutdown,  Verb::freeze,
                                 Verb::isolate,   Verb::cut,        Verb::partition, Verb::degrade,
                                 Verb::hold,      Verb::drop,       Verb::slow,      Verb::rate,
                                 Verb::slow_disk, Verb::fill_disk,  Verb::fail_disk, Verb::clock};
  return std::find(kUndoable.begin(), kUndoable.end(), verb) != kUndoable.end();
}

bool on_network(Verb verb) {
  constexpr std::array kNetwork{Verb::isolate, Verb::cut, Verb::partition, Verb::degrade, Verb::hold, Verb::drop};
  return std::find(kNetwork.begin(), kNetwork.end(), verb) != kNetwork.end();
}

/// `heal: all`, `heal: ID`, `release: ID`, `undo: ID`.
void read_undo(Context& context, const Node& node, Entry& entry) {
  if (!node.is_text()) {
    context.error(node.place, "wants the id of an entry");
    return;
  }
  entry.heal_all = entry.verb == Verb::heal && node.text == "all";
  if (entry.heal_all) return;
  entry.undo_id = node.text;
  const auto found = context.ids.find(node.text);
  if (found == context.ids.end()) {
    context.error(node.place, "no entry has the id " + in_quotes(node.text) + hint(node.text, keys_of(context.ids)));
    return;
  }
  if (!found->second) return;  // reported there
  if (entry.verb == Verb::release && found->second != Verb::hold)
    context.error(node.place, in_quotes(node.text) + " is no 'hold'; only what was kept back can be released");
  else if (entry.verb == Verb::heal && !on_network(*found->second))
    context.error(node.place, in_quotes(node.text) + " is no fault of links; 'undo' undoes it");
  else if (!undoable(*found->second))
    context.error(node.place, in_quotes(node.text) + " is nothing that can be undone");
}

void read_join(Context& context, const SectionReader& section, const std::vector<GroupSpec>& groups, Entry& entry) {
  std::vector<const Node*> names;
  section.read("join", names);
  entry.members = 1;
  section.read("members", entry.members);
  for (const Node* name : names) {
    const auto found =
        std::find_if(groups.begin(), groups.end(), [&](const GroupSpec& g) { return g.name == name->text; });
    if (found == groups.end()) {
      context.error(name->place, "unknown group " + in_quotes(name->text) + hint(name->text, keys_of(context.groups)));
      continue;
    }
    Target target;
    target.kind = TargetKind::client;
    target.name = target.text = name->text;
    if (entry.targets.empty()) entry.member = found->prototype;
    entry.targets.push_back(std::move(target));
  }
  for (const std::string_view key : {"config", "process", "process.poll", "poll.every", "commit", "rack"})
    if (entry.targets.size() > 1 && section.has(key))
      section.error(key, "settings that differ need a 'join' of one group");
  read_member(context, section, entry.member);
  entry.member.start = Duration{};
  entry.member.manual_start = false;
}

void read_wait(Context& context, const SectionReader& section, Entry& entry) {
  section.read("within", entry.within);
  const Node* node = section.text("wait");
  if (node == nullptr) return;
  const std::string_view text = trimmed(node->text);
  const bool condition = text.find_first_of("(<>=") != std::string_view::npos;
  const bool number = !text.empty() && text[0] >= '0' && text[0] <= '9';
  if (!number || condition) {
    entry.condition = std::string(text);
    entry.condition_place = node->place;
    if (text.empty()) context.error(node->place, "'wait' wants a condition or a duration");
    return;
  }
  const auto draw = read_draw(text);
  if (!draw.ok()) {
    context.error(node->place, draw.problem);
    return;
  }
  entry.wait_draw = draw.value;
  entry.wait_for = draw.value.low;
  if (section.has("within")) section.error("within", "'within' goes with a condition");
}

void read_restart(Context& context, const SectionReader& section, Entry& entry) {
  read_changes(context, section, entry);
  section.read("down", entry.down);
  section.read("one_by_one", entry.one_by_one);
  section.read("between", entry.between);
  if (const Node* node = section.text("next.when")) {
    entry.condition = std::string(trimmed(node->text));
    entry.condition_place = node->place;
    if (entry.condition.empty()) context.error(node->place, "'next.when' wants a condition");
  }
  for (const std::string_view key : {"between", "next.when"})
    if (!entry.one_by_one && section.wrote(key)) section.error(key, in_quotes(key) + " goes with 'one_by_one: true'");
}

/// `slow`, `sleep` and `rate`: other speeds of clients.
void read_pace(Context& context, const SectionReader& section, std::string_view verb, Entry& entry) {
  check_clients(context, section, verb, entry, entry.verb == Verb::rate);
  if (entry.verb == Verb::slow) section.read("process", entry.process);
  if (entry.verb == Verb::rate) section.read("to", entry.rate);
  const auto needs = [&](Verb which, std::string_view key, std::string_view what) {
    if (entry.verb == which && !section.wrote(key))
      section.error(verb, in_quotes(verb) + " needs " + in_quotes(key) + ": " + std::string(what));
  };
  needs(Verb::slow, "process", "the time per record");
  needs(Verb::sleep, "for", "how long");
  needs(Verb::rate, "to", "the new rate");
}

}  // namespace

void read_action(Context& context, const SectionReader& section, const Field& head,
                 const std::vector<GroupSpec>& groups, Entry& entry) {
  const std::string_view verb = head.key;
  const Node& value = head.value;
  const Option* option = section.option(verb);
  if (option->kind == ValueKind::targets) entry.targets = read_target_list(context, value);
  if (section.option("for") != nullptr) section.read("for", entry.lasts);
  if (by_operator(entry.verb)) read_operator(context, section, head, entry);
  switch (entry.verb) {
    case Verb::partition:
    case Verb::isolate:
    case Verb::cut:
    case Verb::degrade:
    case Verb::hold:
    case Verb::drop:
      read_network_fault(context, section, head, entry);
      break;
    case Verb::heal:
    case Verb::release:
    case Verb::undo:
      read_undo(context, value, entry);
      break;
    case Verb::send:
    case Verb::resend:
    case Verb::flush:
    case Verb::poll:
    case Verb::commit:
    case Verb::seek:
      read_call(context, section, verb, entry);
      break;
    case Verb::start:
      read_changes(context, section, entry);
      break;
    case Verb::join:
      read_join(context, section, groups, entry);
      break;
    case Verb::wait:
      read_wait(context, section, entry);
      break;
    case Verb::expect:
      entry.lines = read_expect(context, value);
      break;
    case Verb::note:
      section.read("note", entry.text);
      break;
    case Verb::leave:
      check_clients(context, section, "leave", entry, false);
      break;
    case Verb::slow:
    case Verb::sleep:
    case Verb::rate:
      read_pace(context, section, head.key, entry);
      break;
    case Verb::lose_data:
    case Verb::slow_disk:
    case Verb::fill_disk:
    case Verb::fail_disk:
    case Verb::clock:
      read_machine_fault(context, section, head.key, entry);
      break;
    case Verb::restart:
      read_restart(context, section, entry);
      break;
    default:
      break;
  }
  read_gets(context, section, entry);
  if (!entry.id.empty()) context.struck[entry.id] = entry.targets;
}

}  // namespace kafkasim::sim
