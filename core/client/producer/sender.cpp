// The loop of the producer's network thread: Sender.runOnce and NetworkClient.poll (P-12..P-17, P-27, P-29, P-37).
#include <algorithm>
#include <memory>
#include <utility>

#include "core/base/invariant.hpp"
#include "core/client/producer.hpp"

namespace kafkasim::core {
namespace {
// Tags below the produce requests' (which count from 1).
constexpr std::int64_t kMetadataTag = -1;
constexpr std::int64_t kInitProducerIdTag = -2;

/// CreateTimes of the records of a batch, by the machine's clock.
void set_times(Batch& data, const RecordRuns& runs, Duration skew) {
  if (runs.size() == 1) {
    data.spacing = runs.front().spacing;
    return;
  }
  RecordTimesRuns times;
  times.reserve(runs.size());
  for (const RecordRun& run : runs) times.push_back({run.count, run.create_time(0) + skew, run.spacing});
  data.times = RecordTimesPtr{std::move(times)};
}
}  // namespace

/// One wake-up of the thread: notices what expired, refreshes metadata, sends all that may be sent, sleeps again.
void Producer::pass(Turn& turn) {
  if (closed_) return;
  last_wake_ = turn.now;
  for (const Disconnection& lost : network_.on_tick(turn)) on_lost(lost, turn);
  finish_flushes(turn);
  finish_closing(turn);  // before anything new is sent
  if (closed_) return;
  try_unblock(turn);
  std::optional<Accumulator::Ready> seen;  // what stands when nothing more can be sent
  do {
    metadata_.maybe_update(network_, kMetadataTag, turn);
  } while (send_produce_data(turn, seen));
  // What this pass expired or completed may have made room for a waiting send().
  if (blocked_) {
    try_unblock(turn);
    while (!blocked_ && send_produce_data(turn, seen)) {
    }
    seen.reset();
  }
  const bool hurried_before = hurried();
  finish_flushes(turn);
  finish_closing(turn);
  if (hurried() != hurried_before) seen.reset();
  arm(turn, seen);
}

/// True: something was sent, or expired before others: there may be more to do. False: `seen` is what was ready when
/// nothing was done any more; none when that was not looked at.
bool Producer::send_produce_data(Turn& turn, std::optional<Accumulator::Ready>& seen) {
  seen.reset();
  if (more_to_come_ && !blocked_) return false;
  if (!identity_ready(turn)) {
    expire_batches(turn);
    return false;
  }
  const bool exhausted = blocked_ && blocked_->for_memory;
  Accumulator::Ready ready = accumulator_.ready(metadata_, exhausted, hurried(), turn.now);
  if (ready.unknown_leaders) metadata_.request_update();  // P-16
  const bool refresh_first = metadata_.due(turn.now);
  bool sent = false;
  for (const NodeId node : ready.nodes) {
    if (!network_.ready(node, turn) || refresh_first) continue;  // P-15
    std::vector<ProducerBatch> batches = accumulator_.drain(node, metadata_, sequencing(), turn.now);
    if (batches.empty()) continue;
    send_request(node, std::move(batches), turn);
    sent = true;
  }
  const bool expired = expire_batches(turn);
  if (!sent && !expired) seen = std::move(ready);
  return sent || (expired && !accumulator_.empty());
}

void Producer::send_request(NodeId node, std::vector<ProducerBatch> batches, Turn& turn) {
  ProduceRequest request{config_.acks, config_.client.request_timeout, {}};
  request.partitions.reserve(batches.size());
  const Duration skew = turn.wall - turn.now;  // CreateTime is the machine's clock
  for (ProducerBatch& batch : batches) {
    close_batch(batch, turn);
    if (config_.max_in_flight == 1) accumulator_.mute(batch.partition);  // P-27
    Batch& data = request.partitions.emplace_back(ProduceRequest::Partition{batch.partition, {}}).batch;
    data.record_count = batch.record_count;
    data.size_bytes = batch.size_bytes;
    data.producer_id = batch.producer_id;
    data.producer_epoch = batch.producer_epoch;
    data.base_sequence = batch.base_sequence;
    data.max_timestamp = batch.newest + skew;
    set_times(data, batch.runs, skew);
    data.payload = payload(batch);
    turn.out.note(BatchSent{data.payload, batch.partition, node, batch.attempts});
  }
  if (config_.acks == Acks::none) {  // P-35: complete once written
    network_.send_one_way(node, std::move(request), turn);
    for (const ProducerBatch& batch : batches) {
      accumulator_.unmute(batch.partition);
      succeed(batch, Offset{}, turn);
    }
    return;
  }
  const std::int64_t tag = next_tag_++;
  network_.send(node, std::move(request), config_.client.request_timeout, tag, turn);
  for (const ProducerBatch& batch : batches)
    oldest_in_flight_.created = std::min(oldest_in_flight_.created, batch.created);
  requests_.emplace_hint(requests_.end(), tag, SentRequest{node, std::move(batches)});
}

/// P-37: false while an idempotent producer has no producer id; asks the least loaded broker for one.
bool Producer::identity_ready(Turn& turn) {
  if (!config_.enable_idempotence) return true;
  sequences_.resolve();
  if (sequences_.bump_due()) {
    sequences_.bump();
    if (sequences_.has_producer_id()) turn.out.note(ProducerIdentity{sequences_.producer_id(), sequences_.epoch()});
    renumber();
  }
  if (sequences_.has_producer_id()) return true;
  if (init_in_flight_ || turn.now < init_not_before_ || metadata_.due(turn.now)) return false;
  const std::optional<NodeId> node = network_.least_loaded(metadata_.nodes(), turn);
  if (!node || !network_.ready(*node, turn)) return false;
  network_.send(*node, InitProducerIdRequest{}, config_.client.request_timeout, kInitProducerIdTag, turn);
  init_in_flight_ = true;
  return false;
}

/// P-40: batches of the partitions that asked for the new epoch, queued or in flight, are numbered from 0.
void Producer::renumber() {
  for (const TopicPartition tp : sequences_.take_renumbering()) {
    std::vector<ProducerBatch*> batches = accumulator_.sequenced(tp);
    for (auto& [tag, request] : requests_)
      for (ProducerBatch& batch : request.batches)
        if (batch.partition == tp && !batch.done) batches.push_back(&batch);
    std::sort(batches.begin(), batches.end(), [](const ProducerBatch* a, const ProducerBatch* b) {
      if (a->producer_epoch != b->producer_epoch) return a->producer_epoch < b->producer_epoch;
      return a->base_sequence < b->base_sequence;
    });
    sequences_.renumber(tp, batches);
  }
}

/// P-30: batches past delivery.timeout.ms fail, queued or in flight. The broker may still have the latter.
/// True: some did.
bool Producer::expire_batches(Turn& turn) {
  bool any = false;
  const auto expire = [&](ProducerBatch& batch) {
    any = true;
    const bool leaves_hole = config_.enable_idempotence && batch.attempts > 0 && batch.has_sequence();
    if (leaves_hole) sequences_.unresolved(batch);  // P-41
    fail(batch, ErrorCode::REQUEST_TIMED_OUT, false, turn);
  };
  for (ProducerBatch& batch : accumulator_.take_expired(turn.now)) expire(batch);
  if (turn.now < later(oldest_in_flight_.created, config_.delivery_timeout)) return any;
  for (auto& [tag, request] : requests_)
    for (ProducerBatch& batch : request.batches) {
      if (batch.done || !batch.expired(config_.delivery_timeout, turn.now)) continue;
      batch.done = true;
      ProducerBatch failed = batch;
      failed.pool_bytes = 0;  // the network may still be writing it: its memory comes back with the reply (KAFKA-19012)
      failed.done = false;
      expire(failed);
    }
  next_flight_expiry();  // from now on the oldest one is younger
  return any;
}

}  // namespace kafkasim::core
