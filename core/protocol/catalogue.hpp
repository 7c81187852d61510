// Names of everything that has one. Immutable during a run and shared by all processes.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/base/ids.hpp"

namespace kafkasim {

/// Topic and group names by id. Ids are indices; internal topics are ordinary entries.
struct Catalogue {
  std::vector<std::string> topics;
  std::vector<std::string> groups;
  /// `__consumer_offsets`; unknown id when no scenario part needs it.
  TopicId offsets_topic;

  const std::string& topic(TopicId id) const { return topics.at(static_cast<std::size_t>(id.value())); }
  const std::string& group(GroupId id) const { return groups.at(static_cast<std::size_t>(id.value())); }
  /// "orders-0", as Kafka prints partitions.
  std::string name(TopicPartition tp) const { return topic(tp.topic) + "-" + std::to_string(tp.partition); }

  friend bool operator==(const Catalogue&, const Catalogue&) = default;
};

/// Shared, never changed: copies of a Simulation point at the same catalogue.
using CataloguePtr = std::shared_ptr<const Catalogue>;

}  // namespace kafkasim
