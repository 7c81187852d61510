// The queues: looked up, joined and left, with what is known of them at hand.
#include <algorithm>
#include <utility>

#include "core/base/invariant.hpp"
#include "core/client/producer/accumulator.hpp"

namespace kafkasim::core {

Accumulator::Queue* Accumulator::find(TopicPartition tp) {
  // Queues of a topic's partitions lie side by side: mostly it is as far from the last one as their numbers are.
  if (seen_.near < queues_.size()) {
    const TopicPartition near = queues_.nth(seen_.near)->first;
    const std::size_t guess = seen_.near + static_cast<std::size_t>(tp.partition - near.partition);
    if (near.topic == tp.topic && guess < queues_.size() && queues_.nth(guess)->first == tp) {
      seen_.near = guess;
      return &queues_.nth(guess)->second;
    }
  }
  const auto it = queues_.find(tp);
  if (it == queues_.end()) return nullptr;
  seen_.near = queues_.index_of(it);
  return &it->second;
}

/// The queue, made when there is none.
Accumulator::Queue& Accumulator::queue_of(TopicPartition tp, const ClientMetadata& metadata) {
  if (Queue* queue = find(tp)) return *queue;
  seen_.load_stale = true;
  Queue& fresh = queues_[tp];
  fresh.leader = metadata.leader(tp);
  return fresh;
}

/// A batch joined the queue.
void Accumulator::entered(Queue& queue) {
  INVARIANT(std::ssize(queue.batches) == queue.length + 1, "every batch that joins a queue is counted");
  ++seen_.batches;
  if (++queue.length == 2) ++seen_.backlogged;
  seen_.oldest = std::min(seen_.oldest, queue.batches.front().created);
  seen_.load_stale = true;
}

/// The head of the queue leaves it.
void Accumulator::pop_head(Queue& queue, std::vector<ProducerBatch>& into) {
  into.push_back(std::move(queue.batches.front()));
  queue.batches.pop_front();
  INVARIANT(std::ssize(queue.batches) == queue.length - 1, "every batch that leaves a queue was counted");
  --seen_.batches;
  if (--queue.length == 1) --seen_.backlogged;
  if (queue.length > 0) seen_.oldest = std::min(seen_.oldest, queue.batches.front().created);
  seen_.load_stale = true;
}

void Accumulator::requeue(ProducerBatch batch) {
  Queue* queue = find(batch.partition);
  INVARIANT(queue != nullptr, "a batch that comes back was in the queue of its partition");
  auto at = queue->batches.begin();
  if (batch.has_sequence())
    while (at != queue->batches.end() && at->has_sequence() && at->base_sequence < batch.base_sequence) ++at;
  queue->batches.insert(at, std::move(batch));
  entered(*queue);
}

std::vector<ProducerBatch> Accumulator::take_expired(Instant now) {
  std::vector<ProducerBatch> expired;
  if (now < later(seen_.oldest, config_.delivery_timeout)) return expired;
  for (auto& [tp, queue] : queues_)
    while (!queue.batches.empty() && queue.batches.front().expired(config_.delivery_timeout, now))
      pop_head(queue, expired);
  seen_.oldest = oldest_head();
  return expired;
}

std::vector<ProducerBatch*> Accumulator::sequenced(TopicPartition tp) {
  std::vector<ProducerBatch*> found;
  if (Queue* queue = find(tp))
    for (ProducerBatch& batch : queue->batches)
      if (batch.has_sequence()) found.push_back(&batch);
  return found;
}

std::int64_t Accumulator::records() const {
  std::int64_t total = 0;
  for (const auto& [tp, queue] : queues_)
    for (const ProducerBatch& batch : queue.batches) total += batch.record_count;
  return total;
}

bool Accumulator::holds_up_to(std::uint64_t number) const {
  return std::any_of(queues_.begin(), queues_.end(), [number](const auto& entry) {
    return std::any_of(entry.second.batches.begin(), entry.second.batches.end(),
                       [number](const ProducerBatch& batch) { return batch.number <= number; });
  });
}

Instant Accumulator::oldest_head() const {
  Instant oldest = kNever;
  for (const auto& [tp, queue] : queues_)
    if (queue.length > 0) oldest = std::min(oldest, queue.batches.front().created);
  return oldest;
}

Instant Accumulator::next_expiry(Instant horizon) const {
  if (later(seen_.oldest, config_.delivery_timeout) >= horizon) return kNever;
  const Instant oldest = oldest_head();
  INVARIANT(oldest >= seen_.oldest, "no head is older than was thought possible");
  return later(seen_.oldest = oldest, config_.delivery_timeout);
}

}  // namespace kafkasim::core
