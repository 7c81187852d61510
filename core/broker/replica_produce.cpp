// Produce: append, wait for the high watermark, answer (R2.38-R2.44).
#include <algorithm>
#include <utility>

#include "core/base/invariant.hpp"
#include "core/broker/replica_manager.hpp"

namespace kafkasim::core {

void ReplicaManager::on_produce(RequestToken from, ProduceRequest&& request, Turn& turn) {
  Appended appended;
  ParkedProduce produce;
  produce.token = from;
  produce.deadline = later(turn.now, request.timeout);
  for (ProduceRequest::Partition& part : request.partitions) {
    produce.partitions.push_back(append_part(part, request.acks, appended, turn));
  }
  for (ParkedProduce::Part& part : produce.partitions) {  // a later part may have broken an earlier one's directory
    if (part.done || find(part.partition) != nullptr) continue;
    part.done = true;
    part.error = ErrorCode::KAFKA_STORAGE_ERROR;
  }
  if (request.acks == Acks::none) {
    const bool failed = std::any_of(produce.partitions.begin(), produce.partitions.end(),
                                    [](const auto& part) { return part.error != ErrorCode::NONE; });
    if (failed) {
      turn.out.drop(from);
    } else {
      turn.out.no_reply(from);
    }
  } else if (produce.complete()) {
    answer_produce(produce, turn);
  } else {
    produces_.park(std::move(produce), turn);
  }
  after_append(appended, turn);
}

ParkedProduce::Part ReplicaManager::append_part(ProduceRequest::Partition& request, Acks acks, Appended& appended,
                                                Turn& turn) {
  ParkedProduce::Part part;
  part.partition = request.partition;
  part.done = true;
  Partition* partition = find(request.partition);
  if (partition == nullptr) {
    part.error = missing(request.partition);
    return part;
  }
  if (partition->is_leader() && !can_write(request.partition, request.batch.size_bytes, turn)) {
    part.error = ErrorCode::KAFKA_STORAGE_ERROR;
    return part;
  }
  const PayloadId payload = request.batch.payload;
  const ProduceAppend result = partition->append(std::move(request.batch), acks, view(turn));
  part.error = result.error;
  part.log_start_offset = partition->log().log_start();
  if (result.error != ErrorCode::NONE) return part;
  if (result.flushed_to.known()) turn.out.flush(request.partition, result.flushed_to, result.synced);
  part.base_offset = result.base_offset;
  part.required_offset = result.required_offset;
  if (!result.duplicate) {
    appended.grown.push_back(request.partition);
    turn.out.note(LogAppended{request.partition, result.base_offset, result.required_offset, payload});
  }
  if (result.hw_moved) appended.moved.push_back(request.partition);
  if (acks == Acks::all) {
    const std::optional<ErrorCode> verdict = partition->check_produce(part.required_offset);
    part.done = verdict.has_value();
    part.error = verdict.value_or(ErrorCode::NONE);
  }
  return part;
}

void ReplicaManager::after_append(const Appended& appended, Turn& turn) {
  for (const TopicPartition tp : appended.moved)
    if (Partition* partition = find(tp)) on_high_watermark(*partition, turn);  // else its directory has failed since
  for (const TopicPartition tp : appended.grown) recheck_fetches(tp, turn);
}

ProduceAppend ReplicaManager::append(TopicPartition tp, Batch batch, Turn& turn) {
  Partition* partition = find(tp);
  ProduceAppend refused;
  if (partition == nullptr) {
    refused.error = missing(tp);
    return refused;
  }
  if (partition->is_leader() && !can_write(tp, batch.size_bytes, turn)) {
    refused.error = ErrorCode::KAFKA_STORAGE_ERROR;
    return refused;
  }
  const ProduceAppend result = partition->append(std::move(batch), Acks::all, view(turn));
  if (result.error != ErrorCode::NONE) return result;
  if (result.flushed_to.known()) turn.out.flush(tp, result.flushed_to, result.synced);
  turn.out.note(LogAppended{tp, result.base_offset, result.required_offset, {}});
  if (result.hw_moved) on_high_watermark(*partition, turn);
  recheck_fetches(tp, turn);
  return result;
}

void ReplicaManager::on_high_watermark(Partition& partition, Turn& turn) {
  const TopicPartition tp = partition.topic_partition();
  if (partition.is_leader()) turn.out.note(HighWatermarkMoved{tp, partition.high_watermark()});
  if (tp.topic == catalogue_->offsets_topic) touched_.push_back(tp);
  recheck_produces(tp, turn);
  recheck_fetches(tp, turn);
}

void ReplicaManager::recheck_produces(TopicPartition tp, Turn& turn) {
  const Partition* partition = find(tp);
  if (partition == nullptr) INVARIANT(disk_.offline(tp), "a produce waits on a hosted partition");
  for (const auto number : produces_.watching(tp)) {
    ParkedProduce* produce = produces_.find(number);
    if (produce == nullptr) continue;
    for (ParkedProduce::Part& part : produce->partitions) {
      if (part.partition != tp || part.done) continue;
      const std::optional<ErrorCode> verdict =
          partition == nullptr ? ErrorCode::KAFKA_STORAGE_ERROR : partition->check_produce(part.required_offset);
      part.done = verdict.has_value();
      part.error = verdict.value_or(ErrorCode::NONE);
    }
    if (produce->complete()) answer_produce(produces_.take(number), turn);
  }
}

void ReplicaManager::answer_produce(const ParkedProduce& produce, Turn& turn) const {
  ProduceResponse response;
  response.partitions.reserve(produce.partitions.size());
  for (const ParkedProduce::Part& part : produce.partitions) {
    ProduceResponse::Partition answer;
    answer.partition = part.partition;
    answer.error = part.error;
    if (part.error == ErrorCode::NONE) {
      answer.base_offset = part.base_offset;
      answer.log_start_offset = part.log_start_offset;
    }
    if (part.error == ErrorCode::NOT_LEADER_OR_FOLLOWER) answer.current_leader = leader_hint(part.partition);
    response.partitions.push_back(answer);
  }
  turn.out.reply(produce.token, std::move(response));
}

ErrorCode ReplicaManager::missing(TopicPartition tp) const {
  if (disk_.offline(tp)) return ErrorCode::KAFKA_STORAGE_ERROR;
  return image().partition(tp) == nullptr ? ErrorCode::UNKNOWN_TOPIC_OR_PARTITION : ErrorCode::NOT_LEADER_OR_FOLLOWER;
}

CurrentLeader ReplicaManager::leader_hint(TopicPartition tp) const {
  if (const Partition* here = partition(tp)) return here->current_leader();
  const PartitionRegistration* registration = image().partition(tp);
  return registration == nullptr ? CurrentLeader{} : CurrentLeader{registration->leader, registration->leader_epoch};
}

}  // namespace kafkasim::core
