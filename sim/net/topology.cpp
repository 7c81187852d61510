#include "sim/net/topology.hpp"

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/dijkstra_shortest_paths.hpp>
#include <map>

#include "core/base/invariant.hpp"

namespace kafkasim::sim {
namespace {

using Graph = boost::adjacency_list<boost::vecS, boost::vecS, boost::undirectedS, boost::no_property,
                                    boost::property<boost::edge_weight_t, std::int64_t>>;

// Every rack has a switch, all racks hang on one core switch. A path inside a rack is host - switch - host, so each
// host link carries half of the latency; a rack's uplink carries half of what another rack costs.
Graph build(const TopologySpec& spec) {
  std::map<std::string, std::size_t> racks;
  for (const auto& host : spec.hosts) racks.try_emplace(host.rack, 0);
  std::size_t next = spec.hosts.size();
  for (auto& [name, vertex] : racks) vertex = next++;
  const std::size_t core = next++;

  Graph graph{next};
  for (std::size_t i = 0; i < spec.hosts.size(); ++i) {
    const auto& host = spec.hosts[i];
    const Duration link = spec.latency / 2 + (host.client ? spec.clients : Duration{});
    boost::add_edge(i, racks.at(host.rack), nanoseconds(link), graph);
  }
  for (const auto& [name, vertex] : racks) boost::add_edge(vertex, core, nanoseconds(spec.between_racks / 2), graph);
  return graph;
}

}  // namespace

Topology::Topology(const TopologySpec& spec) : size_{spec.hosts.size()} {
  const Graph graph = build(spec);
  latency_.resize(size_ * size_);
  cuts_.assign(size_ * size_, 0);
  std::vector<std::int64_t> distance(boost::num_vertices(graph));
  for (std::size_t from = 0; from < size_; ++from) {
    boost::dijkstra_shortest_paths(graph, from, boost::distance_map(distance.data()));
    for (std::size_t to = 0; to < size_; ++to) latency_[from * size_ + to] = Duration{distance[to]};
  }
}

void Topology::cut(HostIndex from, HostIndex to) {
  INVARIANT(from < size_, "the host exists");
  INVARIANT(to < size_, "the host exists");
  ++cuts_[index(from, to)];
}

void Topology::mend(HostIndex from, HostIndex to) {
  INVARIANT(cuts_[index(from, to)] > 0, "only a cut direction is mended");
  --cuts_[index(from, to)];
}

void Topology::mend_all() { cuts_.assign(size_ * size_, 0); }

}  // namespace kafkasim::sim
