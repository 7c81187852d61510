// Steps of a consumer's application that several files of this folder share.
#pragma once

#include "sim/world.hpp"

namespace kafkasim::sim {

/// poll(timeout) of the application.
void poll(World& world, ConsumerDriver& driver, Duration timeout);
/// All that was handed out is worked through now.
void count_processed(World& world, ConsumerDriver& driver);
/// The application's next event.
void wake_member(World& world, ConsumerDriver& driver, Instant at);
/// The first call that the timeline has asked for (member_calls.cpp).
void make_call(World& world, ConsumerDriver& driver);
/// The call that was being made for the timeline, if any, has ended: what it threw, or nothing.
void call_over(World& world, ConsumerDriver& driver, std::string_view exception);
/// The process ended: nobody makes these calls any more.
void calls_lost(World& world, ConsumerDriver& driver);
/// The application event it waited for.
void consumer_event(World& world, ConsumerDriver& driver, std::uint32_t number);
/// The process dies now: what it had worked through by now counts as processed.
void interrupted(World& world, ConsumerDriver& driver);

}  // namespace kafkasim::sim
