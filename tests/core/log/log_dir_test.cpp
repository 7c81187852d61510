#include "core/log/log_dir.hpp"

#include "tests/core/log/batches.hpp"
#include "tests/support/catch.hpp"

using namespace kafkasim;
using core::LogDir;
using test::log_of;

namespace {

constexpr TopicPartition kOrders{TopicId{0}, 0};

TopicConfig small_segments() {
  TopicConfig config;
  config.segment_bytes = 200;
  return config;
}

}  // namespace

TEST_CASE("a process crash keeps the log and the checkpointed high watermark", "[log]") {
  LogDir dir;
  dir.store(kOrders, log_of({{0, 5}}));
  dir.checkpoint_high_watermark(kOrders, Offset{3});
  const auto loaded = dir.take(kOrders, {});
  CHECK(loaded.log.log_end() == Offset{5});
  CHECK(loaded.high_watermark == Offset{3});
  CHECK_FALSE(dir.take_clean_shutdown());
}

TEST_CASE("after a power loss the high watermark is clamped to the log end (R1.34)", "[log]") {
  LogDir dir;
  dir.store(kOrders, log_of({{0, 5}}));
  dir.checkpoint_high_watermark(kOrders, Offset{4});
  dir.lose_after(kOrders, Offset{2});
  const auto loaded = dir.take(kOrders, {});
  CHECK(loaded.log.log_end() == Offset{2});
  CHECK(loaded.high_watermark == Offset{2});
}

TEST_CASE("the clean-shutdown marker is read once (R1.33)", "[log]") {
  LogDir dir;
  dir.store(kOrders, log_of({{0, 5}}));
  dir.write_clean_shutdown(BrokerEpoch{77});
  CHECK(dir.bytes_to_recover() == 0);
  CHECK(dir.take_clean_shutdown() == BrokerEpoch{77});
  CHECK_FALSE(dir.take_clean_shutdown());
  CHECK(dir.replicas.at(kOrders).log.flushed_end() == Offset{5});
}

TEST_CASE("an unclean start scans from the checkpointed recovery point on, every time (R1.36, S-5)", "[log]") {
  LogDir dir;
  dir.store(kOrders, log_of({{0, 5}}, small_segments()));  // segments at 0, 2, 4
  CHECK(dir.bytes_to_recover() == 500);                    // rolls flushed 0..3, the checkpoint does not know it
  CHECK(dir.bytes_to_recover() == 500);
  dir.checkpoint_recovery_point(kOrders, dir.replicas.at(kOrders).log.flushed_end());
  CHECK(dir.bytes_to_recover() == 100);
}

TEST_CASE("a replica that was never here starts empty", "[log]") {
  LogDir dir;
  const auto loaded = dir.take(kOrders, {});
  CHECK(loaded.log.log_end() == Offset{0});
  CHECK(loaded.high_watermark == Offset{0});
}
