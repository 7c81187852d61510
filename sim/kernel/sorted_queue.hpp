// The plainest possible event queues, to test and to measure the real one against.
#pragma once

#include <cstdint>
#include <map>
#include <queue>
#include <utility>
#include <vector>

#include "sim/kernel/event.hpp"

namespace kafkasim::sim {

/// std::map over (time, insertion number): the definition of the order.
class SortedQueue {
 public:
  void push(const Event& event) { events_.emplace(std::pair{event.at, inserted_++}, event); }
  const Event& front() const { return events_.begin()->second; }
  void pop() { events_.erase(events_.begin()); }
  bool empty() const { return events_.empty(); }
  std::size_t size() const { return events_.size(); }

 private:
  std::map<std::pair<Instant, std::uint64_t>, Event> events_;
  std::uint64_t inserted_ = 0;
};

/// std::priority_queue over the same order: the usual kernel, as a yardstick.
class HeapQueue {
 public:
  void push(const Event& event) { events_.push({event, inserted_++}); }
  const Event& front() const { return events_.top().event; }
  void pop() { events_.pop(); }
  bool empty() const { return events_.empty(); }
  std::size_t size() const { return events_.size(); }

 private:
  struct Entry {
    Event event;
    std::uint64_t number;
    friend bool operator<(const Entry& a, const Entry& b) {  // the top is the greatest: the earliest must be
      return a.event.at != b.event.at ? a.event.at > b.event.at : a.number > b.number;
    }
  };
  std::priority_queue<Entry> events_;
  std::uint64_t inserted_ = 0;
};

}  // namespace kafkasim::sim
