// Runs the scenario's timeline: when entries strike, what they do, when they are undone (scenario-language.md 6).
#pragma once

#include "sim/world.hpp"

namespace kafkasim::sim {

/// What an event_kind::entry asks for (its target).
namespace entry_step {
inline constexpr std::uint16_t strike = 0;    // its instant has come
inline constexpr std::uint16_t undo = 1;      // `for:` is over
inline constexpr std::uint16_t deadline = 2;  // of a wait
inline constexpr std::uint16_t next = 3;      // restart one by one: the next one stops
inline constexpr std::uint16_t start = 256;   // restart: + host: its `down` is over
}  // namespace entry_step

/// Time 0: instants are drawn, the first entries armed.
void begin_timeline(World& world);
void on_entry(World& world, std::size_t entry, std::uint16_t step);
/// The entry looks at the world after each event.
bool watches(const Entry& entry);
/// After an event: conditions of waits and `when`s, processes that a shutdown or a restart waits for.
void observe_timeline(World& world);
/// A call of the entry, or a record of its `send`, has its answer: what was thrown, or nothing.
void call_answered(World& world, std::size_t entry, std::string_view exception);
/// There will be no answer: `why` in a few words is what the caller got.
void call_lost(World& world, std::size_t entry, std::string_view why);
/// commitAsync() returned; its answer comes later.
void call_made(World& world, std::size_t entry);
/// The operator's tool has its answer.
void operator_answered(World& world, std::size_t entry, ErrorCode error);
/// The end of the traffic: faults are undone; links, frozen processes and brokers are put right.
void put_right(World& world);

// --- parts (one file each) -----------------------------------------------------------------------------------------

/// Machines and clients that the targets mean now, in order, each once. `others` leaves out what `entry` names and
/// `named`: what its other targets were found to be (a random one is drawn once).
std::vector<HostIndex> resolve(World& world, const std::vector<Target>& targets, const Entry& entry,
                               const std::vector<HostIndex>& named = {});
/// The action itself. False: it is not done yet (a wait, a send, a shutdown).
bool act(World& world, std::size_t entry);
void undo(World& world, std::size_t entry);
/// lose_data (lose_data.cpp). False, and the entry failed: a process was not down.
bool lose_data(World& world, std::size_t entry);
/// The entry cannot do what it says: the run fails, and what follows it never happens. `why` in a few words.
void fail_entry(World& world, std::size_t entry, std::string why);
/// Hosts were started or thawed: faults that had struck them are over.
void note_undone(World& world, const std::vector<HostIndex>& hosts, Verb by);
void finish(World& world, std::size_t entry);
/// restart (restart.cpp). False: one by one, it goes on.
bool begin_restart(World& world, std::size_t entry);
void on_restart_step(World& world, std::size_t entry, std::uint16_t step);
void observe_restart(World& world, std::size_t entry);
/// elect, create_topic, add_partitions, alter_config (operator.cpp): the request goes out.
void ask_controller(World& world, std::size_t entry);
/// start, restart: with the entry's settings from now on.
void start_with(World& world, Host& host, const Entry& entry);
/// A draw within the range, once per use.
Duration draw_instant(World& world, const DurationRange& range);

/// The controller's committed truth, the last one known while no controller runs.
const MetadataImage& truth(const World& world);

}  // namespace kafkasim::sim
