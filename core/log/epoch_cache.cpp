#include "core/log/epoch_cache.hpp"

#include <algorithm>

namespace kafkasim::core {
namespace {

auto first_above(const EpochCache::Entries& entries, LeaderEpoch epoch) {
  return std::upper_bound(entries.begin(), entries.end(), epoch,
                          [](LeaderEpoch wanted, const EpochEntry& entry) { return wanted < entry.epoch; });
}

}  // namespace

void EpochCache::begin(LeaderEpoch epoch, Offset start) {
  while (!entries_.empty() && (entries_.back().epoch >= epoch || entries_.back().start >= start)) entries_.pop_back();
  entries_.push_back({epoch, start});
}

void EpochCache::truncate_from_end(Offset end) {
  if (!end.known()) return;
  while (!entries_.empty() && entries_.back().start >= end) entries_.pop_back();
}

void EpochCache::truncate_from_start(Offset start) {
  if (!start.known()) return;
  auto kept = entries_.begin();
  while (kept != entries_.end() && kept->start <= start) ++kept;
  if (kept == entries_.begin()) return;
  --kept;
  kept->start = start;
  entries_.erase(entries_.begin(), kept);
}

EpochEndOffset EpochCache::end_offset_for(LeaderEpoch epoch, Offset log_end) const {
  if (!epoch.known()) return {};
  if (epoch == latest()) return {epoch, log_end};
  const auto higher = first_above(entries_, epoch);
  if (higher == entries_.end()) return {};
  if (higher == entries_.begin()) return {epoch, higher->start};
  return {std::prev(higher)->epoch, higher->start};
}

std::optional<LeaderEpoch> EpochCache::epoch_at(Offset offset) const {
  const auto above = std::upper_bound(entries_.begin(), entries_.end(), offset,
                                      [](Offset wanted, const EpochEntry& entry) { return wanted < entry.start; });
  if (above == entries_.begin()) return std::nullopt;
  return std::prev(above)->epoch;
}

std::optional<EpochEntry> EpochCache::previous(LeaderEpoch epoch) const {
  auto at = first_above(entries_, epoch);
  while (at != entries_.begin())
    if (--at; at->epoch < epoch) return *at;
  return std::nullopt;
}

std::optional<EpochEntry> EpochCache::next(LeaderEpoch epoch) const {
  const auto at = first_above(entries_, epoch);
  if (at == entries_.end()) return std::nullopt;
  return *at;
}

}  // namespace kafkasim::core
