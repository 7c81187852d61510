// A line that shows that something goes on: on a terminal, for long work only.
#pragma once

#include <chrono>
#include <cstddef>
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
  /// The same of many runs: how many of them are done, how many failed.
  void show(std::size_t done, std::size_t of, std::size_t failed);
  void clear();

 private:
  bool due();

  using Clock = std::chrono::steady_clock;  // of the person waiting; no part of any result
  const Terminal& terminal_;
  Clock::time_point next_ = Clock::now() + std::chrono::seconds{1};
  bool shown_ = false;
};

/// Takes the line away on every way out of a scope.
class ProgressLine {
 public:
  explicit ProgressLine(Progress& progress) : progress_{progress} {}
  ~ProgressLine() { progress_.clear(); }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

 private:
  Progress& progress_;
};

}  // namespace kafkasim::sim
