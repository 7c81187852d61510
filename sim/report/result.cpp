#include "sim/report/result.hpp"

#include <algorithm>

#include "core/group/coordinator.hpp"
#include "sim/fault/timeline.hpp"
#include "sim/measure/names.hpp"
#include "sim/simulation.hpp"

namespace kafkasim::sim {
namespace {

LatencyFigures latency_of(const LatencyHistogram& of) {
  return {of.count(),
          of.mean(),
          of.percentile(50, 100),
          of.percentile(90, 100),
          of.percentile(99, 100),
          of.percentile(999, 1000),
          of.max()};
}

// The value of a measured name for one group or producer, as `expect` would see it.
std::int64_t measured(std::string_view name, const Subject& subject, const View& view, const Verdict& verdict) {
  return find_names(name).front()->evaluate({view, subject, &verdict}).number;
}

class Filler {
 public:
  Filler(const Simulation& simulation, const Verdict& verdict, Result& result)
      : view_{simulation.view()}, verdict_{verdict}, result_{result} {}

  void expectations(const std::vector<Outcome>& outcomes) {
    // Timeline lines come first, as judged; the scenario's own ones come last, judged at the end.
    const auto& checks = view_.timeline().checks;
    const std::size_t final_from = outcomes.size() - view_.scenario().expect.size();
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
      std::optional<Instant> at;
      if (i < checks.size()) at = checks[i].at;
      if (i >= final_from) at = view_.now();
      const Place& place = outcomes[i].place;
      result_.expectations.push_back({outcomes[i].text, outcomes[i].holds, outcomes[i].value, at,
                                      place.line > 0 ? place.file + ":" + std::to_string(place.line) : "", place.line});
    }
  }

  void timeline() {
    for (std::size_t i = 0; i < view_.scenario().timeline.size(); ++i) {
      const Entry& entry = view_.scenario().timeline[i];
      const EntryState& state = view_.timeline().entries[i];
      EntryResult one{entry.id, std::nullopt, verb_name(entry), {}, state.got};
      if (state.struck != kNever) one.at = state.struck;
      for (const HostIndex host : state.hosts) one.struck.push_back(view_.host(host).name);
      result_.timeline.push_back(std::move(one));
    }
  }

  void records() {
    for (const ProducerSpec& spec : view_.scenario().producers) {
      const Host* host = view_.find(spec.name);
      const ProducerHistory* history = host == nullptr ? nullptr : view_.history().producer(host->index);
      if (history == nullptr) continue;
      RecordFigures one;
      one.sent = history->counts.sent;
      one.acked = history->counts.acked;
      one.failed = history->counts.failed;
      one.indeterminate = one.sent - one.acked - one.failed;
      one.gap = history->gap.longest(view_.now());
      for (const auto& [code, count] : history->errors) one.errors[std::string{name(code)}] += count;
      for (const auto& [code, count] : history->exceptions) one.exceptions[std::string{exception_name(code)}] += count;
      if (const auto found = verdict_.producers.find(host->index); found != verdict_.producers.end()) {
        const RecordVerdict& all = found->second.all;
        one.in_log = all.in_log.total();
        one.removed = history->counts.removed;
        one.lost = all.lost.total();
        one.lost_unacked = all.lost_unacked.total();
        one.failed_in_log = all.failed_in_log.total();
        one.duplicated = all.duplicated.total();
        one.reordered = all.reordered.total();
        one.reordered_by_key = found->second.reordered_by_key.total();
        one.split_keys = found->second.split_keys;
      }
      result_.total.add(one);
      result_.records.emplace_back(spec.name, std::move(one));
      result_.produce_latency.emplace_back(spec.name, latency_of(history->latency));
      SplitFigures split;
      if (const auto found = view_.splits().producers().find(host->index); found != view_.splits().producers().end())
        for (std::size_t i = 0; i < kLatencyParts; ++i) split[i] = latency_of(found->second.parts[i]);
      result_.latency_split.emplace_back(spec.name, split);
    }
  }

  void groups(const LagMeter& lag) {
    for (const GroupSpec& spec : view_.scenario().consumers) {
      const GroupHistory* history = view_.history().group(spec.name);
      if (history == nullptr) continue;
      Subject subject;
      subject.group = spec.name;
      DeliveryFigures delivery{history->delivered,
                               history->processed,
                               history->redelivered,
                               0,
                               0,
                               measured("unread", subject, view_, verdict_)};
      if (const auto found = verdict_.groups.find(spec.name); found != verdict_.groups.end()) {
        delivery.skipped = found->second.all.skipped.total();
        delivery.out_of_order = found->second.all.out_of_order.total();
      }
      result_.delivery.emplace_back(spec.name, delivery);
      result_.end_to_end_latency.emplace_back(spec.name, latency_of(history->end_to_end));
      LagFigures figures;
      figures.at_end = measured("lag", subject, view_, verdict_);
      if (const auto found = lag.groups().find(spec.name); found != lag.groups().end()) {
        figures.max = std::max(found->second.max, figures.at_end);
        figures.max_partition = found->second.max_partition;
        if (found->second.drained != kNever) figures.drained = found->second.drained;
      }
      result_.lag.emplace_back(spec.name, figures);
      if (spec.assign.empty()) result_.groups.emplace_back(spec.name, group(spec.name, *history));
    }
  }

  void partitions() {
    for (const TopicId topic : view_.topics_of_interest())
      for (const TopicPartition tp : view_.partitions(topic))
        result_.partitions.emplace_back(view_.names().name(tp), partition(tp));
  }

 private:
  GroupFigures group(const std::string& name, const GroupHistory& history) const {
    GroupFigures result;
    result.state = "none";
    const GroupId id = view_.group(name);
    const core::GroupCoordinator* coordinator = view_.coordinator(id);
    if (const core::ClassicGroup* state = coordinator == nullptr ? nullptr : coordinator->group(id)) {
      static constexpr const char* kStates[] = {"Empty", "PreparingRebalance", "CompletingRebalance", "Stable", "Dead"};
      result.state = kStates[static_cast<std::size_t>(state->state())];
      result.generation = state->generation().value();
    }
    const std::string prefix = name + "/";
    for (const Host& host : view_.hosts()) {
      if (host.role != Role::consumer || host.consumer() == nullptr || host.name.compare(0, prefix.size(), prefix) != 0)
        continue;
      std::vector<std::string> owned;
      for (const TopicPartition tp : host.consumer()->assignment()) owned.push_back(view_.names().name(tp));
      result.assignment.emplace_back(host.name, std::move(owned));
    }
    static constexpr const char* kReasonWords[] = {"none",   "join",         "leave",    "expired",
                                                   "rejoin", "subscription", "metadata", "pending_sync"};
    for (const Rebalance& one : history.rebalances) {
      RebalanceFigures figures{{one.begin, one.end},
                               kReasonWords[static_cast<std::size_t>(one.reason)],
                               one.generation.value(),
                               one.members,
                               {}};
      for (const Rebalance::Pause& pause : one.pauses)
        figures.pauses.emplace_back(view_.names().name(pause.partition), Span{pause.begin, pause.end});
      result.rebalances.push_back(std::move(figures));
    }
    return result;
  }

  PartitionFigures partition(TopicPartition tp) const {
    PartitionFigures result;
    const PartitionRegistration& truth = *view_.metadata().partition(tp);
    const PartitionHistory& history = view_.history().partition(tp);
    if (truth.leader.known()) result.leader = truth.leader.value();
    result.leader_epoch = truth.leader_epoch.value();
    for (const BrokerId id : truth.isr) result.isr.push_back(id.value());
    for (const BrokerId id : truth.elr) result.elr.push_back(id.value());
    std::sort(result.isr.begin(), result.isr.end());
    std::sort(result.elr.begin(), result.elr.end());
    if (const core::Partition* leader = view_.leader_replica(tp)) {
      result.log_start = leader->log().log_start().value();
      result.high_watermark = leader->high_watermark().value();
      result.log_end = leader->log().log_end().value();
    }
    for (const BrokerId id : truth.replicas) {
      const core::Log* log = view_.log(tp, id);
      if (log == nullptr) continue;
      ReplicaFigures replica{log->log_start().value(), log->log_end().value(), std::nullopt, {}};
      if (const core::Partition* running = view_.replica(tp, id))
        replica.high_watermark = running->high_watermark().value();
      for (const auto& entry : log->epochs().entries())
        replica.epochs.emplace_back(entry.epoch.value(), entry.start.value());
      result.replicas[id.value()] = std::move(replica);
    }
    result.elections_clean = history.elections_clean;
    result.elections_unclean = history.elections_unclean;
    result.isr_shrinks = history.isr_shrinks;
    result.isr_expands = history.isr_expands;
    result.unavailable = history.unavailable.longest(view_.now());
    for (const GapMeter::Window& window : history.unavailable.windows())
      result.windows.push_back({window.begin, window.end});
    const auto until_now = [&](Duration total, Instant since) {
      return since == kNever ? total : total + (view_.now() - since);
    };
    result.under_replicated = until_now(history.under_replicated, history.under_replicated_since);
    result.under_min_isr = until_now(history.under_min_isr, history.under_min_isr_since);
    result.offline = until_now(history.offline, history.offline_since);
    return result;
  }

  View view_;
  const Verdict& verdict_;
  Result& result_;
};

}  // namespace

void RecordFigures::add(const RecordFigures& other) {
  for (const auto member :
       {&RecordFigures::sent, &RecordFigures::acked, &RecordFigures::failed, &RecordFigures::failed_in_log,
        &RecordFigures::indeterminate, &RecordFigures::in_log, &RecordFigures::lost, &RecordFigures::lost_unacked,
        &RecordFigures::removed, &RecordFigures::duplicated, &RecordFigures::reordered,
        &RecordFigures::reordered_by_key, &RecordFigures::split_keys})
    this->*member += other.*member;
  for (const auto& [name, count] : other.errors) errors[name] += count;
  for (const auto& [name, count] : other.exceptions) exceptions[name] += count;
  gap = std::max(gap, other.gap);
}

Duration GroupFigures::longest_pause() const {
  Duration longest{};
  for (const RebalanceFigures& one : rebalances)
    for (const auto& [partition, pause] : one.pauses) longest = std::max(longest, pause.end - pause.begin);
  return longest;
}

bool Result::holds() const {
  return std::all_of(expectations.begin(), expectations.end(), [](const ExpectationResult& one) { return one.holds; });
}

Result make_result(const Simulation& simulation, const Verdict& verdict, const std::vector<Outcome>& outcomes,
                   const LagMeter& lag) {
  const View view = simulation.view();
  const Scenario& scenario = view.scenario();
  Result result;
  result.scenario = scenario.name;
  result.about = scenario.about;
  result.file = scenario.file;
  result.variant = scenario.variant;
  result.kafka = scenario.kafka;
  result.seed = scenario.seed;
  result.fingerprint = simulation.fingerprint().hex();
  Filler filler{simulation, verdict, result};
  filler.expectations(outcomes);
  filler.timeline();
  filler.records();
  filler.groups(lag);
  filler.partitions();
  result.anomalies = verdict.anomalies;
  result.pending = view.pending();
  result.events = simulation.events();
  result.simulated = simulation.now() - kStart;
  result.story = tell(view);
  return result;
}

}  // namespace kafkasim::sim
