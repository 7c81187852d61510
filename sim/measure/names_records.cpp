// Records: sent, acknowledged, stored, lost (scenario-language.md section 7, first row).
#include "sim/check/history.hpp"
#include "sim/check/verdict.hpp"
#include "sim/measure/names.hpp"

namespace kafkasim::sim {
namespace {

// Adds up one count over the producers and partitions that the subject means.
template <class OfProducer, class OfPartition>
std::int64_t sum(const Asked& asked, OfProducer&& of_producer, OfPartition&& of_partition) {
  std::int64_t total = 0;
  for (const HostIndex host : producers_of(asked)) {
    const ProducerHistory* history = asked.view.history().producer(host);
    if (history == nullptr) continue;
    if (!asked.subject.by_partition) {
      total += of_producer(*history);
      continue;
    }
    for (const TopicPartition tp : partitions_of(asked))
      if (const auto at = history->by_partition.find(tp); at != history->by_partition.end())
        total += of_partition(at->second);
  }
  return total;
}

template <std::int64_t RecordCounts::*member>
Value counted(const Asked& asked) {
  return Value::integer(sum(
      asked, [](const ProducerHistory& at) { return at.counts.*member; },
      [](const RecordCounts& at) { return at.*member; }));
}

Value indeterminate(const Asked& asked) {
  const auto open = [](const RecordCounts& at) { return at.sent - at.acked - at.failed; };
  return Value::integer(sum(
      asked, [&](const ProducerHistory& at) { return open(at.counts); }, open));
}

template <class Visit>
void each_verdict(const Asked& asked, Visit&& visit) {
  for (const HostIndex host : producers_of(asked)) {
    const auto found = asked.verdict->producers.find(host);
    if (found == asked.verdict->producers.end()) continue;
    if (!asked.subject.by_partition) {
      visit(found->second.all);
      continue;
    }
    for (const TopicPartition tp : partitions_of(asked))
      if (const auto at = found->second.by_partition.find(tp); at != found->second.by_partition.end())
        visit(at->second);
  }
}

template <DatedCount RecordVerdict::*member>
Value judged(const Asked& asked) {
  if (asked.verdict == nullptr) return Value::none();
  std::int64_t total = 0;
  each_verdict(asked, [&](const RecordVerdict& at) { total += (at.*member).total(); });
  return Value::integer(total);
}

template <DatedCount RecordVerdict::*member>
void dates(const Asked& asked, std::map<Instant, std::int64_t>& out) {
  each_verdict(asked, [&](const RecordVerdict& at) {
    for (const auto& [when, count] : (at.*member).dates()) out[when] += count;
  });
}

template <class Visit>
void each_producer(const Asked& asked, Visit&& visit) {
  for (const HostIndex host : producers_of(asked))
    if (const auto found = asked.verdict->producers.find(host); found != asked.verdict->producers.end())
      visit(found->second);
}

Value reordered_by_key(const Asked& asked) {
  if (asked.verdict == nullptr) return Value::none();
  std::int64_t total = 0;
  each_producer(asked, [&](const ProducerVerdict& of) { total += of.reordered_by_key.total(); });
  return Value::integer(total);
}

void reordered_by_key_dates(const Asked& asked, std::map<Instant, std::int64_t>& out) {
  each_producer(asked, [&](const ProducerVerdict& of) {
    for (const auto& [when, count] : of.reordered_by_key.dates()) out[when] += count;
  });
}

Value split_keys(const Asked& asked) {
  if (asked.verdict == nullptr) return Value::none();
  std::int64_t total = 0;
  each_producer(asked, [&](const ProducerVerdict& of) { total += of.split_keys; });
  return Value::integer(total);
}

// Known when the logs are read: at the end.
void split_keys_dates(const Asked& asked, std::map<Instant, std::int64_t>& out) {
  each_producer(asked, [&](const ProducerVerdict& of) { out[asked.view.now()] += of.split_keys; });
}

constexpr std::string_view kWhose = "R?, tp?";

constexpr Name kNames[] = {
    {"sent", kWhose, Measure::counter, domain::producers,
     "records handed over to send(); per partition once their batch is fixed", counted<&RecordCounts::sent>},
    {"acked", kWhose, Measure::counter, domain::producers, "records acknowledged to the application",
     counted<&RecordCounts::acked>},
    {"failed", kWhose, Measure::counter, domain::producers, "records reported as failed",
     counted<&RecordCounts::failed>},
    {"removed", kWhose, Measure::counter, domain::producers | domain::logs,
     "records that retention removed from the leader's log", counted<&RecordCounts::removed>},
    {"indeterminate", kWhose, Measure::state, domain::producers, "records without an answer", indeterminate},
    {"in_log", kWhose, Measure::final, domain::producers, "distinct records in the partition's log at the end",
     judged<&RecordVerdict::in_log>, dates<&RecordVerdict::in_log>},
    {"failed_in_log", kWhose, Measure::final, domain::producers, "reported as failed, yet stored",
     judged<&RecordVerdict::failed_in_log>, dates<&RecordVerdict::failed_in_log>},
    {"lost", kWhose, Measure::final, domain::producers, "acknowledged, and in the partition's log no more",
     judged<&RecordVerdict::lost>, dates<&RecordVerdict::lost>},
    {"lost_unacked", kWhose, Measure::final, domain::producers, "failed or without an answer, and not stored",
     judged<&RecordVerdict::lost_unacked>, dates<&RecordVerdict::lost_unacked>},
    {"duplicated", kWhose, Measure::final, domain::producers, "further copies of a record in the log",
     judged<&RecordVerdict::duplicated>, dates<&RecordVerdict::duplicated>},
    {"reordered", kWhose, Measure::final, domain::producers,
     "stored after a later record of the same producer and partition", judged<&RecordVerdict::reordered>,
     dates<&RecordVerdict::reordered>},
    {"reordered", "P, key", Measure::final, domain::producers,
     "stored after a later record of the same producer, partition and key", reordered_by_key, reordered_by_key_dates},
    {"split_keys", "P", Measure::final, domain::producers, "keys with records in several partitions of a topic",
     split_keys, split_keys_dates},
};

}  // namespace

std::span<const Name> record_names() { return kNames; }

}  // namespace kafkasim::sim
