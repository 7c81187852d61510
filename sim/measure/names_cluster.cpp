// Partitions, replicas, brokers and the controller.
#include <algorithm>

#include "core/log/log.hpp"
#include "core/replication/partition.hpp"
#include "sim/check/history.hpp"
#include "sim/fault/timeline.hpp"
#include "sim/host/host.hpp"
#include "sim/measure/names.hpp"
#include "sim/workload/producer_driver.hpp"

namespace kafkasim::sim {
namespace {

Value brokers(const std::vector<BrokerId>& ids, bool ordered) {
  std::vector<Value> list;
  for (const BrokerId id : ids) list.push_back(Value::integer(id.value()));
  return ordered ? Value::list(std::move(list)) : Value::set(std::move(list));
}

const PartitionRegistration* at(const Asked& asked, TopicPartition tp) { return asked.view.metadata().partition(tp); }

template <Value (*one)(const PartitionRegistration&)>
Value registered(const Asked& asked) {
  return per_partition(asked, [](const Asked& of, TopicPartition tp) {
    const PartitionRegistration* registration = at(of, tp);
    return registration == nullptr ? Value::none() : one(*registration);
  });
}

Value leader_of(const PartitionRegistration& of) {
  return of.leader.known() ? Value::integer(of.leader.value()) : Value::none();
}
Value epoch_of(const PartitionRegistration& of) { return Value::integer(of.leader_epoch.value()); }
Value partition_epoch_of(const PartitionRegistration& of) { return Value::integer(of.partition_epoch.value()); }
Value isr_of(const PartitionRegistration& of) { return brokers(of.isr, false); }
Value elr_of(const PartitionRegistration& of) { return brokers(of.elr, false); }
Value replicas_of(const PartitionRegistration& of) { return brokers(of.replicas, true); }
Value last_known_of(const PartitionRegistration& of) {
  return of.last_known_elr.empty() ? Value::none() : Value::integer(of.last_known_elr.front().value());
}

// The replica asked about: on the named broker, else the leader's.
const core::Log* log_of(const Asked& asked, TopicPartition tp) {
  if (asked.subject.broker > 0) return asked.view.log(tp, BrokerId{asked.subject.broker});
  const core::Partition* leader = asked.view.leader_replica(tp);
  return leader == nullptr ? nullptr : &leader->log();
}
const core::Partition* replica_of(const Asked& asked, TopicPartition tp) {
  return asked.subject.broker > 0 ? asked.view.replica(tp, BrokerId{asked.subject.broker})
                                  : asked.view.leader_replica(tp);
}

template <Value (*one)(const Asked&, const core::Log&)>
Value of_log(const Asked& asked) {
  return per_partition(asked, [](const Asked& of, TopicPartition tp) {
    const core::Log* log = log_of(of, tp);
    return log == nullptr ? Value::none() : one(of, *log);
  });
}
// Numbers of a whole topic are summed only by those who ask for a sum; states are listed.
Value log_end(const Asked&, const core::Log& log) { return Value::integer(log.log_end().value()); }
Value log_start(const Asked&, const core::Log& log) { return Value::integer(log.log_start().value()); }
Value epochs(const Asked&, const core::Log& log) {
  std::vector<Value> list;
  for (const auto& entry : log.epochs().entries())
    list.push_back(Value::list({Value::integer(entry.epoch.value()), Value::integer(entry.start.value())}));
  return Value::list(std::move(list));
}
Value batches(const Asked&, const core::Log& log) {
  std::vector<Value> list;
  for (const Batch& batch : log.batches())
    list.push_back(Value::list({Value::integer(batch.base_offset.value()), Value::integer(batch.last_offset().value()),
                                Value::integer(batch.record_count)}));
  return Value::list(std::move(list));
}
Value values(const Asked& asked, const core::Log& log) {
  std::vector<Value> list;
  const History& history = asked.view.history();
  for (const Batch& batch : log.batches()) {
    const Payload* payload = history.payload(batch.payload);
    const auto host = history.producer_of(batch.payload);
    for (std::int32_t i = 0; i < batch.record_count; ++i) {
      if (payload == nullptr || !host) {
        list.push_back(Value::none());
        continue;
      }
      list.push_back(value_of(asked.view, *host, History::record(*payload, i).first));
    }
  }
  return Value::list(std::move(list));
}
Value offsets(const Asked&, const core::Log& log) {
  std::vector<Value> list;
  for (const Batch& batch : log.batches())
    for (std::int32_t i = 0; i < batch.record_count; ++i)
      list.push_back(Value::integer((batch.base_offset + i).value()));
  return Value::list(std::move(list));
}

Value segments(const Asked&, const core::Log& log) {
  std::vector<Value> list;
  const auto& all = log.segments();
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::int64_t end = i + 1 < all.size() ? all[i + 1].position : log.end_position();
    list.push_back(Value::list({Value::integer(all[i].base.value()), Value::integer(end - all[i].position)}));
  }
  return Value::list(std::move(list));
}
Value size(const Asked&, const core::Log& log) { return Value::integer(log.size_bytes()); }

Value dir(const Asked& asked) {
  const Host* host = asked.view.broker_host(BrokerId{asked.subject.broker});
  const core::Broker* broker = host == nullptr ? nullptr : host->broker();
  const core::LogDir* disk = broker != nullptr                  ? &broker->disk()
                             : host != nullptr && host->log_dir ? &*host->log_dir
                                                                : nullptr;
  if (disk == nullptr) return Value::none();
  const auto found = disk->replicas.find(partitions_of(asked).front());
  return found == disk->replicas.end() ? Value::none() : Value::integer(found->second.dir + 1);
}

Value high_watermark(const Asked& asked) {
  return per_partition(asked, [](const Asked& of, TopicPartition tp) {
    const core::Partition* replica = replica_of(of, tp);
    return replica == nullptr ? Value::none() : Value::integer(replica->high_watermark().value());
  });
}

// Batches that a log has forgotten were the same everywhere (sim/retire.hpp).
bool same(const core::Log& a, const core::Log& b) {
  if (a.log_end() != b.log_end() || a.log_start() != b.log_start()) return false;
  const Offset held = std::max(a.first_held(), b.first_held());
  const auto from = [held](const core::Log& log) {
    return std::find_if(log.batches().begin(), log.batches().end(),
                        [held](const Batch& batch) { return batch.base_offset >= held; });
  };
  return std::equal(from(a), a.batches().end(), from(b), b.batches().end());
}
Value identical(const Asked& asked) {
  for (const TopicPartition tp : partitions_of(asked)) {
    const PartitionRegistration* registration = at(asked, tp);
    if (registration == nullptr) return Value::none();  // not there yet
    const core::Log* first = nullptr;
    for (const BrokerId replica : registration->replicas) {
      const core::Log* log = asked.view.log(tp, replica);
      if (log == nullptr || (first != nullptr && !same(*first, *log))) return Value::boolean(false);
      first = log;
    }
  }
  return Value::boolean(true);
}
Value differing(const Asked& asked) {
  std::vector<Value> list;
  for (const TopicPartition tp : partitions_of(asked)) {
    std::vector<const core::Log*> logs;
    std::int64_t end = 0;
    if (at(asked, tp) == nullptr) continue;  // not there yet
    for (const BrokerId replica : at(asked, tp)->replicas)
      if (const core::Log* log = asked.view.log(tp, replica)) {
        logs.push_back(log);
        end = std::max(end, log->log_end().value());
      }
    for (std::int64_t o = 0; o < end; ++o) {
      const auto batch = [o](const core::Log* log) {
        return Offset{o} < log->log_end() && log->first_held() <= Offset{o} ? log->batch_at(Offset{o}) : nullptr;
      };
      for (const core::Log* log : logs) {
        const Batch* a = batch(logs.front());
        const Batch* b = batch(log);
        if ((a == nullptr) != (b == nullptr) || (a != nullptr && !(*a == *b))) {
          list.push_back(Value::integer(o));
          break;
        }
      }
    }
  }
  return Value::list(std::move(list));
}
Value truncations(const Asked& asked) {
  std::vector<Value> list;
  const Host* host = asked.view.broker_host(BrokerId{asked.subject.broker});
  const PartitionHistory& history = asked.view.history().partition(partitions_of(asked).front());
  if (const auto found = host == nullptr ? history.truncations.end() : history.truncations.find(host->index);
      found != history.truncations.end())
    for (const Offset end : found->second) list.push_back(Value::integer(end.value()));
  return Value::list(std::move(list));
}

// --- true or false of a partition, or how many ---------------------------------------------------------------------

bool is_under_replicated(const Asked&, const PartitionRegistration& of, TopicPartition) {
  return of.isr.size() < of.replicas.size();
}
bool is_offline(const Asked&, const PartitionRegistration& of, TopicPartition) { return !of.leader.known(); }
bool is_under_min_isr(const Asked& asked, const PartitionRegistration& of, TopicPartition tp) {
  return static_cast<std::int32_t>(of.isr.size()) < asked.view.metadata().effective_min_isr(tp.topic);
}
template <bool (*test)(const Asked&, const PartitionRegistration&, TopicPartition)>
Value flag(const Asked& asked) {
  if (!asked.subject.topic.empty())
    return per_partition(asked, [](const Asked& of, TopicPartition tp) {
      const PartitionRegistration* registration = at(of, tp);
      return registration == nullptr ? Value::none() : Value::boolean(test(of, *registration, tp));
    });
  std::int64_t count = 0;
  for (const auto& [tp, registration] : asked.view.metadata().partitions)
    count += test(asked, registration, tp) ? 1 : 0;
  return Value::integer(count);
}

template <std::int64_t PartitionHistory::*member>
Value counted(const Asked& asked) {
  std::int64_t total = 0;
  for (const TopicPartition tp : partitions_of(asked)) total += asked.view.history().partition(tp).*member;
  return Value::integer(total);
}
Value elections(const Asked& asked) {
  return Value::integer(counted<&PartitionHistory::elections_clean>(asked).number +
                        counted<&PartitionHistory::elections_unclean>(asked).number);
}

// --- brokers and controller ----------------------------------------------------------------------------------------

Value fenced(const Asked& asked) {
  const BrokerRegistration* of = asked.view.metadata().broker(BrokerId{asked.subject.broker});
  return Value::boolean(of == nullptr || of->fenced);
}
Value registered_broker(const Asked& asked) {
  return Value::boolean(asked.view.metadata().broker(BrokerId{asked.subject.broker}) != nullptr);
}
Value leads(const Asked& asked) {
  std::int64_t count = 0;
  for (const auto& [tp, registration] : asked.view.metadata().partitions)
    if (registration.leader == BrokerId{asked.subject.broker}) ++count;
  return Value::integer(count);
}
Value controller(const Asked& asked) {
  for (const Host& host : asked.view.hosts())
    if (host.controller() != nullptr && host.controller()->active()) return Value::integer(host.node.value());
  return Value::none();
}

Value held(const Asked& asked) {
  return Value::integer(asked.view.timeline().entries[static_cast<std::size_t>(*asked.subject.number)].caught);
}

Value controller_changes(const Asked& asked) { return Value::integer(asked.view.history().controller_changes()); }

Value recovering_of(const PartitionRegistration& of) { return Value::boolean(of.recovering); }

// What ListOffsets answers a client.
Value offset_at(const Asked& asked) {
  return per_partition(asked, [](const Asked& of, TopicPartition tp) {
    const core::Partition* leader = of.view.leader_replica(tp);
    if (leader == nullptr) return Value::none();
    const auto answer = leader->list_offset({tp, LeaderEpoch{}, OffsetSpec::timestamp, of.subject.instant}, false);
    return answer.offset.known() ? Value::integer(answer.offset.value()) : Value::none();
  });
}

constexpr Domains kTruth = domain::metadata;
constexpr Domains kLogs = domain::logs | domain::metadata | domain::hosts;

constexpr Name kNames[] = {
    {"leader", "tp", Measure::state, kTruth, "the controller's leader; none", registered<leader_of>},
    {"leader_epoch", "tp", Measure::state, kTruth, "the controller's leader epoch", registered<epoch_of>},
    {"partition_epoch", "tp", Measure::state, kTruth, "the controller's partition epoch",
     registered<partition_epoch_of>},
    {"isr", "tp", Measure::state, kTruth, "in-sync replicas (a set)", registered<isr_of>},
    {"elr", "tp", Measure::state, kTruth, "eligible leader replicas (a set)", registered<elr_of>},
    {"last_known_leader", "tp", Measure::state, kTruth, "last known leader of a leaderless partition",
     registered<last_known_of>},
    {"replicas", "tp", Measure::state, kTruth, "assigned replicas, the preferred one first", registered<replicas_of>},
    {"high_watermark", "tp | replica", Measure::state, kLogs, "high watermark of the leader, or of one replica",
     high_watermark},
    {"last_stable_offset", "tp", Measure::state, kLogs, "equal to the high watermark without transactions",
     high_watermark},
    {"log_end", "tp | replica", Measure::state, kLogs, "log end of the leader, or of one replica", of_log<log_end>},
    {"log_start", "tp | replica", Measure::state, kLogs, "log start of the leader, or of one replica",
     of_log<log_start>},
    {"epochs", "tp | replica", Measure::state, kLogs, "[[epoch, start offset], ...] of the leader-epoch cache",
     of_log<epochs>},
    {"batches", "tp | replica", Measure::state, kLogs, "[[first, last, records], ...]", of_log<batches>},
    {"values", "tp | replica", Measure::state, kLogs, "values in the log, in offset order", of_log<values>},
    {"offsets", "tp | replica", Measure::state, kLogs, "offsets in the log", of_log<offsets>},
    {"offset_at", "tp, time", Measure::state, kLogs,
     "offset of the first record at or after an instant of the run, as ListOffsets answers; none", offset_at},
    {"segments", "tp | replica", Measure::state, kLogs, "[[first offset, bytes], ...] of the segment files",
     of_log<segments>},
    {"size", "tp | replica", Measure::state, kLogs, "bytes of all segments", of_log<size>},
    {"dir", "replica", Measure::state, kLogs, "log directory it lies in; 1 is the first", dir},
    {"identical", "tp", Measure::state, kLogs, "all replicas hold the same", identical},
    {"differing", "tp", Measure::state, kLogs, "offsets where replicas do not hold the same", differing},
    {"truncations", "replica", Measure::state, domain::logs, "log ends after each cut", truncations},
    {"under_replicated", "tp?", Measure::state, kTruth,
     "fewer in sync than replicas; without argument the number of such partitions", flag<is_under_replicated>},
    {"under_min_isr", "tp?", Measure::state, kTruth,
     "fewer in sync than min.insync.replicas; without argument the number of such partitions", flag<is_under_min_isr>},
    {"offline", "tp?", Measure::state, kTruth, "no leader; without argument the number of such partitions",
     flag<is_offline>},
    {"recovering", "tp", Measure::state, kTruth,
     "the leader was elected uncleanly and has not yet said that it recovered", registered<recovering_of>},
    {"elections", "tp?", Measure::counter, kTruth, "leader elections", elections},
    {"unclean_elections", "tp?", Measure::counter, kTruth, "elections outside ISR and ELR",
     counted<&PartitionHistory::elections_unclean>},
    {"isr_shrinks", "tp?", Measure::counter, kTruth, "changes by which a replica left the ISR",
     counted<&PartitionHistory::isr_shrinks>},
    {"isr_expands", "tp?", Measure::counter, kTruth, "changes by which a replica joined the ISR",
     counted<&PartitionHistory::isr_expands>},
    {"fenced", "broker", Measure::state, kTruth, "fenced by the controller, or not registered", fenced},
    {"registered", "broker", Measure::state, kTruth, "known to the controller", registered_broker},
    {"leads", "broker", Measure::state, kTruth, "number of partitions it leads", leads},
    {"held", "hold", Measure::counter, domain::timeline, "messages that a hold, named by its id, has caught so far",
     held},
    {"controller_changes", "", Measure::counter, kTruth | domain::hosts,
     "how often another process became the active controller", controller_changes},
    {"controller", "", Measure::state, kTruth | domain::hosts, "the active controller; none", controller},
};

}  // namespace

std::span<const Name> cluster_names() { return kNames; }

}  // namespace kafkasim::sim
