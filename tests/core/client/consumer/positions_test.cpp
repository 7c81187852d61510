// Fetch errors, resets, truncation, leader changes (C-15, C-16, C-24..C-27).
#include "tests/core/client/consumer/fake_cluster.hpp"
#include "tests/support/catch.hpp"

namespace kafkasim::core::test {
namespace {

FakeCluster reading(OffsetReset reset, std::int32_t records) {
  ConsumerConfig config;
  config.auto_offset_reset = OffsetReset::earliest;
  FakeCluster cluster{config};
  cluster.append(orders(0), 1, records);
  cluster.poll(1s);
  cluster.poll(100ms);
  cluster.take();
  if (reset == OffsetReset::earliest) return cluster;
  // The same member with another policy: committed offsets make the first reset unnecessary.
  config.auto_offset_reset = reset;
  FakeCluster other{config};
  other.committed = {{orders(0), Offset{0}}, {orders(1), Offset{0}}};
  other.append(orders(0), 1, records);
  other.poll(1s);
  other.poll(100ms);
  other.take();
  return other;
}

TEST_CASE("out of range: reset by policy, or thrown at every poll (C-24)") {
  struct Row {
    OffsetReset policy;
    std::string polled, position;
  };
  const Row rows[] = {
      {OffsetReset::earliest, "orders-0 20..29", "position orders-0=20 earliest\n"},
      {OffsetReset::latest, "", "position orders-0=30 latest\n"},
      {OffsetReset::none, "throws OffsetOutOfRangeException", ""},
  };
  for (const Row& row : rows) {
    FakeCluster cluster = reading(row.policy, 5);
    cluster.pass(1s);
    FakeLog& log = cluster.logs[orders(0)];  // retention passed the consumer
    log.batches.clear();
    log.start = 20;
    cluster.append(orders(0), 1, 10);
    CHECK(cluster.poll(1s) == row.polled);
    CHECK(cluster.take("position") == row.position);
    if (row.policy == OffsetReset::none) CHECK(cluster.poll(1s) == row.polled);
  }
}

TEST_CASE("nothing committed and no policy: thrown at every poll (C-20)") {
  ConsumerConfig config;
  config.auto_offset_reset = OffsetReset::none;
  FakeCluster cluster{config};
  CHECK(cluster.poll(1s) == "throws NoOffsetForPartitionException");
  CHECK(cluster.poll(1s) == "throws NoOffsetForPartitionException");
}

TEST_CASE("latest starts at the high watermark of the lookup (C-22)") {
  FakeCluster cluster;
  cluster.append(orders(0), 1, 5);
  CHECK(cluster.poll(1s).empty());
  CHECK(cluster.take("position orders-0") == "position orders-0=5 latest\n");
  cluster.append(orders(0), 1, 2);
  CHECK(cluster.poll(1s) == "orders-0 5..6");
}

TEST_CASE("a new leader with a shorter log moves the position back (C-25, KIP-320)") {
  FakeCluster cluster = reading(OffsetReset::earliest, 10);
  FakeLog& log = cluster.logs[orders(0)];
  log.leader = BrokerId{2};
  log.epoch = LeaderEpoch{1};
  log.batches.clear();
  log.epoch_ends[0] = 6;
  log.start = 0;
  cluster.append(orders(0), 1, 6);
  log.batches.back().leader_epoch = LeaderEpoch{0};
  cluster.append(orders(0), 1, 3);
  std::string polled;
  for (int i = 0; i < 5 && polled.empty(); ++i) polled = cluster.poll(1s);
  CHECK(polled == "orders-0 6..8");
  const std::string all = cluster.take();
  CHECK(all.find("error Fetch NOT_LEADER_OR_FOLLOWER\n") != std::string::npos);
  CHECK(all.find("OffsetForLeaderEpoch->2 orders-0/e0\n") != std::string::npos);  // the hint was taken (KIP-951)
  CHECK(all.find("position orders-0=6 truncated\n") != std::string::npos);
  CHECK(all.find("Fetch->2 orders-0@6/e1\n") != std::string::npos);  // C-26
}

TEST_CASE("fetch errors and what follows (C-15)") {
  struct Row {
    ErrorCode error;
    std::string polled;
  };
  const Row rows[] = {
      {ErrorCode::UNKNOWN_LEADER_EPOCH, "orders-0 5..5"},
      {ErrorCode::OFFSET_NOT_AVAILABLE, "orders-0 5..5"},
      {ErrorCode::KAFKA_STORAGE_ERROR, "orders-0 5..5"},
      {ErrorCode::CORRUPT_MESSAGE, "throws KafkaException"},
  };
  for (const Row& row : rows) {
    FakeCluster cluster = reading(OffsetReset::earliest, 5);
    cluster.logs.erase(orders(1));
    cluster.errors["Fetch"] = {row.error};
    cluster.append(orders(0), 1, 1);
    CHECK(cluster.poll(1s) == row.polled);
  }
}

TEST_CASE("seek drops what was fetched for the old position (C-16, C-27)") {
  FakeCluster cluster = reading(OffsetReset::earliest, 10);
  cluster.append(orders(0), 1, 5);
  cluster.pass(200ms);  // the reply is there
  cluster.seek(orders(0), Offset{3});
  CHECK(cluster.poll(1s) == "orders-0 3..9 orders-0 10..14");
}

TEST_CASE("lag is what the last looked-at reply says (C-71)") {
  ConsumerConfig config;
  config.auto_offset_reset = OffsetReset::earliest;
  config.max_poll_records = 2;
  FakeCluster cluster{config};
  cluster.append(orders(0), 1, 6);
  cluster.poll(1s);
  cluster.append(orders(0), 1, 100);
  CHECK(cluster.consumer.records_lag(orders(0)) == 4);
  cluster.poll(1s);
  CHECK(cluster.consumer.records_lag(orders(0)) == 2);
  CHECK(cluster.consumer.current_lag(orders(0)) == 2);  // it falls while the true lag grew
}

TEST_CASE("seekToBeginning and seekToEnd are looked up by the next poll (C-27)") {
  FakeCluster cluster = reading(OffsetReset::earliest, 5);
  CHECK(cluster.seek_to(orders(0), OffsetSpec::earliest));
  CHECK(cluster.take().empty());
  CHECK(cluster.poll(1s) == "orders-0 0..4");
  CHECK(cluster.take("position") == "position orders-0=0 earliest\n");
  CHECK_FALSE(cluster.seek_to(TopicPartition{kOther, 0}, OffsetSpec::latest));
}

TEST_CASE("offsetsForTimes, then seek; where no record is that new, to the end (C-27)") {
  FakeCluster cluster = reading(OffsetReset::earliest, 5);
  cluster.by_time = Offset{2};
  cluster.seek_to_time(9, {orders(0)});
  CHECK(cluster.take() == "ListOffsets->1 orders-0=time\nposition orders-0=2 seek\ncall 9 ok\n");
  CHECK(cluster.poll(1s) == "orders-0 2..4");
  cluster.by_time.reset();
  cluster.seek_to_time(10, {orders(0)});
  CHECK(cluster.take("call") == "call 10 ok\n");
  CHECK(cluster.poll(100ms).empty());
  CHECK(cluster.take("position") == "position orders-0=5 latest\n");
  cluster.seek_to_time(11, {TopicPartition{kOther, 0}});
  CHECK(cluster.take() == "call 11 throws IllegalStateException\n");
}

TEST_CASE("offsetsForTimes asks again after retry.backoff.ms, and gives up after default.api.timeout.ms") {
  FakeCluster cluster = reading(OffsetReset::earliest, 5);
  cluster.by_time = Offset{2};
  cluster.errors["ListOffsets"] = {ErrorCode::OFFSET_NOT_AVAILABLE, ErrorCode::LEADER_NOT_AVAILABLE};
  cluster.seek_to_time(9, {orders(0)});
  CHECK(cluster.take("call") == "call 9 ok\n");
  cluster.held.insert("ListOffsets");
  const Instant asked = cluster.now;
  cluster.seek_to_time(10, {orders(0)});
  CHECK(cluster.take("call") == "call 10 throws TimeoutException\n");
  CHECK(cluster.now - asked == 60s);
}

}  // namespace
}  // namespace kafkasim::core::test
