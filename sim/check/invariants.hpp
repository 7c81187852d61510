// White-box invariants: what no run may break, looked at by the events that can break them (failure-museum.md 11).
#pragma once

#include <map>
#include <vector>

#include "core/protocol/notes.hpp"
#include "sim/net/topology.hpp"

namespace kafkasim::sim {

struct World;

/// A value. A breach is a broken INVARIANT: ours, never Kafka's.
class Invariants {
 public:
  void note(const World& world, HostIndex who, const Note& note);

  friend bool operator==(const Invariants&, const Invariants&) = default;
  FIELDS(leaders_, marks_, unclean_)

 private:
  void on(const World& world, HostIndex who, const BecameLeader& note);
  void on(const World& world, HostIndex who, const HighWatermarkMoved& note);
  void on(const World& world, HostIndex who, const PartitionChanged& note);
  template <class Other>
  void on(const World&, HostIndex, const Other&) {}

  struct Mark {
    HostIndex leader = 0;
    LeaderEpoch epoch;
    Offset high_watermark;
    friend bool operator==(const Mark&, const Mark&) = default;
    FIELDS(leader, epoch, high_watermark)
  };
  std::map<std::pair<TopicPartition, LeaderEpoch>, HostIndex> leaders_;  // who led each epoch (I6)
  std::map<std::pair<TopicPartition, HostIndex>, Mark> marks_;          // a leader's high watermark in its epoch (I5)
  std::map<TopicPartition, bool> unclean_;                              // an unclean election excuses what it must
};

}  // namespace kafkasim::sim
