// The partitions that one broker hosts, by topic and number.
#pragma once

#include <algorithm>
#include <boost/container/flat_map.hpp>
#include <cstddef>
#include <utility>

#include "core/base/fields.hpp"
#include "core/base/invariant.hpp"
#include "core/replication/partition.hpp"

namespace kafkasim::core {

/// A sorted vector that looks first behind the last find: requests name partitions in much the same order each time,
/// and those of one leader lie a few places apart. References last until a partition is added or erased.
class PartitionTable {
 public:
  using Map = boost::container::flat_map<TopicPartition, Partition>;

  Partition* find(TopicPartition tp) {
    if (near_.at < partitions_.size()) {
      auto* const next = &*partitions_.nth(near_.at);
      const std::size_t near = std::min(kNear, partitions_.size() - near_.at);
      for (std::size_t i = 0; i < near; ++i) {
        if (next[i].first != tp) continue;
        near_.at += i + 1;
        return &next[i].second;
      }
    }
    const auto found = partitions_.find(tp);
    if (found == partitions_.end()) return nullptr;
    near_.at = partitions_.index_of(found) + 1;
    return &found->second;
  }
  const Partition* find(TopicPartition tp) const { return const_cast<PartitionTable*>(this)->find(tp); }
  bool contains(TopicPartition tp) const { return find(tp) != nullptr; }

  Partition& at(TopicPartition tp) {
    Partition* found = find(tp);
    INVARIANT(found != nullptr, "the partition is hosted here");
    return *found;
  }

  Partition& add(TopicPartition tp, Partition partition) {
    const auto [at, fresh] = partitions_.emplace(tp, std::move(partition));
    INVARIANT(fresh, "a partition is hosted once");
    return at->second;
  }
  void erase(TopicPartition tp) { partitions_.erase(tp); }
  void clear() { partitions_.clear(); }

  Map::iterator begin() { return partitions_.begin(); }
  Map::iterator end() { return partitions_.end(); }
  Map::const_iterator begin() const { return partitions_.begin(); }
  Map::const_iterator end() const { return partitions_.end(); }
  std::size_t size() const { return partitions_.size(); }

  FIELDS(partitions_)
  friend bool operator==(const PartitionTable&, const PartitionTable&) = default;

 private:
  static constexpr std::size_t kNear = 6;
  // Where to look first. No state: whoever only looks may move it.
  struct Near {
    std::size_t at = 0;
    friend bool operator==(Near, Near) { return true; }
  };

  Map partitions_;
  mutable Near near_;
};

}  // namespace kafkasim::core
