#include "sim/fault/timeline_runner.hpp"

#include <algorithm>

#include "sim/host/event_kind.hpp"
#include "sim/host/life_cycle.hpp"
#include "sim/view.hpp"

namespace kafkasim::sim {

Duration draw_instant(World& world, const DurationRange& range) {
  const std::int64_t span = nanoseconds(range.high - range.low);
  if (span == 0) return range.low;
  return range.low + Duration{static_cast<std::int64_t>(
                         world.chooser.below(Choice::timeline_instant, static_cast<std::uint64_t>(span) + 1))};
}

namespace {

void schedule(World& world, Instant at, std::size_t entry, std::uint16_t step) {
  world.scheduler.schedule(at, step, event_kind::entry, static_cast<std::uint32_t>(entry));
}

bool repeats(const Entry& entry) { return entry.when.kind == When::Kind::every; }

// Entries that wait for this one: the next in line, and those `after` its id.
void arm_followers(World& world, std::size_t index, bool first_strike) {
  const auto& entries = world.scenario().timeline;
  if (!first_strike || entries[index].id.empty()) return;
  for (std::size_t i = 0; i < entries.size(); ++i)
    if (entries[i].when.kind == When::Kind::after && entries[i].when.id == entries[index].id)
      schedule(world, world.timeline.entries[index].struck + draw_instant(world, entries[i].when.at), i,
               entry_step::strike);
}

void strike(World& world, std::size_t index) {
  const Entry& entry = world.scenario().timeline[index];
  EntryState& state = world.timeline.entries[index];
  if (world.phase != Phase::traffic) return;
  const bool first = state.struck == kNever;
  if (repeats(entry)) {
    const Instant next = world.now() + entry.when.period;
    state.strikes_again = next <= kStart + entry.when.until;
    if (state.strikes_again) schedule(world, next, index, entry_step::strike);
  } else if (state.status != EntryStatus::waiting) {
    return;
  }
  state.status = EntryStatus::started;
  // A wait takes effect when its condition comes true; everything else takes effect now.
  if (entry.verb != Verb::wait && first) state.struck = world.now();
  world.touched |= domain::timeline;
  const bool done = act(world, index);
  if (entry.verb != Verb::wait) arm_followers(world, index, first);
  if (entry.lasts && state.status != EntryStatus::failed)
    schedule(world, world.now() + draw_instant(world, *entry.lasts), index, entry_step::undo);
  if (done && state.status == EntryStatus::started) finish(world, index);
}

void came_true(World& world, std::size_t index) {
  EntryState& state = world.timeline.entries[index];
  state.struck = world.now();
  world.touched |= domain::timeline;
  arm_followers(world, index, true);
  finish(world, index);
}

// It will not happen, nor will what waits for it: a run without a duration does not wait for them.
void give_up(World& world, std::size_t index) {
  INVARIANT(world.timeline.unfinished > 0, "an entry ends once");
  --world.timeline.unfinished;
  const auto& entries = world.scenario().timeline;
  const bool struck = world.timeline.entries[index].struck != kNever;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (world.timeline.entries[i].status != EntryStatus::waiting) continue;
    const bool next = i == index + 1 && entries[i].when.kind == When::Kind::previous;
    const bool after = entries[i].when.kind == When::Kind::after && entries[i].when.id == entries[index].id;
    if (next || (after && !struck)) give_up(world, i);
  }
}

void fail(World& world, std::size_t index) {
  world.timeline.entries[index].status = EntryStatus::failed;
  world.touched |= domain::timeline;
  give_up(world, index);
}

void check_when(World& world, std::size_t index) {
  const Entry& entry = world.scenario().timeline[index];
  EntryState& state = world.timeline.entries[index];
  if (!world.plan->when[index].holds(View{world})) {
    state.holding_since = kNever;
    return;
  }
  if (state.holding_since != kNever) return;
  state.holding_since = world.now();
  schedule(world, world.now() + entry.when.lasting, index, entry_step::strike);
}

}  // namespace

void begin_timeline(World& world) {
  const auto& entries = world.scenario().timeline;
  world.timeline.entries.resize(entries.size());
  world.timeline.unfinished = entries.size();
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const When& when = entries[i].when;
    if (when.kind == When::Kind::at) schedule(world, kStart + draw_instant(world, when.at), i, entry_step::strike);
    if (when.kind == When::Kind::every) schedule(world, kStart + when.from, i, entry_step::strike);
    if (when.kind == When::Kind::previous && i == 0) schedule(world, kStart, i, entry_step::strike);
  }
}

void on_entry(World& world, std::size_t index, std::uint16_t step) {
  const Entry& entry = world.scenario().timeline[index];
  EntryState& state = world.timeline.entries[index];
  if (step == entry_step::strike) {
    if (entry.when.kind == When::Kind::condition) {
      // `lasting`: only if it has held since this was armed.
      if (state.status != EntryStatus::waiting || state.holding_since == kNever ||
          world.now() != state.holding_since + entry.when.lasting)
        return;
    }
    strike(world, index);
  } else if (step == entry_step::undo) {
    undo(world, index);
  } else if (step == entry_step::next || step >= entry_step::start) {
    on_restart_step(world, index, step);
  } else if (state.status == EntryStatus::started && world.now() == state.deadline) {
    if (entry.wait_for)
      came_true(world, index);
    else
      fail(world, index);
  }
}

void fail_entry(World& world, std::size_t index, std::string why) {
  world.timeline.entries[index].got = std::move(why);
  fail(world, index);
}

void finish(World& world, std::size_t index) {
  const auto& entries = world.scenario().timeline;
  EntryState& state = world.timeline.entries[index];
  state.status = EntryStatus::done;
  if (!state.strikes_again) {
    INVARIANT(world.timeline.unfinished > 0, "an unfinished entry is finished once");
    --world.timeline.unfinished;
  }
  const std::size_t next = index + 1;
  if (next < entries.size() && entries[next].when.kind == When::Kind::previous &&
      world.timeline.entries[next].status == EntryStatus::waiting)
    schedule(world, world.now(), next, entry_step::strike);
}

bool watches(const Entry& entry) {
  return entry.when.kind == When::Kind::condition || entry.verb == Verb::restart || entry.verb == Verb::shutdown ||
         (entry.verb == Verb::wait && !entry.wait_for);
}

void observe_timeline(World& world) {
  if (world.plan->watchful.empty() || world.phase != Phase::traffic) return;
  const auto& entries = world.scenario().timeline;
  for (const std::size_t i : world.plan->watchful) {
    EntryState& state = world.timeline.entries[i];
    if (state.status == EntryStatus::waiting && entries[i].when.kind == When::Kind::condition &&
        (world.touched & world.plan->when[i].domains()) != 0)
      check_when(world, i);
    if (entries[i].verb == Verb::restart) observe_restart(world, i);
    if (state.status != EntryStatus::started) continue;
    if (entries[i].verb == Verb::wait && !entries[i].wait_for && (world.touched & world.plan->wait[i].domains()) != 0 &&
        world.plan->wait[i].holds(View{world}))
      came_true(world, i);
    if (entries[i].verb == Verb::shutdown && (world.touched & domain::hosts) != 0) {
      const bool gone = std::all_of(state.stopping.begin(), state.stopping.end(), [&](const auto& process) {
        return world.hosts[process.first].generation != process.second;
      });
      if (gone) finish(world, i);
    }
  }
}

void call_answered(World& world, std::size_t index, std::string_view exception) {
  EntryState& state = world.timeline.entries[index];
  INVARIANT(state.unanswered > 0, "an answer belongs to a call under way");
  if (!exception.empty())
    state.got = std::string{exception};
  else if (state.got.empty())
    state.got = "ok";
  world.touched |= domain::timeline;
  if (--state.unanswered == 0 && state.status == EntryStatus::started) finish(world, index);
}

void call_lost(World& world, std::size_t index, std::string_view why) { call_answered(world, index, why); }

void call_made(World& world, std::size_t index) {
  EntryState& state = world.timeline.entries[index];
  INVARIANT(state.unmade > 0, "each member makes the call once");
  if (--state.unmade == 0 && state.status == EntryStatus::started) finish(world, index);
}

}  // namespace kafkasim::sim
