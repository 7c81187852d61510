// Sees what happens, for the trace and the log. Never part of the state, never acts.
#pragma once

#include <cstdint>

#include "core/protocol/notes.hpp"
#include "sim/kernel/event.hpp"
#include "sim/net/topology.hpp"

namespace kafkasim::sim {

struct World;

class EventObserver {
 public:
  virtual ~EventObserver() = default;
  /// About to be executed: event `number` of the run. The payload's envelope is still where the event says.
  virtual void executing(const World& world, std::uint64_t number, const Event& event) = 0;
  /// A note made while it is executed.
  virtual void noted(const World& world, HostIndex who, const Note& note) = 0;
};

}  // namespace kafkasim::sim
