// The group coordinator's place in a broker: its partitions, its log, its replies (R5.2-R5.4).
#pragma once

#include <deque>
#include <map>
#include <vector>

#include "core/base/fields.hpp"
#include "core/broker/replica_manager.hpp"
#include "core/group/coordinator.hpp"
#include "core/protocol/effects.hpp"

namespace kafkasim::core {

/// Elects, loads and resigns the coordinator with the leadership of the offsets partitions, appends what it writes, and
/// tells it when the high watermark has passed (acks=all semantics). Call `settle` at the end of every turn.
class CoordinatorHost {
 public:
  CoordinatorHost() = default;
  CoordinatorHost(BrokerId self, CataloguePtr catalogue, const BrokerConfig& config);

  /// True for requests that a group coordinator answers.
  static bool serves(const Request& request);
  void on_request(RequestToken from, Request&& request, Turn& turn);
  /// R5.1, from this broker's metadata: COORDINATOR_NOT_AVAILABLE without a live leader.
  FindCoordinatorResponse find(const FindCoordinatorRequest& request, const MetadataImage& image) const;

  /// Leadership changes, offsets topic or not. `at_once`: a broker that has led for long has loaded long ago.
  void apply(const std::vector<ReplicaManager::Transition>& transitions, bool at_once, ReplicaManager& replicas,
             Turn& turn);
  /// These replicas are gone: their directory is offline.
  void resign(const std::vector<TopicPartition>& gone, Turn& turn);
  /// TimerKind::group, index 0 (the coordinator's) or 1 (a load is done).
  void on_timer(TimerKey key, ReplicaManager& replicas, Turn& turn);
  /// Completes writes that are committed, appends new ones, until nothing moves.
  void settle(ReplicaManager& replicas, Turn& turn);

  const GroupCoordinator& coordinator() const { return groups_; }

  struct Waiting {
    Offset required_offset;
    std::uint64_t token = 0;
    friend bool operator==(const Waiting&, const Waiting&) = default;
    FIELDS(required_offset, token)
  };
  struct Load {
    LeaderEpoch epoch;
    Instant done{};
    friend bool operator==(const Load&, const Load&) = default;
    FIELDS(epoch, done)
  };

  friend bool operator==(const CoordinatorHost&, const CoordinatorHost&) = default;
  FIELDS(self_, groups_, waiting_, loads_, next_serial_)

 private:
  TopicPartition offsets_partition(std::int32_t number) const { return {catalogue_->offsets_topic, number}; }
  void load(std::int32_t partition, LeaderEpoch epoch, ReplicaManager& replicas, Turn& turn);
  void arm(Turn& turn) const;
  void commit(TopicPartition tp, const ReplicaManager& replicas, Turn& turn);
  void append(PendingWrite&& write, ReplicaManager& replicas, Turn& turn);

  BrokerId self_;
  CataloguePtr catalogue_;
  GroupCoordinator groups_;
  std::map<std::int32_t, std::deque<Waiting>> waiting_;  // by partition, oldest first
  std::map<std::int32_t, Load> loads_;                   // under way
  std::uint32_t next_serial_ = 0;
};

}  // namespace kafkasim::core
