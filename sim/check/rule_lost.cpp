// Rule: what was acknowledged is in the log; what failed is not, but may be.
#include "sim/check/history.hpp"
#include "sim/check/verdict.hpp"

namespace kafkasim::sim {

void judge_lost(const View& view, Verdict& verdict, const StoredRecords& stored) {
  for (const auto& [host, producer] : view.history().producers()) {
    ProducerVerdict& result = verdict.producers[host];
    for (const auto& [id, payload] : producer.payloads) {
      RecordVerdict& at = result.by_partition[payload.partition];
      const IntervalSet& there = stored.records(host, payload.partition);
      for (const RecordRun& run : payload.runs) {
        const std::int64_t begin = run.first, end = run.first + run.count;
        const std::int64_t kept = there.count(begin, end);
        // What retention took is neither in the log nor lost.
        const std::int64_t gone = producer.removed.contains(id) ? 0 : run.count - kept;
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
  }
}

}  // namespace kafkasim::sim
