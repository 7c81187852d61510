// Which measured names a scenario's lines mention.
#pragma once

#include <initializer_list>
#include <string_view>

namespace kafkasim::sim {

struct Scenario;

/// Some condition or expectation of the file mentions one of these names (as a whole word).
bool asks_for_any(const Scenario& scenario, std::initializer_list<std::string_view> names);

}  // namespace kafkasim::sim
