// What happened, in plain words: the few lines of a run that a person wants to read, with simulated times.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/time.hpp"

namespace kafkasim::sim {

class View;
struct Entry;
struct EntryState;

struct StoryLine {
  Instant at{};
  std::string text;   // "broker 1 crashes"
  std::string aside;  // "leader of orders-0", "after 8.6 s"
  std::string entry;  // id of the timeline entry it is; "" for what the cluster did by itself
  std::string key;    // equal for the same turn of events in another variant
  int weight = 50;    // heavier lines stay when the story is shortened
  bool act = false;   // somebody's doing (a timeline entry), not a consequence
  friend bool operator==(const StoryLine&, const StoryLine&) = default;
};

/// All lines worth telling, in order of time, repetitions folded.
std::vector<StoryLine> tell(const View& view);

/// At most `most` lines: the lightest are left out (their number in `left_out`).
std::vector<StoryLine> shortened(std::vector<StoryLine> lines, std::size_t most, std::size_t& left_out);

// --- parts (one file each) ------------------------------------------------------------------------------------------

/// story_entries.cpp: timeline entries as they struck and ended, and the end of the traffic.
void tell_entries(const View& view, std::vector<StoryLine>& lines);
/// story_cluster.cpp: fencing, elections, ISR, truncation, brokers that come back.
void tell_cluster(const View& view, std::vector<StoryLine>& lines);
/// story_clients.cpp: lost connections, failures, silence, rebalances.
void tell_clients(const View& view, std::vector<StoryLine>& lines);

/// Keys of lines that say that an awaited condition came true begin with this.
inline constexpr const char* kWaitKey = "wait ";
/// What an entry does to one or several: "crashes", "crash"; "" when it does nothing to a process.
std::string verb_word(const Entry& entry, bool several);
/// The verb as scenario files write it.
std::string verb_name(const Entry& entry);
/// "broker 1", "brokers 2 and 3", "every machine": names of what an entry struck.
std::string hosts_text(const View& view, const std::vector<std::uint16_t>& hosts);

}  // namespace kafkasim::sim
