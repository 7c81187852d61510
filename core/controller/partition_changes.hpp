// What a change of one broker's state means for all partitions: one write, in a fixed order (R3.16-R3.18, R3.27).
#pragma once

#include <vector>

#include "core/base/ids.hpp"
#include "core/controller/election.hpp"
#include "core/controller/metadata_log.hpp"
#include "core/protocol/metadata_records.hpp"

namespace kafkasim::core {

struct PendingRecord {
  MetadataRecord record;
  Clean clean = Clean::yes;
  friend bool operator==(const PendingRecord&, const PendingRecord&) = default;
};
/// The records of one controller write. Partition changes come in the order of topic and partition.
using Write = std::vector<PendingRecord>;

/// Fencing: the broker leaves every ISR and every leadership, then its registration changes (README-crash 3).
void add_fencing(const MetadataImage& image, BrokerId broker, const ElectionRules& rules, Write& write);

/// Unfencing: its registration changes, then leaderless partitions may elect it (R3.17).
void add_unfencing(const MetadataImage& image, BrokerId broker, const ElectionRules& rules, Write& write);

/// Log directories of that broker went offline: it leaves the ISR and the leadership of the replicas in them;
/// `offline`: all of its offline replicas, ascending (R3.20, KIP-858).
void add_offline_replicas(const MetadataImage& image, BrokerId broker, const std::vector<TopicPartition>& offline,
                          const ElectionRules& rules, Write& write);

/// Controlled shutdown: its registration changes, then it leaves every ISR and every leadership (R3.18).
void add_controlled_shutdown(const MetadataImage& image, BrokerId broker, const ElectionRules& rules, Write& write);

/// A new incarnation of a known broker registers. After an unclean end with ELR on it loses its place in every ISR and
/// ELR; otherwise it is fenced (R3.27).
void add_previous_incarnation_end(const MetadataImage& image, BrokerId broker, bool clean_shutdown,
                                  const ElectionRules& rules, Write& write);

/// One round of preferred leader elections (R2.47). At most `limit` partitions; true when the limit was reached.
bool add_preferred_elections(const MetadataImage& image, const ElectionRules& rules, std::size_t limit, Write& write);

/// Leaderless partitions of topics that allow unclean elections (R3.29). True when the limit was reached.
bool add_unclean_elections(const MetadataImage& image, const ElectionRules& rules, std::size_t limit, Write& write);

/// It leads at least one partition.
bool has_leaderships(const MetadataImage& image, BrokerId broker);

/// Brokers that may lead and join an ISR: registered, not fenced, not in controlled shutdown; sorted.
std::vector<BrokerId> active_brokers(const MetadataImage& image);

}  // namespace kafkasim::core
