// What became of requests and their batches: Sender.completeBatch and its company (P-23..P-26, P-30, P-34, P-38..P-42).
#include <algorithm>
#include <utility>

#include "core/base/invariant.hpp"
#include "core/client/producer.hpp"

namespace kafkasim::core {

/// A connection ended. Its requests come back one by one, oldest first, each batch to the head of its queue: without
/// sequences their order is reversed (P-26).
void Producer::on_lost(const Disconnection& lost, Turn& turn) {
  for (const InFlight& request : lost.aborted) {
    if (request.is<InitProducerIdRequest>()) {
      init_in_flight_ = false;
      init_not_before_ = later(turn.now, config_.client.retry_backoff);
    }
    if (!request.is<ProduceRequest>()) continue;
    SentRequest sent = take_request(request.tag);
    for (ProducerBatch& batch : sent.batches) {
      ProduceResponse::Partition reply;
      reply.partition = batch.partition;
      reply.error = lost.error();
      complete(batch, reply, turn);
    }
  }
  metadata_.on_disconnected(lost, turn);
}

/// The request is in flight no more.
Producer::SentRequest Producer::take_request(std::int64_t tag) {
  const auto at = requests_.find(tag);
  INVARIANT(at != requests_.end(), "a produce request in flight has its batches");
  SentRequest taken = std::move(at->second);
  requests_.erase(at);
  return taken;
}

void Producer::on_produce_response(std::int64_t tag, const ProduceResponse& response, Turn& turn) {
  SentRequest sent = take_request(tag);
  for (ProducerBatch& batch : sent.batches) {
    const auto reply = std::find_if(response.partitions.begin(), response.partitions.end(),
                                    [&](const auto& partition) { return partition.partition == batch.partition; });
    INVARIANT(reply != response.partitions.end(), "a produce reply answers every partition of its request");
    complete(batch, *reply, turn);
  }
  // P-48, after the retries were queued: a newer leader epoch then ends their back-off.
  for (const ProduceResponse::Partition& partition : response.partitions)
    if (partition.error == ErrorCode::NOT_LEADER_OR_FOLLOWER || partition.error == ErrorCode::FENCED_LEADER_EPOCH)
      metadata_.apply_hint(partition.partition, partition.current_leader, turn);
}

void Producer::on_init_response(const InitProducerIdResponse& response, Turn& turn) {
  init_in_flight_ = false;
  if (response.error != ErrorCode::NONE) {
    init_not_before_ = later(turn.now, config_.client.retry_backoff);
    turn.out.note(ClientError{"InitProducerId", response.error});
    return;
  }
  sequences_.set_identity(response.producer_id, response.producer_epoch);
  turn.out.note(ProducerIdentity{response.producer_id, response.producer_epoch});
  renumber();
}

bool Producer::may_retry(const ProducerBatch& batch, const ProduceResponse::Partition& reply, Instant now) {
  if (batch.done || batch.attempts >= config_.retries) return false;
  if (batch.expired(config_.delivery_timeout, now)) return false;
  return config_.enable_idempotence ? sequences_.can_retry(batch, reply) : retriable(reply.error);
}

void Producer::complete(ProducerBatch& batch, const ProduceResponse::Partition& reply, Turn& turn) {
  const ErrorCode error = reply.error;
  accumulator_.unmute(batch.partition);
  if (error == ErrorCode::NONE || error == ErrorCode::DUPLICATE_SEQUENCE_NUMBER) {
    succeed(batch, error == ErrorCode::NONE ? reply.base_offset : Offset{}, turn);
    return;
  }
  const bool splits = error == ErrorCode::MESSAGE_TOO_LARGE && batch.record_count > 1 && !batch.done;
  const bool retried = !splits && may_retry(batch, reply, turn.now);
  turn.out.note(BatchError{payload(batch), batch.partition, error, splits || retried});
  if (splits) {
    split(batch, turn);
  } else if (retried) {
    requeue(batch, turn);
  } else {
    const bool adjust = batch.attempts < config_.retries;  // else nobody knows whether the sequence was used (P-42)
    fail(batch, error, adjust, turn);
  }
  if (invalidates_metadata(error)) metadata_.request_update();
}

/// P-23. The parts take the place of the batch at the head of its queue; no retry is counted.
void Producer::split(ProducerBatch& batch, Turn& turn) {
  std::int32_t target = config_.batch_size;
  if (batch.split) target = std::max(largest_record(batch), batch.size_bytes / 2);
  if (batch.has_sequence()) sequences_.untrack(batch);
  std::vector<ProducerBatch> parts = split_batch(batch, target);
  for (ProducerBatch& part : parts) close_batch(part, turn);
  for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
    if (part->has_sequence()) sequences_.track(*part);
    accumulator_.requeue(std::move(*part));
  }
  accumulator_.release(batch.pool_bytes);
}

void Producer::requeue(ProducerBatch& batch, Turn& turn) {
  const ExponentialBackoff backoff{config_.client.retry_backoff, config_.client.retry_backoff_max};
  batch.requeued(backoff.draw(batch.attempts, turn), turn.now);
  accumulator_.requeue(std::move(batch));
}

void Producer::succeed(const ProducerBatch& batch, Offset base_offset, Turn& turn) {
  if (batch.has_sequence()) sequences_.acked(batch, base_offset);
  accumulator_.release(batch.pool_bytes);
  if (batch.done) return;  // expired before: its futures failed already (P-30)
  turn.out.note(BatchAcked{payload(batch), batch.partition, base_offset});
}

/// The batch's futures fail. `adjust_sequences`: see Sequences::failed.
void Producer::fail(ProducerBatch& batch, ErrorCode error, bool adjust_sequences, Turn& turn) {
  sequences_.failed(batch, error, adjust_sequences);
  accumulator_.release(batch.pool_bytes);
  if (batch.done) return;
  close_batch(batch, turn);
  turn.out.note(BatchFailed{payload(batch), batch.partition, error});
}

/// From here on the batch's records are fixed: it gets its serial.
void Producer::close_batch(ProducerBatch& batch, Turn& turn) {
  if (batch.serial != 0) return;
  batch.serial = next_serial_++;
  turn.out.note(BatchClosed{payload(batch), batch.partition, batch.size_bytes, batch.runs});
}

}  // namespace kafkasim::core
