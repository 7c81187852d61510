// Several observers behind one: each is told only of what it watches, so that a log that is off costs nothing.
#pragma once

#include <array>
#include <variant>
#include <vector>

#include "sim/observer.hpp"

namespace kafkasim::sim {

class ObserverList : public EventObserver {
 public:
  void add(EventObserver& observer) {
    if (observer.watches_events()) of_events_.push_back(&observer);
    for (std::size_t kind = 0; kind < of_notes_.size(); ++kind)
      if (observer.watches(kind)) of_notes_[kind].push_back(&observer);
  }
  void executing(const World& world, std::uint64_t number, const Event& event) override {
    for (EventObserver* one : of_events_) one->executing(world, number, event);
  }
  void noted(const World& world, HostIndex who, const Note& note) override {
    for (EventObserver* one : of_notes_[note.index()]) one->noted(world, who, note);
  }

 private:
  std::vector<EventObserver*> of_events_;
  std::array<std::vector<EventObserver*>, std::variant_size_v<Note>> of_notes_;
};

}  // namespace kafkasim::sim
