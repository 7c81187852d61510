// What a process wants done, done in its order (design wall 1).
#include <algorithm>

#include "sim/host/event_kind.hpp"
#include "sim/host/life_cycle.hpp"
#include "sim/host/runtime.hpp"
#include "sim/host/storage.hpp"
#include "sim/observer.hpp"
#include "sim/workload/drivers.hpp"

namespace kafkasim::sim {
namespace {

struct Performer {
  World& world;
  Host& host;
  Instant durable{};  // what is told after a flush that was waited for is told when it is done

  void operator()(OpenChannel& open) {
    INVARIANT(!host.channels.contains(open.channel), "a channel is opened once");
    const Host* peer = nullptr;
    for (const Host& candidate : world.hosts)
      if (candidate.node == open.peer) peer = &candidate;
    INVARIANT(peer != nullptr, "a process connects to a node that exists");
    host.channels[open.channel] =
        world.network.connect(host.index, host.generation, open.channel, peer->index, world.scheduler, world.chooser);
  }

  void operator()(CloseChannel& close) {
    if (const auto found = host.channels.find(close.channel); found != host.channels.end())
      close_client_end(world, found->second, Envelope::Kind::fin);
  }

  void operator()(SendRequest& send) {
    const auto found = host.channels.find(send.channel);
    INVARIANT(found != host.channels.end(), "a request is written to an open channel");
    const std::int64_t bytes = wire_size(send.request);
    world.network.transmit({.kind = Envelope::Kind::request,
                            .to_server = true,
                            .connection = found->second,
                            .correlation = send.correlation,
                            .bytes = bytes,
                            .body = std::move(send.request)},
                           std::max(world.now(), durable), world.scheduler, world.chooser);
  }

  void operator()(SendReply& reply) {
    const std::int64_t bytes = wire_size(reply.response);
    Instant written{};
    world.splits.replied(reply.to.connection, reply.to.correlation, world.now());
    if (!finish(reply.to, written)) return;
    const Instant ready = bytes_read(world, host, reply.response, std::max(written, durable));
    if (ready > written) {
      written = ready;
      hold_until(reply.to, ready);
    }
    world.network.transmit({.kind = Envelope::Kind::response,
                            .to_server = false,
                            .connection = reply.to.connection,
                            .correlation = reply.to.correlation,
                            .bytes = bytes,
                            .body = std::move(reply.response)},
                           written, world.scheduler, world.chooser);
    try_read(world, reply.to.connection);
  }

  void operator()(NoReply& none) {
    Instant written{};
    if (finish(none.to, written)) try_read(world, none.to.connection);
  }

  void operator()(DropConnection& drop) { close_server_end(world, drop.of.connection, Envelope::Kind::fin); }

  void operator()(SetTimer& set) {
    std::uint16_t index = 0;
    TimerSlot& slot = host.timer(set.key, index);
    slot.deadline = set.at == kNever ? kNever : std::max(set.at, world.now());
    if (slot.deadline == kNever || slot.event_at <= slot.deadline) return;
    slot.event_at = slot.deadline;
    world.scheduler.schedule(slot.deadline, host.index, event_kind::timer,
                             std::uint32_t{host.generation} << 16 | index);
  }

  void operator()(FlushLog& flush) {
    host.disk.flushed(flush.partition, flush.end);
    const Instant done = synced(world, host, flush.partition);
    if (flush.waits) durable = std::max(durable, done);
  }
  void operator()(Halt&) { crash(world, host); }
  void operator()(Terminate&) { begin_exit(world, host); }
  void operator()(ClientClosed&) { process_gone(world, host); }
  void operator()(SendUnblocked&) { on_send_unblocked(world, host); }
  void operator()(PollReturned& polled) { on_poll_returned(world, host, std::move(polled)); }
  void operator()(CallReturned& returned) { on_call_returned(world, host, returned); }

  void operator()(Note& note) {
    std::visit([&](auto& what) { tell(what, note); }, note);
  }

  // `what` is what `note` holds.
  template <class What>
  void tell(What& what, const Note& note) {
    // The history takes the records of a batch over, whoever else hears of them does so before.
    constexpr bool closed = std::is_same_v<What, BatchClosed>;
    if constexpr (std::is_same_v<What, LogTruncated>) host.disk.truncated(what.partition, what.to);
    if constexpr (!closed) world.history.note(host.index, what, world.now(), world.scheduler.executing());
    world.invariants.note(world, host.index, what);
    world.splits.note(host.index, what, world.now(), world.history);
    if (world.observer != nullptr) world.observer->noted(world, host.index, note);
    if (host.role == Role::producer) on_producer_note(world, host, note);
    if constexpr (closed) world.history.note(host.index, what, world.now(), world.scheduler.executing());
  }

  // The answer is not ready yet: its network thread waits for the disk.
  void hold_until(RequestToken token, Instant ready) {
    Connection& on = world.network.connection(token.connection);
    host.network_threads[on.network_thread] = std::max(host.network_threads[on.network_thread], ready);
    on.readable_from = std::max(on.readable_from, ready);
  }

  // The request is answered: the connection's next one may be read once the network thread has written the reply.
  bool finish(RequestToken token, Instant& written) {
    Connection& on = world.network.connection(token.connection);
    if (!on.server_open || on.server_generation != host.generation) return false;
    INVARIANT(on.muted, "a reply ends the request that is being worked on");
    Instant& thread = host.network_threads[on.network_thread];
    thread = std::max(world.now(), thread) + world.plan->costs.network_thread.draw_duration(0);
    written = thread;
    on.muted = false;
    on.readable_from = thread;
    return true;
  }
};

}  // namespace

Domains domains_of(Role role) {
  switch (role) {
    case Role::broker:
      return domain::brokers | domain::logs | domain::groups;
    case Role::controller:
      return domain::metadata;
    case Role::producer:
      return domain::producers;
    case Role::consumer:
      return domain::consumers | domain::groups;
    case Role::admin:
      return domain::timeline;
  }
  return domain::all;
}

void perform(World& world, Host& host, Outbox& outbox) {
  const std::uint16_t generation = host.generation;
  Performer performer{.world = world, .host = host};
  for (Effect& effect : outbox.effects()) {
    std::visit(performer, effect);
    if (host.generation != generation) return;  // the process ended itself: nothing more is done for it
  }
}

}  // namespace kafkasim::sim
