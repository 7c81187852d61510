// Which parts of the world an event touched: what may have changed for a measured name.
#pragma once

#include <cstdint>

namespace kafkasim::sim {

/// A set of parts of the world.
using Domains = std::uint32_t;

namespace domain {
inline constexpr Domains metadata = 1 << 0;   // the controller's committed truth
inline constexpr Domains brokers = 1 << 1;    // what brokers believe; their life-cycle
inline constexpr Domains logs = 1 << 2;       // log ends, high watermarks, contents
inline constexpr Domains producers = 1 << 3;  // counters and states of producers
inline constexpr Domains consumers = 1 << 4;  // counters, positions and states of consumers
inline constexpr Domains groups = 1 << 5;     // coordinators: generations, committed offsets
inline constexpr Domains hosts = 1 << 6;      // processes come and go, freeze, are cut off
inline constexpr Domains timeline = 1 << 7;   // entries struck or ended
inline constexpr Domains all = (1 << 8) - 1;
}  // namespace domain

}  // namespace kafkasim::sim
