// The kinds of fault a chaos scenario may draw: one row each.
#pragma once

#include <string>
#include <vector>

#include "tests/chaos/draws.hpp"

namespace kafkasim::chaos {

/// What a row may name.
struct Cast {
  int brokers = 1;
  std::vector<std::string> partitions;  // "a-0"
  std::vector<std::string> producers;
  std::vector<std::string> groups;
  std::vector<std::string> members;  // "g/1"
  /// A broker, by number or by role.
  std::string broker(Draws& draws) const;
  /// Any machine: a broker, the controller, a client.
  std::string machine(Draws& draws) const;
};

/// What a fault of this kind takes from the promises (see promises() in scenario.cpp).
enum class Takes : std::uint8_t {
  nothing,
  unflushed_data,  // records in the page cache of one machine
  broker,          // a broker's process: killed, it counts as one that may have lost data (KIP-966)
  producer,        // a producer's own state: what it held is gone, and nobody knows what was stored
};

struct FaultKind {
  const char* name;
  Takes takes;
  /// The entry without its time: "crash: broker 2, for: 3s". Empty: impossible with this cast.
  std::string (*write)(const Cast& cast, Draws& draws);
};

const std::vector<FaultKind>& fault_kinds();

}  // namespace kafkasim::chaos
