// Faults between machines: cuts, worse links, messages kept back.
#pragma once

#include "sim/world.hpp"

namespace kafkasim::sim {

/// isolate, cut, partition, degrade, hold, drop: what `heal` puts right.
bool is_network_fault(Verb verb);
/// The action of such an entry, targets included.
void strike_network(World& world, std::size_t entry);
/// Links carry as before; what was kept back is delivered.
void end_network(World& world, std::size_t entry);

/// An envelope that reached its machine while holds or drops are in force. True: one of them has taken it.
bool caught(World& world, std::uint32_t envelope);

/// As a distribution: a plain value of jitter is uniform between 0 and it.
Distribution jitter_of(const DistributionSpec& spec);

}  // namespace kafkasim::sim
