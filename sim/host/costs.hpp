// What work costs a host. Constants with their sources; the fidelity page lists them.
#pragma once

#include <cstdint>

#include "core/base/choices.hpp"
#include "core/base/time.hpp"
#include "core/protocol/message.hpp"
#include "sim/kernel/distribution.hpp"

namespace kafkasim::sim {

/// Service times of brokers and controllers. Shapes after kafka-broker.md 7.1 ("request handling CPU 0.05-0.3 ms",
/// "append to page cache 0.02-0.2 ms per batch"); metadata publication after crash.jsonl: partitions led by others go
/// on 33, 36, 38, 46, 47, 58, 68, 72 ms after a fencing (the commit and one fetch take some 3 ms of that).
struct HostCosts {
  struct Share {
    std::int64_t numerator;
    std::int64_t denominator;
  };
  static constexpr Share kP99{99, 100};

  Distribution network_thread = Distribution::constant(5'000);                   // per message, ns
  Distribution request = Distribution::lognormal(50'000, kP99, 300'000);         // per request, io thread
  Distribution append = Distribution::lognormal(20'000, kP99, 200'000);          // per batch written
  Distribution publish = Distribution::lognormal(43'000'000, kP99, 90'000'000);  // metadata change applied
  std::int64_t copy_bytes_per_second = 2'000'000'000;                            // memory copies, checksums

  friend bool operator==(const HostCosts&, const HostCosts&) = default;

  /// io thread time of a request at a broker or controller.
  Duration serve(const Request& request_message, Choices& choices) const;
  /// Time before a response takes effect at a broker: a follower's append, the publication of metadata.
  Duration handle(const Response& response, Choices& choices) const;
};

}  // namespace kafkasim::sim
