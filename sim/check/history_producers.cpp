#include <algorithm>
#include <utility>

#include "core/base/invariant.hpp"
#include "sim/check/history.hpp"

namespace kafkasim::sim {
namespace {

std::int32_t records_in(const RecordRuns& runs) {
  std::int32_t count = 0;
  for (const RecordRun& run : runs) count += run.count;
  return count;
}

}  // namespace

void RunMeter::add(TopicPartition tp, const RecordRun& records) {
  const std::int64_t end = records.first + records.count;
  if (records.first > next_) {
    ahead_.emplace(records.first, std::pair{end, tp});
    return;
  }
  take(records.first, end, tp);
  if (ahead_.empty() || ahead_.begin()->first > next_) return;
  auto at = ahead_.begin();
  for (; at != ahead_.end() && at->first <= next_; ++at) take(at->first, at->second.first, at->second.second);
  ahead_.erase(ahead_.begin(), at);
}

// The turn of these records has come.
void RunMeter::take(std::int64_t first, std::int64_t end, TopicPartition tp) {
  if (first < next_ || tp == TopicPartition{}) {  // sent again, or refused
    next_ = std::max(next_, end);
    return;
  }
  if (tp != partition_) {
    if (records_ > 0) ++lengths_[records_];
    partition_ = tp;
    records_ = 0;
  }
  records_ += end - first;
  next_ = end;
}

void History::handed_over(HostIndex producer, TopicId, const RecordRun& run, Instant) {
  ProducerHistory& at = producers_.at(producer);
  at.counts.sent += run.count;
  at.gap.due(run.count, run.handed_over);
}

void History::not_handed_over(HostIndex producer, TopicId, const RecordRun& run) {
  ProducerHistory& at = producers_.at(producer);
  at.counts.sent -= run.count;
  at.gap.answered(run.count, kStart, false);
}

void History::send_waited(HostIndex producer, Duration span) { producers_.at(producer).blocked.add(span); }

void History::on(HostIndex who, BatchClosed& note, Instant now) {
  ProducerHistory& at = producers_.at(who);
  Payload& payload = at.payloads.append(note.payload);
  payload.partition = note.partition;
  payload.size_bytes = note.size_bytes;
  payload.records = records_in(note.runs);
  payload.runs = std::move(note.runs);
  payload.closed = now;
  INVARIANT(payload.records > 0, "a batch holds records");
  const Instant oldest = payload.runs.front().handed_over;
  const std::int64_t records = payload.records;
  at.by_partition[note.partition].sent += records;
  at.gap_by_partition[note.partition].due(records, oldest);
  partitions_[note.partition].unavailable.due(records, oldest);
  for (const RecordRun& run : payload.runs) at.runs.add(note.partition, run);
}

void History::on(HostIndex who, const BatchSent& note, Instant) {
  ProducerHistory& at = producers_.at(who);
  if (note.attempt > 0) {
    if (Payload* again = at.payloads.find(note.payload)) again->resent = true;
    return;
  }
  const Payload& payload = at.payloads.at(note.payload);
  ++at.batches;
  ++at.batch_records[payload.records];
  ++at.batch_bytes[payload.size_bytes];
}

// The batch has its one answer: whoever waited for it is told.
Payload& History::answered(ProducerHistory& at, PayloadId id, Payload::State state, Instant now) {
  Payload& payload = at.payloads.at(id);
  INVARIANT(payload.state == Payload::State::pending, "a batch is answered once");
  payload.state = state;
  payload.done = now;
  const bool acked = state == Payload::State::acked;
  at.gap.answered(payload.records, now, acked);
  at.gap_by_partition[payload.partition].answered(payload.records, now, acked);
  partitions_[payload.partition].unavailable.answered(payload.records, now, acked);
  return payload;
}

void History::on(HostIndex who, const BatchAcked& note, Instant now) {
  ProducerHistory& at = producers_.at(who);
  Payload& payload = answered(at, note.payload, Payload::State::acked, now);
  payload.base_offset = note.base_offset;
  at.counts.acked += payload.records;
  at.by_partition[payload.partition].acked += payload.records;
  for (const RecordRun& run : payload.runs) at.latency.add_run(now - run.handed_over, run.spacing, run.count);
}

void History::on(HostIndex who, const BatchFailed& note, Instant now) {
  ProducerHistory& at = producers_.at(who);
  Payload& payload = answered(at, note.payload, Payload::State::failed, now);
  payload.error = note.error;
  at.counts.failed += payload.records;
  at.by_partition[payload.partition].failed += payload.records;
  at.exceptions[note.error] += payload.records;
}

void History::on(HostIndex who, const BatchError& note, Instant) {
  ProducerHistory& at = producers_.at(who);
  ++at.errors[note.error];
  if (note.retried) ++at.retries;
}

void History::on(HostIndex who, const RecordsRejected& note, Instant now) {
  ProducerHistory& at = producers_.at(who);
  at.counts.failed += note.run.count;
  at.exceptions[note.error] += note.run.count;
  at.runs.skip(note.run);
  at.gap.answered(note.run.count, now, false);
}

void History::retire(TopicPartition tp, const Batch& batch) {
  Offset& end = retired_end_.try_emplace(tp, Offset{0}).first->second;
  INVARIANT(batch.base_offset >= end, "a log is read in order");
  end = batch.next_offset();
  const auto host = producer_of(batch.payload);
  if (!host) return;
  PayloadTable<Payload>& payloads = producers_.at(*host).payloads;
  const Payload* payload = payloads.find(batch.payload);
  if (payload == nullptr) return;
  if (payload->state != Payload::State::acked || payload->resent) return retired_.add(tp, *host, *payload);
  retired_.add_settled(tp, *host, *payload);
  payloads.erase(batch.payload);
}

void History::on(HostIndex who, const ProducerIdentity& note, Instant) { producers_.at(who).epoch = note.epoch; }

// Truth is what the leader has: followers delete by their own checks.
void History::on(HostIndex, const SegmentsDeleted& note, Instant now) {
  if (!note.leader) return;
  for (const PayloadId id : note.batches) {
    const Payload* known = payload(id);
    if (known == nullptr) continue;
    ProducerHistory& producer = producers_.at(*producer_of(id));
    if (!producer.removed.try_emplace(id, now).second) continue;
    producer.counts.removed += known->records;
    producer.by_partition[note.partition].removed += known->records;
  }
}

}  // namespace kafkasim::sim
