// One decision about one partition: its new ISR, ELR and leader (R3.21-R3.26, R3.31; Kafka's PartitionChangeBuilder).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/base/fields.hpp"
#include "core/base/ids.hpp"
#include "core/protocol/metadata_records.hpp"

namespace kafkasim::core {

enum class ElectionType : std::uint8_t {
  any,        // keep the leader if it is valid, else the first valid replica (R3.21)
  preferred,  // replicas[0] before the current leader (R3.22)
  unclean,    // as `any`, and a replica outside ISR and ELR rather than nobody (R3.21 step 4)
};

/// What depends on the cluster's feature level. Defaults: 4.3.
struct ElectionRules {
  bool elr_enabled = true;                       // eligible.leader.replicas.version >= 1 (KIP-966, R3.25)
  bool bump_leader_epoch_on_isr_shrink = false;  // metadata.version < 3.6 (KAFKA-15021, R2.24)
  bool leader_recovery_supported = true;         // metadata.version >= 3.2 (KIP-704, R3.23)

  friend bool operator==(const ElectionRules&, const ElectionRules&) = default;
  FIELDS(elr_enabled, bump_leader_epoch_on_isr_shrink, leader_recovery_supported)
};

/// A reassignment in progress (R2.49); both empty = none.
struct Reassignment {
  std::vector<BrokerId> adding;
  std::vector<BrokerId> removing;

  friend bool operator==(const Reassignment&, const Reassignment&) = default;
};

/// What the caller wants the partition to be before the election has its say.
struct PartitionTargets {
  std::vector<BrokerId> replicas;
  std::vector<BrokerId> isr;
  Reassignment reassignment;
  bool recovering = false;

  /// Everything as it is.
  static PartitionTargets unchanged(const PartitionRegistration& current) {
    return {current.replicas, current.isr, {}, current.recovering};
  }
};

struct ElectionQuestion {
  std::span<const BrokerId> acceptable;  // sorted: registered, not fenced, not in controlled shutdown
  std::int32_t effective_min_isr = 1;    // R3.25
  ElectionType type = ElectionType::any;
  std::span<const BrokerId> unclean_shutdown;  // never in the new ELR (R3.27)
  ElectionRules rules;
};

struct PartitionDecision {
  PartitionRegistration after;  // epochs already raised (R3.31)
  Reassignment reassignment;    // what is left of it
  bool leader_written = false;  // the leader field was set, maybe to the same broker: leader epoch + 1
  bool unclean = false;         // the new leader was in neither ISR nor ELR

  friend bool operator==(const PartitionDecision&, const PartitionDecision&) = default;
};

/// The decision, or nothing when nothing changes. Pure: equal arguments give equal answers.
std::optional<PartitionDecision> decide_partition(const PartitionRegistration& current, const Reassignment& in_progress,
                                                  PartitionTargets targets, const ElectionQuestion& question);

/// `members` without `leaver`, order kept.
std::vector<BrokerId> without(const std::vector<BrokerId>& members, BrokerId leaver);
bool contains(std::span<const BrokerId> members, BrokerId member);

}  // namespace kafkasim::core
