#include "core/log/producer_state.hpp"

#include <algorithm>

#include "core/base/invariant.hpp"

namespace kafkasim::core {

ProducerCheck ProducerState::check(const Batch& batch) const {
  if (!batch.idempotent()) return {};
  const auto found = entries_.find(batch.producer_id);
  if (found == entries_.end()) return {};  // (f): any sequence, KIP-360
  const ProducerEntry& entry = found->second;
  if (batch.producer_epoch == entry.epoch)
    for (const BatchMetadata& known : entry.batches)
      if (known.first_sequence == batch.base_sequence && known.last_sequence == batch.last_sequence())
        return {ErrorCode::NONE, known};
  if (batch.producer_epoch < entry.epoch) return {ErrorCode::INVALID_PRODUCER_EPOCH, {}};
  const std::int32_t expected =
      batch.producer_epoch > entry.epoch ? 0 : advance_sequence(entry.batches.back().last_sequence, 1);
  if (batch.base_sequence != expected) return {ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER, {}};
  return {};
}

void ProducerState::update(const Batch& batch) {
  if (!batch.idempotent()) return;
  INVARIANT(batch.base_offset.known(), "only an appended batch counts");
  ProducerEntry& entry = entries_[batch.producer_id];
  if (entry.epoch != batch.producer_epoch) {
    entry.epoch = batch.producer_epoch;
    entry.batches.clear();
  }
  if (entry.batches.size() == kCachedBatches) entry.batches.erase(entry.batches.begin());
  entry.batches.push_back({batch.base_sequence, batch.last_sequence(), batch.base_offset, batch.last_offset()});
}

void ProducerState::forget_below(Offset log_start) {
  std::erase_if(entries_, [&](const auto& entry) { return entry.second.batches.back().last_offset < log_start; });
}

}  // namespace kafkasim::core
