// The settings a process runs with: the scenario's, and what a `start` or `restart` has changed since.
#pragma once

#include "core/protocol/config.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/world.hpp"

namespace kafkasim::sim {

/// Of a broker or controller.
BrokerConfig broker_settings(const World& world, const Host& host);
ProducerConfig producer_settings(const Host& host, const ProducerSpec& spec);
ConsumerConfig consumer_settings(const Host& host, const MemberSpec& member);

}  // namespace kafkasim::sim
