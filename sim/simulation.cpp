#include "sim/simulation.hpp"

#include "sim/build_world.hpp"
#include "sim/fault/timeline_runner.hpp"
#include "sim/host/event_kind.hpp"
#include "sim/host/life_cycle.hpp"
#include "sim/host/runtime.hpp"
#include "sim/workload/drivers.hpp"

namespace kafkasim::sim {
namespace {

// Steps of event_kind::end (its target).
constexpr std::uint16_t kDurationOver = 0;
constexpr std::uint16_t kLook = 1;
constexpr std::uint16_t kBound = 2;
// How often a settling run looks whether anything is left to do.
constexpr Duration kLookEvery = 100ms;

// A frozen process finds these when it wakes; the kernel below it goes on with the others.
bool waits_for_thaw(std::uint16_t kind) {
  return kind == event_kind::served || kind == event_kind::handled || kind == event_kind::timer ||
         kind == event_kind::application || kind == event_kind::stopped || kind == event_kind::stop_client;
}

}  // namespace

Simulation::Simulation(std::shared_ptr<const Scenario> scenario) : world_{build_world(std::move(scenario))} {
  // The state at time 0 is known, not only what the first event touches.
  world_.touched = domain::all;
  world_.recorder.observe(view());
  if (world_.scenario().duration)
    world_.scheduler.schedule(kStart + *world_.scenario().duration, kDurationOver, event_kind::end, 0);
}

bool Simulation::step() {
  if (over()) return false;
  Event event;
  if (!world_.scheduler.next(event)) {
    world_.phase = Phase::over;
    return false;
  }
  if (world_.observer != nullptr) world_.observer->executing(world_, events(), event);
  world_.touched = 0;
  dispatch(event);
  if ((world_.touched & world_.recorder.domains()) != 0) world_.recorder.observe(view());
  observe_timeline(world_);
  if (world_.phase == Phase::traffic && !world_.scenario().duration && world_.timeline.unfinished == 0)
    end_step(kDurationOver);
  return true;
}

void Simulation::run() {
  while (step()) {
  }
}

void Simulation::dispatch(const Event& event) {
  if (event.kind == event_kind::packet) return on_packet(world_, event.payload);
  if (event.kind == event_kind::retransmit)
    return world_.network.retransmit(event.payload, event.target == 1, world_.scheduler, world_.chooser);
  if (event.kind == event_kind::entry) return on_entry(world_, event.payload, event.target);
  if (event.kind == event_kind::end) return end_step(event.target);

  Host& host = world_.hosts.at(event.target);
  if (host.frozen && waits_for_thaw(event.kind)) {
    host.stash.push_back(event);
    return;
  }
  switch (event.kind) {
    case event_kind::read:
      return on_read(world_, event.payload);
    case event_kind::served:
      return on_served(world_, host, event.payload);
    case event_kind::handled:
      return on_handled(world_, host, event.payload);
    case event_kind::timer:
      return on_timer(world_, host, event.payload);
    case event_kind::teardown:
      return on_teardown(world_, host, event.payload);
    case event_kind::started:
      return on_started(world_, host, event.payload);
    case event_kind::stopped:
      return on_stopped(world_, host, event.payload);
    case event_kind::application:
      return on_application(world_, host, event.payload);
    case event_kind::writeback:
      return on_writeback(world_, host);
    case event_kind::stop_client:
      if (event.payload == host.generation) shut_down(world_, host);
      return;
    default:
      INVARIANT(false, "every kind of event is handled");
  }
}

// The traffic ends; a settling run looks now and then whether it is done; at the bound it ends as it stands.
void Simulation::end_step(std::uint16_t step) {
  if (step == kDurationOver) {
    if (world_.phase != Phase::traffic) return;
    stop_traffic(world_);
    if (world_.scenario().settle == Duration{}) {
      world_.phase = Phase::over;
      return;
    }
    world_.phase = Phase::settling;
    put_right(world_);
    world_.scheduler.schedule(world_.now() + kLookEvery, kLook, event_kind::end, 0);
    world_.scheduler.schedule(world_.now() + world_.scenario().settle, kBound, event_kind::end, 0);
  } else if (world_.phase == Phase::settling) {
    if (step == kBound || view().pending().empty())
      world_.phase = Phase::over;
    else
      world_.scheduler.schedule(world_.now() + kLookEvery, kLook, event_kind::end, 0);
  }
}

}  // namespace kafkasim::sim
