// Which leader epoch began at which offset (LeaderEpochFileCache; R2.32).
#pragma once

#include <boost/container/small_vector.hpp>
#include <optional>

#include "core/base/fields.hpp"
#include "core/base/ids.hpp"
#include "core/base/invariant.hpp"
#include "core/protocol/data_messages.hpp"

namespace kafkasim::core {

struct EpochEntry {
  LeaderEpoch epoch;
  Offset start;
  friend bool operator==(const EpochEntry&, const EpochEntry&) = default;
  FIELDS(epoch, start)
};

/// Entries strictly increase in epoch and in start offset.
class EpochCache {
 public:
  /// Mostly a single one.
  using Entries = boost::container::small_vector<EpochEntry, 1>;

  /// `epoch` starts at `start`: nothing if it is the last entry and does not start later; else the last writer wins.
  void assign(LeaderEpoch epoch, Offset start) {
    INVARIANT(epoch.known(), "a batch has an epoch");
    INVARIANT(start.known(), "an epoch has a start");
    const bool known = !entries_.empty() && entries_.back().epoch == epoch && entries_.back().start <= start;
    if (!known) begin(epoch, start);
  }
  /// Drops entries that start at or above `end`; nothing for an unknown offset.
  void truncate_from_end(Offset end);
  /// Drops entries that start at or below `start`, and lets the last of them start there; nothing for an unknown
  /// offset.
  void truncate_from_start(Offset start);
  void clear() { entries_.clear(); }

  bool empty() const { return entries_.empty(); }
  /// Unknown when empty.
  LeaderEpoch latest() const { return entries_.empty() ? LeaderEpoch{} : entries_.back().epoch; }
  /// Where the largest epoch <= `epoch` ends in a log that ends at `log_end`; both unknown = undefined.
  EpochEndOffset end_offset_for(LeaderEpoch epoch, Offset log_end) const;
  /// Epoch of the record at `offset`; none below the first entry.
  std::optional<LeaderEpoch> epoch_at(Offset offset) const;
  /// The largest epoch below `epoch`, the smallest above it.
  std::optional<EpochEntry> previous(LeaderEpoch epoch) const;
  std::optional<EpochEntry> next(LeaderEpoch epoch) const;
  const Entries& entries() const { return entries_; }

  friend bool operator==(const EpochCache&, const EpochCache&) = default;
  FIELDS(entries_)

 private:
  void begin(LeaderEpoch epoch, Offset start);

  Entries entries_;
};

}  // namespace kafkasim::core
