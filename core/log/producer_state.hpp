// What a partition remembers of each idempotent producer (ProducerStateManager; R4.2-R4.7). No transactions here.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "core/base/error_code.hpp"
#include "core/base/fields.hpp"
#include "core/base/ids.hpp"
#include "core/protocol/batch.hpp"

namespace kafkasim::core {

/// A batch still known for duplicate detection.
struct BatchMetadata {
  std::int32_t first_sequence = -1;
  std::int32_t last_sequence = -1;
  Offset first_offset;
  Offset last_offset;
  friend bool operator==(const BatchMetadata&, const BatchMetadata&) = default;
  FIELDS(first_sequence, last_sequence, first_offset, last_offset)
};

struct ProducerEntry {
  ProducerEpoch epoch;
  std::vector<BatchMetadata> batches;  // oldest first, at most kCachedBatches, never empty
  friend bool operator==(const ProducerEntry&, const ProducerEntry&) = default;
  FIELDS(epoch, batches)
};

struct ProducerCheck {
  ErrorCode error = ErrorCode::NONE;
  std::optional<BatchMetadata> duplicate;  // the original append of the same batch
};

class ProducerState {
 public:
  static constexpr std::size_t kCachedBatches = 5;  // R4.3

  /// What a leader answers to this client batch (R4.2 a, c-f): a duplicate, INVALID_PRODUCER_EPOCH,
  /// OUT_OF_ORDER_SEQUENCE_NUMBER or NONE. A batch without producer id always passes.
  ProducerCheck check(const Batch& batch) const;
  /// Takes in an appended batch with its final offsets, checked or not (followers do not check, R4.5).
  void update(const Batch& batch);
  /// Drops producers whose last batch lies below `log_start` (on load, R4.6).
  void forget_below(Offset log_start);
  void clear() { entries_.clear(); }

  const std::map<ProducerId, ProducerEntry>& entries() const { return entries_; }

  friend bool operator==(const ProducerState&, const ProducerState&) = default;
  FIELDS(entries_)

 private:
  std::map<ProducerId, ProducerEntry> entries_;
};

}  // namespace kafkasim::core
