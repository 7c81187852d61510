// alter_config reaches what topics do with their logs (R1.14-R1.18), also when nobody asked for retention before.
#include "tests/sim/measure/ask.hpp"
#include "tests/support/catch.hpp"

namespace kafkasim::sim::alter_retention_test {
namespace {

std::string kept(const std::string& setting) {
  return "name: kept\nduration: 40s\nsettle: 0s\ncluster: { config: { log.retention.check.interval.ms: 1s } }\n"
         "topics: { t: { assignment: [[1, 2, 3]], config: { segment.bytes: 1048576 } } }\n"
         "producers: { p: { topic: t, rate: 100/s, value.size: 10000B } }\n"
         "timeline:\n  - { id: changed, at: 15s, alter_config: t, set: { " +
         setting + " }, gets: ok }\n";
}

}  // namespace

TEST_CASE("a shorter retention takes effect while the cluster runs", "[operator][retention]") {
  CHECK(testing::broken(kept("retention.ms: 5000"), {"removed(p) == 0 before changed", "removed(p) > 2000"}) == "");
  CHECK(testing::broken(kept("retention.bytes: 3000000"), {"removed(p) > 2000", "size(t-0) < 6000000"}) == "");
  CHECK(testing::broken(kept("min.insync.replicas: 2"), {"removed(p) == 0"}) == "");
}

}  // namespace kafkasim::sim::alter_retention_test
