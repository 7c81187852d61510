// What each verb does.
#include <algorithm>

#include "sim/fault/network_faults.hpp"
#include "sim/fault/timeline_runner.hpp"
#include "sim/host/event_kind.hpp"
#include "sim/host/life_cycle.hpp"
#include "sim/host/storage.hpp"
#include "sim/view.hpp"
#include "sim/workload/drivers.hpp"

namespace kafkasim::sim {
namespace {

using Hosts = std::vector<HostIndex>;

bool is_disk_fault(Verb verb) { return verb == Verb::slow_disk || verb == Verb::fill_disk || verb == Verb::fail_disk; }

void end_entry(World& world, EntryState& state) {
  if (!state.active) return;
  state.active = false;
  if (state.ended == kNever) state.ended = world.now();
  world.touched |= domain::timeline;
}

bool contains(const Hosts& hosts, HostIndex host) { return std::find(hosts.begin(), hosts.end(), host) != hosts.end(); }

bool is_client(const Host& host) { return host.role == Role::producer || host.role == Role::consumer; }

void heal(World& world, const Entry& entry) {
  for (std::size_t i = 0; i < world.timeline.entries.size(); ++i) {
    const Entry& other = world.scenario().timeline[i];
    if (is_network_fault(other.verb) && (entry.heal_all || other.id == entry.undo_id)) undo(world, i);
  }
}

void undo_named(World& world, const Entry& entry) {
  for (std::size_t i = 0; i < world.timeline.entries.size(); ++i)
    if (world.scenario().timeline[i].id == entry.undo_id) undo(world, i);
}

void slow(World& world, const Entry& entry, const EntryState& state) {
  for (const HostIndex host : state.hosts)
    if (ConsumerDriver* driver = consumer_driver(world, host)) set_process(*driver, distribution_of(entry.process));
}

// New members take the next free numbers: their hosts were built at time 0 and have waited for this.
// New members of one group. Several groups take each its own settings: none differ then.
void join_group(World& world, const Entry& entry, const Target& target, EntryState& state) {
  int left = entry.members;
  for (ConsumerDriver& driver : world.consumers) {
    if (left == 0) break;
    Host& host = world.hosts[driver.host];
    const GroupSpec& group = world.scenario().consumers[driver.group];
    if (!driver.joins_later || group.name != target.name) continue;
    driver.joins_later = false;
    const int number = driver.member.number;
    driver.member = entry.targets.size() == 1 ? entry.member : group.prototype;
    driver.member.number = number;
    driver.process = distribution_of(driver.member.process);
    driver.process_poll = distribution_of(driver.member.process_poll);
    state.hosts.push_back(host.index);
    start_process(world, host);
    --left;
  }
  INVARIANT(left == 0, "a host was built for every member that joins");
}

void join(World& world, const Entry& entry, EntryState& state) {
  for (const Target& target : entry.targets) join_group(world, entry, target, state);
}

std::vector<ProducerDriver*> producers_struck(World& world, const EntryState& state) {
  std::vector<ProducerDriver*> drivers;
  for (const HostIndex host : state.hosts)
    if (ProducerDriver* driver = producer_driver(world, host)) drivers.push_back(driver);
  return drivers;
}

bool send(World& world, std::size_t index, const Entry& entry, EntryState& state) {
  const std::vector<ProducerDriver*> senders = producers_struck(world, state);
  for (const ProducerDriver* driver : senders)
    if (!has_sent(*driver, entry.send)) {
      fail_entry(world, index, "has not sent such a record yet");
      return false;
    }
  state.unanswered += records_of(entry.send) * static_cast<std::int64_t>(senders.size());
  for (ProducerDriver* driver : senders) send_records(world, *driver, entry.send, index);
  return !entry.send.wait || state.unanswered == 0;
}

bool flush(World& world, std::size_t index, EntryState& state) {
  const std::vector<ProducerDriver*> drivers = producers_struck(world, state);
  state.unanswered += static_cast<std::int64_t>(drivers.size());
  for (ProducerDriver* driver : drivers) flush_records(world, *driver, index);
  return state.unanswered == 0;
}

bool call_members(World& world, std::size_t index, const Entry& entry, EntryState& state) {
  std::vector<ConsumerDriver*> members;
  for (const HostIndex host : state.hosts)
    if (ConsumerDriver* driver = consumer_driver(world, host)) members.push_back(driver);
  state.unanswered += static_cast<std::int64_t>(members.size());
  if (entry.call.async) state.unmade += static_cast<std::int64_t>(members.size());
  for (ConsumerDriver* driver : members) call_member(world, *driver, index);
  return state.unanswered == 0;
}

bool wait(World& world, std::size_t index, const Entry& entry, EntryState& state) {
  const Duration bound = entry.wait_draw ? draw_instant(world, *entry.wait_draw) : entry.within;
  state.deadline = world.now() + bound;
  world.scheduler.schedule(state.deadline, entry_step::deadline, event_kind::entry, static_cast<std::uint32_t>(index));
  if (entry.wait_for || !world.plan->wait[index].holds(View{world})) return false;
  state.struck = world.now();
  return true;
}

bool expect(World& world, std::size_t index) {
  for (const TimelineExpectation& item : world.plan->expectations[index]) {
    TimelineCheck check;
    check.entry = index;
    check.text = item.text;
    check.at = world.now();
    for (const auto& lines : item.alternatives) {
      bool all = true;
      for (const Condition& line : lines) all = line.holds(View{world}) && all;
      check.holds = check.holds || all;
      if (check.value.empty() && !lines.empty()) check.value = lines.front().value(View{world});
    }
    world.timeline.checks.push_back(std::move(check));
  }
  return true;
}

template <class Action>
void each_host(World& world, const EntryState& state, Action&& action) {
  const Hosts hosts = state.hosts;  // an action may end entries, never change what this one struck
  for (const HostIndex host : hosts) action(world.hosts[host]);
}

bool begin_shutdown(World& world, EntryState& state) {
  each_host(world, state, [&](Host& host) {
    if (host.state == ProcessState::down) return;
    state.stopping.emplace_back(host.index, host.generation);
    shut_down(world, host);
  });
  return std::all_of(state.stopping.begin(), state.stopping.end(),
                     [&](const auto& process) { return world.hosts[process.first].generation != process.second; });
}

}  // namespace

void start_with(World& world, Host& host, const Entry& entry) {
  if (host.state == ProcessState::down)
    for (const SettingText& setting : entry.differing) host.differing.emplace_back(setting.name, setting.text);
  start_process(world, host);
}

bool act(World& world, std::size_t index) {
  const Entry& entry = world.scenario().timeline[index];
  EntryState& state = world.timeline.entries[index];
  const bool network = is_network_fault(entry.verb);
  if (entry.verb != Verb::join && !network) state.hosts = resolve(world, entry.targets, entry);
  state.active = true;
  if (network) {
    strike_network(world, index);
    return true;
  }
  switch (entry.verb) {
    case Verb::crash:
      each_host(world, state, [&](Host& host) { crash(world, host); });
      return true;
    case Verb::power_loss:
      each_host(world, state, [&](Host& host) { lose_power(world, host); });
      return true;
    case Verb::shutdown:
      return begin_shutdown(world, state);
    case Verb::start:
      each_host(world, state, [&](Host& host) { start_with(world, host, entry); });
      note_undone(world, state.hosts, Verb::start);
      return true;
    case Verb::freeze:
      each_host(world, state, [&](Host& host) { freeze(world, host); });
      return true;
    case Verb::thaw:
      each_host(world, state, [&](Host& host) { thaw(world, host); });
      note_undone(world, state.hosts, Verb::thaw);
      return true;
    case Verb::heal:
      heal(world, entry);
      return true;
    case Verb::release:
    case Verb::undo:
      undo_named(world, entry);
      return true;
    case Verb::slow:
      slow(world, entry, state);
      return true;
    case Verb::sleep:
      each_host(world, state, [&](Host& host) {
        if (ConsumerDriver* driver = consumer_driver(world, host.index))
          sleep_between_polls(world, *driver, entry.lasts->low);
      });
      return true;
    case Verb::rate:
      each_host(world, state, [&](Host& host) {
        if (ProducerDriver* driver = producer_driver(world, host.index)) set_rate(world, *driver, entry.rate);
      });
      return true;
    case Verb::join:
      join(world, entry, state);
      return true;
    case Verb::leave:
      each_host(world, state, [&](Host& host) {
        if (consumer_driver(world, host.index) != nullptr) leave_group(world, host);
      });
      return true;
    case Verb::send:
    case Verb::resend:
      return send(world, index, entry, state);
    case Verb::flush:
      return flush(world, index, state);
    case Verb::poll:
    case Verb::commit:
    case Verb::seek:
      return call_members(world, index, entry, state);
    case Verb::wait:
      return wait(world, index, entry, state);
    case Verb::expect:
      return expect(world, index);
    case Verb::note:
      return true;
    case Verb::restart:
      return begin_restart(world, index);
    case Verb::elect:
    case Verb::create_topic:
    case Verb::add_partitions:
    case Verb::alter_config:
      ask_controller(world, index);
      return false;
    case Verb::lose_data:
      return lose_data(world, index);
    case Verb::slow_disk:
    case Verb::fill_disk:
    case Verb::fail_disk:
      apply_disk_faults(world);
      return true;
    case Verb::clock:
      apply_clock_faults(world);
      return true;
    default:
      return true;
  }
}

void undo(World& world, std::size_t index) {
  const Entry& entry = world.scenario().timeline[index];
  EntryState& state = world.timeline.entries[index];
  if (!state.active) return;
  if (is_network_fault(entry.verb)) end_network(world, index);
  switch (entry.verb) {
    case Verb::crash:
    case Verb::power_loss:
    case Verb::shutdown:
      each_host(world, state, [&](Host& host) { start_process(world, host); });
      break;
    case Verb::freeze:
      each_host(world, state, [&](Host& host) { thaw(world, host); });
      break;
    case Verb::slow:
      each_host(world, state, [&](Host& host) {
        if (ConsumerDriver* driver = consumer_driver(world, host.index))
          set_process(*driver, distribution_of(driver->member.process));
      });
      break;
    case Verb::rate:
      each_host(world, state, [&](Host& host) {
        if (ProducerDriver* driver = producer_driver(world, host.index))
          set_rate(world, *driver, world.scenario().producers[driver->spec].rate);
      });
      break;
    default:
      break;
  }
  end_entry(world, state);
  if (is_disk_fault(entry.verb)) apply_disk_faults(world);
  if (entry.verb == Verb::clock) apply_clock_faults(world);
}

void note_undone(World& world, const std::vector<HostIndex>& hosts, Verb by) {
  for (std::size_t i = 0; i < world.timeline.entries.size(); ++i) {
    const Verb verb = world.scenario().timeline[i].verb;
    const bool undone = by == Verb::thaw ? verb == Verb::freeze
                                         : verb == Verb::crash || verb == Verb::power_loss || verb == Verb::shutdown;
    EntryState& state = world.timeline.entries[i];
    if (!undone || !state.active || state.hosts.empty()) continue;
    if (std::all_of(state.hosts.begin(), state.hosts.end(), [&](HostIndex host) { return contains(hosts, host); }))
      end_entry(world, state);
  }
}

void put_right(World& world) {
  for (std::size_t i = 0; i < world.timeline.entries.size(); ++i) {
    const Verb verb = world.scenario().timeline[i].verb;
    if (is_network_fault(verb) || is_disk_fault(verb)) undo(world, i);
  }
  Hosts thawed, started;
  for (Host& host : world.hosts) {
    if (host.frozen) {
      thaw(world, host);
      thawed.push_back(host.index);
    }
    if (!is_client(host) && (host.state == ProcessState::down || host.stop_begun)) {
      start_process(world, host);
      started.push_back(host.index);
    }
  }
  note_undone(world, thawed, Verb::thaw);
  note_undone(world, started, Verb::start);
}

}  // namespace kafkasim::sim
