#include "sim/fault/network_faults.hpp"

#include <algorithm>

#include "sim/fault/timeline_runner.hpp"
#include "sim/host/event_kind.hpp"
#include "sim/workload/traffic.hpp"

namespace kafkasim::sim {
namespace {

using Machines = std::vector<HostIndex>;

bool among(const Machines& machines, HostIndex host) {
  return std::find(machines.begin(), machines.end(), host) != machines.end();
}

bool is_application(const Host& host) { return host.role == Role::producer || host.role == Role::consumer; }

/// The lists of targets of one entry; those that say `others` last, when it is known what the rest are.
std::vector<Machines> resolve_lists(World& world, const Entry& entry,
                                    const std::vector<const std::vector<Target>*>& lists) {
  const auto says_others = [](const std::vector<Target>& list) {
    return std::any_of(list.begin(), list.end(),
                       [](const Target& target) { return target.kind == TargetKind::others; });
  };
  std::vector<Machines> found(lists.size());
  Machines named;
  for (const bool last : {false, true})
    for (std::size_t i = 0; i < lists.size(); ++i) {
      if (says_others(*lists[i]) != last) continue;
      found[i] = resolve(world, *lists[i], entry, named);
      named.insert(named.end(), found[i].begin(), found[i].end());
    }
  return found;
}

void cut_way(World& world, EntryState& state, HostIndex from, HostIndex to) {
  if (from == to) return;
  world.network.topology().cut(from, to);
  state.cuts.emplace_back(from, to);
}

void cut_from_all(World& world, const Entry& entry, EntryState& state) {
  for (const HostIndex inside : state.hosts)
    for (const Host& other : world.hosts) {
      if (among(state.hosts, other.index) || (entry.except_clients && is_application(other))) continue;
      cut_way(world, state, inside, other.index);
      cut_way(world, state, other.index, inside);
    }
}

// Every direction between x and y that the entry strikes, each once: `strike(sender, receiver, x is the sender)`.
template <class Strike>
void each_way(const Entry& entry, const Machines& machines, const Machines& peers, Strike&& strike) {
  std::vector<std::pair<HostIndex, HostIndex>> done;
  const auto once = [&](HostIndex from, HostIndex to, bool outwards) {
    if (from == to || std::find(done.begin(), done.end(), std::pair{from, to}) != done.end()) return;
    done.emplace_back(from, to);
    strike(from, to, outwards);
  };
  for (const HostIndex x : machines)
    for (const HostIndex y : peers) {
      if (entry.direction != Direction::in) once(x, y, true);
      if (entry.direction != Direction::out) once(y, x, false);
    }
}

// Groups that cannot reach each other; a machine named in two groups reaches both.
void split(World& world, const Entry& entry, EntryState& state) {
  std::vector<const std::vector<Target>*> lists;
  for (const auto& side : entry.sides) lists.push_back(&side);
  const std::vector<Machines> sides = resolve_lists(world, entry, lists);
  const auto together = [&](HostIndex a, HostIndex b) {
    return std::any_of(sides.begin(), sides.end(),
                       [&](const Machines& side) { return among(side, a) && among(side, b); });
  };
  Machines all;
  for (const Machines& side : sides)
    for (const HostIndex host : side)
      if (!among(all, host)) all.push_back(host);
  state.hosts = all;
  for (const HostIndex a : all)
    for (const HostIndex b : all)
      if (!together(a, b)) cut_way(world, state, a, b);
}

// Without `to` it is the machine's own link: whoever it talks to, the bytes share the bandwidth that is left.
void degrade(World& world, std::size_t index, const Entry& entry, Machines peers) {
  const bool own_link = entry.to.empty();
  const EntryState& state = world.timeline.entries[index];
  if (own_link)
    for (const Host& host : world.hosts) peers.push_back(host.index);
  LinkQuality quality;
  quality.latency = distribution_of(entry.degrade.latency);
  if (!entry.degrade.jitter.is_zero()) quality.jitter = jitter_of(entry.degrade.jitter);
  quality.loss = entry.degrade.loss;
  quality.bandwidth_bits = entry.degrade.bandwidth_bits;
  std::map<std::pair<HostIndex, bool>, std::uint32_t> own;
  each_way(entry, state.hosts, peers, [&](HostIndex from, HostIndex to, bool outwards) {
    std::uint32_t queue = 0;
    if (quality.bandwidth_bits > 0 && own_link) {
      std::uint32_t& shared = own[{outwards ? from : to, outwards}];
      queue = shared != 0 ? shared : (shared = world.network.add_queue());
    } else if (quality.bandwidth_bits > 0) {
      queue = world.network.add_queue();
    }
    world.network.degrade(from, to, {.fault = index, .queue = queue, .quality = quality});
  });
}

bool wants(const Entry& entry, const EntryState& state, const Envelope& envelope, const Connection& on) {
  const bool response = envelope.kind == Envelope::Kind::response;
  if (!state.catching || response != entry.messages.responses) return false;
  const std::size_t kind =
      response ? std::get<Response>(envelope.body).index() : std::get<Request>(envelope.body).index();
  const auto& kinds = entry.messages.kinds;
  if (std::find(kinds.begin(), kinds.end(), kind) == kinds.end()) return false;
  const HostIndex from = envelope.to_server ? on.client : on.server;
  const HostIndex to = envelope.to_server ? on.server : on.client;
  return (entry.from.empty() || among(state.senders, from)) && (entry.to.empty() || among(state.receivers, to));
}

bool has_answer(const Envelope& envelope) {
  if (envelope.kind == Envelope::Kind::response) return true;
  const auto* produce = std::get_if<ProduceRequest>(&std::get<Request>(envelope.body));
  return produce == nullptr || produce->acks != Acks::none;
}

void stop_catching(World& world, EntryState& state) {
  if (!state.catching) return;
  state.catching = false;
  INVARIANT(world.timeline.catching > 0, "a hold or drop in force is counted");
  --world.timeline.catching;
}

void keep_back(World& world, EntryState& state, std::uint32_t handle) {
  const Envelope& envelope = world.network.envelopes().at(handle);
  auto& overtaken = world.network.connection(envelope.connection).overtaken;
  const auto place = std::lower_bound(overtaken.begin(), overtaken.end(), envelope.correlation);
  const bool known = place != overtaken.end() && *place == envelope.correlation;
  if (has_answer(envelope) && !known) overtaken.insert(place, envelope.correlation);
  state.held.push_back(handle);
}

// The message vanishes with its connection: both ends see a reset, and whatever else is on it does not arrive.
void vanish(World& world, std::uint32_t handle) {
  const ConnectionId id = world.network.envelopes().take(handle).connection;
  world.network.connection(id).severed = true;
  for (const bool to_server : {true, false}) {
    Envelope reset{.kind = Envelope::Kind::reset, .to_server = to_server, .connection = id, .released = true};
    world.scheduler.schedule(world.now(), 0, event_kind::packet, world.network.envelopes().put(std::move(reset)));
  }
}

}  // namespace

bool is_network_fault(Verb verb) {
  return verb == Verb::isolate || verb == Verb::cut || verb == Verb::partition || verb == Verb::degrade ||
         verb == Verb::hold || verb == Verb::drop;
}

void strike_network(World& world, std::size_t index) {
  const Entry& entry = world.scenario().timeline[index];
  EntryState& state = world.timeline.entries[index];
  world.touched |= domain::hosts;
  if (entry.verb == Verb::partition) return split(world, entry, state);
  std::vector<Machines> found = resolve_lists(world, entry, {&entry.targets, &entry.from, &entry.to});
  state.hosts = found[0];
  if (entry.verb == Verb::isolate) {
    cut_from_all(world, entry, state);
  } else if (entry.verb == Verb::cut) {
    each_way(entry, found[0], found[1], [&](HostIndex from, HostIndex to, bool) { cut_way(world, state, from, to); });
  } else if (entry.verb == Verb::degrade) {
    degrade(world, index, entry, std::move(found[2]));
  } else {
    state.senders = std::move(found[1]);
    state.receivers = std::move(found[2]);
    for (const Machines* machines : {&state.senders, &state.receivers})
      for (const HostIndex host : *machines)
        if (!among(state.hosts, host)) state.hosts.push_back(host);
    if (!state.catching) ++world.timeline.catching;
    state.catching = true;
  }
}

void end_network(World& world, std::size_t index) {
  EntryState& state = world.timeline.entries[index];
  for (const auto& [from, to] : state.cuts) world.network.topology().mend(from, to);
  state.cuts.clear();
  world.network.restore(index);
  stop_catching(world, state);
  for (const std::uint32_t handle : std::exchange(state.held, {})) {
    world.network.envelopes().at(handle).released = true;
    world.scheduler.schedule(world.now(), 0, event_kind::packet, handle);
  }
  world.touched |= domain::hosts | domain::timeline;
}

bool caught(World& world, std::uint32_t handle) {
  const Envelope& envelope = world.network.envelopes().at(handle);
  if (envelope.released || (envelope.kind != Envelope::Kind::request && envelope.kind != Envelope::Kind::response))
    return false;
  const Connection& on = world.network.connection(envelope.connection);
  for (std::size_t i = 0; i < world.timeline.entries.size(); ++i) {
    const Entry& entry = world.scenario().timeline[i];
    EntryState& state = world.timeline.entries[i];
    if ((entry.verb != Verb::hold && entry.verb != Verb::drop) || !wants(entry, state, envelope, on)) continue;
    ++state.caught;
    world.touched |= domain::timeline;
    if (entry.verb == Verb::hold)
      keep_back(world, state, handle);
    else
      vanish(world, handle);
    if (entry.messages.count && state.caught >= *entry.messages.count) stop_catching(world, state);
    return true;
  }
  return false;
}

Distribution jitter_of(const DistributionSpec& spec) {
  return spec.kind == DistributionSpec::Kind::constant ? Distribution::uniform(0, spec.first) : distribution_of(spec);
}

}  // namespace kafkasim::sim
