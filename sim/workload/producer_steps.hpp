// Steps of a producer's application that several files of this folder share.
#pragma once

#include "sim/world.hpp"

namespace kafkasim::sim {

/// A new process of the producer has started: its loop begins.
void start_producer(World& world, ProducerDriver& driver);
/// The traffic is over: the last records go, no more follow.
void end_traffic(World& world, ProducerDriver& driver);
/// Hands over what is due and plans the next wake-up.
void drive_producer(World& world, ProducerDriver& driver);
/// What the timeline asked for goes at once, if the application can.
void drive_manual(World& world, ProducerDriver& driver);
/// The process ended: a flush() under way has nobody left to return to.
void flushes_lost(World& world, ProducerDriver& driver);
/// An application event at `at`, unless an earlier one is pending.
void wake_producer(World& world, ProducerDriver& driver, Instant at);

}  // namespace kafkasim::sim
