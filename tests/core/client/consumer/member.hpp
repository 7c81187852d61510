// A consumer that has settled: where tests of what goes wrong afterwards begin.
#pragma once

#include "tests/core/client/consumer/fake_cluster.hpp"

namespace kafkasim::core::test {

inline ConsumerConfig from_earliest() {
  ConsumerConfig config;
  config.auto_offset_reset = OffsetReset::earliest;
  return config;
}

/// A member of a stable group that has read five records of orders-0 by itself.
inline FakeCluster member(const ConsumerConfig& config = from_earliest()) {
  FakeCluster cluster{config};
  cluster.append(orders(0), 1, 5);
  cluster.poll(1s);
  cluster.poll(100ms);
  cluster.take();
  return cluster;
}

}  // namespace kafkasim::core::test
