// Clients: errors, batches, latencies, gaps, beliefs.
#include <algorithm>

#include "sim/check/history.hpp"
#include "sim/check/latency_split.hpp"
#include "sim/check/verdict.hpp"
#include "sim/host/host.hpp"
#include "sim/measure/names.hpp"
#include "sim/workload/consumer_driver.hpp"
#include "sim/workload/producer_driver.hpp"

namespace kafkasim::sim {
namespace {

std::int64_t counted(const std::map<ErrorCode, std::int64_t>& errors, const std::string& wanted, bool as_exception) {
  std::int64_t total = 0;
  for (const auto& [code, count] : errors)
    if (wanted.empty() || (as_exception ? exception_name(code) : name(code)) == wanted) total += count;
  return total;
}

Value producer_errors(const Asked& asked) {
  std::int64_t total = 0;
  for (const HostIndex host : producers_of(asked))
    total += counted(asked.view.history().producer(host)->errors, asked.subject.word, false);
  return Value::integer(total);
}
Value group_errors(const Asked& asked) {
  return Value::integer(counted(asked.view.history().group(asked.subject.group)->errors, asked.subject.word, false));
}
Value producer_exceptions(const Asked& asked) {
  std::int64_t total = 0;
  for (const HostIndex host : producers_of(asked))
    total += counted(asked.view.history().producer(host)->exceptions, asked.subject.word, true);
  return Value::integer(total);
}
Value group_exceptions(const Asked& asked) {
  std::int64_t total = 0;
  for (const auto& [name, count] : asked.view.history().group(asked.subject.group)->exceptions)
    if (asked.subject.word.empty() || asked.subject.word == name) total += count;
  return Value::integer(total);
}
Value broker_errors(const Asked& asked) {
  // Refusals of the controller are what a broker's errors are asked for: they are told as notes of the registration.
  std::int64_t total = 0;
  for (const StoryEvent& event : asked.view.history().story())
    if (const auto* refused = std::get_if<BrokerRegistered>(&event.what))
      if (refused->broker.value() == asked.subject.broker && refused->error != ErrorCode::NONE &&
          (asked.subject.word.empty() || name(refused->error) == asked.subject.word))
        ++total;
  return Value::integer(total);
}

template <std::int64_t ProducerHistory::*member>
Value total(const Asked& asked) {
  std::int64_t sum = 0;
  for (const HostIndex host : producers_of(asked)) sum += asked.view.history().producer(host)->*member;
  return Value::integer(sum);
}

template <std::map<std::int64_t, std::int64_t> ProducerHistory::*member>
Value sizes(const Asked& asked) {
  std::map<std::int64_t, std::int64_t> all;
  for (const HostIndex host : producers_of(asked))
    for (const auto& [size, count] : asked.view.history().producer(host)->*member) all[size] += count;
  return statistic_of(all, asked.subject.word);
}

Value runs(const Asked& asked) {
  std::map<std::int64_t, std::int64_t> all;
  for (const HostIndex host : producers_of(asked))
    for (const auto& [length, count] : asked.view.history().producer(host)->runs.lengths()) all[length] += count;
  return statistic_of(all, asked.subject.word);
}

Value of_histogram(const LatencyHistogram& histogram, std::string_view statistic) {
  if (histogram.count() == 0) return Value::none();
  if (statistic == "mean") return Value::duration(histogram.mean());
  if (statistic == "min") return Value::duration(histogram.min());
  if (statistic == "max") return Value::duration(histogram.max());
  if (statistic == "mode") {
    std::pair<Duration, std::int64_t> most{};
    for (const auto& bucket : histogram.buckets())
      if (bucket.second > most.second) most = bucket;
    return Value::duration(most.first);
  }
  const std::int64_t per_thousand = statistic == "p50"   ? 500
                                    : statistic == "p90" ? 900
                                    : statistic == "p99" ? 990
                                                         : 999;
  return Value::duration(histogram.percentile(per_thousand, 1000));
}

Value blocked(const Asked& asked) {
  const std::vector<HostIndex> hosts = producers_of(asked);
  if (hosts.size() != 1) return Value::none();
  const ProducerHistory& history = *asked.view.history().producer(hosts.front());
  LatencyHistogram all = history.blocked;
  if (const std::int64_t at_once = history.counts.sent - all.count(); at_once > 0) all.add(Duration{}, at_once);
  return of_histogram(all, asked.subject.word);
}

Value latency(const Asked& asked) {
  // Instances share a name: the first is asked for its own, several are not mixed.
  const std::vector<HostIndex> hosts = producers_of(asked);
  if (hosts.size() != 1) return Value::none();
  if (!asked.subject.number)
    return of_histogram(asked.view.history().producer(hosts.front())->latency, asked.subject.word);
  const auto& splits = asked.view.splits().producers();
  const auto split = splits.find(hosts.front());
  if (split == splits.end()) return Value::none();
  return of_histogram(split->second.parts[static_cast<std::size_t>(*asked.subject.number)], asked.subject.word);
}
Value end_to_end(const Asked& asked) {
  return of_histogram(asked.view.history().group(asked.subject.group)->end_to_end, asked.subject.word);
}

Value producer_gap(const Asked& asked) {
  Duration longest{};
  for (const HostIndex host : producers_of(asked)) {
    const ProducerHistory& history = *asked.view.history().producer(host);
    if (!asked.subject.by_partition) {
      longest = std::max(longest, history.gap.longest(asked.view.now()));
      continue;
    }
    for (const TopicPartition tp : partitions_of(asked))
      if (const auto at = history.gap_by_partition.find(tp); at != history.gap_by_partition.end())
        longest = std::max(longest, at->second.longest(asked.view.now()));
  }
  return Value::duration(longest);
}
Value unavailable(const Asked& asked) {
  Duration longest{};
  for (const TopicPartition tp : partitions_of(asked))
    longest = std::max(longest, asked.view.history().partition(tp).unavailable.longest(asked.view.now()));
  return Value::duration(longest);
}

Value producer_epoch(const Asked& asked) {
  for (const HostIndex host : producers_of(asked))
    if (const core::Producer* producer = asked.view.host(host).producer())
      return Value::integer(producer->producer_epoch().value());
  return Value::none();
}

const Host* process(const Asked& asked) { return asked.view.find(asked.subject.process); }

Value alive(const Asked& asked) {
  const Host* host = process(asked);
  return Value::boolean(host != nullptr && host->up());
}

Value believes(const Asked& asked) {
  const Host* host = process(asked);
  if (host == nullptr) return Value::none();
  const TopicPartition tp{asked.view.topic(asked.subject.topic), asked.subject.partition};
  BrokerId leader;
  if (const core::Broker* broker = host->broker()) {
    if (const PartitionRegistration* at = broker->image().partition(tp)) leader = at->leader;
  } else if (const core::Producer* producer = host->producer()) {
    leader = producer->believed_leader(tp).id;
  } else if (const core::Consumer* consumer = host->consumer()) {
    leader = consumer->believed_leader(tp);
  }
  return leader.known() ? Value::integer(leader.value()) : Value::none();
}

Value anomalies(const Asked& asked) {
  if (asked.verdict == nullptr) return Value::none();
  for (const Anomaly& anomaly : asked.verdict->anomalies)
    if (anomaly.id == asked.subject.word) return Value::integer(anomaly.count);
  return Value::integer(0);
}

Value partition_share(const Asked& asked) {
  std::int64_t here = 0, all = 0;
  for (const HostIndex host : producers_of(asked))
    for (const auto& [tp, counts] : asked.view.history().producer(host)->by_partition) {
      all += counts.sent;
      if (tp == partitions_of(asked).front()) here += counts.sent;
    }
  return all == 0 ? Value::none() : Value::integer(here * 100 / all);
}

Value partition_of(const Asked& asked) {
  for (const HostIndex host : producers_of(asked)) {
    const KeyModel& keys = asked.view.producer_driver(host)->keys;
    if (!keys.keyed()) continue;
    const auto holds = [&](const Payload& payload) {
      for (const RecordRun& run : payload.runs)
        for (std::int32_t i = 0; i < run.count; ++i)
          if (keys.text(run.first + i) == asked.subject.word) return true;
      return false;
    };
    if (const Payload* latest = asked.view.history().producer(host)->payloads.last(holds))
      return Value::integer(latest->partition.partition);
  }
  return Value::none();
}

constexpr Name kNames[] = {
    {"errors", "P?, error?", Measure::counter, domain::producers,
     "error codes per batch that the client read or made itself (NETWORK_EXCEPTION, REQUEST_TIMED_OUT)",
     producer_errors},
    {"errors", "G, error?", Measure::counter, domain::consumers,
     "error codes in replies that members of the group read", group_errors},
    {"errors", "broker, error?", Measure::counter, domain::metadata, "refusals a broker got from the controller",
     broker_errors},
    {"exceptions", "P?, word?", Measure::counter, domain::producers, "exceptions the application saw, per record",
     producer_exceptions},
    {"exceptions", "G, word?", Measure::counter, domain::consumers, "exceptions that applications of the group saw",
     group_exceptions},
    {"retries", "P?", Measure::counter, domain::producers, "batches sent again", total<&ProducerHistory::retries>},
    {"batches", "P", Measure::counter, domain::producers, "batches sent, retries not counted",
     total<&ProducerHistory::batches>},
    {"batch_records", "P, statistic", Measure::statistic, domain::producers, "records per batch",
     sizes<&ProducerHistory::batch_records>},
    {"batch_bytes", "P, statistic", Measure::statistic, domain::producers, "bytes per batch, header included",
     sizes<&ProducerHistory::batch_bytes>},
    {"runs", "P, statistic", Measure::statistic, domain::producers, "records in a row to one partition", runs},
    {"partition_of", "P, word", Measure::state, domain::producers,
     "partition of the producer's last batch with that key", partition_of},
    {"partition_share", "P, tp", Measure::statistic, domain::producers,
     "percent of the producer's records that went to the partition", partition_share},
    {"blocked", "P, statistic", Measure::statistic, domain::producers, "time in send(), for metadata or memory",
     blocked},
    {"producer_epoch", "P", Measure::state, domain::producers, "the epoch as the client has it; -1 without idempotence",
     producer_epoch},
    {"latency", "P, part?, statistic", Measure::statistic, domain::producers,
     "from handing over to acknowledgement; or a part of that way: client_queue retries network broker_queue append "
     "replication purgatory",
     latency},
    {"end_to_end", "G, statistic", Measure::statistic, domain::consumers, "from handing over to the end of poll()",
     end_to_end},
    {"gap", "P?, tp?", Measure::statistic, domain::producers,
     "longest time without an acknowledgement while one was due", producer_gap},
    {"unavailable", "tp", Measure::statistic, domain::producers,
     "longest time without an acknowledgement over all producers of the partition", unavailable},
    {"alive", "X", Measure::state, domain::hosts, "its process runs (frozen or not)", alive},
    {"believes", "X, leader", Measure::state, domain::brokers | domain::producers | domain::consumers,
     "what that broker or client thinks", believes},
    {"anomalies", "word", Measure::final, domain::producers | domain::consumers,
     "how often an anomaly was found, by Jepsen id", anomalies},
};

}  // namespace

std::span<const Name> client_names() { return kNames; }

}  // namespace kafkasim::sim
