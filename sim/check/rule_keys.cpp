// Rule: the records of one key of a producer are stored in one partition, in the order in which they were handed over.
#include <algorithm>
#include <set>

#include "core/log/log.hpp"
#include "core/replication/partition.hpp"
#include "sim/check/history.hpp"
#include "sim/check/verdict.hpp"
#include "sim/host/host.hpp"
#include "sim/workload/producer_driver.hpp"

namespace kafkasim::sim {
namespace {

bool asks_for_partitions(const Scenario& scenario) {
  return std::any_of(scenario.timeline.begin(), scenario.timeline.end(), [](const Entry& entry) {
    return entry.verb == Verb::add_partitions || entry.send.partition.has_value();
  });
}

// Keys are looked at one by one only where they can be split or turned round: with one number of partitions and the
// partitioner's choice a key stays in its partition, and order within the partition is order within the key.
bool may_differ(const View& view, const ProducerDriver& driver, const ProducerVerdict& verdict) {
  const ProducerSpec& spec = view.scenario().producers[driver.spec];
  const bool spelt_out = std::any_of(driver.given.begin(), driver.given.end(),
                                     [](const auto& record) { return record.second.key.has_value(); });
  if (!driver.keys.keyed() && !spelt_out) return false;
  std::int64_t reordered = 0;
  for (const auto& [tp, part] : verdict.by_partition) reordered += part.reordered.total();
  return reordered > 0 || asks_for_partitions(view.scenario()) || spec.config.partitioner_ignore_keys ||
         spec.partition.kind != PartitionChoice::Kind::partitioner;
}

struct Keys {
  const View& view;
  const ProducerDriver& driver;
  ProducerVerdict& verdict;
  std::map<std::pair<TopicId, std::string>, std::set<std::int32_t>> partitions{};

  void read(TopicPartition tp, const core::Log& log) {
    std::map<std::string, std::int64_t> latest;
    const History& history = view.history();
    for (const Batch& batch : log.batches()) {
      const Payload* payload = history.payload(batch.payload);
      if (payload == nullptr || history.producer_of(batch.payload) != driver.host) continue;
      const Instant date = payload->done == kNever ? payload->closed : payload->done;
      for (std::int32_t i = 0; i < batch.record_count; ++i) {
        const std::int64_t index = History::record(*payload, i).first;
        const std::optional<std::string> key = key_of(driver, index);
        if (!key) continue;
        partitions[{tp.topic, *key}].insert(tp.partition);
        std::int64_t& last = latest.try_emplace(*key, index).first->second;
        if (index < last) verdict.reordered_by_key.add(date, 1);
        last = std::max(last, index);
      }
    }
  }
};

}  // namespace

void judge_keys(const View& view, Verdict& verdict) {
  for (auto& [host, producer] : verdict.producers) {
    const ProducerDriver* driver = view.producer_driver(host);
    if (driver == nullptr || !may_differ(view, *driver, producer)) continue;
    Keys keys{view, *driver, producer};
    for (const auto& [tp, part] : producer.by_partition)
      if (const core::Partition* leader = view.leader_replica(tp)) keys.read(tp, leader->log());
    producer.split_keys = std::count_if(keys.partitions.begin(), keys.partitions.end(),
                                        [](const auto& key) { return key.second.size() > 1; });
  }
}

}  // namespace kafkasim::sim
