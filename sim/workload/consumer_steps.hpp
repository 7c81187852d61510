// Steps of a consumer's application that several files of this folder share.
#pragma once

#include "sim/world.hpp"

namespace kafkasim::sim {

void poll(World& world, ConsumerDriver& driver);
/// The application event it waited for.
void consumer_event(World& world, ConsumerDriver& driver, std::uint32_t number);
/// The process dies now: what it had worked through by now counts as processed.
void interrupted(World& world, ConsumerDriver& driver);

}  // namespace kafkasim::sim
