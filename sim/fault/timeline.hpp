// What has become of the scenario's timeline entries: when each struck, what it struck, when it ended.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/fields.hpp"
#include "core/base/time.hpp"
#include "sim/net/topology.hpp"

namespace kafkasim::sim {

/// waiting: for the entry above, or for its instant. started: its action is under way (a wait, a send, a shutdown).
/// done: the next entry may start. failed: a wait ran out of time, an expect did not hold; what follows never happens.
enum class EntryStatus : std::uint8_t { waiting, started, done, failed };

struct EntryState {
  EntryStatus status = EntryStatus::waiting;
  Instant struck = kNever;                            // took effect (under `every`: the first time)
  Instant ended = kNever;                             // undone
  std::vector<HostIndex> hosts;                       // what it struck; an id used as a target means these
  std::vector<std::pair<HostIndex, HostIndex>> cuts;  // directions it cut and has not mended
  std::vector<std::pair<HostIndex, std::uint16_t>>
      stopping;                    // shutdown, restart: processes it waits for, by generation
  std::vector<HostIndex> senders;  // of a hold or drop that names them
  std::vector<HostIndex> receivers;
  bool catching = false;            // such a one is in force
  std::int64_t caught = 0;          // messages it has caught
  std::vector<std::uint32_t> held;  // those kept back, oldest first
  std::size_t restarted = 0;        // restart one by one: hosts that have been told to stop so far
  bool starting = false;            // ... and the last of them has not started yet, or `next.when` does not hold
  std::int64_t unanswered = 0;      // send: records without an answer; poll, commit, ...: calls
  std::int64_t unmade = 0;          // commit async: members that have not come to it
  Instant deadline = kNever;        // of a wait
  Instant holding_since = kNever;   // `when ... lasting`
  bool strikes_again = false;       // `every`: another time is to come
  bool active = false;              // a fault that can still be undone
  std::string got;                  // answer of a call, exception or error code; "ok"

  friend bool operator==(const EntryState&, const EntryState&) = default;
  FIELDS(status, struck, ended, hosts, cuts, stopping, senders, receivers, catching, caught, held, restarted, starting,
         unanswered, unmade, deadline, holding_since, strikes_again, active, got)
};

/// A line of a timeline `expect`, judged when it was due.
struct TimelineCheck {
  std::size_t entry = 0;
  std::string text;
  bool holds = false;
  std::string value;
  Instant at{};
  friend bool operator==(const TimelineCheck&, const TimelineCheck&) = default;
  FIELDS(entry, text, holds, value, at)
};

struct Timeline {
  std::vector<EntryState> entries;    // as in Scenario::timeline
  std::vector<TimelineCheck> checks;  // in order of time
  std::size_t unfinished = 0;         // entries that may still act
  std::size_t catching = 0;           // holds and drops in force

  friend bool operator==(const Timeline&, const Timeline&) = default;
  FIELDS(entries, checks, unfinished, catching)
};

}  // namespace kafkasim::sim
