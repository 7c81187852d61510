// Appending, stickiness, readiness and draining (P-7..P-16, P-54..P-56).
#include "core/client/producer/accumulator.hpp"

#include "tests/core/network/steady.hpp"
#include "tests/support/catch.hpp"

using namespace kafkasim;
using namespace kafkasim::core;

namespace {

using Lengths = std::vector<std::pair<std::int32_t, std::int32_t>>;

const TopicId topic{0};
const NodeId one{1}, two{2};

/// Metadata of topic 0 whose partitions are led by these brokers.
ClientMetadata known(const std::vector<std::int32_t>& leaders) {
  Steps steps;
  Turn turn = steps.at(0);
  NetworkClient network{0, ClientConfig{}, 5};
  ClientMetadata metadata{ClientConfig{}, {one, two}};
  network.ready(bootstrap_node(one), turn);
  network.on_connected(5001, turn);
  metadata.add_topic(topic);
  metadata.maybe_update(network, 0, turn);
  MetadataResponse reply;
  reply.brokers = {one, two};
  for (std::size_t p = 0; p < leaders.size(); ++p)
    reply.partitions.push_back(
        {{topic, static_cast<std::int32_t>(p)}, ErrorCode::NONE, BrokerId{leaders[p]}, LeaderEpoch{0}});
  metadata.on_response(reply, turn);
  return metadata;
}

/// Sticky draws go round: 0, 1, 2, ...
class RoundChoices : public SteadyChoices {
 public:
  std::uint64_t below(Choice what, std::uint64_t bound) override {
    return what == Choice::sticky_partition ? next_++ % bound : SteadyChoices::below(what, bound);
  }

 private:
  std::uint64_t next_ = 0;
};

std::vector<std::pair<std::int32_t, std::int32_t>> drained(Accumulator& accumulator, NodeId node,
                                                           const ClientMetadata& metadata) {
  std::vector<std::pair<std::int32_t, std::int32_t>> counts;  // partition, records
  for (const ProducerBatch& batch : accumulator.drain(node, metadata, nullptr, at_ms(0)))
    counts.emplace_back(batch.partition.partition, batch.record_count);
  return counts;
}
using Counts = std::vector<std::pair<std::int32_t, std::int32_t>>;

Accumulator::Appended put(Accumulator& accumulator, const ClientMetadata& metadata, std::int32_t partition,
                          std::int32_t count, std::int64_t ms = 0) {
  Steps steps;
  Turn turn = steps.at(ms);
  const RecordRun run{0, count, 100, at_ms(ms), Duration{}};
  return accumulator.append(topic, PartitionChoice::partition(partition), run, Instant::min(), metadata, turn);
}
}  // namespace

TEST_CASE("the sticky partitioner moves on between one and two batch sizes, at a full batch (P-54)") {
  ProducerConfig config;
  config.batch_size = 1'000;  // 9 records of 100 bytes
  Accumulator accumulator{config};
  const ClientMetadata metadata = known({1, 1, 1});
  RoundChoices choices;
  Outbox out;
  Turn turn{at_ms(0), at_ms(0), choices, out};
  RecordRun run{0, 1, 100, at_ms(0), 1ms};
  CHECK(accumulator.silent_room(100, topic) == 0);
  accumulator.append(topic, PartitionChoice::keyless(), run, Instant::min(), metadata, turn);
  CHECK(accumulator.silent_room(100, topic) == 8);
  run = RecordRun{1, 8, 100, at_ms(1), 1ms};
  CHECK_FALSE(accumulator.append(topic, PartitionChoice::keyless(), run, Instant::min(), metadata, turn).wake);
  CHECK(accumulator.silent_room(100, topic) == 0);
  run = RecordRun{9, 21, 100, at_ms(9), 1ms};
  const auto appended = accumulator.append(topic, PartitionChoice::keyless(), run, Instant::min(), metadata, turn);
  CHECK(appended.count == 21);
  CHECK(appended.wake);
  CHECK(drained(accumulator, one, metadata) == Counts{{0, 9}, {1, 9}});
  CHECK(drained(accumulator, one, metadata) == Counts{{0, 9}, {1, 3}});
}

TEST_CASE("records handed over one by one or in a run make the same batches") {
  ProducerConfig config;
  config.batch_size = 700;
  const ClientMetadata metadata = known({1, 1});
  Accumulator together{config}, single{config};
  RoundChoices choices_a, choices_b;
  Outbox out;
  Turn turn_a{at_ms(100), at_ms(100), choices_a, out}, turn_b{at_ms(100), at_ms(100), choices_b, out};
  together.append(topic, PartitionChoice::keyless(), {0, 100, 90, at_ms(0), 1ms}, Instant::min(), metadata, turn_a);
  for (std::int64_t i = 0; i < 100; ++i)
    single.append(topic, PartitionChoice::keyless(), {i, 1, 90, at_ms(i), 1ms}, Instant::min(), metadata, turn_b);
  CHECK(together == single);
}

TEST_CASE("the adaptive draw weighs queues by how much shorter they are than the longest (P-56)") {
  const ClientMetadata metadata = known({1, 1, 1, 1, 1});
  struct Row {
    std::uint64_t draw;
    std::int32_t partition;
  };
  // queues 5,0,3,0,1: weights 1,6,3,6,5
  const Row rows[] = {{0, 0}, {1, 1}, {6, 1}, {7, 2}, {9, 2}, {10, 3}, {15, 3}, {16, 4}, {20, 4}};
  for (const Row& row : rows) {
    CAPTURE(row.draw);
    StickyPartitioner partitioner{topic, 16384};
    partitioner.set_load(Lengths{{0, 5}, {1, 0}, {2, 3}, {3, 0}, {4, 1}}, 5);
    Steps steps;
    steps.choices.fixed[Choice::sticky_partition] = row.draw;
    Turn turn = steps.at(0);
    CHECK(partitioner.current(metadata, turn) == row.partition);
  }
  StickyPartitioner uniform{topic, 16384};
  uniform.set_load(Lengths{{0, 2}, {1, 2}, {2, 2}, {3, 2}, {4, 2}}, 5);
  Steps steps;
  steps.choices.fixed[Choice::sticky_partition] = 3;
  Turn turn = steps.at(0);
  CHECK(uniform.current(metadata, turn) == 3);
}

TEST_CASE("without load statistics only partitions with a leader are drawn (P-55)") {
  const ClientMetadata metadata = known({-1, 1, -1, 2});
  for (const std::uint64_t draw : {0, 1}) {
    StickyPartitioner partitioner{topic, 16384};
    Steps steps;
    steps.choices.fixed[Choice::sticky_partition] = draw;
    Turn turn = steps.at(0);
    CHECK(partitioner.current(metadata, turn) == (draw == 0 ? 1 : 3));
  }
}

TEST_CASE("when a node is ready (P-12, P-13)") {
  struct Row {
    const char* what;
    std::int32_t records;
    std::int64_t now;
    bool exhausted, closing, muted, ready;
  };
  const Row rows[] = {
      {"lingering", 1, 4, false, false, false, false},     {"linger over", 1, 5, false, false, false, true},
      {"nearly full", 163, 0, false, false, false, false}, {"more than one", 164, 0, false, false, false, true},
      {"memory short", 1, 0, true, false, false, true},    {"closing", 1, 0, false, true, false, true},
      {"muted", 164, 9, false, false, true, false}};
  const ClientMetadata metadata = known({1});
  for (const Row& row : rows) {
    CAPTURE(row.what);
    Accumulator accumulator{ProducerConfig{}};
    put(accumulator, metadata, 0, row.records);
    if (row.muted) accumulator.mute({topic, 0});
    const auto ready = accumulator.ready(metadata, row.exhausted, row.closing, at_ms(row.now));
    CHECK(ready.nodes.size() == (row.ready ? 1U : 0U));
    if (!row.ready && !row.muted) CHECK(ready.next_check == at_ms(5));
  }
}

TEST_CASE("an unknown leader is reported, its data waits (P-16)") {
  const ClientMetadata metadata = known({-1});
  Accumulator accumulator{ProducerConfig{}};
  put(accumulator, metadata, 0, 1);
  const auto ready = accumulator.ready(metadata, false, false, at_ms(100));
  CHECK(ready.unknown_leaders);
  CHECK(ready.nodes.empty());
}

TEST_CASE("a drain takes one batch per partition of the node and goes round (P-14)") {
  ProducerConfig config;
  config.max_request_size = 400;
  const ClientMetadata metadata = known({1, 1, 2});
  Accumulator accumulator{config};
  for (const std::int32_t partition : {0, 1, 2}) put(accumulator, metadata, partition, 2);  // 261 bytes each
  CHECK(drained(accumulator, one, metadata) == Counts{{0, 2}});
  put(accumulator, metadata, 0, 2);
  CHECK(drained(accumulator, one, metadata) == Counts{{1, 2}});
  CHECK(drained(accumulator, one, metadata) == Counts{{0, 2}});
  CHECK(drained(accumulator, two, metadata) == Counts{{2, 2}});
  CHECK(accumulator.empty());
}

TEST_CASE("a record larger than batch.size makes a batch of its own (P-7)") {
  ProducerConfig config;
  config.batch_size = 0;
  const ClientMetadata metadata = known({1});
  Accumulator accumulator{config};
  put(accumulator, metadata, 0, 3);
  for (int i = 0; i < 3; ++i) CHECK(drained(accumulator, one, metadata) == Counts{{0, 1}});
  CHECK(accumulator.empty());
}

TEST_CASE("the oldest head is found though queues come and go (P-30)") {
  const ClientMetadata metadata = known({1, 2});
  Accumulator accumulator{ProducerConfig{}};  // delivery.timeout.ms is 120 s
  CHECK(accumulator.next_expiry() == kNever);
  put(accumulator, metadata, 0, 1, 10);
  put(accumulator, metadata, 1, 164, 5);  // a full batch and one more
  CHECK(accumulator.next_expiry() == at_ms(120'005));
  CHECK(accumulator.next_expiry(at_ms(120'006)) == at_ms(120'005));
  CHECK(accumulator.next_expiry(at_ms(120'005)) == kNever);
  CHECK(accumulator.backlog());
  std::vector<ProducerBatch> taken = accumulator.drain(two, metadata, nullptr, at_ms(20));
  REQUIRE(taken.size() == 1);
  CHECK_FALSE(accumulator.backlog());
  accumulator.drain(two, metadata, nullptr, at_ms(20));
  CHECK(accumulator.next_expiry() == at_ms(120'010));
  CHECK(accumulator.take_expired(at_ms(120'009)).empty());
  accumulator.requeue(std::move(taken[0]));  // older than any
  CHECK(accumulator.next_expiry() == at_ms(120'005));
  CHECK(accumulator.take_expired(at_ms(120'004)).empty());
  CHECK(accumulator.take_expired(at_ms(120'005)).size() == 1);
  CHECK_FALSE(accumulator.empty());
  CHECK(accumulator.take_expired(at_ms(120'010)).size() == 1);
  CHECK(accumulator.empty());
  CHECK(accumulator.next_expiry() == kNever);
}
