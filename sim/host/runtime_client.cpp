// The client's side of a connection, and the process's timers.
#include <algorithm>

#include "sim/host/event_kind.hpp"
#include "sim/host/runtime.hpp"
#include "sim/host/storage.hpp"
#include "sim/workload/drivers.hpp"

namespace kafkasim::sim {
namespace {

bool client_end_alive(const World& world, const Connection& on) {
  const Host& client = world.hosts[on.client];
  return on.client_open && client.generation == on.client_generation && client.up();
}

Duration cost_of(World& world, const Host& host, const Envelope& envelope) {
  if (envelope.kind != Envelope::Kind::response) return {};
  const auto& response = std::get<Response>(envelope.body);
  return world.plan->costs.handle(response, world.chooser) + append_delay(world, host, response);
}

// A client reads the answers of a connection in the order of its requests (P-32): behind one that a `hold` delays, the
// others wait.
bool waits_its_turn(const Connection& on, Correlation correlation) {
  return !on.overtaken.empty() && on.overtaken.front() < correlation;
}

void receive(World& world, Host& host, std::uint32_t handle);

// The answer that later ones waited for is there.
void unpark(World& world, Host& host, ConnectionId id) {
  while (true) {
    Connection& on = world.network.connection(id);
    if (!client_end_alive(world, on) || on.parked.empty()) return;
    const std::uint32_t handle = on.parked.front();
    const Correlation correlation = world.network.envelopes().at(handle).correlation;
    if (waits_its_turn(on, correlation)) return;
    on.parked.erase(on.parked.begin());
    std::erase(on.overtaken, correlation);
    receive(world, host, handle);
  }
}

}  // namespace

void drop_parked(World& world, Connection& on) {
  for (const std::uint32_t handle : on.parked) world.network.envelopes().take(handle);
  on.parked.clear();
}

void close_client_end(World& world, ConnectionId id, Envelope::Kind kind) {
  Connection& on = world.network.connection(id);
  if (!on.client_open) return;
  on.client_open = false;
  Host& client = world.hosts[on.client];
  if (const auto found = client.channels.find(on.channel); found != client.channels.end() && found->second == id)
    client.channels.erase(found);
  drop_parked(world, on);
  if (!on.established) {  // nobody ever answered: the machine forgets the attempt
    world.network.forget_attempt(id);
    return;
  }
  world.network.transmit({.kind = kind, .to_server = true, .connection = id}, world.now(), world.scheduler,
                         world.chooser);
}

void hand_to_client(World& world, Host& host, std::uint32_t handle) {
  const Envelope& envelope = world.network.envelopes().at(handle);
  Connection& on = world.network.connection(envelope.connection);
  if (envelope.kind == Envelope::Kind::syn_ack) on.established = true;
  if (!client_end_alive(world, on)) {
    const bool answer = envelope.kind == Envelope::Kind::syn_ack || envelope.kind == Envelope::Kind::response;
    const ConnectionId id = envelope.connection;
    world.network.envelopes().take(handle);
    drop_parked(world, on);
    // A dead process's machine answers what still arrives with a reset (unless its teardown is still to come).
    if (answer && !on.client_open && on.server_open)
      world.network.transmit({.kind = Envelope::Kind::reset, .to_server = true, .connection = id}, world.now(),
                             world.scheduler, world.chooser);
    return;
  }
  if (envelope.kind == Envelope::Kind::response && waits_its_turn(on, envelope.correlation)) {
    const auto place = std::find_if(on.parked.begin(), on.parked.end(), [&](std::uint32_t other) {
      return world.network.envelopes().at(other).correlation > envelope.correlation;
    });
    on.parked.insert(place, handle);
    return;
  }
  const ConnectionId id = envelope.connection;
  const bool delayed = !on.overtaken.empty() && envelope.kind == Envelope::Kind::response;
  if (delayed) std::erase(on.overtaken, envelope.correlation);
  receive(world, host, handle);
  if (delayed) unpark(world, host, id);
}

namespace {

void receive(World& world, Host& host, std::uint32_t handle) {
  const Envelope& envelope = world.network.envelopes().at(handle);
  Connection& on = world.network.connection(envelope.connection);
  if (host.frozen) {
    host.socket.push_back(handle);
    return;
  }
  // Brokers take their time over a response (append, publication); clients are charged nothing (fidelity page).
  const Duration cost = host.role == Role::broker ? cost_of(world, host, envelope) : Duration{};
  const Instant at = std::max(world.now(), on.handled_until) + cost;
  if (at > world.now()) {
    on.handled_until = at;
    world.scheduler.schedule(at, host.index, event_kind::handled, handle);
  } else {
    on_handled(world, host, handle);
  }
}

}  // namespace

void on_handled(World& world, Host& host, std::uint32_t handle) {
  Envelope envelope = world.network.envelopes().take(handle);
  if (!client_end_alive(world, world.network.connection(envelope.connection))) return;
  catch_up(world, host);
  // The process may have opened connections, and closed this one, while it caught up.
  Connection& on = world.network.connection(envelope.connection);
  if (!client_end_alive(world, on)) return;
  const ChannelId channel = on.channel;
  switch (envelope.kind) {
    case Envelope::Kind::syn_ack:
      call_process(world, host, [&](auto& program, Turn& turn) { program.on_connected(channel, turn); });
      break;
    case Envelope::Kind::response:
      call_process(world, host, [&](auto& program, Turn& turn) {
        program.on_response(channel, envelope.correlation, std::get<Response>(std::move(envelope.body)), turn);
      });
      break;
    case Envelope::Kind::refuse:
    case Envelope::Kind::reset:
    case Envelope::Kind::fin: {
      const bool refused = envelope.kind == Envelope::Kind::refuse;
      on.client_open = false;
      drop_parked(world, on);
      host.channels.erase(channel);
      call_process(world, host, [&](auto& program, Turn& turn) { program.on_disconnected(channel, refused, turn); });
      break;
    }
    default:
      INVARIANT(false, "a server sends no such segment");
  }
  after_step(world, host);
}

void on_timer(World& world, Host& host, std::uint32_t payload) {
  if ((payload >> 16) != host.generation || !host.up()) return;
  TimerSlot& slot = host.timers.at(payload & 0xffff);
  if (slot.event_at != world.now()) return;  // an earlier event of this slot took its place
  slot.event_at = kNever;
  if (slot.deadline == kNever) return;
  if (slot.deadline > world.now()) {
    slot.event_at = slot.deadline;
    world.scheduler.schedule(slot.deadline, host.index, event_kind::timer, payload);
    return;
  }
  slot.deadline = kNever;
  const TimerKey key = slot.key;
  catch_up(world, host);
  call_process(world, host, [&](auto& program, Turn& turn) { program.on_timer(key, turn); });
  after_step(world, host);
}

}  // namespace kafkasim::sim
