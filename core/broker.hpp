// One broker process: the rooms of core/broker/ behind one door.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/fields.hpp"
#include "core/base/rules.hpp"
#include "core/broker/coordinator_host.hpp"
#include "core/broker/fetcher_manager.hpp"
#include "core/broker/forwarder.hpp"
#include "core/broker/life_cycle.hpp"
#include "core/broker/metadata_observer.hpp"
#include "core/broker/producer_id_manager.hpp"
#include "core/broker/replica_manager.hpp"
#include "core/log/log_dir.hpp"
#include "core/protocol/catalogue.hpp"
#include "core/protocol/config.hpp"
#include "core/protocol/effects.hpp"

namespace kafkasim::core {

/// A copyable value, driven by its host. It begins to serve when the controller has unfenced it, and ends with
/// Terminate; after that it ignores everything and only take_disk() is of use.
class Broker {
 public:
  /// `disk`: what an earlier process left, its metadata image included. `incarnation`: different for each process.
  /// `formed`: part of the cluster at time 0: registered and unfenced in the image, its partitions running; the phases
  /// of its periodic work are drawn in on_start.
  Broker(BrokerId id, const BrokerConfig& config, CataloguePtr catalogue, NodeId controller, LogDir disk,
         std::uint64_t incarnation, std::string rack, bool formed, const Rules& rules = {});

  /// Formed brokers: time from on_start to the first heartbeat, instead of a drawn one (the controller's idea of the
  /// last contact must match).
  void set_heartbeat_phase(Duration until_first) { heartbeat_phase_ = until_first; }

  void on_start(Turn& turn);
  void on_request(RequestToken from, Request&& request, Turn& turn);
  void on_connection_closed(std::uint32_t connection, Turn& turn);
  void on_connected(ChannelId channel, Turn& turn);
  void on_disconnected(ChannelId channel, bool refused, Turn& turn);
  void on_response(ChannelId channel, Correlation correlation, Response&& response, Turn& turn);
  void on_timer(TimerKey key, Turn& turn);
  void on_shutdown(Turn& turn);

  /// What the disk of that log directory (from 0) does to every access from now on; the process notices by itself.
  void set_broken(std::int32_t dir, bool broken) { replicas_.set_broken(dir, broken); }

  /// Its one listener is open: from unfencing to the end of a controlled shutdown. Connections are refused otherwise.
  bool accepts_clients() const { return !terminated_ && life_cycle_.serving(); }
  /// Fetches of other brokers come to the same listener.
  bool accepts_brokers() const { return accepts_clients(); }

  // --- for the judge ---------------------------------------------------------------------------------------------

  BrokerId id() const { return id_; }
  /// Null: no replica here (or metadata not published yet).
  const Partition* partition(TopicPartition tp) const { return replicas_.partition(tp); }
  const PartitionTable& partitions() const { return replicas_.partitions(); }
  /// The cluster as this broker knows it.
  const MetadataImage& image() const { return replicas_.image(); }
  /// It believes itself fenced, or does not know itself.
  bool fenced() const;
  BrokerLifecycle::State state() const { return life_cycle_.state(); }
  /// Unknown until registered.
  BrokerEpoch epoch() const { return life_cycle_.epoch(); }
  const BrokerLifecycle& life_cycle() const { return life_cycle_; }
  const GroupCoordinator& coordinator() const { return coordinators_.coordinator(); }
  const FetcherManager& fetchers() const { return fetchers_; }
  const ReplicaManager& replicas() const { return replicas_; }
  /// The log directory: replicas not loaded yet, checkpoints.
  const LogDir& disk() const { return replicas_.disk(); }
  /// See Log::retire_below. Not for partitions of the offsets topic: a coordinator loads the whole log.
  void retire_below(TopicPartition tp, Offset offset) { replicas_.retire_below(tp, offset); }

  /// The log directory as this process leaves it, however it ended.
  LogDir take_disk() && { return std::move(replicas_).take_disk(); }

  friend bool operator==(const Broker&, const Broker&) = default;
  FIELDS(id_, life_cycle_, observer_, replicas_, fetchers_, producer_ids_, forwarder_, coordinators_, heartbeat_phase_,
         formed_, caught_up_, load_time_over_, published_, terminated_)

 private:
  FetcherTurn with_fetchers(Turn& turn) { return {turn, replicas_, life_cycle_.epoch()}; }
  void on_metadata(MetadataFetchResponse&& response, Turn& turn);
  void publish_first(Turn& turn);
  void publish(const std::vector<TopicPartition>& changed, bool long_ago, Turn& turn);
  MetadataResponse metadata(const MetadataRequest& request) const;
  void on_controller_channel_timer(ControllerLink link, Turn& turn);
  void settle(Turn& turn);
  void settle_dirs(Turn& turn);

  BrokerId id_;
  CataloguePtr catalogue_;
  BrokerLifecycle life_cycle_;
  MetadataObserver observer_;
  ReplicaManager replicas_;
  FetcherManager fetchers_;
  ProducerIdManager producer_ids_;
  Forwarder forwarder_;
  CoordinatorHost coordinators_;
  std::optional<Duration> heartbeat_phase_;
  bool formed_ = false;
  bool caught_up_ = false;       // the observer has reached the committed end once
  bool load_time_over_ = false;  // logs and publishers are ready
  bool published_ = false;       // replicas follow the image from now on
  bool terminated_ = false;
};

}  // namespace kafkasim::core
