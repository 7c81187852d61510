// Readiness and draining (P-12..P-16).
#include <algorithm>
#include <boost/container/small_vector.hpp>
#include <utility>

#include "core/client/producer/accumulator.hpp"

namespace kafkasim::core {

/// P-56: queue lengths of a topic for the adaptive draw.
void Accumulator::renew_load(TopicId topic, const ClientMetadata& metadata) {
  const auto it = sticky_.find(topic);
  if (it == sticky_.end()) return;
  boost::container::small_vector<std::pair<std::int32_t, std::int32_t>, 16> lengths;
  const std::int32_t count = metadata.partition_count(topic);
  std::int32_t queues = 0;
  for (auto at = queues_.lower_bound({topic, 0}); at != queues_.end() && at->first.topic == topic; ++at, ++queues)
    if (metadata.leader(at->first).id.known())
      lengths.emplace_back(at->first.partition, static_cast<std::int32_t>(at->second.batches.size()));
  // Until every partition has had a batch the draw is uniform.
  if (!config_.partitioner_adaptive || queues < count) lengths.clear();
  it->second.set_load({lengths.data(), lengths.size()}, count);
}

void Accumulator::renew_load(const ClientMetadata& metadata) {
  if (!queues_changed_ && metadata_seen_ == metadata.version()) return;
  queues_changed_ = false;
  metadata_seen_ = metadata.version();
  TopicId topic;
  for (const auto& [tp, queue] : queues_)
    if (tp.topic != topic) renew_load(topic = tp.topic, metadata);
}

Accumulator::Ready Accumulator::ready(const ClientMetadata& metadata, bool exhausted, bool closing, Instant now) {
  Ready result;
  renew_load(metadata);
  for (auto& [tp, queue] : queues_) {
    if (queue.batches.empty()) continue;
    ProducerBatch& head = queue.batches.front();
    const ClientMetadata::Leader leader = metadata.leader(tp);
    head.see_leader_epoch(leader.epoch);
    if (!leader.id.known()) {
      result.unknown_leaders = true;
      continue;
    }
    if (std::find(result.nodes.begin(), result.nodes.end(), leader.id) != result.nodes.end() || muted_.contains(tp))
      continue;
    const bool backing_off = head.backing_off(now);
    const Instant waited_enough = later(head.last_attempt, backing_off ? head.backoff : config_.linger);
    const bool full = queue.batches.size() > 1 || head.full();
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
  const std::vector<TopicPartition> led = metadata.led_by(node);
  if (led.empty()) return drained;
  std::int32_t& index = drain_index_[node];
  const std::size_t start = static_cast<std::size_t>(index) % led.size();
  std::int64_t bytes = 0;
  for (std::size_t step = 0; step < led.size(); ++step) {
    const std::size_t at = (start + step) % led.size();
    index = static_cast<std::int32_t>(at);  // P-14: the partition examined last goes first next time
    const TopicPartition tp = led[at];
    Queue* queue = find(tp);
    if (queue == nullptr || queue->batches.empty() || muted_.contains(tp)) continue;
    ProducerBatch& first = queue->batches.front();
    first.see_leader_epoch(metadata.leader(tp).epoch);
    const Verdict verdict = examine(first, bytes, sequences, now);
    if (verdict == Verdict::stop) break;
    if (verdict == Verdict::skip) continue;
    ProducerBatch batch = std::move(first);
    queue->batches.pop_front();
    queues_changed_ = true;
    batch.append_closed = true;
    if (sequences != nullptr && !batch.has_sequence()) sequences->stamp(batch);
    bytes += batch.size_bytes;
    drained.push_back(std::move(batch));
  }
  return drained;
}

}  // namespace kafkasim::core
