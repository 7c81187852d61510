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
