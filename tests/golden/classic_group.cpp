// classic-group.jsonl: scripts of requests to a group coordinator, with replies, group state and armed timers.
#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/golden/adapter.hpp"
#include "tests/golden/group_script.hpp"

namespace kafkasim::golden {
namespace {

// --- which cases -----------------------------------------------------------------------------------------------

template <class Predicate>
bool any_step(const Json& golden_case, Predicate predicate) {
  const Json& steps = golden_case.at("steps");
  return std::any_of(steps.begin(), steps.end(), predicate);
}

bool no_script(const Json& golden_case) { return !golden_case.contains("steps"); }
bool static_members(const Json& golden_case) { return golden_case.dump().find("\"instance\"") != std::string::npos; }
bool late_timers(const Json& golden_case) { return golden_case.value("late_timer_firing", false); }
bool other_protocol_type(const Json& golden_case) {
  return any_step(golden_case, [](const Json& step) { return step.value("protocol_type", "consumer") != "consumer"; });
}
bool other_protocol_in_sync(const Json& golden_case) {
  return any_step(golden_case, [](const Json& step) {
    return step.at("op") == "sync" && step.contains("expect") &&
           step.at("expect").value("error", "") == "INCONSISTENT_GROUP_PROTOCOL";
  });
}
// Anything but an Empty group at the start.
bool state_by_hand(const Json& golden_case) {
  bool requests_seen = false;
  return any_step(golden_case, [&requests_seen](const Json& step) {
    if (step.at("op") != "set_state") {
      requests_seen = true;
      return false;
    }
    const Json& groups = step.at("groups");
    return requests_seen || std::any_of(groups.begin(), groups.end(), [](const Json& group) {
             return group.at("state") != "Empty" || !group.at("members").empty();
           });
  });
}

// The recording coordinator is not told to take its step back when the record that creates the group is refused.
bool creation_refused(const Json& golden_case) {
  std::vector<std::string> pending;
  return any_step(golden_case, [&pending](const Json& step) {
    const std::string op = step.at("op").get<std::string>();
    if (op == "log_append_result" && !pending.empty()) {
      const std::string asked = pending.front();
      pending.erase(pending.begin());
      return asked == "join" && step.at("error") != "NONE";
    }
    if (op != "commit" && step.contains("expect") && step.at("expect").contains("writes")) pending.push_back(op);
    return false;
  });
}

// --- comparing ---------------------------------------------------------------------------------------------------

/// Ids of ours become the case's; lists are sorted, as in the cases; empty ones and "" are left out, as there.
Json canonical(const Json& value, const GroupScript& script) {
  if (value.is_string()) return script.translated(value.get<std::string>());
  if (value.is_array()) {
    Json list = Json::array();
    for (const Json& one : value) list.push_back(canonical(one, script));
    std::sort(list.begin(), list.end());
    return list;
  }
  if (!value.is_object()) return value;
  Json object = Json::object();
  for (const auto& [key, part] : value.items()) {
    if (key == "protocol_type" || key == "skip_assignment" || key == "to" || key == "group") continue;
    Json inner = canonical(part, script);
    if (inner.is_string() && inner.get<std::string>().empty()) continue;
    if (inner.is_array() && inner.empty()) continue;
    object[key] = std::move(inner);
  }
  return object;
}

/// The reply that this step itself expects, now or (parked) later; null = not told.
Json own_reply(const Json& step) {
  const Json& expect = step.at("expect");
  const std::string op = step.at("op").get<std::string>();
  Json reply = Json::object();
  if (!expect.contains("error")) return nullptr;
  for (const char* const key : {"error", "member", "generation", "leader", "protocol", "assignment"})
    if (expect.contains(key)) reply[key] = expect.at(key);
  if (op == "join" && expect.contains("members")) reply["members"] = expect.at("members");
  if (op == "leave" && expect.at("error") == "NONE") reply["error"] = expect.at("members").at(0).at("error");
  return reply;
}

/// Held back by the log until it is committed (S-15): when it comes is not judged here, what it says is.
bool waits_for_log(const Json& step) {
  const Json& op = step.at("op");
  return op == "heartbeat" || op == "leave" || op == "commit";
}

class Judge {
 public:
  explicit Judge(const Json& golden_case) : script_{golden_case}, steps_{golden_case.at("steps")} {}

  Verdict run() {
    for (std::size_t i = 0; i < steps_.size() && verdict_.passed(); ++i) step(i);
    script_.finish_writes();
    for (const auto& [to, reply] : script_.take_replies())
      if (waits_for_log(steps_.at(to))) seen_later_[to] = canonical(reply, script_);
    for (const auto& [to, reply] : expected_later_)
      if (verdict_.passed()) compare("reply to step " + std::to_string(to), reply, seen_later_[to]);
    return verdict_;
  }

 private:
  void step(std::size_t i) {
    const Json& given = steps_.at(i);
    static const Json kNothing = Json::object();
    const Json& expect = given.contains("expect") ? given.at("expect") : kNothing;
    const GroupScript before = script_;
    LeaderChoices choices;
    do {
      script_ = before;
      script_.perform(i, given, choices);
      bind_new_member(expect);
    } while (!leads_as(expect) && choices.next());
    const std::string where = "after step " + std::to_string(i) + " (" + given.at("op").get<std::string>() + ")";
    replies(i, given, expect, where);
    if (given.at("op") == "coordinator_unloaded") return;  // an unloaded group is gone here, Dead there
    states(expect, where);
  }

  void replies(std::size_t i, const Json& given, const Json& expect, const std::string& where) {
    Json expected = Json::object();
    if (expect.contains("replies"))
      for (const Json& reply : expect.at("replies"))
        expected[std::to_string(reply.at("to").get<int>())] = canonical(reply, script_);
    if (given.contains("expect")) {
      const Json own = own_reply(given);
      if (!own.is_null() && waits_for_log(given)) expected_later_[i] = canonical(own, script_);
      if (!own.is_null() && !waits_for_log(given) && given.at("op") != "log_append_result")
        expected[std::to_string(i)] = canonical(own, script_);
    }
    Json seen = Json::object();
    for (const auto& [to, reply] : script_.take_replies()) {
      if (waits_for_log(steps_.at(to)))
        seen_later_[to] = canonical(reply, script_);
      else
        seen[std::to_string(to)] = canonical(reply, script_);
    }
    compare("replies " + where, expected, seen);
  }

  bool leads_as(const Json& expect) const {
    if (!expect.contains("group") || !expect.at("group").contains("leader")) return true;
    const Json seen = script_.group(script_.groups().front());
    if (seen.is_null()) return true;
    return script_.translated(seen.at("leader").get<std::string>()) ==
           expect.at("group").at("leader").get<std::string>();
  }

  // Both are told only when they changed.
  void states(const Json& expect, const std::string& where) {
    if (expect.contains("group")) groups_[script_.groups().front()] = expect.at("group");
    if (expect.contains("groups"))
      for (const Json& group : expect.at("groups")) groups_[group.at("group").get<std::string>()] = group;
    for (const auto& [name, group] : groups_)
      compare("group " + where, canonical(group, script_), canonical(script_.group(name), script_));
    if (expect.contains("timers")) timers_ = expect.at("timers");
    if (!timers_.is_null() && script_.groups().size() == 1) compare("timers " + where, timers_, script_.timers());
  }

  // An id made up in this step is the one that the case mentions for the first time.
  void bind_new_member(const Json& expect) {
    const std::string ours = script_.new_member();
    if (ours.empty()) return;
    const std::string text = expect.dump();
    for (int n = 1; n < 100; ++n) {
      const std::string theirs = "#" + std::to_string(n);
      if (text.find(theirs + "\"") == std::string::npos || script_.bound(theirs)) continue;
      return script_.bind(theirs, ours);
    }
  }

  void compare(const std::string& what, const Json& expected, const Json& seen) {
    if (!verdict_.passed() || expected == seen) return;
    verdict_ = {what + ": " + expected.dump(), what + ": " + seen.dump()};
  }

  GroupScript script_;
  const Json& steps_;
  Verdict verdict_;
  std::map<std::string, Json> groups_;
  Json timers_;
  std::map<std::size_t, Json> expected_later_;
  std::map<std::size_t, Json> seen_later_;
};

Verdict judge(const Json& golden_case) { return Judge{golden_case}.run(); }

}  // namespace

Adapter classic_group_adapter() {
  return {"classic-group",
          judge,
          {{no_script, "a table of legal state changes, not a script"},
           {static_members, "static members not built yet: issue C"},
           {late_timers, "recorded with timers that fire late; here they fire on time"},
           {other_protocol_type, "protocol types other than consumer are not modelled"},
           {other_protocol_in_sync, "SyncGroup carries no protocol name here"},
           {state_by_hand, "starts from a state set by hand that no request leads to"},
           {creation_refused, "recorded without the coordinator taking its step back, as a broker does"}}};
}

}  // namespace kafkasim::golden
