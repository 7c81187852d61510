#include "sim/retire.hpp"

#include <algorithm>
#include <optional>
#include <vector>

#include "core/log/log.hpp"
#include "core/replication/partition.hpp"
#include "sim/scenario/asked_names.hpp"
#include "sim/view.hpp"
#include "sim/world.hpp"

namespace kafkasim::sim {
namespace {

// A request that a cut link or a frozen process held up may still ask for an old offset: retransmission timers and
// request timeouts are over by then.
constexpr Duration kQuietFor = 3min;
// Below that it is not worth a walk.
constexpr std::int64_t kWorthIt = 64;

bool disturbs(Verb verb) {
  switch (verb) {
    case Verb::slow:
    case Verb::sleep:
    case Verb::rate:
    case Verb::join:
    case Verb::leave:
    case Verb::send:
    case Verb::wait:
    case Verb::expect:
    case Verb::note:
      return false;
    default:
      return true;
  }
}

bool quiet(const World& world) {
  for (std::size_t i = 0; i < world.timeline.entries.size(); ++i) {
    const EntryState& entry = world.timeline.entries[i];
    if (entry.struck == kNever || !disturbs(world.scenario().timeline[i].verb)) continue;
    if (entry.active || later(entry.ended == kNever ? entry.struck : entry.ended, kQuietFor) > world.now())
      return false;
  }
  return std::all_of(world.hosts.begin(), world.hosts.end(), [](const Host& host) {
    return host.role != Role::broker || (host.state == ProcessState::running && !host.frozen);
  });
}

// Replicas of a partition, all of them running; else empty.
std::vector<const core::Partition*> all_replicas(const View& view, TopicPartition tp,
                                                 const PartitionRegistration& registration) {
  std::vector<const core::Partition*> result;
  for (const BrokerId id : registration.replicas) {
    result.push_back(view.replica(tp, id));
    if (result.back() == nullptr) return {};
  }
  return result;
}

bool reads(const World& world, const GroupSpec& group, TopicPartition tp) {
  const std::string& topic = world.plan->names->topic(tp.topic);
  return std::find(group.topics.begin(), group.topics.end(), topic) != group.topics.end() ||
         std::any_of(group.assign.begin(), group.assign.end(),
                     [&](const AssignedPartition& one) { return one.topic == topic && one.partition == tp.partition; });
}

// Where the slowest reader is or could begin again; none: some reader could begin anywhere.
std::optional<Offset> behind_readers(const World& world, TopicPartition tp, Offset bound) {
  for (const GroupSpec& group : world.scenario().consumers) {
    if (!reads(world, group, tp)) continue;
    const auto& committed = world.history.group(group.name)->committed;
    const auto at = committed.find(tp);
    if (at == committed.end()) return std::nullopt;
    bound = std::min(bound, at->second);
  }
  for (const Host& host : world.hosts) {
    const core::Consumer* consumer = host.consumer();
    if (consumer != nullptr && consumer->position(tp).known()) bound = std::min(bound, consumer->position(tp));
  }
  return bound;
}

Offset bound_of_replicas(const World& world, const View& view, TopicPartition tp,
                         const std::vector<const core::Partition*>& replicas, const std::vector<BrokerId>& ids) {
  Offset bound = replicas.front()->log().log_end();
  const bool power_matters = std::any_of(world.scenario().timeline.begin(), world.scenario().timeline.end(),
                                         [](const Entry& entry) { return entry.verb == Verb::power_loss; });
  for (std::size_t i = 0; i < replicas.size(); ++i) {
    bound = std::min({bound, replicas[i]->log().log_end(), replicas[i]->high_watermark()});
    if (power_matters) bound = std::min(bound, view.broker_host(ids[i])->disk.durable_end(tp));
  }
  return bound;
}

using Cursor = core::HeldBatches::const_iterator;

Cursor first_from(const core::Log& log, Offset offset) {
  return std::lower_bound(log.batches().begin(), log.batches().end(), offset,
                          [](const Batch& batch, Offset at) { return batch.base_offset < at; });
}

// All replicas hold this batch next: the one rule that makes forgetting safe whoever leads later (log matching).
bool same_everywhere(const Batch& batch, std::vector<Cursor>& at, const std::vector<const core::Partition*>& replicas) {
  for (std::size_t i = 0; i < at.size(); ++i)
    if (at[i] == replicas[i]->log().batches().end() || !(*at[i] == batch)) return false;
  for (Cursor& one : at) ++one;
  return true;
}

}  // namespace

bool may_retire(const Scenario& scenario) {
  // What retention takes is counted when it goes, and each replica's log goes by itself.
  for (const TopicSpec& topic : scenario.topics)
    if (topic.config.deletes && (topic.config.retention < TopicConfig{}.retention || topic.config.retention_bytes >= 0))
      return false;
  if (asks_for_any(scenario, {"values", "batches", "offsets", "differing", "read", "reads", "first_offset",
                              "reads_from", "in_log", "offset_at", "time_lag", "key", "partition_of"}))
    return false;
  // A record that the application sends again may be stored twice by batches that were each sent once.
  if (std::any_of(scenario.producers.begin(), scenario.producers.end(),
                  [](const ProducerSpec& producer) { return producer.on_failure == OnSendFailure::resend; }))
    return false;
  return std::all_of(scenario.timeline.begin(), scenario.timeline.end(), [&](const Entry& entry) {
    switch (entry.verb) {
      case Verb::crash:
      case Verb::shutdown:
      case Verb::start:
      case Verb::freeze:
      case Verb::thaw:
      case Verb::isolate:
      case Verb::cut:
      case Verb::partition:
      case Verb::heal:
      case Verb::undo:
        return true;
      case Verb::power_loss:
        return scenario.consumers.empty();  // commits can be lost with it
      default:
        return !disturbs(entry.verb);
    }
  });
}

void retire_verified(World& world) {
  if (!world.plan->may_retire || world.phase != Phase::traffic || !quiet(world)) return;
  const View view{world};
  for (const auto& [tp, registration] : view.metadata().partitions) {
    if (tp.topic == world.plan->names->offsets_topic) continue;  // a coordinator loads it whole
    const auto replicas = all_replicas(view, tp, registration);
    if (replicas.empty()) continue;
    const Offset from = world.history.retired_end(tp);
    const Offset bound = bound_of_replicas(world, view, tp, replicas, registration.replicas);
    const auto upto = behind_readers(world, tp, bound);
    if (!upto || *upto < from + kWorthIt) continue;
    std::vector<Cursor> at;
    for (const core::Partition* replica : replicas) at.push_back(first_from(replica->log(), from));
    const core::HeldBatches& batches = replicas.front()->log().batches();
    for (Cursor batch = at.front(); batch != batches.end() && batch->next_offset() <= *upto; ++batch) {
      if (!same_everywhere(*batch, at, replicas)) break;
      world.history.retire(tp, *batch);
    }
    for (const BrokerId id : registration.replicas)
      std::get<core::Broker>(world.hosts.at(view.broker_host(id)->index).program)
          .retire_below(tp, world.history.retired_end(tp));
  }
}

}  // namespace kafkasim::sim
