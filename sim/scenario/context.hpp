// What the readers of the parts share: where messages go, and who is named in the scenario.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/diagnostics.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/scenario/tree.hpp"

namespace kafkasim::sim {

struct Named {
  std::string what;  // "topic", "producer", ...
  Place place;
};

struct Context {
  Diagnostics& diagnostics;
  std::string folder{};                                 // of the scenario file; empty: the current one
  std::vector<std::string> variants{};                  // names of all variants
  std::string variant{};                                // the one being read
  std::map<std::string, Named> names{};                 // every name the user chose
  std::map<std::string, int> topics{};                  // partitions
  std::map<std::string, int> producers{};               // instances; 0: no instances
  std::map<std::string, int> groups{};                  // members at the start
  std::set<std::string> growing_groups{};               // some `join` adds members
  std::map<std::string, std::optional<Verb>> ids{};     // timeline entries; no verb: one that is not built
  std::map<std::string, std::vector<Target>> struck{};  // targets of the entries read so far that have an id
  std::set<std::string> racks{};
  TopicConfig topic_defaults{};  // what the brokers' settings make of a topic without its own
  int brokers = 0;
  int dirs = 1;  // log directories of a broker

  void error(const Place& place, std::string message) { diagnostics.error(place, std::move(message)); }
  void warning(const Place& place, std::string message) { diagnostics.warning(place, std::move(message)); }
};

/// Checks a name the user chose (letters, digits, `_`, `-`; no word of the targets, no measured name, not used before)
/// and remembers it.
void declare_name(Context& context, const std::string& name, const std::string& what, const Place& place);

template <class Map>
std::vector<std::string> keys_of(const Map& map) {
  std::vector<std::string> keys;
  for (const auto& entry : map) keys.push_back(entry.first);
  return keys;
}

}  // namespace kafkasim::sim
