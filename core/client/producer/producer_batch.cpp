#include "core/client/producer/producer_batch.hpp"

#include <algorithm>

#include "core/base/invariant.hpp"

namespace kafkasim::core {

RecordRun first_of(const RecordRun& run, std::int32_t count) {
  RecordRun part = run;
  part.count = count;
  return part;
}

RecordRun after(const RecordRun& run, std::int32_t count) {
  RecordRun rest = run;
  rest.first += count;
  rest.count -= count;
  rest.handed_over = run.timestamp(count);
  return rest;
}

namespace {
/// True when `next` continues `run` without a seam. A run of one record takes the spacing that leads to the next.
bool continues(const RecordRun& run, const RecordRun& next) {
  if (next.first != run.first + run.count || next.record_bytes != run.record_bytes) return false;
  if (next.time_offset != run.time_offset) return false;
  const Duration gap = next.handed_over - run.timestamp(run.count - 1);
  if (gap < Duration::zero()) return false;
  return (run.count == 1 || gap == run.spacing) && (next.count == 1 || gap == next.spacing);
}
}  // namespace

void ProducerBatch::append(const RecordRun& run, std::int32_t count) {
  INVARIANT(count > 0, "an append brings records");
  INVARIANT(has_room(run.record_bytes), "the caller asked for room");
  const RecordRun part = first_of(run, count);
  if (!runs.empty() && continues(runs.back(), part)) {
    if (runs.back().count == 1) runs.back().spacing = part.handed_over - runs.back().handed_over;
    runs.back().count += count;
  } else {
    if (runs.size() == runs.capacity()) runs.reserve(4 * runs.size());
    runs.push_back(part);
  }
  record_count += count;
  size_bytes += count * run.record_bytes;
  newest = std::max(newest, part.create_time(count - 1));
}

void ProducerBatch::see_leader_epoch(LeaderEpoch epoch) {
  if (!epoch.known() || epoch == leader_epoch) return;
  leader_epoch = epoch;
  attempts_at_leader_change = attempts;
}

bool ProducerBatch::backing_off(Instant now) const {
  if (attempts == 0 || attempts == attempts_at_leader_change) return false;
  return now < later(last_attempt, backoff);
}

void ProducerBatch::requeued(Duration wait, Instant now) {
  ++attempts;
  last_attempt = now;
  backoff = wait;
}

std::int32_t largest_record(const ProducerBatch& batch) {
  std::int32_t largest = 0;
  for (const RecordRun& run : batch.runs) largest = std::max(largest, run.record_bytes);
  return kBatchHeaderBytes + largest;
}

std::vector<ProducerBatch> split_batch(const ProducerBatch& batch, std::int32_t target_bytes) {
  INVARIANT(batch.record_count > 1, "a batch of one record cannot be split");
  std::vector<ProducerBatch> parts;
  const auto begin = [&](std::int32_t record_bytes) {
    ProducerBatch part;
    part.partition = batch.partition;
    part.write_limit = std::max(target_bytes, kBatchHeaderBytes + record_bytes);
    part.created = batch.created;
    part.last_attempt = batch.created;
    part.newest = batch.runs.front().create_time(0);
    part.split = true;
    part.number = batch.number;
    parts.push_back(part);
  };
  for (RecordRun rest : batch.runs) {
    while (rest.count > 0) {
      if (parts.empty() || !parts.back().has_room(rest.record_bytes)) begin(rest.record_bytes);
      ProducerBatch& part = parts.back();
      const std::int32_t fits = (part.write_limit - part.size_bytes) / rest.record_bytes;
      const std::int32_t taken = std::clamp(fits, 1, rest.count);
      part.append(rest, taken);
      rest = after(rest, taken);
    }
  }
  std::int32_t sequence = batch.base_sequence;
  for (ProducerBatch& part : parts) {
    part.append_closed = true;
    part.leader_epoch = batch.leader_epoch;
    if (!batch.has_sequence()) continue;
    part.producer_id = batch.producer_id;
    part.producer_epoch = batch.producer_epoch;
    part.base_sequence = sequence;
    sequence = advance_sequence(sequence, part.record_count);
  }
  return parts;
}

}  // namespace kafkasim::core
