// Time 0 of a scenario: the cluster has formed, topics exist, all replicas are in sync, clients are about to start.
#pragma once

#include <memory>

#include "sim/world.hpp"

namespace kafkasim::sim {

/// The scenario has passed the reader: what is wrong with it here is our mistake.
World build_world(std::shared_ptr<const Scenario> scenario);

}  // namespace kafkasim::sim
