#include "sim/host/host.hpp"

#include <algorithm>

#include "core/base/invariant.hpp"

namespace kafkasim::sim {

Instant ThreadPool::run(Instant ready, Duration cost) {
  INVARIANT(!free_at.empty(), "a pool has threads");
  const auto thread = std::min_element(free_at.begin(), free_at.end());
  *thread = std::max(ready, *thread) + cost;
  return *thread;
}

Instant Host::wall(Instant now) const {
  Instant shown = now;
  for (const ClockFault& fault : clock) {
    const std::int64_t run = (now - fault.since).count();
    // In two parts, so that a drift over weeks does not overflow.
    const std::int64_t drift =
        run / 1'000'000'000 * fault.drift_ppb + run % 1'000'000'000 * fault.drift_ppb / 1'000'000'000;
    shown += fault.by + Duration{drift};
  }
  return shown;
}

TimerSlot& Host::timer(TimerKey key, std::uint16_t& slot) {
  for (std::size_t i = 0; i < timers.size(); ++i)
    if (timers[i].key == key) {
      slot = static_cast<std::uint16_t>(i);
      return timers[i];
    }
  INVARIANT(timers.size() < 0xffff, "a process has fewer than 65,535 timers");
  slot = static_cast<std::uint16_t>(timers.size());
  timers.push_back(TimerSlot{.key = key});
  return timers.back();
}

}  // namespace kafkasim::sim
