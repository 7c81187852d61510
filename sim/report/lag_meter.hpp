// Lag of each group, event by event: its maximum and when it was gone. Lag as kafka-consumer-groups shows it: high
// watermark minus committed offset, over the partitions that have one (C-74).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/base/time.hpp"
#include "sim/observer.hpp"

namespace kafkasim::sim {

class LagMeter : public EventObserver {
 public:
  struct Group {
    std::map<TopicPartition, std::int64_t> committed, visible, lag;
    std::int64_t total = 0;
    std::int64_t max = 0;
    std::int64_t max_partition = 0;
    Instant drained = kNever;  // since the maximum
  };

  explicit LagMeter(const World& world);

  bool watches_events() const override { return false; }
  bool watches(std::size_t note_kind) const override;
  void executing(const World&, std::uint64_t, const Event&) override {}
  void noted(const World& world, HostIndex who, const Note& note) override;
  const std::map<std::string, Group>& groups() const { return groups_; }

 private:
  static void update(Group& group, TopicPartition tp, Instant now);

  std::map<std::string, Group> groups_;
  std::map<TopicId, std::vector<std::string>> readers_;  // groups that may read a topic
  std::map<HostIndex, std::string> group_of_;
};

}  // namespace kafkasim::sim
