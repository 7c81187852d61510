#include "sim/host/life_cycle.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "sim/host/event_kind.hpp"
#include "sim/host/runtime.hpp"
#include "sim/host/storage.hpp"
#include "sim/retire.hpp"
#include "sim/workload/drivers.hpp"

namespace kafkasim::sim {
namespace {

Duration draw(World& world, const DurationRange& range, Choice what) {
  const std::int64_t span = nanoseconds(range.high - range.low);
  return range.low +
         Duration{span == 0
                      ? 0
                      : static_cast<std::int64_t>(world.chooser.below(what, static_cast<std::uint64_t>(span) + 1))};
}

std::map<TopicPartition, Offset> log_ends(const Host& host) {
  std::map<TopicPartition, Offset> ends;
  if (const core::Broker* broker = host.broker())
    for (const auto& [tp, partition] : broker->partitions()) ends[tp] = partition.log().log_end();
  else if (host.log_dir)
    for (const auto& [tp, replica] : host.log_dir->replicas) ends[tp] = replica.log.log_end();
  return ends;
}

// The process object is gone; what was on its disk stays there.
void keep_disk(World& world, Host& host) {
  if (auto* broker = std::get_if<core::Broker>(&host.program)) {
    host.log_dir = std::move(*broker).take_disk();
  } else if (auto* controller = std::get_if<core::Controller>(&host.program)) {
    world.last_metadata = controller->image();
    host.metadata = std::move(*controller).take_disk();
  }
  host.program = std::monostate{};
}

void end_process(World& world, Host& host) {
  keep_disk(world, host);
  ++host.generation;
  host.state = ProcessState::down;
  host.frozen = false;
  host.stop_begun = false;
  host.stop_waits = false;
  host.start_waits = false;
  host.timers.clear();
  for (const Event& event : host.stash)
    if (event.kind == event_kind::packet) world.network.envelopes().take(event.payload);
  host.stash.clear();
  for (const std::uint32_t handle : host.socket) world.network.envelopes().take(handle);
  host.socket.clear();
  host.queued = 0;
  host.waiting.clear();
  world.touched |= domain::hosts | domains_of(host.role);
  on_process_ended(world, host);
}

void close_sockets(World& world, Host& host, Envelope::Kind kind) {
  for (const auto accepted = host.accepted; const ConnectionId id : accepted) close_server_end(world, id, kind);
  for (const auto channels = host.channels; const auto& [channel, id] : channels) close_client_end(world, id, kind);
}

}  // namespace

void start_process(World& world, Host& host) {
  if (host.state != ProcessState::down) {
    host.start_waits = host.stop_begun;
    return;
  }
  host.powered = true;
  world.network.power(host.index, true);
  host.state = ProcessState::starting;
  world.touched |= domain::hosts;
  const HostSpec& spec = world.scenario().cluster.host;
  const bool server = host.role == Role::broker || host.role == Role::controller;
  const Duration start = server ? draw(world, spec.start, Choice::start_time) : Duration{};
  world.scheduler.schedule(world.now() + start, host.index, event_kind::started, host.generation);
}

void on_started(World& world, Host& host, std::uint32_t generation) {
  if (generation != host.generation || host.state != ProcessState::starting) return;
  host.program = make_program(world, host, false);
  host.state = ProcessState::running;
  world.touched |= domain::hosts;
  on_process_started(world, host);
  call_process(world, host, [](auto& program, Turn& turn) { program.on_start(turn); });
}

void crash(World& world, Host& host) {
  if (host.state == ProcessState::down) return;
  const std::uint16_t died = host.generation;
  for (const ConnectionId id : std::exchange(host.accepted, {})) host.orphans.emplace_back(died, id);
  for (const auto& [channel, id] : std::exchange(host.channels, {})) host.orphans.emplace_back(died, id);
  end_process(world, host);
  const Duration teardown = draw(world, world.scenario().cluster.host.teardown, Choice::service_time);
  world.scheduler.schedule(world.now() + teardown, host.index, event_kind::teardown, died);
}

// The machine resets the sockets of the process that died.
void on_teardown(World& world, Host& host, std::uint32_t generation) {
  std::vector<std::pair<std::uint16_t, ConnectionId>> later;
  for (const auto& [died, id] : std::exchange(host.orphans, {})) {
    if (died != generation) {
      later.emplace_back(died, id);
      continue;
    }
    if (world.network.connection(id).server == host.index)
      close_server_end(world, id, Envelope::Kind::reset);
    else
      close_client_end(world, id, Envelope::Kind::reset);
  }
  host.orphans = std::move(later);
}

void lose_power(World& world, Host& host) {
  if (!host.powered) return;
  if (host.state != ProcessState::down) end_process(world, host);
  host.powered = false;
  world.network.power(host.index, false);
  // The machine's kernel forgets every connection without a word to anybody.
  const auto forget = [&](ConnectionId id) {
    Connection& on = world.network.connection(id);
    (on.server == host.index ? on.server_open : on.client_open) = false;
    if (!on.client_open) drop_parked(world, on);
  };
  for (const ConnectionId id : std::exchange(host.accepted, {})) forget(id);
  for (const auto& [channel, id] : std::exchange(host.channels, {})) forget(id);
  for (const auto& [died, id] : std::exchange(host.orphans, {})) forget(id);
  if (host.log_dir)
    for (const auto& [tp, end] : log_ends(host)) {
      const Offset kept = std::min(end, host.disk.durable_end(tp));
      host.log_dir->lose_after(tp, kept);
      if (kept < end) world.invariants.data_lost(tp, host.index);
      host.disk.truncated(tp, kept);
    }
  empty_page_cache(host);
  world.touched |= domain::logs;
}

void shut_down(World& world, Host& host) {
  if (host.state == ProcessState::starting) {
    crash(world, host);
    return;
  }
  if (host.state != ProcessState::running) return;
  host.stop_begun = true;
  host.stop_waits = host.frozen;
  if (host.frozen) return;
  catch_up(world, host);
  on_shutdown_begun(world, host);
  call_process(world, host, [](auto& program, Turn& turn) { program.on_shutdown(turn); });
}

void begin_exit(World& world, Host& host) {
  host.state = ProcessState::stopping;
  world.touched |= domain::hosts;
  const Duration stop = draw(world, world.scenario().cluster.host.stop, Choice::service_time);
  world.scheduler.schedule(world.now() + stop, host.index, event_kind::stopped, host.generation);
}

void on_stopped(World& world, Host& host, std::uint32_t generation) {
  if (generation == host.generation && host.state == ProcessState::stopping) process_gone(world, host);
}

void process_gone(World& world, Host& host) {
  close_sockets(world, host, Envelope::Kind::fin);
  const bool again = host.start_waits;
  end_process(world, host);
  if (again) start_process(world, host);
}

void freeze(World& world, Host& host) {
  if (host.state != ProcessState::running && host.state != ProcessState::stopping) return;
  host.frozen = true;
  world.touched |= domain::hosts;
}

void thaw(World& world, Host& host) {
  if (!host.frozen) return;
  host.frozen = false;
  world.touched |= domain::hosts;
  on_thawed(world, host);
  // What fell due meanwhile happens now, in its order; then what lies in the sockets is read.
  // An application gets to run a moment after the thaw: what the timeline asks of it at this instant comes first.
  for (const Event& event : std::exchange(host.stash, {})) {
    const bool loop = host.role == Role::consumer && event.kind == event_kind::application;
    world.scheduler.schedule(world.now() + Duration{loop ? 1 : 0}, event.target, event.kind, event.payload);
  }
  for (TimerSlot& slot : host.timers)
    if (slot.event_at != kNever && slot.event_at < world.now()) slot.event_at = world.now();
  for (const std::uint32_t handle : std::exchange(host.socket, {})) hand_to_client(world, host, handle);
  for (const auto accepted = host.accepted; const ConnectionId id : accepted) try_read(world, id);
  if (host.stop_waits) shut_down(world, host);
}

void on_writeback(World& world, Host& host) {
  if (host.powered) write_back(world, host);
  retire_verified(world);
  world.scheduler.schedule(world.now() + Disk::kScan, host.index, event_kind::writeback, 0);
}

}  // namespace kafkasim::sim
