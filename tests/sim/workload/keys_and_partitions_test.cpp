// Where records go and how large they are, as batching.jsonl recorded it on a real cluster.
#include "tests/sim/measure/ask.hpp"
#include "tests/support/catch.hpp"

namespace kafkasim::sim::keys_and_partitions_test {
namespace {

using testing::broken;

std::string producer(const std::string& keys, const std::string& timeline = "") {
  return "name: records and partitions\nduration: 4s\ncluster: { brokers: 1 }\n"
         "topics: { t: { partitions: 6, replication.factor: 1 } }\n"
         "producers: { p: { topic: t, value.size: 100B, " +
         keys + " } }\n" + timeline;
}

}  // namespace

TEST_CASE("a key has its own length, key.size pads it", "[workload][keys]") {
  const std::string load = "rate: 50/s, count: 50, config: { linger.ms: 0 }, key: sequence(7)";
  CHECK(broken(producer(load), {"batch_bytes(p, mode) == 172"}) == "");
  CHECK(broken(producer(load + ", key.size: 8B"), {"batch_bytes(p, mode) == 178"}) == "");
  CHECK(broken(producer(load + ", key.size: 1B"), {"batch_bytes(p, mode) == 172"}) == "");
}

TEST_CASE("partition_of: where the last batch with a key went", "[measure][keys]") {
  const std::string text = producer("key: sequence(7)",
                                    "timeline:\n"
                                    "  - { send: p, records: 7 }\n"
                                    "  - { add_partitions: t, to: 12 }\n"
                                    "  - expect: partition_of(p, k3) == 4\n");
  CHECK(broken(text, {"partition_of(p, k0) == 5", "partition_of(p, k2) == 3", "partition_of(p, k6) == 1",
                      "partition_of(p, k7) == none"}) == "");
}

TEST_CASE("RoundRobinPartitioner: one record to each partition in turn; others are not modelled", "[workload]") {
  const std::string name = "org.apache.kafka.clients.producer.RoundRobinPartitioner";
  CHECK(broken(producer("rate: 100/s, count: 60, config: { linger.ms: 0, partitioner.class: " + name + " }"),
               {"runs(p, max) == 1", "log_end(t) == [10, 10, 10, 10, 10, 10]"}) == "");
}

// Of the full batch of one partition and the single record that opened the next, either may be fixed first.
TEST_CASE("runs are counted in the order in which records were handed over", "[measure]") {
  CHECK(broken(producer("rate: 500/s, count: 1000, config: { linger.ms: 50, batch.size: 1024 }"),
               {"runs(p, mode) == 9", "batch_records(p, max) == 8"}) == "");
  CHECK(broken(producer("rate: 100/s, count: 70, key: sequence(7)"), {"runs(p, max) == 2", "runs(p, min) == 1"}) == "");
}

}  // namespace kafkasim::sim::keys_and_partitions_test
