// A run as a value: build it from a scenario, advance it one event at a time, copy it half way, compare two.
#pragma once

#include <memory>
#include <string>

#include "sim/observer.hpp"
#include "sim/view.hpp"
#include "sim/world.hpp"

namespace kafkasim::sim {

class Simulation {
 public:
  /// Time 0 of the scenario (one variant, seed inside).
  explicit Simulation(std::shared_ptr<const Scenario> scenario);

  /// Executes the next event. False, and nothing happens, when the run is over.
  bool step();
  /// To the end.
  void run();

  bool over() const { return world_.phase == Phase::over; }
  Instant now() const { return world_.now(); }
  std::uint64_t events() const { return world_.scheduler.executing(); }
  const Fingerprint& fingerprint() const { return world_.scheduler.fingerprint(); }
  View view() const { return View{world_}; }
  const World& world() const { return world_; }
  /// For the trace; not part of the value.
  void observe(EventObserver* observer) { world_.observer = observer; }

  /// Of the whole state: equal states have equal hashes.
  std::string state_hash() const;
  /// The whole state as an indented table.
  std::string print() const;
  /// The first place where two states differ, with both values; empty when they are equal.
  static std::string first_difference(const Simulation& a, const Simulation& b);
  friend bool operator==(const Simulation& a, const Simulation& b);

 private:
  void dispatch(const Event& event);
  void end_step(std::uint16_t step);

  World world_;
};

}  // namespace kafkasim::sim
