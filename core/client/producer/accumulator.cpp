#include "core/client/producer/accumulator.hpp"

#include <algorithm>
#include <utility>

#include "core/base/invariant.hpp"

namespace kafkasim::core {
namespace {
/// Java's estimate of a record counts 21 bytes for its length, attributes, timestamp and offset; the record itself has
/// one byte each for the last three and a length of as many bytes as it needs. The difference:
std::int64_t unused_overhead(std::int32_t record_bytes) {
  std::int64_t length_bytes = 1;
  for (std::int64_t limit = 1 << 6; record_bytes - length_bytes >= limit; limit <<= 7) ++length_bytes;
  return 21 - 3 - length_bytes;
}

/// Appends without effect but one until the batch is full or the sticky partitioner moves on: at least 1.
std::int32_t appendable(const ProducerBatch& batch, const RecordRun& run, const StickyPartitioner* sticky) {
  std::int64_t count = (batch.write_limit - batch.size_bytes) / run.record_bytes;
  if (sticky != nullptr) {
    const std::int64_t header = batch.record_count == 0 ? kBatchHeaderBytes : 0;
    const std::int64_t left = sticky->hard_limit() - sticky->produced_bytes() - header;
    count = std::min(count, (left + run.record_bytes - 1) / run.record_bytes);
  }
  return static_cast<std::int32_t>(std::clamp<std::int64_t>(count, 1, run.count));
}
}  // namespace

Accumulator::Accumulator(const ProducerConfig& config) : config_{config}, available_{config.buffer_memory} {}

std::int64_t Accumulator::upper_bound(std::int32_t record_bytes) {
  return kBatchHeaderBytes + record_bytes + unused_overhead(record_bytes);
}

StickyPartitioner& Accumulator::sticky(TopicId topic) {
  const auto [at, fresh] = sticky_.try_emplace(topic, topic, config_.batch_size);
  seen_.load_stale |= fresh;
  return at->second;
}

/// P-7: what a batch that begins with this record takes from the pool.
std::int64_t Accumulator::buffer_size(const RecordRun& run) const {
  return std::max(std::int64_t{config_.batch_size}, upper_bound(run.record_bytes));
}

/// False: buffer.memory is short.
bool Accumulator::start_batch(Queue& queue, TopicPartition tp, const RecordRun& run, Instant earliest) {
  const std::int64_t bytes = buffer_size(run);
  if (bytes > available_) return false;
  available_ -= bytes;
  ProducerBatch& batch = queue.batches.emplace_back();
  batch.partition = tp;
  batch.write_limit = static_cast<std::int32_t>(bytes);
  batch.pool_bytes = bytes;
  batch.created = std::max(run.handed_over, earliest);
  batch.last_attempt = batch.created;
  batch.newest = run.create_time(0);
  batch.number = ++last_batch_;
  entered(queue);
  return true;
}

Accumulator::Appended Accumulator::append(TopicId topic, PartitionChoice choice, RecordRun run, Instant earliest,
                                          const ClientMetadata& metadata, Turn& turn) {
  INVARIANT(run.record_bytes > 0, "records have a size");
  StickyPartitioner* partitioner = choice.kind == PartitionChoice::Kind::keyless ? &sticky(topic) : nullptr;
  Appended result;
  while (run.count > 0) {
    TopicPartition tp{topic, choice.value};
    if (choice.kind == PartitionChoice::Kind::key)
      tp.partition = partition_for_hash(choice.value, metadata.partition_count(topic));
    if (partitioner != nullptr) tp.partition = partitioner->current(metadata, turn);
    Queue& queue = queue_of(tp, metadata);
    // P-54: a switch that was held back by an open batch happens before the next append.
    ProducerBatch* last = queue.last();
    const bool all_full = last == nullptr || last->full();
    if (partitioner != nullptr && all_full && partitioner->add(0, true, metadata, turn)) continue;
    if (last != nullptr && !last->has_room(run.record_bytes)) {
      last->append_closed = true;  // P-8
      result.wake = true;
      // Closing made the queue full: the switch is looked at again, but only once there is memory (as in Java).
      if (!all_full && partitioner != nullptr && buffer_size(run) <= available_) continue;
    }
    if (last == nullptr || last->append_closed) {
      if (!start_batch(queue, tp, run, earliest)) {
        result.out_of_memory = true;
        return result;
      }
      result.wake = true;
      last = queue.last();
    }
    ProducerBatch& batch = *last;
    const bool begun = batch.record_count == 0;
    const std::int32_t bytes_before = begun ? 0 : batch.size_bytes;
    const std::int32_t count = appendable(batch, run, partitioner);
    batch.append(run, count);
    const bool full = batch.full();
    if (full) result.wake = true;
    result.count += count;
    run = after(run, count);
    if (partitioner != nullptr) partitioner->add(batch.size_bytes - bytes_before, full, metadata, turn);
  }
  return result;
}

std::int64_t Accumulator::silent_room(std::int32_t record_bytes, TopicId topic) const {
  const auto it = sticky_.find(topic);
  if (it == sticky_.end() || !it->second.chosen() || record_bytes <= 0) return 0;
  const Queue* queue = find(TopicPartition{topic, it->second.current_partition()});
  const ProducerBatch* last = queue == nullptr ? nullptr : queue->last();
  if (last == nullptr || last->full()) return 0;
  const ProducerBatch& batch = *last;
  const std::int64_t to_full = batch.write_limit - batch.size_bytes - 1;
  const std::int64_t to_switch = it->second.hard_limit() - it->second.produced_bytes() - 1;
  return std::max<std::int64_t>(std::min(to_full, to_switch) / record_bytes, 0);
}

void Accumulator::release(std::int64_t pool_bytes) {
  available_ += pool_bytes;
  INVARIANT(available_ <= config_.buffer_memory, "memory comes back once");
}

}  // namespace kafkasim::core
