// What a degraded link does to what it carries, and the queues in which bytes wait for a link.
#pragma once

#include <cstdint>

#include "core/base/fields.hpp"
#include "core/base/time.hpp"
#include "sim/kernel/distribution.hpp"
#include "sim/net/topology.hpp"
#include "sim/scenario/values.hpp"

namespace kafkasim::sim {

/// Added to a link by a `degrade`.
struct LinkQuality {
  Distribution latency{};           // of each envelope, nanoseconds
  Distribution jitter{};            // likewise
  Ratio loss{};                     // share of segments that do not arrive
  std::int64_t bandwidth_bits = 0;  // per second; 0 = as before
  friend bool operator==(const LinkQuality&, const LinkQuality&) = default;
};

/// One degraded direction between two machines.
struct Degradation {
  std::size_t fault = 0;    // whose it is
  std::uint32_t queue = 0;  // where bytes wait when its bandwidth is limited; directions may share one
  LinkQuality quality;
  friend bool operator==(const Degradation&, const Degradation&) = default;
  FIELDS(fault, queue)
};

/// Bytes leave a link one after the other.
struct SerialQueue {
  Instant busy_until{};

  /// When the last byte of something ready at `ready` (>= now) has passed a link on which it takes `time`. What is
  /// offered first goes first; a gap until `ready` is left to others.
  Instant pass(Instant now, Instant ready, Duration time) {
    busy_until = (busy_until > now ? busy_until : now) + time;
    return busy_until > ready + time ? busy_until : ready + time;
  }
  friend bool operator==(const SerialQueue&, const SerialQueue&) = default;
  FIELDS(busy_until)
};

/// A machine's link to its switch, both directions.
struct HostLink {
  SerialQueue out;
  SerialQueue in;
  friend bool operator==(const HostLink&, const HostLink&) = default;
  FIELDS(out, in)
};

}  // namespace kafkasim::sim
