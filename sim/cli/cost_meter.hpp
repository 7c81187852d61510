// What a run cost the machine: for `run --stats`.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "sim/host/event_kind.hpp"
#include "sim/observer.hpp"

namespace kafkasim::sim {

/// Counts the events of one run by kind and takes its CPU time. Never part of a result: other machines, other figures.
class CostMeter : public EventObserver {
 public:
  CostMeter();
  void executing(const World& world, std::uint64_t number, const Event& event) override;
  void noted(const World&, HostIndex, const Note&) override {}

  /// Events, nanoseconds per event, events by kind (most first), the most memory the process ever had.
  std::string text() const;

 private:
  std::int64_t begin_ns_;
  std::array<std::uint64_t, event_kind::count> by_kind_{};
};

}  // namespace kafkasim::sim
