// Several observers behind one.
#pragma once

#include <vector>

#include "sim/observer.hpp"

namespace kafkasim::sim {

class ObserverList : public EventObserver {
 public:
  void add(EventObserver& observer) { all_.push_back(&observer); }
  void executing(const World& world, std::uint64_t number, const Event& event) override {
    for (EventObserver* one : all_) one->executing(world, number, event);
  }
  void noted(const World& world, HostIndex who, const Note& note) override {
    for (EventObserver* one : all_) one->noted(world, who, note);
  }

 private:
  std::vector<EventObserver*> all_;
};

}  // namespace kafkasim::sim
