// restart: a clean stop, a while, a start; of all at once, or one by one.
#include <algorithm>

#include "sim/fault/timeline_runner.hpp"
#include "sim/host/event_kind.hpp"
#include "sim/host/life_cycle.hpp"
#include "sim/view.hpp"

namespace kafkasim::sim {
namespace {

void schedule_restart(World& world, std::size_t entry, Duration after, std::uint16_t step) {
  world.scheduler.schedule(world.now() + after, step, event_kind::entry, static_cast<std::uint32_t>(entry));
}

void start_after(World& world, std::size_t entry, HostIndex host) {
  const DurationRange& down = world.scenario().timeline[entry].down;
  schedule_restart(world, entry, draw_instant(world, down), static_cast<std::uint16_t>(entry_step::start + host));
}

void stop_one(World& world, std::size_t index, HostIndex which) {
  EntryState& state = world.timeline.entries[index];
  Host& host = world.hosts[which];
  if (host.state == ProcessState::down) {
    start_after(world, index, which);
    return;
  }
  state.stopping.emplace_back(which, host.generation);
  shut_down(world, host);
}

void stop_next(World& world, std::size_t index) {
  EntryState& state = world.timeline.entries[index];
  state.starting = true;
  stop_one(world, index, state.hosts[state.restarted++]);
}

bool all_started(const World& world, const EntryState& state) {
  return std::all_of(state.hosts.begin(), state.hosts.end(),
                     [&](HostIndex host) { return world.hosts[host].state == ProcessState::running; });
}

}  // namespace

bool begin_restart(World& world, std::size_t index) {
  EntryState& state = world.timeline.entries[index];
  state.starting = true;
  if (state.hosts.empty()) return true;
  if (world.scenario().timeline[index].one_by_one) {
    state.restarted = 0;
    stop_next(world, index);
    return false;
  }
  const std::vector<HostIndex> hosts = state.hosts;
  for (const HostIndex host : hosts) stop_one(world, index, host);
  state.restarted = hosts.size();
  return true;
}

void on_restart_step(World& world, std::size_t index, std::uint16_t step) {
  if (world.phase != Phase::traffic) return;
  if (step == entry_step::next)
    stop_next(world, index);
  else
    start_with(world, world.hosts[step - entry_step::start], world.scenario().timeline[index]);
}

// Processes that are gone are started again after `down`; once the last of them runs the next is due.
void observe_restart(World& world, std::size_t index) {
  const Entry& entry = world.scenario().timeline[index];
  EntryState& state = world.timeline.entries[index];
  if (!state.starting || state.hosts.empty()) return;
  for (std::size_t i = 0; i < state.stopping.size();) {
    const auto [host, generation] = state.stopping[i];
    if (world.hosts[host].generation == generation) {
      ++i;
      continue;
    }
    state.stopping.erase(state.stopping.begin() + static_cast<std::ptrdiff_t>(i));
    start_after(world, index, host);
  }
  if (!state.stopping.empty()) return;
  if (!entry.one_by_one) {
    if (!all_started(world, state)) return;
    state.starting = false;
    state.active = false;
    state.ended = world.now();
    world.touched |= domain::timeline;
    return;
  }
  if (world.hosts[state.hosts[state.restarted - 1]].state != ProcessState::running) return;
  if (!entry.condition.empty() && !world.plan->wait[index].holds(View{world})) return;
  state.starting = false;
  if (state.restarted < state.hosts.size()) {
    schedule_restart(world, index, draw_instant(world, entry.between), entry_step::next);
    return;
  }
  state.active = false;
  state.ended = world.now();
  world.touched |= domain::timeline;
  finish(world, index);
}

}  // namespace kafkasim::sim
