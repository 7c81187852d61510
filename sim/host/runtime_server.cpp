// The server's side of a connection: network threads, the request queue, io threads (R6.1, R6.2).
#include <algorithm>

#include "sim/fault/network_faults.hpp"
#include "sim/host/event_kind.hpp"
#include "sim/host/runtime.hpp"
#include "sim/host/storage.hpp"

namespace kafkasim::sim {
namespace {

bool listens(const World& world, const Host& server, HostIndex from) {
  if (!server.up()) return false;
  if (const core::Broker* broker = server.broker())
    return world.hosts[from].role == Role::broker ? broker->accepts_brokers() : broker->accepts_clients();
  return server.role == Role::controller;
}

bool server_end_alive(const World& world, const Connection& on) {
  const Host& server = world.hosts[on.server];
  return on.server_open && server.generation == on.server_generation && server.up();
}

void on_syn(World& world, ConnectionId id) {
  Connection& on = world.network.connection(id);
  Host& server = world.hosts[on.server];
  const bool accepted = listens(world, server, on.client);
  if (accepted) {
    on.server_open = true;
    on.server_generation = server.generation;
    on.network_thread = static_cast<std::uint16_t>(server.accepted.size() % server.network_threads.size());
    server.accepted.insert(id);
  }
  world.network.transmit(
      {.kind = accepted ? Envelope::Kind::syn_ack : Envelope::Kind::refuse, .to_server = false, .connection = id},
      world.now(), world.scheduler, world.chooser);
}

void drop_unread(World& world, Connection& on) {
  for (const std::uint32_t handle : on.unread) world.network.envelopes().take(handle);
  on.unread.clear();
}

// Through the network thread into the request queue, until an io thread is done with it.
void serve(World& world, Host& server, const Connection& on, std::uint32_t handle) {
  ++server.queued;
  const HostCosts& costs = world.plan->costs;
  Instant& thread = server.network_threads[on.network_thread];
  thread = std::max(world.now(), thread) + costs.network_thread.draw_duration(0);
  Envelope& envelope = world.network.envelopes().at(handle);
  const Duration work = costs.serve(std::get<Request>(envelope.body), world.chooser) +
                        append_delay(world, server, std::get<Request>(envelope.body));
  const Instant done = server.io_threads.run(thread, work);
  envelope.began = done - work;
  world.scheduler.schedule(done, on.server, event_kind::served, handle);
}

// A request that was held back while its connection ended: the process that should have read it does, and nobody hears
// the answer. Another process never sees it.
void serve_late(World& world, std::uint32_t handle) {
  const Connection& on = world.network.connection(world.network.envelopes().at(handle).connection);
  Host& server = world.hosts[on.server];
  if (!server.up() || server.generation != on.server_generation) {
    world.network.envelopes().take(handle);
  } else if (server.frozen) {
    server.stash.push_back({world.now(), 0, event_kind::packet, handle, world.scheduler.executing()});
  } else {
    serve(world, server, on, handle);
  }
}

// The peer closed or its machine reset the connection: the process hears of it.
void server_end_lost(World& world, ConnectionId id) {
  Connection& on = world.network.connection(id);
  Host& server = world.hosts[on.server];
  on.server_open = false;
  server.accepted.erase(id);
  drop_unread(world, on);
  if (server.up() && !server.frozen)
    call_process(world, server, [&](auto& program, Turn& turn) {
      if constexpr (requires { program.on_connection_closed(id, turn); }) program.on_connection_closed(id, turn);
    });
}

}  // namespace

void close_server_end(World& world, ConnectionId id, Envelope::Kind kind) {
  Connection& on = world.network.connection(id);
  if (!on.server_open) return;
  on.server_open = false;
  world.hosts[on.server].accepted.erase(id);
  drop_unread(world, on);
  world.network.transmit({.kind = kind, .to_server = false, .connection = id}, world.now(), world.scheduler,
                         world.chooser);
}

void try_read(World& world, ConnectionId id) {
  Connection& on = world.network.connection(id);
  Host& server = world.hosts[on.server];
  if (on.muted || on.unread.empty() || server.frozen || !server_end_alive(world, on)) return;
  if (world.now() < on.readable_from) {
    world.scheduler.schedule(on.readable_from, on.server, event_kind::read, id);
    return;
  }
  const std::uint32_t handle = on.unread.front();
  const Envelope& envelope = world.network.envelopes().at(handle);
  if (envelope.kind == Envelope::Kind::fin) {
    server_end_lost(world, id);
    return;
  }
  const BrokerConfig& config = world.scenario().cluster.config;
  if (server.queued >= config.queued_max_requests) {
    if (std::find(server.waiting.begin(), server.waiting.end(), id) == server.waiting.end())
      server.waiting.push_back(id);
    return;
  }
  on.unread.pop_front();
  on.muted = true;
  serve(world, server, on, handle);
}

void on_read(World& world, ConnectionId id) { try_read(world, id); }

void on_served(World& world, Host& host, std::uint32_t handle) {
  Envelope envelope = world.network.envelopes().take(handle);
  const Connection& on = world.network.connection(envelope.connection);
  if (!host.up() || host.generation != on.server_generation) return;  // the process that read it is dead
  INVARIANT(host.queued > 0, "a served request was in the queue");
  --host.queued;
  world.splits.served(envelope, world.now());
  call_process(world, host, [&](auto& program, Turn& turn) {
    if constexpr (requires { program.on_request(RequestToken{}, std::get<Request>(std::move(envelope.body)), turn); })
      program.on_request({envelope.connection, envelope.correlation}, std::get<Request>(std::move(envelope.body)),
                         turn);
  });
  while (!host.waiting.empty() && host.queued < world.scenario().cluster.config.queued_max_requests) {
    const ConnectionId next = host.waiting.front();
    host.waiting.erase(host.waiting.begin());
    try_read(world, next);
  }
}

void on_packet(World& world, std::uint32_t handle) {
  if (!world.network.arrived(handle, world.scheduler, world.chooser)) return;
  if (world.timeline.catching > 0 && caught(world, handle)) return;
  Envelope& envelope = world.network.envelopes().at(handle);
  const ConnectionId id = envelope.connection;
  Connection& on = world.network.connection(id);
  if (!envelope.to_server) {
    hand_to_client(world, world.hosts[on.client], handle);
    return;
  }
  switch (envelope.kind) {
    case Envelope::Kind::syn:
      world.network.envelopes().take(handle);
      if (!on.server_open) on_syn(world, id);
      return;
    case Envelope::Kind::request:
    case Envelope::Kind::fin:
      envelope.arrived = world.now();
      if (envelope.released && !server_end_alive(world, on)) return serve_late(world, handle);
      if (!server_end_alive(world, on)) {
        const bool answer = envelope.kind == Envelope::Kind::request;
        world.network.envelopes().take(handle);
        // Nobody has that connection any more: the machine resets it. A teardown that is still to come resets it later.
        if (answer && !on.server_open)
          world.network.transmit({.kind = Envelope::Kind::reset, .to_server = false, .connection = id}, world.now(),
                                 world.scheduler, world.chooser);
        return;
      }
      on.unread.push_back(handle);
      try_read(world, id);
      return;
    case Envelope::Kind::reset:
      world.network.envelopes().take(handle);
      if (on.server_open) server_end_lost(world, id);
      return;
    default:
      INVARIANT(false, "a client sends no such segment");
  }
}

}  // namespace kafkasim::sim
