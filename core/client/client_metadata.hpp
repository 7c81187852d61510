// What a client believes of the cluster: brokers, leaders and their epochs; when it asks again (P-45..P-49).
#pragma once

#include <boost/container/flat_map.hpp>
#include <boost/container/small_vector.hpp>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/base/fields.hpp"
#include "core/network/network_client.hpp"
#include "core/protocol/config.hpp"
#include "core/protocol/effects.hpp"

namespace kafkasim::core {

/// Value; one per producer or consumer. Its owner
///  - calls `maybe_update` at the start of every pass of its network loop and wakes at `next_deadline`;
///  - hands it every MetadataResponse (`on_response`), every aborted or failed Metadata request (`on_failure`) and
///    every disconnection (`on_disconnected`).
class ClientMetadata {
 public:
  struct Leader {
    BrokerId id;  // unknown: leaderless, or never heard of
    LeaderEpoch epoch;
    friend bool operator==(const Leader&, const Leader&) = default;
    FIELDS(id, epoch)
  };

  ClientMetadata() = default;
  ClientMetadata(const ClientConfig& config, std::vector<NodeId> bootstrap);

  // --- triggers (P-45) --------------------------------------------------------------------------------------------
  /// The client now uses this topic: a refresh is due at once when it is new to us.
  void add_topic(TopicId topic);
  /// Something was stale (an "M" error of P-34, an unknown leader): a refresh is due as soon as the back-off allows.
  void request_update() { update_requested_ = true; }
  /// A connection ended or could not be made. While a refresh is due that counts as its failure, as if it had been
  /// sent.
  void on_disconnected(const Disconnection& lost, Turn& turn);

  // --- refreshing ---------------------------------------------------------------------------------------------------
  /// Sends a full Metadata request to the least loaded node, or begins to connect to it, when one is due and none is
  /// in flight. `tag` names the request. True: one was sent.
  bool maybe_update(NetworkClient& network, std::int64_t tag, Turn& turn);
  /// A reply. Notes LeaderLearned for every believed leader or epoch that changed. Older epochs are ignored (P-47).
  void on_response(const MetadataResponse& response, Turn& turn);
  /// KIP-951 (P-48): true when the hint is newer than what we believe, names a broker we know, and was taken.
  bool apply_hint(TopicPartition tp, const CurrentLeader& hint, Turn& turn);
  /// A refresh is due and not in flight. Java's client sends nothing else meanwhile.
  bool due(Instant now) const { return !in_flight_ && now >= due_at(); }
  /// When maybe_update has something to do; kNever while a request is in flight.
  Instant next_deadline(const NetworkClient& network, Instant now) const;

  // --- what is believed ---------------------------------------------------------------------------------------------
  Leader leader(TopicPartition tp) const;
  /// The topic was in a reply and exists.
  bool knows(TopicId topic) const { return partition_counts_.contains(topic); }
  /// Asked for, and the last reply said UNKNOWN_TOPIC_OR_PARTITION.
  bool missing(TopicId topic) const;
  std::int32_t partition_count(TopicId topic) const;
  /// Partitions of the topic that have a leader, in number order.
  boost::container::small_vector<std::int32_t, 16> available(TopicId topic) const;
  struct Lead {
    BrokerId broker;
    TopicPartition partition;
    friend auto operator<=>(const Lead&, const Lead&) = default;
  };
  /// Partitions this broker is believed to lead, in order. Lasts until a leader changes.
  std::span<const Lead> led_by(BrokerId broker) const;
  /// Brokers of the last reply, or the bootstrap servers (see bootstrap_node) before the first and after a rebootstrap
  /// (P-49).
  const std::vector<NodeId>& nodes() const { return nodes_; }
  const std::vector<TopicId>& topics() const { return topics_; }
  bool update_in_flight() const { return in_flight_; }
  /// Counts replies and hints taken: compare to see that something may have changed.
  std::int64_t version() const { return version_; }

  friend bool operator==(const ClientMetadata&, const ClientMetadata&) = default;
  FIELDS(topics_, nodes_, partition_counts_, leaders_, missing_, update_requested_, topics_added_, in_flight_,
         last_success_, not_before_, failures_, no_progress_, version_)

 private:
  /// What was found lately. No state: whoever only looks may change it.
  struct Near {
    std::size_t leader = 0;   // position behind the last find: who asks for many partitions asks in their order
    std::vector<Lead> leads;  // by broker, then partition; empty: to be made anew
    friend bool operator==(const Near&, const Near&) { return true; }
  };
  bool learn(TopicPartition tp, Leader seen, Turn& turn);
  void on_failure(Turn& turn);
  void rebootstrap(Turn& turn);
  Instant due_at() const;

  ClientConfig config_;
  std::vector<NodeId> bootstrap_;
  std::vector<NodeId> nodes_;
  std::vector<TopicId> topics_;  // sorted
  boost::container::flat_map<TopicId, std::int32_t> partition_counts_;
  boost::container::flat_map<TopicPartition, Leader> leaders_;
  mutable Near near_;
  std::vector<TopicId> missing_;
  bool update_requested_ = true;  // nothing is known at the start
  bool topics_added_ = false;     // since the request in flight was written
  bool in_flight_ = false;
  Instant last_success_ = kNever;        // kNever: none yet
  Instant not_before_ = Instant::min();  // end of the back-off drawn after the last reply or failure
  std::int32_t failures_ = 0;            // in a row
  std::int32_t no_progress_ = 0;         // replies in a row, since the last failure, without a newer epoch (P-46)
  std::int64_t version_ = 0;
};

}  // namespace kafkasim::core
