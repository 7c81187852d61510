// Variants and --set: paths laid over the tree of a scenario file before it is read.
#pragma once

#include <string>
#include <string_view>

#include "sim/scenario/context.hpp"
#include "sim/scenario/tree.hpp"

namespace kafkasim::sim {

/// Puts `value` where the dotted `path` leads (`producers.checkout.config.acks`, `timeline.kill.for`). A map merges key
/// by key into a map; entries of the timeline are found by their id; everything behind `config.` is one setting's name.
/// What is wrong with the path is reported at `place`.
void set_path(Diagnostics& diagnostics, Node& root, std::string_view path, const Node& value, const Place& place);

/// `PATH=VALUE` of the command line; VALUE is read as YAML.
void apply_set(Diagnostics& diagnostics, Node& root, const std::string& setting);

}  // namespace kafkasim::sim
