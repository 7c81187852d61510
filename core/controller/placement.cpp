#include "core/controller/placement.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "core/base/invariant.hpp"
#include "core/controller/election.hpp"

namespace kafkasim::core {

namespace {

std::size_t draw(Choices& choices, std::size_t bound) {
  const std::uint64_t answer = choices.below(Choice::placement, bound);
  INVARIANT(answer < bound, "a choice is below its bound");
  return static_cast<std::size_t>(answer);
}

template <class T>
void shuffle(std::vector<T>& items, Choices& choices) {
  for (std::size_t left = items.size(); left > 1; --left) std::swap(items[left - 1], items[draw(choices, left)]);
}

/// Brokers of one kind in one rack, walked round from a start that moves on by one with each round that touches it.
class BrokerList {
 public:
  void add(BrokerId broker) { brokers_.push_back(broker); }
  void begin(Choices& choices) {
    std::sort(brokers_.begin(), brokers_.end());
    if (!brokers_.empty()) start_ = draw(choices, brokers_.size());
  }
  void reshuffle(Choices& choices) { shuffle(brokers_, choices); }
  std::size_t size() const { return brokers_.size(); }

  /// Unknown when the list is exhausted in this round.
  BrokerId next(std::size_t round) {
    if (brokers_.empty()) return {};
    if (round_ != round) {
      round_ = round;
      cursor_ = 0;
      start_ = (start_ + 1) % brokers_.size();
    }
    if (cursor_ == brokers_.size()) return {};
    return brokers_[(start_ + cursor_++) % brokers_.size()];
  }

 private:
  std::vector<BrokerId> brokers_;
  std::size_t start_ = 0;
  std::size_t cursor_ = 0;
  std::size_t round_ = 0;
};

struct Rack {
  BrokerList unfenced;
  BrokerList fenced;
  BrokerId next(std::size_t round) {
    const BrokerId alive = unfenced.next(round);
    return alive.known() ? alive : fenced.next(round);
  }
};

class RackList {
 public:
  RackList(const std::vector<UsableBroker>& brokers, Choices& choices) : choices_{choices} {
    std::map<std::string, Rack> by_name;
    for (const UsableBroker& broker : brokers) {
      Rack& rack = by_name[broker.rack];
      (broker.fenced ? rack.fenced : rack.unfenced).add(broker.id);
    }
    for (auto& [name, rack] : by_name) racks_.push_back(std::move(rack));
    rack_ = draw(choices_, racks_.size());
    for (Rack& rack : racks_) {
      rack.unfenced.begin(choices_);
      rack.fenced.begin(choices_);
      unfenced_ += rack.unfenced.size();
    }
  }

  std::vector<BrokerId> place(std::int32_t replication_factor) {
    if (round_ == unfenced_ && unfenced_ > 1) reshuffle();
    if (rack_ == racks_.size()) rack_ = 0;
    std::vector<BrokerId> replicas;
    std::size_t first_rack = rack_;
    while (true) {
      const BrokerId leader = racks_[first_rack].unfenced.next(round_);
      if (leader.known()) {
        replicas.push_back(leader);
        break;
      }
      first_rack = after(first_rack);
    }
    std::size_t at = rack_;
    bool leader_rack_passed = false;  // the first replica's rack is passed over once
    while (std::cmp_less(replicas.size(), replication_factor)) {
      if (!leader_rack_passed && at == first_rack) {
        leader_rack_passed = true;
      } else if (const BrokerId follower = racks_[at].next(round_); follower.known()) {
        replicas.push_back(follower);
      }
      at = after(at);
    }
    ++round_;
    ++rack_;
    return replicas;
  }

 private:
  std::size_t after(std::size_t rack) const { return rack + 1 == racks_.size() ? 0 : rack + 1; }

  /// As many assignments as there are unfenced brokers were given out: the same ones would come again.
  void reshuffle() {
    shuffle(racks_, choices_);
    for (Rack& rack : racks_) {
      rack.unfenced.reshuffle(choices_);
      rack.fenced.reshuffle(choices_);
    }
    round_ = 0;
  }

  Choices& choices_;
  std::vector<Rack> racks_;
  std::size_t unfenced_ = 0;
  std::size_t rack_ = 0;
  std::size_t round_ = 0;
};

}  // namespace

Placement place_replicas(std::vector<UsableBroker> brokers, std::int32_t partitions, std::int32_t replication_factor,
                         Choices& choices) {
  const auto fenced = [](const UsableBroker& broker) { return broker.fenced; };
  if (replication_factor < 1 || std::cmp_greater(replication_factor, brokers.size()) ||
      std::all_of(brokers.begin(), brokers.end(), fenced))
    return {ErrorCode::INVALID_REPLICATION_FACTOR, {}};
  RackList racks{brokers, choices};
  Placement placement;
  for (std::int32_t partition = 0; partition < partitions; ++partition)
    placement.replicas.push_back(racks.place(replication_factor));
  return placement;
}

PartitionRegistration new_partition(std::vector<BrokerId> replicas, std::span<const BrokerId> active) {
  INVARIANT(!replicas.empty(), "a partition has replicas");
  PartitionRegistration partition;
  std::copy_if(replicas.begin(), replicas.end(), std::back_inserter(partition.isr),
               [&](BrokerId broker) { return contains(active, broker); });
  INVARIANT(!partition.isr.empty(), "a topic is created on at least one active broker");
  partition.leader = partition.isr.front();
  partition.replicas = std::move(replicas);
  return partition;
}

}  // namespace kafkasim::core
