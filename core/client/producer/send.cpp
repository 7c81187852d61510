// The application's thread: KafkaProducer.send() (P-1..P-5, P-11).
#include <utility>

#include "core/base/invariant.hpp"
#include "core/client/producer.hpp"

namespace kafkasim::core {

PartitionChoice Producer::effective(PartitionChoice choice) const {
  const bool ignored = choice.kind == PartitionChoice::Kind::key && config_.partitioner_ignore_keys;
  return ignored ? PartitionChoice::keyless() : choice;
}

/// P-2: the topic is known, and so is the partition if one was named.
bool Producer::metadata_known(TopicId topic, PartitionChoice choice) const {
  if (!metadata_.knows(topic)) return false;
  return choice.kind != PartitionChoice::Kind::partition || choice.value < metadata_.partition_count(topic);
}

std::int32_t Producer::send(const RecordRun& run, TopicId topic, PartitionChoice choice, Turn& turn, bool more) {
  INVARIANT(!blocked_, "the application's thread is inside another send()");
  INVARIANT(!closing_, "nothing is sent after close()");
  INVARIANT(run.count > 0, "a run has records");
  INVARIANT(run.timestamp(run.count - 1) <= turn.now, "records are handed over at or before now");
  const bool held = std::exchange(more_to_come_, more);
  const PartitionChoice choose = effective(choice);
  metadata_.add_topic(topic);
  const Instant deadline = later(turn.now, config_.max_block);
  if (!metadata_known(topic, choose)) {
    block(first_of(run, 1), topic, choose, deadline, turn);
    return 1;
  }
  const std::int64_t bound = Accumulator::upper_bound(run.record_bytes);
  if (bound > config_.max_request_size || bound > config_.buffer_memory) {  // P-3
    reject(run, topic, choose, ErrorCode::MESSAGE_TOO_LARGE, turn);
    if (held && !more) pass(turn);
    return run.count;
  }
  const auto appended = accumulator_.append(topic, choose, run, Instant::min(), metadata_, turn);
  if (appended.out_of_memory) {
    block(first_of(after(run, appended.count), 1), topic, choose, deadline, turn);
    return appended.count + 1;
  }
  if ((appended.wake || held) && !more) pass(turn);
  return appended.count;
}

void Producer::flush(std::int32_t call, Turn& turn) {
  INVARIANT(!blocked_, "the application's thread is inside a send()");
  INVARIANT(!closing_, "nothing is flushed after close()");
  flushes_.push_back({call, accumulator_.last_batch()});
  pass(turn);
}

void Producer::finish_flushes(Turn& turn) {
  const auto open = [this](std::uint64_t up_to) {
    if (accumulator_.holds_up_to(up_to)) return true;
    for (const auto& [tag, request] : requests_)
      for (const ProducerBatch& batch : request.batches)
        if (!batch.done && batch.number <= up_to) return true;
    return false;
  };
  while (!flushes_.empty() && !open(flushes_.front().up_to)) {
    turn.out.add(CallReturned{flushes_.front().call, ErrorCode::NONE, {}});
    flushes_.erase(flushes_.begin());
  }
}

std::int64_t Producer::records_until_event(std::int32_t record_bytes, TopicId topic) const {
  if (blocked_ || !metadata_.knows(topic)) return 0;
  return accumulator_.silent_room(record_bytes, topic);
}

void Producer::block(const RecordRun& record, TopicId topic, PartitionChoice choice, Instant deadline, Turn& turn) {
  const bool for_memory = metadata_known(topic, choice);
  blocked_ = Blocked{record, topic, choice, deadline, for_memory};
  if (!for_memory) metadata_.request_update();
  pass(turn);
}

/// The blocked send() looks again: metadata came, memory came back, or max.block.ms is over.
void Producer::try_unblock(Turn& turn) {
  if (!blocked_) return;
  const Blocked waiting = *blocked_;
  if (metadata_known(waiting.topic, waiting.choice)) {
    const std::int64_t bound = Accumulator::upper_bound(waiting.record.record_bytes);
    if (bound > config_.max_request_size || bound > config_.buffer_memory) {
      reject(waiting.record, waiting.topic, waiting.choice, ErrorCode::MESSAGE_TOO_LARGE, turn);
      unblock(turn);
      return;
    }
    const auto appended = accumulator_.append(waiting.topic, waiting.choice, waiting.record, turn.now, metadata_, turn);
    if (!appended.out_of_memory) {
      unblock(turn);
      return;
    }
    blocked_->for_memory = true;
  } else {
    blocked_->for_memory = false;
    metadata_.request_update();  // Java's send() asks again after every reply that lacks its topic
  }
  if (turn.now < waiting.deadline) return;
  reject(waiting.record, waiting.topic, waiting.choice, ErrorCode::REQUEST_TIMED_OUT, turn);
  unblock(turn);
}

void Producer::unblock(Turn& turn) {
  blocked_.reset();
  turn.out.add(SendUnblocked{});
}

void Producer::reject(const RecordRun& run, TopicId topic, PartitionChoice choice, ErrorCode error, Turn& turn) {
  const bool named = choice.kind == PartitionChoice::Kind::partition;
  turn.out.note(RecordsRejected{TopicPartition{topic, named ? choice.value : -1}, run, error});
}

}  // namespace kafkasim::core
