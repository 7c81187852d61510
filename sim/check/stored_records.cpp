#include "sim/check/stored_records.hpp"

#include <algorithm>

#include "core/base/invariant.hpp"
#include "sim/check/history.hpp"

namespace kafkasim::sim {
namespace {

// Appends are not dated one by one: the answer is the next thing a client can see of them.
Instant date_of(const Payload& payload) { return payload.done == kNever ? payload.closed : payload.done; }

void follow_order(StoredOfProducer& at, Instant date, std::int64_t begin, std::int64_t end) {
  at.reordered.add(date, std::max<std::int64_t>(0, std::min(at.latest, end) - begin));
  at.latest = std::max(at.latest, end);
}

}  // namespace

void StoredRecords::add(TopicPartition tp, HostIndex producer, const Payload& payload) {
  StoredOfProducer& at = producers_[producer][tp];
  const Instant date = date_of(payload);
  for (const RecordRun& run : payload.runs) {
    const std::int64_t begin = run.first, end = run.first + run.count;
    each_gap(at.records, begin, end, [&](std::int64_t from, std::int64_t to) { at.in_log.add(date, to - from); });
    const std::int64_t again = at.records.insert(begin, end);
    at.duplicated.add(date, again);
    if (again > 0) duplicates_[producer].insert(begin, end);
    follow_order(at, date, begin, end);
  }
}

void StoredRecords::add_settled(TopicPartition tp, HostIndex producer, const Payload& payload) {
  INVARIANT(payload.state == Payload::State::acked, "only an acknowledged batch is settled");
  INVARIANT(!payload.resent, "a batch that was sent twice may be stored twice");
  StoredOfProducer& at = producers_[producer][tp];
  for (const RecordRun& run : payload.runs) {
    at.in_log.add(kStart, run.count);
    follow_order(at, date_of(payload), run.first, run.first + run.count);
  }
}

const IntervalSet& StoredRecords::records(HostIndex producer, TopicPartition tp) const {
  static const IntervalSet kNothing;
  const auto of = producers_.find(producer);
  if (of == producers_.end()) return kNothing;
  const auto at = of->second.find(tp);
  return at == of->second.end() ? kNothing : at->second.records;
}

}  // namespace kafkasim::sim
