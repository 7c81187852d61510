// The partitions that one broker hosts, by topic and number.
#pragma once

#include <boost/container/flat_map.hpp>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "core/base/fields.hpp"
#include "core/base/invariant.hpp"
#include "core/replication/partition.hpp"

namespace kafkasim::core {

/// A sorted vector with an index by topic and number, as every fetch looks all its partitions up. References last until
/// a partition is added or erased.
class PartitionTable {
 public:
  using Map = boost::container::flat_map<TopicPartition, Partition>;

  Partition* find(TopicPartition tp) { return const_cast<Partition*>(std::as_const(*this).find(tp)); }
  const Partition* find(TopicPartition tp) const {
    const auto topic = static_cast<std::size_t>(tp.topic.value());
    const auto number = static_cast<std::size_t>(tp.partition);
    if (topic >= places_.size() || number >= places_[topic].size()) return nullptr;
    const std::uint32_t place = places_[topic][number];
    return place == kNowhere ? nullptr : &partitions_.nth(place)->second;
  }
  bool contains(TopicPartition tp) const { return find(tp) != nullptr; }

  Partition& at(TopicPartition tp) {
    Partition* found = find(tp);
    INVARIANT(found != nullptr, "the partition is hosted here");
    return *found;
  }

  Partition& add(TopicPartition tp, Partition partition) {
    INVARIANT(tp.topic.known() && tp.partition >= 0, "a hosted partition has a topic and a number");
    const auto [at, fresh] = partitions_.emplace(tp, std::move(partition));
    INVARIANT(fresh, "a partition is hosted once");
    renumber(partitions_.index_of(at));
    return at->second;
  }
  void erase(TopicPartition tp) {
    const auto at = partitions_.find(tp);
    if (at == partitions_.end()) return;
    place(tp) = kNowhere;
    renumber(partitions_.index_of(partitions_.erase(at)));
  }
  void clear() {
    partitions_.clear();
    places_.clear();
  }

  Map::iterator begin() { return partitions_.begin(); }
  Map::iterator end() { return partitions_.end(); }
  Map::const_iterator begin() const { return partitions_.begin(); }
  Map::const_iterator end() const { return partitions_.end(); }
  std::size_t size() const { return partitions_.size(); }

  FIELDS(partitions_)
  friend bool operator==(const PartitionTable& a, const PartitionTable& b) { return a.partitions_ == b.partitions_; }

 private:
  static constexpr std::uint32_t kNowhere = 0xffff'ffff;

  std::uint32_t& place(TopicPartition tp) {
    const auto topic = static_cast<std::size_t>(tp.topic.value());
    const auto number = static_cast<std::size_t>(tp.partition);
    if (topic >= places_.size()) places_.resize(topic + 1);
    if (number >= places_[topic].size()) places_[topic].resize(number + 1, kNowhere);
    return places_[topic][number];
  }
  // Those from `first` on have moved.
  void renumber(std::size_t first) {
    for (std::size_t i = first; i < partitions_.size(); ++i)
      place(partitions_.nth(i)->first) = static_cast<std::uint32_t>(i);
  }

  Map partitions_;
  std::vector<std::vector<std::uint32_t>> places_;  // by topic and number: where in partitions_
};

}  // namespace kafkasim::core
