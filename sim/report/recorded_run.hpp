// One run from beginning to end, with everything that watches it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>

#include "sim/report/result.hpp"
#include "sim/scenario/scenario.hpp"

namespace kafkasim::sim {

class EventObserver;

struct RunWatch {
  std::optional<std::filesystem::path> folder;  // an existing one for events, series and latencies; none: not written
  std::ostream* log = nullptr;
  std::string log_level = "warn";
  EventObserver* observer = nullptr;  // one more that sees every event
  /// Now and then: events so far and simulated time. False stops the run.
  std::function<bool(std::uint64_t, Instant)> go_on;
};

/// The result; nothing when it was stopped. Throws InvariantViolation (seed, simulated time and event added to its
/// text) and OutputError.
std::optional<Result> run_recorded(std::shared_ptr<const Scenario> scenario, const RunWatch& watch);

}  // namespace kafkasim::sim
