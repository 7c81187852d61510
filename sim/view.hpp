// Read-only access to a run for measured names, checkers and reports: the judge looks, and is never asked.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/ids.hpp"
#include "core/base/time.hpp"
#include "core/protocol/catalogue.hpp"
#include "sim/check/domains.hpp"
#include "sim/net/topology.hpp"

namespace kafkasim {
struct MetadataImage;
namespace core {
class Broker;
class Log;
class Partition;
class Producer;
class Consumer;
class GroupCoordinator;
}  // namespace core
}  // namespace kafkasim

namespace kafkasim::sim {

struct World;
struct Host;
struct Scenario;
struct Timeline;
struct ProducerDriver;
struct ConsumerDriver;
class History;
class LatencySplits;
class Recorder;

class View {
 public:
  explicit View(const World& world) : world_{&world} {}

  Instant now() const;
  const Scenario& scenario() const;
  const Catalogue& names() const;
  const Topology& topology() const;
  const History& history() const;
  const LatencySplits& splits() const;
  const Timeline& timeline() const;
  const Recorder& recorder() const;
  /// Parts of the world touched by the event just executed.
  Domains touched() const;

  const std::vector<Host>& hosts() const;
  const Host& host(HostIndex index) const;
  /// By name as in the scenario ("broker 1", "controller 101", "checkout", "billing/2"); null when there is none.
  const Host* find(std::string_view name) const;
  const Host* broker_host(BrokerId id) const;
  const ProducerDriver* producer_driver(HostIndex host) const;
  const ConsumerDriver* consumer_driver(HostIndex host) const;

  /// The broker's process, running or frozen; null while it is down.
  const core::Broker* broker(BrokerId id) const;
  /// The replica on that running broker; null when it is down or holds none.
  const core::Partition* replica(TopicPartition tp, BrokerId id) const;
  /// The replica's log on that broker, running or on its disk; null when it holds none.
  const core::Log* log(TopicPartition tp, BrokerId id) const;
  /// The replica whose log counts as the partition's: the current leader's; null without a live leader.
  const core::Partition* leader_replica(TopicPartition tp) const;
  /// The controller's committed truth (the last one known while no controller runs).
  const MetadataImage& metadata() const;
  /// The coordinator in charge of that group now; null when there is none.
  const core::GroupCoordinator* coordinator(GroupId group) const;
  /// Partitions of a topic by number; empty when it does not exist.
  std::vector<TopicPartition> partitions(TopicId topic) const;
  /// Topics of the scenario, those it creates included; __consumer_offsets only if it lists it.
  std::vector<TopicId> topics_of_interest() const;
  /// Ids by name; unknown ids when there is none.
  TopicId topic(std::string_view name) const;
  GroupId group(std::string_view name) const;

  /// What keeps the run from being settled, in words; empty when nothing is left to do.
  std::vector<std::string> pending() const;

 private:
  const World* world_;
};

}  // namespace kafkasim::sim
