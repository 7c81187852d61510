// The active controller: one process, one metadata log, one event loop (kafka-broker.md section 3, rules of 4.3).
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/fields.hpp"
#include "core/base/ids.hpp"
#include "core/base/time.hpp"
#include "core/controller/broker_registry.hpp"
#include "core/controller/election.hpp"
#include "core/controller/metadata_log.hpp"
#include "core/controller/partition_changes.hpp"
#include "core/protocol/catalogue.hpp"
#include "core/protocol/config.hpp"
#include "core/protocol/effects.hpp"
#include "core/protocol/metadata_records.hpp"

namespace kafkasim::core {

/// The single durable controller of the cluster. A copyable value; its host calls the entry points below.
///
/// Every request is handled at once against the newest state, uncommitted records included; its reply waits until
/// everything that state rests on is committed (R3.7, R3.8). Records written while an earlier write is on its way to
/// the disk form the next write (group commit). Refusals by exception (STALE_BROKER_EPOCH,
/// DUPLICATE_BROKER_REGISTRATION) do not wait.
class Controller {
 public:
  /// A controller that never ran: call form() before on_start(). Topics are named by id throughout: the catalogue is
  /// part of every process's signature, not of this one's state. `elr_enabled`: eligible.leader.replicas.version >= 1
  /// (R3.28). `commit_delay` > 0: from append to commit.
  Controller(NodeId id, const BrokerConfig& config, const CataloguePtr& catalogue, bool elr_enabled,
             Duration commit_delay);

  /// A restarted controller: the committed log is what the disk kept; sessions of unfenced brokers start afresh at
  /// on_start(), those of fenced ones are forgotten (R3.9, S-31).
  Controller(NodeId id, const BrokerConfig& config, const CataloguePtr& catalogue, bool elr_enabled,
             Duration commit_delay, DurableMetadata disk);

  /// Set-up for time 0: `initial` is committed and known to every broker in it, and this controller has been active for
  /// long, so that on_start() draws the phases of its periodic tasks (Choice::timer_phase, below the period, for
  /// stale-broker check, preferred-leader round and unclean sweep, in this order). Unfenced brokers were heard of
  /// `now`; assume_contact() says better.
  void form(MetadataImage initial, std::int64_t next_producer_id, Instant now);
  /// After form(): the broker's last heartbeat arrived at `at` (<= now). For a broker whose next heartbeat is due at T
  /// that is T - broker.heartbeat.interval.ms.
  void assume_contact(BrokerId broker, Instant at);

  void on_start(Turn& turn);
  void on_request(RequestToken from, Request&& request, Turn& turn);
  void on_connection_closed(std::uint32_t connection, Turn& turn);
  void on_timer(TimerKey key, Turn& turn);
  /// SIGTERM: Terminate at once. Uncommitted records are lost as in a crash; nobody was told of them.
  void on_shutdown(Turn& turn);

  // A controller opens no connections.
  void on_connected(ChannelId, Turn&) {}
  void on_disconnected(ChannelId, bool, Turn&) {}
  void on_response(ChannelId, Correlation, Response&&, Turn&) {}

  /// What survives the process, whatever ended it. This object is of no use afterwards.
  DurableMetadata take_disk() && { return std::move(log_).take_disk(); }

  /// The committed truth: what brokers can learn.
  const MetadataImage& image() const { return log_.committed(); }
  bool active() const { return active_; }
  NodeId id() const { return id_; }

  FIELDS(id_, active_, formed_, log_, sessions_, registry_, replies_, fetches_)
  friend bool operator==(const Controller&, const Controller&) = default;

 private:
  struct PendingReply {
    std::int64_t end = 0;  // sent once the log is committed up to here
    RequestToken to;
    Response response;
    friend bool operator==(const PendingReply&, const PendingReply&) = default;
    FIELDS(end, to.connection, to.correlation)
  };
  struct ParkedFetch {
    RequestToken from;
    std::int64_t offset = 0;
    Instant deadline;
    friend bool operator==(const ParkedFetch&, const ParkedFetch&) = default;
    FIELDS(from.connection, from.correlation, offset, deadline)
  };

  // controller_requests.cpp
  void on_registration(RequestToken from, const BrokerRegistrationRequest& request, Turn& turn);
  void on_heartbeat(RequestToken from, const BrokerHeartbeatRequest& request, Turn& turn);
  void on_alter_partition(RequestToken from, const AlterPartitionRequest& request, Turn& turn);
  void on_allocate_producer_ids(RequestToken from, const AllocateProducerIdsRequest& request, Turn& turn);
  void on_metadata_fetch(RequestToken from, const MetadataFetchRequest& request, Turn& turn);
  bool current_epoch(BrokerId broker, BrokerEpoch epoch) const;

  // admin_requests.cpp: an operator's
  void on_elect_leaders(RequestToken from, const ElectLeadersRequest& request, Turn& turn);
  void on_create_topic(RequestToken from, const CreateTopicsRequest& request, Turn& turn);
  void on_create_partitions(RequestToken from, const CreatePartitionsRequest& request, Turn& turn);
  void on_alter_config(RequestToken from, const IncrementalAlterConfigsRequest& request, Turn& turn);

  // controller.cpp
  void load_brokers();
  void append(Write&& write, Turn& turn);
  void reply_when_committed(RequestToken to, Response&& response, Turn& turn);
  void begin_commit(Turn& turn);
  void finish_commit(Turn& turn);
  void note_commit(const MetadataRecord& record, Clean clean, Turn& turn) const;
  void answer_fetch(RequestToken to, std::int64_t offset, Turn& turn) const;
  void expire_fetches(Turn& turn);
  void arm_fetch_timer(Turn& turn) const;
  void check_sessions(Turn& turn);
  void balance_leaders(Turn& turn);
  void sweep_unclean(Turn& turn);

  NodeId id_;
  BrokerConfig config_;
  ElectionRules rules_;
  Duration commit_delay_{};

  bool active_ = false;
  bool formed_ = false;
  MetadataLog log_;
  SessionTracker sessions_;
  BrokerRegistry registry_;
  std::vector<PendingReply> replies_;  // by `end`
  std::vector<ParkedFetch> fetches_;   // in order of arrival; all at the end of the committed log
};

}  // namespace kafkasim::core
