#include "sim/check/history.hpp"

#include <algorithm>

#include "core/base/invariant.hpp"
#include "sim/scenario/asked_names.hpp"

namespace kafkasim::sim {
namespace {

// Hundreds of equal errors in a row tell nothing: the story keeps what is rare or marks a turn.
bool worth_telling(const StoryEvent& event) {
  if (const auto* set = std::get_if<PositionSet>(&event.what)) return set->why == PositionSet::Why::truncated;
  return !std::holds_alternative<BatchError>(event.what);
}

}  // namespace

History::History(const Scenario& scenario, CataloguePtr names, std::vector<std::string> hosts)
    : names_{std::move(names)},
      hosts_{std::move(hosts)},
      keep_deliveries_{asks_for_any(scenario, {"read", "first_offset", "key"})} {
  for (const ProducerSpec& producer : scenario.producers)
    for (HostIndex i = 0; i < hosts_.size(); ++i)
      if (hosts_[i] == producer.name) producers_[i];
  for (const GroupSpec& group : scenario.consumers) {
    groups_[group.name].name = group.name;
    const std::string prefix = group.name + "/";
    for (HostIndex i = 0; i < hosts_.size(); ++i)
      if (hosts_[i].compare(0, prefix.size(), prefix) == 0) group_by_host_[i] = group.name;
  }
  for (std::size_t t = 0; t < scenario.topics.size(); ++t)
    min_isr_[TopicId{static_cast<std::int32_t>(t)}] = scenario.topics[t].config.min_insync_replicas;
  for (const Entry& entry : scenario.timeline)
    for (std::int32_t t = 0; entry.verb == Verb::create_topic && t < static_cast<std::int32_t>(names_->topics.size());
         ++t)
      if (names_->topics[static_cast<std::size_t>(t)] == entry.topic.name)
        min_isr_.try_emplace(TopicId{t}, entry.topic.config.min_insync_replicas);
  if (names_->offsets_topic.known() && !min_isr_.contains(names_->offsets_topic))
    min_isr_[names_->offsets_topic] = scenario.cluster.config.min_insync_replicas;
}

void History::process_started(HostIndex who, NodeId node, Instant) {
  if (producers_.contains(who)) nodes_[node.value()] = who;
}

void History::process_ended(HostIndex who, Instant now) {
  // A dead producer answers for nothing any more; a dead member's partitions have no owner.
  if (const auto found = producers_.find(who); found != producers_.end()) {
    found->second.gap.answered(found->second.gap.outstanding(), now, false);
    for (auto& [tp, gap] : found->second.gap_by_partition) {
      partitions_[tp].unavailable.answered(gap.outstanding(), now, false);
      gap.answered(gap.outstanding(), now, false);
    }
  }
  if (GroupHistory* group = group_of(who)) give_up(*group, who, now);
}

void History::tell(StoryEvent event) {
  if (worth_telling(event)) story_.push_back(std::move(event));
}

void History::end(Instant now) {
  for (auto& [host, producer] : producers_) {
    producer.gap.end(now);
    for (auto& [tp, gap] : producer.gap_by_partition) gap.end(now);
  }
  for (auto& [name, group] : groups_) {
    group.gap.end(now);
    for (auto& [tp, gap] : group.gap_by_partition) gap.end(now);
  }
  for (auto& [tp, partition] : partitions_) {
    partition.unavailable.end(now);
    const auto close = [now](Instant& since, Duration& total) {
      if (since == kNever) return;
      total += now - since;
      since = now;
    };
    close(partition.under_replicated_since, partition.under_replicated);
    close(partition.under_min_isr_since, partition.under_min_isr);
    close(partition.offline_since, partition.offline);
  }
}

const ProducerHistory* History::producer(HostIndex host) const {
  const auto found = producers_.find(host);
  return found == producers_.end() ? nullptr : &found->second;
}

const GroupHistory* History::group(std::string_view name) const {
  const auto found = groups_.find(name);
  return found == groups_.end() ? nullptr : &found->second;
}

const PartitionHistory& History::partition(TopicPartition tp) const {
  static const PartitionHistory kNone;
  const auto found = partitions_.find(tp);
  return found == partitions_.end() ? kNone : found->second;
}

Offset History::retired_end(TopicPartition tp) const {
  const auto found = retired_end_.find(tp);
  return found == retired_end_.end() ? Offset{0} : found->second;
}

std::optional<HostIndex> History::producer_of(PayloadId id) const {
  const auto found = nodes_.find(id.client);
  if (found == nodes_.end()) return std::nullopt;
  return found->second;
}

const Payload* History::payload(PayloadId id) const {
  const auto host = producer_of(id);
  if (!host) return nullptr;
  return producers_.at(*host).payloads.find(id);
}

std::pair<std::int64_t, Instant> History::record(const Payload& payload, std::int32_t i) {
  for (const RecordRun& run : payload.runs) {
    if (i < run.count) return {run.first + i, run.timestamp(i)};
    i -= run.count;
  }
  INVARIANT(false, "the record lies in its batch");
  return {};
}

GroupHistory* History::group_of(HostIndex member) {
  const auto found = group_by_host_.find(member);
  return found == group_by_host_.end() ? nullptr : &groups_.find(found->second)->second;
}

// --- the cluster ----------------------------------------------------------------------------------------------------

void History::on(HostIndex, const PartitionChanged& note, Instant now) {
  PartitionHistory& at = partitions_[note.partition];
  const PartitionRegistration& before = note.before;
  const PartitionRegistration& after = note.after;
  const bool created = before.replicas.empty();
  const bool elected = !created && after.leader.known() && after.leader_epoch > before.leader_epoch;
  if (elected) ++(note.unclean ? at.elections_unclean : at.elections_clean);
  const bool lost = std::any_of(before.isr.begin(), before.isr.end(), [&](BrokerId id) {
    return std::find(after.isr.begin(), after.isr.end(), id) == after.isr.end();
  });
  const bool gained = std::any_of(after.isr.begin(), after.isr.end(), [&](BrokerId id) {
    return std::find(before.isr.begin(), before.isr.end(), id) == before.isr.end();
  });
  if (lost) ++at.isr_shrinks;
  if (gained && !created) ++at.isr_expands;

  const auto follow = [now](bool is, Instant& since, Duration& total) {
    if (is && since == kNever) since = now;
    if (!is && since != kNever) {
      total += now - since;
      since = kNever;
    }
  };
  const auto min_isr = min_isr_.find(note.partition.topic);
  const std::int32_t wanted =
      std::min(min_isr == min_isr_.end() ? 1 : min_isr->second, static_cast<std::int32_t>(after.replicas.size()));
  follow(after.isr.size() < after.replicas.size(), at.under_replicated_since, at.under_replicated);
  follow(static_cast<std::int32_t>(after.isr.size()) < wanted, at.under_min_isr_since, at.under_min_isr);
  follow(!after.leader.known(), at.offline_since, at.offline);
}

void History::on(HostIndex who, const LogTruncated& note, Instant) {
  partitions_[note.partition].truncations[who].push_back(note.to);
}

}  // namespace kafkasim::sim
