// A line that shows that something goes on: on a terminal, for long work only.
#pragma once

#include <chrono>
#include <cstdint>

#include "core/base/time.hpp"
#include "sim/cli/command_line.hpp"

namespace kafkasim::sim {

struct Scenario;

class Progress {
 public:
  explicit Progress(const Terminal& terminal) : terminal_{terminal} {}
  /// At most a few times a second, and not in the first one.
  void show(const Scenario& scenario, std::uint64_t events, Instant now);
  void clear();

 private:
  using Clock = std::chrono::steady_clock;  // of the person waiting; no part of any result
  const Terminal& terminal_;
  Clock::time_point next_ = Clock::now() + std::chrono::seconds{1};
  bool shown_ = false;
};

}  // namespace kafkasim::sim
