#include "core/broker.hpp"

#include <utility>

#include "core/base/invariant.hpp"

namespace kafkasim::core {

namespace {

// From the first registration attempt to running fetchers on a restarted broker: replaying the metadata log and opening
// the logs (README-crash fact 10).
constexpr Duration kLoadTime = 600ms;
constexpr Duration kMetadataFetchWait = 500ms;
constexpr TimerKey kLoadTimer{TimerKind::startup, 0};

Duration phase(Duration period, Turn& turn) {
  const auto span = static_cast<std::uint64_t>(nanoseconds(period));
  return Duration{static_cast<std::int64_t>(turn.choices.below(Choice::timer_phase, span))};
}

}  // namespace

Broker::Broker(BrokerId id, const BrokerConfig& config, CataloguePtr catalogue, NodeId controller, LogDir disk,
               std::uint64_t incarnation, std::string rack, bool formed, const Rules& rules)
    : id_{id},
      catalogue_{catalogue},
      life_cycle_{id, config, controller, incarnation, std::move(rack)},
      observer_{id, controller},
      replicas_{id, config, rules, catalogue, controller, std::move(disk)},
      fetchers_{id, config},
      producer_ids_{id, controller},
      forwarder_{controller},
      coordinators_{id, catalogue, config},
      formed_{formed} {
  if (!formed) return;
  const BrokerRegistration* self = image().broker(id);
  INVARIANT(self != nullptr, "a formed broker is registered in its image");
  INVARIANT(!self->fenced, "a formed broker is unfenced");
  life_cycle_.form(self->epoch);
  replicas_.alter_partition().set_epoch(self->epoch);
}

void Broker::on_start(Turn& turn) {
  replicas_.open_dirs();
  life_cycle_.set_offline_replicas(replicas_.offline_replicas(), turn);
  const BrokerEpoch previous = replicas_.take_clean_shutdown();
  life_cycle_.metadata_replayed(image().end - 1);
  if (!formed_) {
    life_cycle_.start(previous, Duration::zero(), turn);
    observer_.start(image().end, kMetadataFetchWait, turn);
    turn.out.timer(kLoadTimer, later(turn.now, kLoadTime));
    settle_dirs(turn);
    return;
  }
  const Duration interval = life_cycle_.heartbeat_interval();
  life_cycle_.start(previous, heartbeat_phase_ ? *heartbeat_phase_ : phase(interval, turn), turn);
  observer_.start(image().end, phase(kMetadataFetchWait, turn), turn);
  replicas_.start(true, turn);
  published_ = true;
  fetchers_.draw_phases(true);
  publish(replicas_.assigned(), true, turn);
  fetchers_.draw_phases(false);
  settle(turn);
}

void Broker::on_request(RequestToken from, Request&& request, Turn& turn) {
  if (!accepts_clients()) {
    turn.out.drop(from);
    return;
  }
  if (auto* produce = std::get_if<ProduceRequest>(&request)) {
    replicas_.on_produce(from, std::move(*produce), turn);
  } else if (auto* fetch = std::get_if<FetchRequest>(&request)) {
    replicas_.on_fetch(from, std::move(*fetch), turn);
  } else if (const auto* offsets = std::get_if<ListOffsetsRequest>(&request)) {
    turn.out.reply(from, replicas_.list_offsets(*offsets));
  } else if (const auto* epochs = std::get_if<OffsetForLeaderEpochRequest>(&request)) {
    turn.out.reply(from, replicas_.offsets_for_leader_epochs(*epochs));
  } else if (const auto* topics = std::get_if<MetadataRequest>(&request)) {
    turn.out.reply(from, metadata(*topics));
  } else if (std::holds_alternative<InitProducerIdRequest>(request)) {
    turn.out.reply(from, producer_ids_.claim(life_cycle_.epoch(), turn));
  } else if (const auto* group = std::get_if<FindCoordinatorRequest>(&request)) {
    turn.out.reply(from, coordinators_.find(*group, image()));
  } else if (Forwarder::forwards(request)) {
    forwarder_.submit(from, std::move(request), turn);
  } else {
    INVARIANT(CoordinatorHost::serves(request), "requests of brokers to the controller go to the controller");
    coordinators_.on_request(from, std::move(request), turn);
  }
  settle(turn);
}

void Broker::on_connection_closed(std::uint32_t connection, Turn&) {
  if (terminated_) return;
  replicas_.on_connection_closed(connection);
  forwarder_.on_connection_closed(connection);
}

void Broker::on_connected(ChannelId channel, Turn& turn) {
  if (terminated_) return;
  FetcherTurn in = with_fetchers(turn);
  if (is_fetcher_channel(channel)) fetchers_.on_connected(channel, in);
  if (life_cycle_.owns(channel)) life_cycle_.on_connected(channel, turn);
  if (observer_.owns(channel)) observer_.on_connected(channel, turn);
  if (producer_ids_.owns(channel)) producer_ids_.on_connected(channel, turn);
  if (forwarder_.owns(channel)) forwarder_.on_connected(channel, turn);
  if (replicas_.alter_partition().owns(channel)) replicas_.alter_partition().on_connected(channel, turn);
  settle(turn);
}

void Broker::on_disconnected(ChannelId channel, bool refused, Turn& turn) {
  if (terminated_) return;
  FetcherTurn in = with_fetchers(turn);
  if (is_fetcher_channel(channel)) fetchers_.on_disconnected(channel, refused, in);
  if (life_cycle_.owns(channel)) life_cycle_.on_disconnected(channel, refused, turn);
  if (observer_.owns(channel)) observer_.on_disconnected(channel, refused, turn);
  if (producer_ids_.owns(channel)) producer_ids_.on_disconnected(channel, refused, turn);
  if (forwarder_.owns(channel)) forwarder_.on_disconnected(channel, refused, turn);
  if (replicas_.alter_partition().owns(channel)) replicas_.alter_partition().on_disconnected(channel, refused, turn);
  settle(turn);
}

void Broker::on_response(ChannelId channel, Correlation correlation, Response&& response, Turn& turn) {
  if (terminated_) return;
  if (is_fetcher_channel(channel)) {
    FetcherTurn in = with_fetchers(turn);
    fetchers_.on_response(channel, correlation, std::move(response), in);
  } else if (life_cycle_.owns(channel)) {
    life_cycle_.on_response(channel, correlation, response, turn);
  } else if (observer_.owns(channel)) {
    observer_.on_response(channel, correlation, turn);
    on_metadata(std::get<MetadataFetchResponse>(std::move(response)), turn);
  } else if (producer_ids_.owns(channel)) {
    producer_ids_.on_response(channel, correlation, std::get<AllocateProducerIdsResponse>(response), turn);
  } else if (forwarder_.owns(channel)) {
    forwarder_.on_response(channel, correlation, std::move(response), turn);
  } else {
    replicas_.on_alter_response(channel, correlation, std::get<AlterPartitionResponse>(std::move(response)), turn);
  }
  settle(turn);
}

void Broker::on_timer(TimerKey key, Turn& turn) {
  if (terminated_) return;
  FetcherTurn in = with_fetchers(turn);
  if (key.kind == TimerKind::heartbeat) {
    life_cycle_.on_heartbeat_timer(turn);
  } else if (key.kind == TimerKind::registration) {
    life_cycle_.on_registration_timer(turn);
  } else if (key.kind == TimerKind::shutdown) {
    life_cycle_.on_shutdown_timer(turn);
  } else if (key.kind == TimerKind::controller_channel) {
    on_controller_channel_timer(ControllerLink{key.index}, turn);
  } else if (key.kind == TimerKind::fetcher) {
    fetchers_.on_timer(key, in);
  } else if (key.kind == TimerKind::group) {
    coordinators_.on_timer(key, replicas_, turn);
  } else if (key == kLoadTimer) {
    load_time_over_ = true;
    publish_first(turn);
  } else {
    replicas_.on_timer(key, turn);
  }
  settle(turn);
}

void Broker::on_controller_channel_timer(ControllerLink link, Turn& turn) {
  switch (link) {
    case ControllerLink::life_cycle:
      return life_cycle_.on_channel_timer(turn);
    case ControllerLink::alter_partition:
      return replicas_.alter_partition().on_channel_timer(turn);
    case ControllerLink::metadata:
      return observer_.on_channel_timer(turn);
    case ControllerLink::producer_ids:
      return producer_ids_.on_channel_timer(turn);
    case ControllerLink::forwarding:
      return forwarder_.on_channel_timer(turn);
  }
}

void Broker::on_shutdown(Turn& turn) {
  if (terminated_) return;
  life_cycle_.begin_shutdown(turn);
  settle(turn);
}

bool Broker::fenced() const {
  const BrokerRegistration* self = image().broker(id_);
  return self == nullptr || self->epoch != life_cycle_.epoch() || self->fenced;
}

// Log directories that failed in this step (R6.5).
void Broker::settle_dirs(Turn& turn) {
  const std::vector<TopicPartition> gone = replicas_.take_offline();
  if (!gone.empty()) {
    fetchers_.remove(gone, turn);
    coordinators_.resign(gone, turn);
    life_cycle_.set_offline_replicas(replicas_.offline_replicas(), turn);
  }
  if (!replicas_.must_halt() || terminated_) return;
  terminated_ = true;
  turn.out.add(Halt{});
}

// What any step may have made due in another room.
void Broker::settle(Turn& turn) {
  settle_dirs(turn);
  if (terminated_) return;
  coordinators_.settle(replicas_, turn);
  settle_dirs(turn);  // a coordinator's own write may have found one broken
  if (terminated_) return;
  replicas_.alter_partition().set_epoch(life_cycle_.epoch());
  if (published_ && life_cycle_.state() == BrokerLifecycle::State::recovery) life_cycle_.ready_to_unfence(turn);
  if (life_cycle_.state() != BrokerLifecycle::State::stopped) return;
  terminated_ = true;
  fetchers_.stop(turn);
  replicas_.close_cleanly(life_cycle_.epoch(), turn);
  turn.out.add(Terminate{});
}

}  // namespace kafkasim::core
