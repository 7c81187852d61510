// Chaos scenarios, swarm style: each seed draws a small cluster, its traffic and which kinds of fault it may meet.
#pragma once

#include <cstdint>
#include <string>

namespace kafkasim::chaos {

/// The scenario of that seed as a file's text. Its `expect` lines are what Kafka promises of it, nothing more.
std::string scenario_text(std::uint64_t seed);

}  // namespace kafkasim::chaos
