#include "core/controller/controller.hpp"

#include <algorithm>
#include <utility>

#include "core/base/invariant.hpp"

namespace kafkasim::core {

namespace {

constexpr TimerKey kStaleBrokerCheck{TimerKind::stale_broker_check};
constexpr TimerKey kCommit{TimerKind::commit};
constexpr TimerKey kLeaderBalance{TimerKind::leader_balance};
constexpr TimerKey kUncleanSweep{TimerKind::unclean_sweep};
constexpr TimerKey kMetadataPurgatory{TimerKind::metadata_purgatory};

/// A periodic task that has more to do runs again after this (4.0+).
constexpr Duration kImmediate = 10ms;
/// Elections per round of a periodic task (R2.47).
constexpr std::size_t kMaxElections = 1000;

/// The stale-broker check runs this often (R3.15).
Duration session_check_period(const BrokerConfig& config) { return config.broker_session_timeout / 8; }

}  // namespace

Controller::Controller(NodeId id, const BrokerConfig& config, const CataloguePtr& catalogue, bool elr_enabled,
                       Duration commit_delay)
    : Controller{id, config, catalogue, elr_enabled, commit_delay, DurableMetadata{}} {}

Controller::Controller(NodeId id, const BrokerConfig& config, const CataloguePtr&, bool elr_enabled,
                       Duration commit_delay, DurableMetadata disk)
    : id_{id},
      config_{config},
      rules_{.elr_enabled = elr_enabled},
      commit_delay_{commit_delay},
      log_{std::move(disk)},
      sessions_{config.broker_session_timeout} {
  INVARIANT(commit_delay > Duration::zero(), "a write takes time");
}

void Controller::form(MetadataImage initial, std::int64_t next_producer_id, Instant now) {
  INVARIANT(!active_, "a cluster is formed before its controller starts");
  const std::int64_t end = initial.end;
  log_ = MetadataLog{DurableMetadata{std::move(initial), next_producer_id, end, {}}};
  formed_ = true;
  load_brokers();
  for (const auto& [broker, registration] : image().brokers) {
    registry_.touch(broker, registration.fenced, end - 1);
    if (!registration.fenced) sessions_.contact({broker, registration.epoch}, now);
  }
}

void Controller::assume_contact(BrokerId broker, Instant at) {
  INVARIANT(formed_, "contacts before the start belong to a formed cluster");
  INVARIANT(!active_, "contacts before the start are told before the start");
  sessions_.contact({broker, image().brokers.at(broker).epoch}, at);
}

void Controller::load_brokers() {
  for (const auto& [broker, registration] : image().brokers)
    registry_.registered(broker, registration.fenced, log_.registration_offset(broker, registration.epoch.value()));
}

void Controller::on_start(Turn& turn) {
  INVARIANT(!active_, "a controller starts once");
  active_ = true;
  if (!formed_) {
    load_brokers();
    for (const auto& [broker, registration] : image().brokers)
      if (!registration.fenced) sessions_.contact({broker, registration.epoch}, turn.now);
  }
  const auto first_run = [&](Duration period) {
    if (!formed_) return turn.now + period;
    const auto drawn = turn.choices.below(Choice::timer_phase, static_cast<std::uint64_t>(nanoseconds(period)));
    return turn.now + Duration{static_cast<std::int64_t>(drawn)};
  };
  turn.out.timer(kStaleBrokerCheck, first_run(session_check_period(config_)));
  if (config_.auto_leader_rebalance_enable)
    turn.out.timer(kLeaderBalance, first_run(config_.leader_imbalance_check_interval));
  turn.out.timer(kUncleanSweep, first_run(config_.unclean_leader_election_interval));
}

void Controller::on_connection_closed(std::uint32_t connection, Turn& turn) {
  std::erase_if(replies_, [connection](const PendingReply& reply) { return reply.to.connection == connection; });
  std::erase_if(fetches_, [connection](const ParkedFetch& fetch) { return fetch.from.connection == connection; });
  arm_fetch_timer(turn);
}

void Controller::on_timer(TimerKey key, Turn& turn) {
  INVARIANT(active_, "only an active controller has timers");
  if (key == kStaleBrokerCheck) return check_sessions(turn);
  if (key == kCommit) return finish_commit(turn);
  if (key == kLeaderBalance) return balance_leaders(turn);
  if (key == kUncleanSweep) return sweep_unclean(turn);
  INVARIANT(key == kMetadataPurgatory, "a controller knows its timers");
  expire_fetches(turn);
}

void Controller::on_shutdown(Turn& turn) {
  active_ = false;
  turn.out.add(Terminate{});
}

void Controller::append(Write&& write, Turn& turn) {
  for (PendingRecord& next : write) {
    if (const auto* registered = std::get_if<RegisterBrokerRecord>(&next.record))
      registry_.registered(registered->broker, registered->registration.fenced, log_.end());
    else if (const auto* changed = std::get_if<BrokerRegistrationChangeRecord>(&next.record))
      registry_.changed(changed->broker, changed->fenced);
    log_.append(std::move(next.record), next.clean);
  }
  begin_commit(turn);
}

void Controller::reply_when_committed(RequestToken to, Response&& response, Turn& turn) {
  if (log_.end() == image().end)
    turn.out.reply(to, std::move(response));
  else
    replies_.push_back({log_.end(), to, std::move(response)});
}

void Controller::begin_commit(Turn& turn) {
  if (log_.begin_write()) turn.out.timer(kCommit, turn.now + commit_delay_);
}

void Controller::finish_commit(Turn& turn) {
  INVARIANT(log_.writing(), "a write is under way");
  log_.finish_write([&](const MetadataRecord& record, Clean clean) { note_commit(record, clean, turn); });
  const auto waits = [&](const PendingReply& reply) { return reply.end > image().end; };
  const auto first_waiting = std::find_if(replies_.begin(), replies_.end(), waits);
  for (auto reply = replies_.begin(); reply != first_waiting; ++reply)
    turn.out.reply(reply->to, std::move(reply->response));
  replies_.erase(replies_.begin(), first_waiting);
  for (const ParkedFetch& fetch : std::exchange(fetches_, {})) answer_fetch(fetch.from, fetch.offset, turn);
  arm_fetch_timer(turn);
  begin_commit(turn);
}

/// Called while `image()` still shows the state before the record.
void Controller::note_commit(const MetadataRecord& record, Clean clean, Turn& turn) const {
  if (const auto* registered = std::get_if<RegisterBrokerRecord>(&record)) {
    const BrokerRegistration* before = image().broker(registered->broker);
    if (before != nullptr && before->fenced != registered->registration.fenced)
      turn.out.note(BrokerFencing{registered->broker, registered->registration.fenced});
    turn.out.note(BrokerRegistered{registered->broker, ErrorCode::NONE});
  } else if (const auto* changed = std::get_if<BrokerRegistrationChangeRecord>(&record)) {
    if (image().brokers.at(changed->broker).fenced != changed->fenced)
      turn.out.note(BrokerFencing{changed->broker, changed->fenced});
  } else if (const auto* partition = std::get_if<PartitionRecord>(&record)) {
    const PartitionRegistration* before = image().partition(partition->partition);
    PartitionRegistration none;
    none.leader_epoch = LeaderEpoch{};  // a partition that is new has had no epoch
    turn.out.note(PartitionChanged{partition->partition, before == nullptr ? none : *before, partition->registration,
                                   clean == Clean::no});
  }
}

void Controller::answer_fetch(RequestToken to, std::int64_t offset, Turn& turn) const {
  MetadataFetchResponse response{.base_offset = offset, .records = {}, .snapshot = {}, .high_watermark = image().end};
  if (offset < log_.start()) {
    response.base_offset = image().end;
    response.snapshot = std::make_shared<const MetadataImage>(image());
  } else {
    response.records = log_.read(offset);
  }
  turn.out.reply(to, std::move(response));
}

void Controller::expire_fetches(Turn& turn) {
  const auto due = std::stable_partition(fetches_.begin(), fetches_.end(),
                                         [&](const ParkedFetch& fetch) { return fetch.deadline > turn.now; });
  for (auto fetch = due; fetch != fetches_.end(); ++fetch) answer_fetch(fetch->from, fetch->offset, turn);
  fetches_.erase(due, fetches_.end());
  arm_fetch_timer(turn);
}

void Controller::arm_fetch_timer(Turn& turn) const {
  Instant earliest = kNever;
  for (const ParkedFetch& fetch : fetches_) earliest = std::min(earliest, fetch.deadline);
  turn.out.timer(kMetadataPurgatory, earliest);
}

/// R3.15, 4.0+: at most one session ends per run; the pause is counted from the end of the run.
void Controller::check_sessions(Turn& turn) {
  const auto ended = sessions_.take_expired(turn.now, turn.choices);
  // A session of an earlier incarnation, or of a broker that was fenced otherwise, ends without effect.
  if (ended && current_epoch(ended->broker, ended->epoch) && !log_.latest().brokers.at(ended->broker).fenced) {
    Write write;
    add_fencing(log_.latest(), ended->broker, rules_, write);
    registry_.fence(ended->broker);
    append(std::move(write), turn);
  }
  turn.out.timer(kStaleBrokerCheck, turn.now + (ended ? kImmediate : session_check_period(config_)));
}

void Controller::balance_leaders(Turn& turn) {
  Write write;
  const bool more = add_preferred_elections(log_.latest(), rules_, kMaxElections, write);
  append(std::move(write), turn);
  turn.out.timer(kLeaderBalance, turn.now + (more ? kImmediate : config_.leader_imbalance_check_interval));
}

void Controller::sweep_unclean(Turn& turn) {
  Write write;
  const bool more = add_unclean_elections(log_.latest(), rules_, kMaxElections, write);
  append(std::move(write), turn);
  turn.out.timer(kUncleanSweep, turn.now + (more ? kImmediate : config_.unclean_leader_election_interval));
}

}  // namespace kafkasim::core
