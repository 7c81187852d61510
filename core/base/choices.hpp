// What is open at an instant is asked, never drawn (design wall 5).
#pragma once

#include <cstdint>

namespace kafkasim {

/// What a choice is about. A scripted or enumerating chooser decides by it; the seeded one uses it as the stream's
/// name.
enum class Choice : std::uint8_t {
  backoff_jitter,     // P-25: uniform factor in [0.8, 1.2)
  sticky_partition,   // P-55, P-56
  least_loaded_node,  // tie between equally loaded nodes
  network_delay,
  network_loss,  // whether a segment is lost on a degraded link
  service_time,
  fault_target,
  timeline_instant,
  timer_phase,
  start_time,
  metadata_delay,
  expired_session,  // which of several ended sessions is fenced first (R3.15)
  placement,        // R3.32
  group_leader,     // R5.10: Kafka takes the first in hash order of random member ids
  retention_phase,  // when the retention task of a broker that has run for long comes next
  disk_stall,
  count
};

/// Answers open questions. Given to the system as an argument of each step; implemented by the world
/// (seeded for runs, scripted for tests, enumerating for exhaustive search).
class Choices {
 public:
  virtual ~Choices() = default;
  /// A number in [0, bound). bound > 0.
  virtual std::uint64_t below(Choice what, std::uint64_t bound) = 0;
};

}  // namespace kafkasim
