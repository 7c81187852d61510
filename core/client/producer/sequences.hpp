// Producer id, epoch and sequence numbers of an idempotent, non-transactional producer (P-37..P-42).
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <vector>

#include "core/base/error_code.hpp"
#include "core/base/fields.hpp"
#include "core/base/ids.hpp"
#include "core/client/producer/producer_batch.hpp"
#include "core/protocol/data_messages.hpp"

namespace kafkasim::core {

/// Value. Batches live elsewhere; here is only which sequences of a partition are not resolved yet.
class Sequences {
 public:
  bool has_producer_id() const { return producer_id_.known(); }
  ProducerId producer_id() const { return producer_id_; }
  ProducerEpoch epoch() const { return epoch_; }
  void set_identity(ProducerId id, ProducerEpoch epoch);

  // --- draining (P-37) ----------------------------------------------------------------------------------------------
  /// The head batch of its partition may be sent now.
  bool may_drain(const ProducerBatch& first) const;
  /// Gives a batch without sequence the next ones of its partition.
  void stamp(ProducerBatch& batch);
  /// Split products carry their sequences already.
  void track(const ProducerBatch& batch);
  void untrack(const ProducerBatch& batch);

  // --- what became of a batch ---------------------------------------------------------------------------------------
  void acked(const ProducerBatch& batch, Offset base_offset);
  /// The batch's futures failed; `adjust`: by an error reply, not by running out of retries or time (P-42).
  void failed(const ProducerBatch& batch, ErrorCode error, bool adjust);
  /// It expired after it had been sent and queued again (P-41).
  void unresolved(const ProducerBatch& batch);
  /// P-38, P-39: an error that would end a non-idempotent batch may be retried; may ask for an epoch bump.
  bool can_retry(const ProducerBatch& batch, const ProduceResponse::Partition& reply);

  // --- epoch bump (P-40) --------------------------------------------------------------------------------------------
  /// Looks at partitions with unresolved sequences and nothing in flight: resolved, or an epoch bump is due (P-41).
  void resolve();
  bool bump_due() const { return bump_due_; }
  /// Raises the epoch by one; producer id and epoch become unknown instead when the epoch cannot grow.
  void bump();
  /// Partitions that asked for the bump: their batches are now to be renumbered. Empty while the id is unknown.
  std::vector<TopicPartition> take_renumbering();
  /// Numbers these batches (all sequenced, uncompleted ones of the partition, in sequence order) from 0.
  void renumber(TopicPartition tp, const std::vector<ProducerBatch*>& batches);

  bool is_unresolved(TopicPartition tp) const { return unresolved_.contains(tp); }
  std::int32_t next_sequence(TopicPartition tp) const;
  std::int32_t last_acked(TopicPartition tp) const;

  friend bool operator==(const Sequences&, const Sequences&) = default;
  struct Slot {
    ProducerId producer_id;
    ProducerEpoch epoch;
    std::int32_t base_sequence = 0;
    friend constexpr auto operator<=>(const Slot&, const Slot&) = default;
    FIELDS(producer_id, epoch, base_sequence)
  };
  struct Partition {
    ProducerId producer_id;
    ProducerEpoch epoch;
    std::int32_t next = 0;
    std::int32_t last_acked = -1;
    Offset last_acked_offset;
    std::vector<Slot> in_flight;  // ascending; queued again counts as in flight
    friend bool operator==(const Partition&, const Partition&) = default;
    FIELDS(producer_id, epoch, next, last_acked, last_acked_offset, in_flight)
  };
  FIELDS(producer_id_, epoch_, bump_due_, partitions_, unresolved_, to_renumber_)

 private:
  bool stale(const Partition& partition) const;
  bool is_next(TopicPartition tp, std::int32_t sequence) const { return sequence - last_acked(tp) == 1; }
  void request_bump(TopicPartition tp);

  ProducerId producer_id_;
  ProducerEpoch epoch_;
  bool bump_due_ = false;
  std::map<TopicPartition, Partition> partitions_;
  std::map<TopicPartition, std::int32_t> unresolved_;  // the sequence after the last unresolved one
  std::set<TopicPartition> to_renumber_;
};

}  // namespace kafkasim::core
