// A broker's registration, heartbeats and controlled shutdown (R3.11-R3.14, R3.18).
#pragma once

#include <string>
#include <vector>

#include "core/base/fields.hpp"
#include "core/broker/controller_channel.hpp"
#include "core/protocol/config.hpp"
#include "core/protocol/effects.hpp"

namespace kafkasim::core {

/// Kafka's BrokerLifecycleManager. It owns the "heartbeat" connection and tells the broker nothing by itself: look at
/// state() after every call.
class BrokerLifecycle {
 public:
  using State = BrokerStateChanged::State;

  BrokerLifecycle() = default;
  BrokerLifecycle(BrokerId id, const BrokerConfig& config, NodeId controller, std::uint64_t incarnation,
                  std::string rack);

  /// Registered and unfenced long before the run began.
  void form(BrokerEpoch epoch);

  /// The first communication comes after `first`. `previous_epoch`: from the clean-shutdown file; unknown after an
  /// unclean end (R3.27).
  void start(BrokerEpoch previous_epoch, Duration first, Turn& turn);
  /// Log recovery is done and the metadata replayed: the next heartbeat asks to be unfenced.
  void ready_to_unfence(Turn& turn);
  /// SIGTERM. Ends in State::stopped, here at once when there is nothing to wait for.
  void begin_shutdown(Turn& turn);
  /// currentMetadataOffset of the next heartbeats: the last record replayed.
  void metadata_replayed(std::int64_t last_offset) { metadata_offset_ = last_offset; }

  /// Replicas in offline log directories; the controller is told at once when there are more (R3.20).
  void set_offline_replicas(std::vector<TopicPartition> replicas, Turn& turn);

  bool owns(ChannelId channel) const { return channel_.owns(channel); }
  void on_connected(ChannelId channel, Turn& turn);
  void on_disconnected(ChannelId channel, bool refused, Turn& turn);
  void on_response(ChannelId channel, Correlation correlation, const Response& response, Turn& turn);
  void on_channel_timer(Turn& turn);
  /// TimerKind::heartbeat: the next communication is due.
  void on_heartbeat_timer(Turn& turn);
  /// TimerKind::registration: initial.broker.registration.timeout.ms is over.
  void on_registration_timer(Turn& turn);
  /// TimerKind::shutdown: the controller never let us go (R3.18).
  void on_shutdown_timer(Turn& turn);

  State state() const { return state_; }
  /// Unknown until the controller registered this process.
  BrokerEpoch epoch() const { return epoch_; }
  /// Once unfenced, until the very end: Kafka opens its listeners then.
  bool serving() const { return state_ == State::running || state_ == State::pending_shutdown; }
  Duration heartbeat_interval() const { return config_.broker_heartbeat_interval; }
  /// Registrations refused with DUPLICATE_BROKER_REGISTRATION so far.
  std::int32_t refusals() const { return refusals_; }

  friend bool operator==(const BrokerLifecycle&, const BrokerLifecycle&) = default;
  FIELDS(id_, controller_, incarnation_, rack_, previous_epoch_, channel_, state_, epoch_, metadata_offset_,
         ready_to_unfence_, send_at_once_, got_shutdown_response_, refusals_, offline_replicas_)

 private:
  void act(ControllerChannel::Signal signal, Turn& turn);
  void transmit(Turn& turn);
  void schedule(Duration in, Turn& turn);
  void on_registration_response(const BrokerRegistrationResponse& response, Turn& turn);
  void on_heartbeat_response(const BrokerHeartbeatResponse& response, Turn& turn);
  void enter(State state, Turn& turn);
  void stop(Turn& turn);

  BrokerId id_;
  BrokerConfig config_;
  NodeId controller_;
  std::uint64_t incarnation_ = 0;
  std::string rack_;
  BrokerEpoch previous_epoch_;
  ControllerChannel channel_;
  State state_ = State::starting;
  BrokerEpoch epoch_;
  std::int64_t metadata_offset_ = -1;
  bool ready_to_unfence_ = false;
  bool send_at_once_ = false;           // something to say came up while a request was in flight
  bool got_shutdown_response_ = false;  // the first answer to wantShutDown is here
  std::int32_t refusals_ = 0;
  std::vector<TopicPartition> offline_replicas_;
};

}  // namespace kafkasim::core
