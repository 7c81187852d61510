// The rows of the option table, by part of the file.
#pragma once

#include <span>

#include "sim/scenario/option_table.hpp"

namespace kafkasim::sim {

std::span<const Option> cluster_options();   // top level, cluster, topics
std::span<const Option> client_options();    // producers, consumers
std::span<const Option> timeline_options();  // timeline
std::span<const Option> later_options();     // what other issues bring

}  // namespace kafkasim::sim
