// An event is data: what is due, for whom, and which event asked for it (design walls 2 and 6).
#pragma once

#include <cstdint>
#include <type_traits>

#include "core/base/fields.hpp"
#include "core/base/time.hpp"

namespace kafkasim::sim {

/// One entry of the event queue. The kernel gives no meaning to target, kind and payload; the world does.
struct Event {
  Instant at{};
  std::uint16_t target = 0;
  std::uint16_t kind = 0;
  std::uint32_t payload = 0;
  std::uint64_t cause = 0;  // number of the executed event that scheduled this one; 0 = the beginning

  FIELDS(at, target, kind, payload, cause)
  friend bool operator==(const Event&, const Event&) = default;
};
static_assert(sizeof(Event) == 24);
static_assert(std::is_trivially_copyable_v<Event>);

}  // namespace kafkasim::sim
