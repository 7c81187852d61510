// How a process is called and how what it wants is done: the only place where the system meets the world.
#pragma once

#include <type_traits>
#include <utility>

#include "core/base/invariant.hpp"
#include "sim/world.hpp"

namespace kafkasim::sim {

/// Parts of the world that a process of this role touches when it runs.
Domains domains_of(Role role);

/// Performs what a process put into the outbox, in order.
void perform(World& world, Host& host, Outbox& outbox);

/// Calls `step(program, turn)` on the process of `host`, then performs its effects. The process must exist.
template <class Step>
void call_process(World& world, Host& host, Step&& step) {
  INVARIANT(host.up(), "only a running process is called");
  INVARIANT(!host.frozen, "a frozen process does nothing");
  Outbox outbox = std::exchange(world.outbox, {});  // nested calls get one of their own
  outbox.clear();
  Turn turn{.now = world.now(), .wall = host.wall(world.now()), .choices = world.chooser, .out = outbox};
  std::visit(
      [&](auto& program) {
        if constexpr (!std::is_same_v<std::decay_t<decltype(program)>, std::monostate>) step(program, turn);
      },
      host.program);
  world.touched |= domains_of(host.role);
  perform(world, host, outbox);
  outbox.clear();
  world.outbox = std::move(outbox);  // keeps its memory
}

// --- events (see event_kind.hpp) ------------------------------------------------------------------------------------

void on_packet(World& world, std::uint32_t envelope);
void on_read(World& world, ConnectionId id);
void on_served(World& world, Host& host, std::uint32_t envelope);
void on_handled(World& world, Host& host, std::uint32_t envelope);
void on_timer(World& world, Host& host, std::uint32_t payload);

// --- parts of these that the life cycle needs -----------------------------------------------------------------------

/// The server's end of a connection is gone; the peer learns it from a `kind` segment (fin or reset).
void close_server_end(World& world, ConnectionId id, Envelope::Kind kind);
/// The client's end is gone; likewise.
void close_client_end(World& world, ConnectionId id, Envelope::Kind kind);
/// Responses that wait for an earlier one are gone with the client's end.
void drop_parked(World& world, Connection& on);
/// Reads the next request of a connection if nothing forbids it.
void try_read(World& world, ConnectionId id);
/// An envelope that reached a client process (connected, response, closed): handled now or after its cost.
void hand_to_client(World& world, Host& host, std::uint32_t envelope);

}  // namespace kafkasim::sim
