#include "sim/check/verdict.hpp"

#include "sim/check/history.hpp"

namespace kafkasim::sim {
namespace {

void add(DatedCount& to, const DatedCount& from) {
  for (const auto& [at, count] : from.dates()) to.add(at, count);
}

}  // namespace

void RecordVerdict::add(const RecordVerdict& other) {
  sim::add(in_log, other.in_log);
  sim::add(lost, other.lost);
  sim::add(lost_unacked, other.lost_unacked);
  sim::add(failed_in_log, other.failed_in_log);
  sim::add(duplicated, other.duplicated);
  sim::add(reordered, other.reordered);
  indeterminate += other.indeterminate;
}

Verdict judge(const View& view) {
  Verdict verdict;
  for (const auto& [host, history] : view.history().producers()) verdict.producers[host];
  judge_lost(view, verdict, judge_stored(view, verdict));
  judge_keys(view, verdict);
  judge_delivery(view, verdict);

  Anomaly lost{"lost-write"}, duplicate{"duplicate"}, reordered{"nonmonotonic-send"}, skipped{"poll-skip"},
      back{"nonmonotonic-poll"};
  for (auto& [host, producer] : verdict.producers) {
    for (const auto& [tp, part] : producer.by_partition) producer.all.add(part);
    const std::string& name = view.history().host_name(host);
    const auto first = [&](const IntervalSet& records) {
      return records.empty() ? name : name + "#" + std::to_string(records.intervals().begin()->first);
    };
    const auto count = [](Anomaly& anomaly, std::int64_t times, const std::string& example) {
      if (times > 0 && anomaly.count == 0) anomaly.first = example;
      anomaly.count += times;
    };
    count(lost, producer.all.lost.total(), first(producer.lost_records));
    count(duplicate, producer.all.duplicated.total(), first(producer.duplicated_records));
    count(reordered, producer.all.reordered.total(), name);
  }
  for (const auto& [name, group] : verdict.groups) {
    if (group.all.skipped.total() > 0 && skipped.count == 0) skipped.first = name;
    skipped.count += group.all.skipped.total();
    if (group.all.out_of_order.total() > 0 && back.count == 0) back.first = name;
    back.count += group.all.out_of_order.total();
  }
  for (Anomaly* anomaly : {&lost, &duplicate, &reordered, &skipped, &back})
    if (anomaly->count > 0) verdict.anomalies.push_back(std::move(*anomaly));
  return verdict;
}

}  // namespace kafkasim::sim
