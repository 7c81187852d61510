// What clients noticed: broken connections, silence and its end, failures, rebalances.
#include <algorithm>
#include <map>

#include "sim/check/history.hpp"
#include "sim/host/host.hpp"
#include "sim/report/number_text.hpp"
#include "sim/report/story.hpp"
#include "sim/view.hpp"

namespace kafkasim::sim {
namespace {

constexpr Duration kSilence = 10s;  // a connection lost again within this time is the same story

bool is_client(const Host& host) { return host.role == Role::producer || host.role == Role::consumer; }

// Connections to one peer that break at about the same time.
struct Loss {
  Instant at{}, last{};
  std::vector<HostIndex> who;
  std::int64_t in_flight = 0;
  std::int64_t times = 0;
  bool timed_out = false;
};

void tell_losses(const View& view, std::vector<StoryLine>& lines) {
  std::map<BrokerId, std::vector<Loss>> losses;
  for (const StoryEvent& event : view.history().story()) {
    const auto* lost = std::get_if<ConnectionLost>(&event.what);
    if (lost == nullptr || !is_client(view.host(event.who))) continue;
    auto& of_peer = losses[lost->peer];
    const bool again = !of_peer.empty() && event.at - of_peer.back().last < kSilence;
    if (lost->refused && !again) continue;
    if (!again) of_peer.push_back({.at = event.at, .who = {}, .timed_out = lost->timed_out});
    Loss& loss = of_peer.back();
    loss.last = event.at;
    ++loss.times;
    if (std::find(loss.who.begin(), loss.who.end(), event.who) == loss.who.end()) {
      loss.who.push_back(event.who);
      loss.in_flight += lost->in_flight;
    }
  }
  for (const auto& [peer, of_peer] : losses)
    for (const Loss& loss : of_peer) {
      std::vector<std::string> names;
      for (const HostIndex who : loss.who) names.push_back(view.host(who).name);
      std::sort(names.begin(), names.end());
      if (names.size() > 3) names = {names[0], names[1], std::to_string(names.size() - 2) + " more"};
      std::string text = joined(names) + ": connection to broker " + std::to_string(peer.value()) +
                         (loss.timed_out ? " given up after request.timeout.ms" : " lost");
      if (loss.in_flight > 0)
        text += ", " + grouped(loss.in_flight) + (loss.in_flight == 1 ? " request" : " requests") + " in flight";
      lines.push_back({loss.at, text, "", "", "connection " + std::to_string(peer.value()), 52, false});
    }
}

// Failures of one client with one error, until it succeeds for a while.
struct Failures {
  Instant at{}, last{};
  std::int64_t count = 0;
};

void tell_failures(const View& view, std::vector<StoryLine>& lines) {
  std::map<std::pair<HostIndex, std::string>, std::vector<Failures>> failures;
  for (const StoryEvent& event : view.history().story()) {
    std::string what;
    std::int64_t count = 1;
    if (const auto* failed = std::get_if<BatchFailed>(&event.what)) {
      what = exception_name(failed->error);
      if (const Payload* payload = view.history().payload(failed->payload)) count = payload->records;
    } else if (const auto* threw = std::get_if<ConsumerException>(&event.what)) {
      what = threw->exception.empty() ? exception_name(threw->error) : threw->exception;
    } else {
      continue;
    }
    auto& of_kind = failures[{event.who, what}];
    if (of_kind.empty() || event.at - of_kind.back().last >= kSilence) of_kind.push_back({event.at, event.at, 0});
    of_kind.back().last = event.at;
    of_kind.back().count += count;
  }
  for (const auto& [kind, of_kind] : failures)
    for (const Failures& one : of_kind) {
      const Host& host = view.host(kind.first);
      const bool records = host.role == Role::producer;
      std::string text = host.name + ": ";
      text += records
                  ? grouped(one.count) + (one.count == 1 ? " record fails" : " records fail") + " with " + kind.second
                  : "poll() throws " + kind.second + (one.count > 1 ? " " + grouped(one.count) + " times" : "");
      lines.push_back({one.at, text, one.last > one.at + 50ms ? "until " + clock_text(one.last) : "", "",
                       "failure " + host.name + kind.second, 84, false});
    }
}

void tell_silence(const View& view, std::vector<StoryLine>& lines) {
  for (const auto& [host, producer] : view.history().producers()) {
    const std::string& name = view.host(host).name;
    for (const GapMeter::Window& window : producer.gap.windows()) {
      const bool for_ever = window.end == view.now() && producer.gap.outstanding() > 0;
      lines.push_back({for_ever ? window.begin : window.end,
                       name + (for_ever ? ": acknowledged for the last time" : ": acknowledged again"),
                       for_ever ? "" : "after " + short_duration(window.end - window.begin), "", "silence " + name, 90,
                       false});
    }
  }
  for (const StoryEvent& event : view.history().story())
    if (const auto* set = std::get_if<PositionSet>(&event.what))
      lines.push_back({event.at,
                       view.host(event.who).name + ": position in " + view.names().name(set->partition) +
                           " set back to " + grouped(set->position.value()),
                       "the log was cut below it", "", "position " + view.host(event.who).name, 65, false});
}

constexpr const char* kRebalanceReasons[] = {"",
                                             "a member joins",
                                             "a member leaves",
                                             "a member's session expired",
                                             "a member rejoins",
                                             "a subscription changed",
                                             "the topic changed",
                                             "a member did not sync"};

void tell_rebalances(const View& view, std::vector<StoryLine>& lines) {
  for (const auto& [name, group] : view.history().groups()) {
    bool first = true;
    for (const Rebalance& one : group.rebalances) {
      const std::string members = std::to_string(one.members) + (one.members == 1 ? " member" : " members");
      const std::string generation =
          one.generation.known() ? "generation " + std::to_string(one.generation.value()) : "";
      const bool formation = first;
      first = false;
      if (one.end == kNever) {
        lines.push_back({one.begin, name + ": a rebalance begins and does not end",
                         kRebalanceReasons[static_cast<std::size_t>(one.reason)], "", "rebalance " + name, 70, false});
        continue;
      }
      if (one.members == 0) {
        lines.push_back({one.end, name + ": nobody is left in the group", "", "", "empty " + name, 40, false});
        continue;
      }
      Duration pause{};
      for (const Rebalance::Pause& each : one.pauses) pause = std::max(pause, each.end - each.begin);
      std::string text = name + (formation ? ": formed, " : ": rebalanced, ") + generation + ", " + members;
      if (!formation) text += " (" + std::string{kRebalanceReasons[static_cast<std::size_t>(one.reason)]} + ")";
      lines.push_back({one.end, text, pause > Duration{} ? "partitions paused up to " + short_duration(pause) : "", "",
                       "rebalance " + name + generation, formation ? 15 : 72, false});
    }
  }
}

}  // namespace

void tell_clients(const View& view, std::vector<StoryLine>& lines) {
  tell_losses(view, lines);
  tell_failures(view, lines);
  tell_silence(view, lines);
  tell_rebalances(view, lines);
}

}  // namespace kafkasim::sim
