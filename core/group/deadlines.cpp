#include "core/group/deadlines.hpp"

#include "core/base/invariant.hpp"

namespace kafkasim::core {

void Deadlines::set(const DeadlineKey& key, Instant at) {
  cancel(key);
  const Slot slot{at, set_count_++};
  by_time_.emplace(slot, key);
  by_key_.emplace(key, slot);
}

void Deadlines::cancel(const DeadlineKey& key) {
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return;
  by_time_.erase(found->second);
  by_key_.erase(found);
  INVARIANT(by_time_.size() == by_key_.size(), "a deadline has one key and one time");
}

void Deadlines::cancel(GroupId group) {
  for (const auto& [key, at] : of(group)) cancel(key);
}

Instant Deadlines::next() const { return by_time_.empty() ? kNever : by_time_.begin()->first.first; }

Instant Deadlines::of(const DeadlineKey& key) const {
  const auto found = by_key_.find(key);
  return found == by_key_.end() ? kNever : found->second.first;
}

bool Deadlines::take_due(Instant now, DeadlineKey& out) {
  if (next() > now || by_time_.empty()) return false;
  out = by_time_.begin()->second;
  cancel(DeadlineKey{out});
  return true;
}

std::map<DeadlineKey, Instant> Deadlines::of(GroupId group) const {
  std::map<DeadlineKey, Instant> found;
  const DeadlineKey first{group, DeadlineKey::Kind::join, {}};
  for (auto it = by_key_.lower_bound(first); it != by_key_.end() && it->first.group == group; ++it)
    found.emplace(it->first, it->second.first);
  return found;
}

}  // namespace kafkasim::core
