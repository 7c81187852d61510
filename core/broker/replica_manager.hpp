// The replicas of one broker and everything that waits for them (Kafka's ReplicaManager).
#pragma once

#include <boost/container/small_vector.hpp>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "core/base/fields.hpp"
#include "core/base/rules.hpp"
#include "core/broker/alter_partition_manager.hpp"
#include "core/broker/parked.hpp"
#include "core/broker/partition_table.hpp"
#include "core/broker/purgatory.hpp"
#include "core/log/log_dir.hpp"
#include "core/protocol/catalogue.hpp"
#include "core/protocol/config.hpp"
#include "core/protocol/effects.hpp"

namespace kafkasim::core {

/// Owns the partitions, the log directory with the replayed metadata, the purgatories and the ISR changes under way.
/// Its files: replica_manager.cpp (metadata, periodic tasks), replica_produce.cpp, replica_fetch.cpp,
/// replica_follow.cpp, replica_dirs.cpp, replica_retention.cpp.
class ReplicaManager {
 public:
  ReplicaManager() = default;
  ReplicaManager(BrokerId self, const BrokerConfig& config, const Rules& rules, CataloguePtr catalogue,
                 NodeId controller, LogDir disk);

  // --- metadata --------------------------------------------------------------------------------------------------

  const MetadataImage& image() const { return disk_.metadata; }
  /// The observer fetched committed records; nothing is done about them until apply().
  void replay(const std::vector<MetadataRecord>& records);
  /// The disk had lost the metadata log: the controller sent a snapshot (KIP-630).
  void load_snapshot(const MetadataImage& image) { disk_.metadata = image; }
  /// What a metadata change asks the rest of the broker to do about one partition.
  struct Transition {
    TopicPartition partition;
    Partition::Role role = Partition::Role::none;
    BrokerId leader;                 // whom to follow
    bool leader_epoch_grew = false;  // fetchers restart, coordinators load
  };
  /// Brings this broker's replicas of these partitions to what the image says: leaders first (R3.34).
  std::vector<Transition> apply(const std::vector<TopicPartition>& changed, Turn& turn);
  /// All partitions of the image that have a replica here.
  std::vector<TopicPartition> assigned() const;

  // --- tasks -----------------------------------------------------------------------------------------------------

  /// Starts the periodic tasks. `formed`: they have run for long, so their phases are drawn.
  void start(bool formed, Turn& turn);
  /// isr_check, high_watermark_checkpoint, produce_purgatory, fetch_purgatory, alter_partition, log_retention.
  void on_timer(TimerKey key, Turn& turn);
  AlterPartitionManager& alter_partition() { return alter_; }
  void on_alter_response(ChannelId channel, Correlation correlation, AlterPartitionResponse&& response, Turn& turn);

  // --- requests: answered through turn.out, now or later ------------------------------------------------------------

  void on_produce(RequestToken from, ProduceRequest&& request, Turn& turn);
  void on_fetch(RequestToken from, FetchRequest&& request, Turn& turn);
  ListOffsetsResponse list_offsets(const ListOffsetsRequest& request) const;
  OffsetForLeaderEpochResponse offsets_for_leader_epochs(const OffsetForLeaderEpochRequest& request) const;
  void on_connection_closed(std::uint32_t connection);

  // --- the broker's own users ---------------------------------------------------------------------------------------

  /// A coordinator's batch, acks=all (R5.4): the caller waits for the high watermark itself.
  ProduceAppend append(TopicPartition tp, Batch batch, Turn& turn);
  /// One partition of a fetch response arrived at the follower (R2.5).
  FollowerStep follow(const FetchResponse::Partition& response, const FetchRequest::Partition& requested, Turn& turn);
  /// The leader's offsets for a replica out of range (R2.36).
  FollowerStep follow_leader_offsets(TopicPartition tp, Offset leader_log_start, Offset leader_log_end,
                                     LeaderEpoch requested_epoch, Turn& turn);
  /// Partitions of the offsets topic whose high watermark or leadership moved since the last call.
  std::vector<TopicPartition> take_touched() { return std::exchange(touched_, {}); }

  // --- log directories: replica_dirs.cpp ---------------------------------------------------------------------------

  /// What the disk does to every access from now on. Noticed by the next append or checkpoint (R6.5).
  void set_broken(std::int32_t dir, bool broken) { disk_.dirs.at(static_cast<std::size_t>(dir)).broken = broken; }
  /// Replicas that went offline since the last call; their partitions are gone from here already.
  std::vector<TopicPartition> take_offline() { return std::exchange(went_offline_, {}); }
  std::vector<TopicPartition> offline_replicas() const { return disk_.offline_replicas(); }
  /// Without the directory of the metadata log, or without any, a broker cannot go on (R6.5, R3.20).
  bool must_halt() const { return disk_.dirs.front().offline; }
  void open_dirs() { disk_.open_dirs(); }

  // --- state -------------------------------------------------------------------------------------------------------

  const Partition* partition(TopicPartition tp) const { return partitions_.find(tp); }
  const PartitionTable& partitions() const { return partitions_; }
  const Catalogue& catalogue() const { return *catalogue_; }
  const LogDir& disk() const { return disk_; }
  /// The topic's settings have changed: its replicas here follow them from now on.
  void reconfigure(TopicId topic, Turn& turn);
  /// Batches wholly below `offset` are never needed again here (see Log::retire_below).
  void retire_below(TopicPartition tp, Offset offset);
  std::size_t parked_produces() const { return produces_.size(); }
  std::size_t parked_fetches() const { return fetches_.size(); }

  // --- start and end -----------------------------------------------------------------------------------------------

  /// The process reads the clean-shutdown marker, which is gone then (R1.33). Unknown: the last end was unclean.
  BrokerEpoch take_clean_shutdown() { return disk_.take_clean_shutdown().value_or(BrokerEpoch{}); }
  /// Clean stop: flush every log, write the checkpoints and the clean-shutdown marker (R1.33).
  void close_cleanly(BrokerEpoch epoch, Turn& turn);
  /// The log directory as the process leaves it.
  LogDir take_disk() &&;

  friend bool operator==(const ReplicaManager&, const ReplicaManager&) = default;
  FIELDS(self_, disk_, partitions_, produces_, fetches_, alter_, touched_, closed_cleanly_, went_offline_,
         retention_armed_)

 private:
  View view(const Turn& turn) const { return {turn.now, disk_.metadata, turn.wall}; }
  Partition* find(TopicPartition tp) { return partitions_.find(tp); }
  Partition& hosted(TopicPartition tp);
  ErrorCode missing(TopicPartition tp) const;
  CurrentLeader leader_hint(TopicPartition tp) const;
  ReplicaSettings settings(TopicId topic) const;

  /// Partitions that grew in one step, and those of them whose high watermark moved with it.
  struct Appended {
    boost::container::small_vector<TopicPartition, 4> grown;
    boost::container::small_vector<TopicPartition, 4> moved;
  };

  // Something happened to a partition: its waiters are looked at again (R2.13, R2.40, R2.43).
  void on_high_watermark(Partition& partition, Turn& turn);
  void recheck_produces(TopicPartition tp, Turn& turn);
  void recheck_fetches(TopicPartition tp, Turn& turn);
  void propose_isr(Partition& partition, Turn& turn);
  void settle_step(Partition& partition, const FollowerStep& step, Turn& turn);

  ParkedProduce::Part append_part(ProduceRequest::Partition& request, Acks acks, Appended& appended, Turn& turn);
  void after_append(const Appended& appended, Turn& turn);
  void answer_produce(const ParkedProduce& produce, Turn& turn) const;
  void answer_fetch(const ParkedFetch& fetch, Turn& turn);
  bool satisfied(const ParkedFetch& fetch, TopicPartition touched) const;
  ParkedFacts facts(const ParkedFetch& fetch, const FetchRequest::Partition& part) const;
  void check_isr(Turn& turn);
  void checkpoint_high_watermarks();
  void check_dirs(Turn& turn);
  void fail_dir(std::size_t dir, Turn& turn);
  /// The directory of `tp` takes `bytes` more. False: it does not, and is offline from now on.
  bool can_write(TopicPartition tp, std::int64_t bytes, Turn& turn);
  std::int64_t used_bytes(std::int32_t dir) const;
  // replica_retention.cpp
  bool retention_matters(const Turn& turn) const;
  void arm_retention(bool formed, Turn& turn);
  void delete_old_segments(Turn& turn);

  BrokerId self_;
  BrokerConfig config_;
  Rules rules_;
  CataloguePtr catalogue_;
  LogDir disk_;
  PartitionTable partitions_;
  Purgatory<ParkedProduce> produces_{TimerKind::produce_purgatory};
  Purgatory<ParkedFetch> fetches_{TimerKind::fetch_purgatory};
  AlterPartitionManager alter_;
  std::vector<TopicPartition> touched_;
  std::optional<BrokerEpoch> closed_cleanly_;
  std::vector<TopicPartition> went_offline_;
  bool retention_armed_ = false;
};

}  // namespace kafkasim::core
