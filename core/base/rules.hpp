// What changed between Kafka versions, as named switches (design wall 9). Old rules stay available: they are lessons.
#pragma once

#include "core/base/fields.hpp"

namespace kafkasim {

struct Rules {
  /// The high watermark stands still while the ISR is below its minimum (3.7.0, KAFKA-15583, part of KIP-966; R2.27).
  bool hw_needs_min_isr = true;
  /// A follower may join the ISR only from the start of the leader's epoch on (2.0.1 and 2.1, KAFKA-7128; R2.20).
  bool isr_join_needs_epoch_start = true;
  /// The leader counts replicas it has proposed and not yet removed ("maximal ISR"; 2.7, KIP-497; R2.21).
  bool hw_counts_maximal_isr = true;
  /// A follower drops batches newer than the epoch it fetched with (4.0, KAFKA-18723; R2.5).
  bool follower_drops_newer_epochs = true;
  /// The controller keeps eligible leader replicas (4.1 for new clusters, KIP-966; R3.25).
  bool elr = true;

  friend bool operator==(const Rules&, const Rules&) = default;
  FIELDS(hw_needs_min_isr, isr_join_needs_epoch_start, hw_counts_maximal_isr, follower_drops_newer_epochs, elr)
};

}  // namespace kafkasim
