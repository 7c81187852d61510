// Readiness and draining (P-12..P-16).
#include <algorithm>
#include <boost/container/small_vector.hpp>
#include <span>
#include <utility>

#include "core/client/producer/accumulator.hpp"

namespace kafkasim::core {

void Accumulator::renew_leaders(const ClientMetadata& metadata) {
  if (seen_.leaders == metadata.version()) return;
  seen_.leaders = metadata.version();
  for (auto& [tp, queue] : queues_) queue.leader = metadata.leader(tp);
}

/// P-56: queue lengths per topic for the adaptive draw. Those of topics that never drew do not matter.
void Accumulator::renew_load(const ClientMetadata& metadata) {
  if (!seen_.load_stale && seen_.load == metadata.version()) return;
  seen_.load_stale = false;
  seen_.load = metadata.version();
  boost::container::small_vector<std::pair<std::int32_t, std::int32_t>, 16> lengths(queues_.size());
  auto at = queues_.begin();
  for (auto& [topic, partitioner] : sticky_) {
    if (at == queues_.end() || at->first.topic != topic) at = queues_.lower_bound({topic, 0});
    std::int32_t queues = 0;
    std::size_t led = 0;
    for (; at != queues_.end() && at->first.topic == topic; ++at, ++queues)
      if (at->second.leader.id.known()) lengths[led++] = {at->first.partition, at->second.length};
    if (queues == 0) continue;
    const std::int32_t count = metadata.partition_count(topic);
    // Until every partition has had a batch the draw is uniform.
    if (!config_.partitioner_adaptive || queues < count) led = 0;
    partitioner.set_load({lengths.data(), led}, count);
  }
}

Accumulator::Ready Accumulator::ready(const ClientMetadata& metadata, bool exhausted, bool closing, Instant now) {
  Ready result;
  renew_leaders(metadata);
  renew_load(metadata);
  for (auto& [tp, queue] : queues_) {
    if (queue.length == 0) continue;
    ProducerBatch& head = queue.batches.front();
    const ClientMetadata::Leader leader = queue.leader;
    head.see_leader_epoch(leader.epoch);
    if (!leader.id.known()) {
      result.unknown_leaders = true;
      continue;
    }
    if (std::find(result.nodes.begin(), result.nodes.end(), leader.id) != result.nodes.end() || muted(tp)) continue;
    const bool backing_off = head.backing_off(now);
    const Instant waited_enough = later(head.last_attempt, backing_off ? head.backoff : config_.linger);
    const bool full = queue.length > 1 || head.full();
    const bool sendable = full || now >= waited_enough || exhausted || closing;
    if (sendable && !backing_off) {
      result.nodes.push_back(leader.id);
    } else {
      result.next_check = std::min(result.next_check, waited_enough);
    }
  }
  std::sort(result.nodes.begin(), result.nodes.end());
  return result;
}

Accumulator::Verdict Accumulator::examine(const ProducerBatch& first, std::int64_t drained_bytes,
                                          const Sequences* sequences, Instant now) const {
  if (first.backing_off(now)) return Verdict::skip;
  if (drained_bytes > 0 && drained_bytes + first.size_bytes > config_.max_request_size) return Verdict::stop;
  // P-37: what the order of sequences forbids ends the pass of the whole node (head-of-line blocking, P-14).
  if (sequences != nullptr && !sequences->may_drain(first)) return Verdict::stop;
  return Verdict::take;
}

std::vector<ProducerBatch> Accumulator::drain(NodeId node, const ClientMetadata& metadata, Sequences* sequences,
                                              Instant now) {
  std::vector<ProducerBatch> drained;
  const std::span<const ClientMetadata::Lead> led = metadata.led_by(node);
  if (led.empty()) return drained;
  renew_leaders(metadata);
  std::int32_t& index = drain_index_[node];
  const std::size_t start = static_cast<std::size_t>(index) % led.size();
  std::int64_t bytes = 0;
  for (std::size_t step = 0; step < led.size(); ++step) {
    const std::size_t at = (start + step) % led.size();
    index = static_cast<std::int32_t>(at);  // P-14: the partition examined last goes first next time
    const TopicPartition tp = led[at].partition;
    Queue* queue = find(tp);
    if (queue == nullptr || queue->length == 0 || muted(tp)) continue;
    ProducerBatch& first = queue->batches.front();
    first.see_leader_epoch(queue->leader.epoch);
    const Verdict verdict = examine(first, bytes, sequences, now);
    if (verdict == Verdict::stop) break;
    if (verdict == Verdict::skip) continue;
    pop_head(*queue, drained);
    ProducerBatch& batch = drained.back();
    batch.append_closed = true;
    if (sequences != nullptr && !batch.has_sequence()) sequences->stamp(batch);
    bytes += batch.size_bytes;
  }
  return drained;
}

}  // namespace kafkasim::core
