// Who is connected to whom and how far apart: hosts and racks as a graph, cuts as counters on ordered pairs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/fields.hpp"
#include "core/base/time.hpp"

namespace kafkasim::sim {

/// A host's index in the simulation (brokers, controllers, clients; every process has a machine of its own).
using HostIndex = std::uint16_t;

struct TopologySpec {
  struct Host {
    std::string rack;  // "" = the common rack
    bool client = false;
  };
  std::vector<Host> hosts;
  Duration latency{};        // one way between two machines of a rack
  Duration between_racks{};  // added on the way to another rack
  Duration clients{};        // added on links to clients
};

class Topology {
 public:
  Topology() = default;
  /// Shortest one-way latencies over the graph host - rack switch - core switch (Boost.Graph, once at load).
  explicit Topology(const TopologySpec& spec);

  std::size_t size() const { return size_; }
  /// One-way base latency; 0 to itself.
  Duration latency(HostIndex from, HostIndex to) const { return latency_[index(from, to)]; }
  /// Can a packet sent by `from` reach `to` now?
  bool reachable(HostIndex from, HostIndex to) const { return cuts_[index(from, to)] == 0; }
  /// Faults add up: a direction carries again when the last cut on it is undone.
  void cut(HostIndex from, HostIndex to);
  void mend(HostIndex from, HostIndex to);
  void mend_all();

  friend bool operator==(const Topology&, const Topology&) = default;
  FIELDS(size_, latency_, cuts_)

 private:
  std::size_t index(HostIndex from, HostIndex to) const { return std::size_t{from} * size_ + to; }

  std::size_t size_ = 0;
  std::vector<Duration> latency_;
  std::vector<std::uint16_t> cuts_;
};

}  // namespace kafkasim::sim
