// Rule: what was acknowledged is in the log; what failed is not, but may be.
#include "sim/check/history.hpp"
#include "sim/check/verdict.hpp"

namespace kafkasim::sim {

namespace {

// `removed`: retention took it from the leader's log, so that it is neither there nor lost.
void judge(const Payload& payload, bool removed, const IntervalSet& there, ProducerVerdict& result) {
  RecordVerdict& at = result.by_partition[payload.partition];
  for (const RecordRun& run : payload.runs) {
    const std::int64_t begin = run.first, end = run.first + run.count;
    const std::int64_t kept = there.count(begin, end);
    const std::int64_t gone = removed ? 0 : run.count - kept;
    switch (payload.state) {
      case Payload::State::acked:
        at.lost.add(payload.done, gone);
        if (gone > 0)
          each_gap(there, begin, end,
                   [&](std::int64_t from, std::int64_t to) { result.lost_records.insert(from, to); });
        break;
      case Payload::State::failed:
        at.failed_in_log.add(payload.done, kept);
        at.lost_unacked.add(payload.done, gone);
        break;
      case Payload::State::pending:
        at.indeterminate += run.count;
        at.lost_unacked.add(payload.closed, gone);
        break;
    }
  }
}

}  // namespace

void judge_lost(const View& view, Verdict& verdict, const StoredRecords& stored) {
  for (const auto& [host, producer] : view.history().producers()) {
    ProducerVerdict& result = verdict.producers[host];
    producer.payloads.each([&, who = host, &of = producer](PayloadId id, const Payload& payload) {
      judge(payload, of.removed.contains(id), stored.records(who, payload.partition), result);
    });
  }
}

}  // namespace kafkasim::sim
