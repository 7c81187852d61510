#include "core/broker/life_cycle.hpp"

#include <utility>

#include "core/base/invariant.hpp"

namespace kafkasim::core {

namespace {

constexpr Duration kStartingHeartbeat = 10ms;       // R3.13: while STARTING
constexpr Duration kFirstShutdownHeartbeat = 50ms;  // R3.18: after the first answer

constexpr TimerKey kHeartbeatTimer{TimerKind::heartbeat, 0};
constexpr TimerKey kRegistrationTimer{TimerKind::registration, 0};
constexpr TimerKey kShutdownTimer{TimerKind::shutdown, 0};

// KAFKA-14392: a heartbeat is given up after half a session, so that the next one still comes in time.
ControllerChannelTimes times(const BrokerConfig& config) {
  return {50ms, 50ms, config.broker_session_timeout / 2, config.broker_session_timeout / 2};
}

}  // namespace

BrokerLifecycle::BrokerLifecycle(BrokerId id, const BrokerConfig& config, NodeId controller, std::uint64_t incarnation,
                                 std::string rack)
    : id_{id},
      config_{config},
      controller_{controller},
      incarnation_{incarnation},
      rack_{std::move(rack)},
      channel_{ControllerLink::life_cycle, controller, times(config)} {}

void BrokerLifecycle::form(BrokerEpoch epoch) {
  INVARIANT(epoch.known(), "a formed broker is registered");
  epoch_ = epoch;
  ready_to_unfence_ = true;
  state_ = State::running;
}

void BrokerLifecycle::start(BrokerEpoch previous_epoch, Duration first, Turn& turn) {
  previous_epoch_ = previous_epoch;
  if (!epoch_.known()) {
    turn.out.note(BrokerStateChanged{state_});
    turn.out.timer(kRegistrationTimer, later(turn.now, config_.initial_broker_registration_timeout));
  }
  schedule(first, turn);
}

void BrokerLifecycle::ready_to_unfence(Turn& turn) {
  if (ready_to_unfence_) return;
  ready_to_unfence_ = true;
  schedule(Duration::zero(), turn);
}

void BrokerLifecycle::set_offline_replicas(std::vector<TopicPartition> replicas, Turn& turn) {
  const bool news = replicas != offline_replicas_;
  offline_replicas_ = std::move(replicas);
  if (news && epoch_.known() && state_ != State::stopped) schedule(Duration::zero(), turn);
}

void BrokerLifecycle::begin_shutdown(Turn& turn) {
  if (state_ == State::pending_shutdown || state_ == State::stopped) return;
  if (state_ != State::running || !config_.controlled_shutdown_enable) {
    stop(turn);
    return;
  }
  enter(State::pending_shutdown, turn);
  turn.out.timer(kShutdownTimer, later(turn.now, config_.controlled_shutdown_max_wait));
  schedule(Duration::zero(), turn);
}

void BrokerLifecycle::on_connected(ChannelId channel, Turn& turn) { act(channel_.on_connected(channel, turn), turn); }

void BrokerLifecycle::on_disconnected(ChannelId channel, bool refused, Turn& turn) {
  act(channel_.on_disconnected(channel, refused, turn), turn);
}

void BrokerLifecycle::on_response(ChannelId channel, Correlation correlation, const Response& response, Turn& turn) {
  channel_.on_response(channel, correlation, turn);
  if (state_ == State::stopped) return;
  if (const auto* registration = std::get_if<BrokerRegistrationResponse>(&response)) {
    on_registration_response(*registration, turn);
  } else {
    on_heartbeat_response(std::get<BrokerHeartbeatResponse>(response), turn);
  }
}

void BrokerLifecycle::on_channel_timer(Turn& turn) { act(channel_.on_timer(turn), turn); }

void BrokerLifecycle::on_heartbeat_timer(Turn& turn) {
  if (state_ == State::stopped) return;
  if (channel_.busy()) {
    send_at_once_ = true;
    return;
  }
  act(channel_.begin(turn), turn);
}

void BrokerLifecycle::on_registration_timer(Turn& turn) {
  if (!epoch_.known()) stop(turn);
}

void BrokerLifecycle::on_shutdown_timer(Turn& turn) { stop(turn); }

void BrokerLifecycle::act(ControllerChannel::Signal signal, Turn& turn) {
  if (signal == ControllerChannel::Signal::transmit) transmit(turn);
  if (signal == ControllerChannel::Signal::timed_out && state_ != State::stopped) {
    schedule(config_.broker_heartbeat_interval, turn);
  }
}

void BrokerLifecycle::transmit(Turn& turn) {
  if (!epoch_.known()) {
    channel_.send(BrokerRegistrationRequest{id_, incarnation_, rack_, previous_epoch_, offline_replicas_}, turn);
    return;
  }
  BrokerHeartbeatRequest request;
  request.broker_id = id_;
  request.broker_epoch = epoch_;
  request.current_metadata_offset = metadata_offset_;
  request.want_fence = !ready_to_unfence_;
  request.want_shut_down = state_ == State::pending_shutdown;
  request.offline_replicas = offline_replicas_;
  channel_.send(std::move(request), turn);
}

void BrokerLifecycle::schedule(Duration in, Turn& turn) {
  const Duration wait = std::exchange(send_at_once_, false) ? Duration::zero() : in;
  turn.out.timer(kHeartbeatTimer, later(turn.now, wait));
}

void BrokerLifecycle::on_registration_response(const BrokerRegistrationResponse& response, Turn& turn) {
  if (response.error != ErrorCode::NONE) {
    if (response.error == ErrorCode::DUPLICATE_BROKER_REGISTRATION) ++refusals_;
    schedule(config_.broker_heartbeat_interval, turn);  // R3.11, 4.0+
    return;
  }
  epoch_ = response.broker_epoch;
  turn.out.cancel(kRegistrationTimer);
  schedule(Duration::zero(), turn);
}

void BrokerLifecycle::on_heartbeat_response(const BrokerHeartbeatResponse& response, Turn& turn) {
  if (response.error != ErrorCode::NONE) {
    schedule(config_.broker_heartbeat_interval, turn);
    return;
  }
  INVARIANT(state_ != State::stopped, "a stopped broker hears no answer");
  Duration next = config_.broker_heartbeat_interval;
  switch (state_) {
    case State::starting:
      if (response.is_caught_up) enter(State::recovery, turn);
      next = kStartingHeartbeat;
      break;
    case State::recovery:
      if (!response.is_fenced) enter(State::running, turn);
      break;
    case State::running:
    case State::stopped:
      break;
    case State::pending_shutdown:
      if (response.should_shut_down) {
        stop(turn);
        return;
      }
      if (!std::exchange(got_shutdown_response_, true)) next = kFirstShutdownHeartbeat;
      break;
  }
  schedule(next, turn);
}

void BrokerLifecycle::enter(State state, Turn& turn) {
  state_ = state;
  turn.out.note(BrokerStateChanged{state});
}

void BrokerLifecycle::stop(Turn& turn) {
  if (state_ == State::stopped) return;
  enter(State::stopped, turn);
  turn.out.cancel(kHeartbeatTimer);
  turn.out.cancel(kRegistrationTimer);
  turn.out.cancel(kShutdownTimer);
}

}  // namespace kafkasim::core
