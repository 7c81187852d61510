#include "core/log/log.hpp"

#include "core/base/invariant.hpp"
#include "tests/core/log/batches.hpp"
#include "tests/support/catch.hpp"

using namespace kafkasim;
using core::Log;
using test::batch;
using test::epochs;
using test::idempotent;
using test::log_of;
using test::offsets;
using test::replicated;

TEST_CASE("a leader assigns offsets and its epoch", "[log]") {
  Log log;
  Batch first = batch(3);
  const auto one = log.append_as_leader(first, LeaderEpoch{2});
  CHECK(one.first_offset == Offset{0});
  CHECK(one.last_offset == Offset{2});
  CHECK(first.leader_epoch == LeaderEpoch{2});
  Batch second = batch(1);
  CHECK(log.append_as_leader(second, LeaderEpoch{5}).first_offset == Offset{3});
  CHECK(log.log_end() == Offset{4});
  CHECK(epochs(log.epochs()) == "2@0 5@3");
  CHECK(log.size_bytes() == 200);
}

TEST_CASE("a leader refuses what is too large (R1.8)", "[log]") {
  TopicConfig config;
  config.max_message_bytes = 1000;
  config.segment_bytes = 800;
  Log log{config};
  Batch fits = batch(1, 800), above_segment = batch(1, 801), above_message = batch(1, 1001);
  CHECK(log.append_as_leader(above_message, LeaderEpoch{0}).error == ErrorCode::MESSAGE_TOO_LARGE);
  CHECK(log.append_as_leader(above_segment, LeaderEpoch{0}).error == ErrorCode::RECORD_LIST_TOO_LARGE);
  CHECK(log.log_end() == Offset{0});
  CHECK(log.append_as_leader(fits, LeaderEpoch{0}).appended());
}

TEST_CASE("a follower keeps offsets, may skip, may not go back (R1.9)", "[log]") {
  Log log;
  log.append_as_follower(replicated(0, 0, 5));
  log.append_as_follower(replicated(8, 1, 2));
  CHECK(offsets(log.batches()) == "0-4 8-9");
  CHECK(epochs(log.epochs()) == "0@0 1@8");
  CHECK_THROWS_AS(log.append_as_follower(replicated(9, 1)), InvariantViolation);
  CHECK(log.batch_at(Offset{3})->base_offset == Offset{0});
  CHECK(log.batch_at(Offset{6}) == nullptr);
}

TEST_CASE("a batch is found wherever it lies", "[log]") {
  Log log;
  for (std::int64_t base = 0; base < 300; base += 5) log.append_as_follower(replicated(base, 0, 3));  // gaps of two
  for (std::int64_t offset = 0; offset < 300; ++offset) {
    CAPTURE(offset);
    const Batch* found = log.batch_at(Offset{offset});
    const bool gap = offset % 5 > 2;
    CHECK((found == nullptr) == gap);
    if (found != nullptr) CHECK(found->base_offset == Offset{offset / 5 * 5});
    CHECK(log.position_at(Offset{offset}) == (offset / 5 + (gap ? 1 : 0)) * 100);
    const auto data = log.read(Offset{offset}, Offset{offset + 13}, 200, false);
    CHECK(data.records.size() == (offset < 293 ? 2U : offset < 298 ? 1U : 0U));
  }
}

TEST_CASE("a follower does not enforce sequences (R4.5)", "[log]") {
  Log log;
  Batch first = idempotent(7, 0, 0), later = idempotent(7, 0, 5);
  first.base_offset = Offset{0};
  later.base_offset = Offset{1};
  first.leader_epoch = later.leader_epoch = LeaderEpoch{0};
  log.append_as_follower(first);
  CHECK(log.append_as_follower(later).appended());
  Batch next = idempotent(7, 0, 6);
  CHECK(log.append_as_leader(next, LeaderEpoch{1}).appended());
}

TEST_CASE("reads return whole batches up to a bound (R1.37, R1.38)", "[log]") {
  Log log;  // batches 0-4, 5-9, 10-14 of 100 bytes
  for (int i = 0; i < 3; ++i) log.append_as_follower(replicated(5 * i, 0, 5));
  struct Case {
    int from, bound, max_bytes;
    bool at_least_one;
    const char* expected;
  };
  const Case cases[] = {
      {0, 15, 1000, true, "0-4 5-9 10-14"},
      {0, 15, 250, true, "0-4 5-9"},
      {7, 15, 1000, true, "5-9 10-14"},  // begins before the offset asked for
      {0, 10, 1000, true, "0-4 5-9"},
      {0, 9, 1000, true, "0-4"},  // no half batches
      {0, 15, 10, true, "0-4"},   // one in any case
      {0, 15, 10, false, ""},
      {15, 15, 1000, true, ""},
      {12, 10, 1000, true, ""},  // above the bound, not above the end
  };
  for (const Case& row : cases) {
    INFO(row.from << ".." << row.bound << " " << row.max_bytes);
    const auto got = log.read(Offset{row.from}, Offset{row.bound}, row.max_bytes, row.at_least_one);
    CHECK(got.error == ErrorCode::NONE);
    CHECK(offsets(got.records) == row.expected);
  }
  CHECK(log.read(Offset{16}, Offset{15}, 1000, true).error == ErrorCode::OFFSET_OUT_OF_RANGE);
  log.increment_log_start(Offset{5});
  CHECK(log.read(Offset{4}, Offset{15}, 1000, true).error == ErrorCode::OFFSET_OUT_OF_RANGE);
  CHECK(log.readable_bytes(Offset{5}, Offset{15}) == 200);
  CHECK(log.readable_bytes(Offset{15}, Offset{15}) == 0);
}

TEST_CASE("segments roll by size, are flushed by it, and end a read (R1.11, R1.13)", "[log]") {
  TopicConfig config;
  config.segment_bytes = 250;
  Log log{config};
  for (int i = 0; i < 4; ++i) {
    Batch next = batch(1);
    const auto done = log.append_as_leader(next, LeaderEpoch{0});
    CHECK(done.rolled == (i == 2));
    CHECK(done.flushed_to == (i == 2 ? Offset{2} : Offset{}));
  }
  REQUIRE(log.segments().size() == 2);
  CHECK(log.segments()[1].base == Offset{2});
  CHECK(log.flushed_end() == Offset{2});
  CHECK(offsets(log.read(Offset{0}, Offset{4}, 1000, true).records) == "0-0 1-1");
  CHECK(offsets(log.read(Offset{2}, Offset{4}, 1000, true).records) == "2-2 3-3");
  CHECK_FALSE(log.same_segment(Offset{1}, Offset{4}));
  CHECK(log.same_segment(Offset{2}, Offset{4}));
  CHECK(log.bytes_from_segment_of(Offset{2}) == 200);
  CHECK(log.bytes_from_segment_of(Offset{0}) == 400);
}

TEST_CASE("flush.messages (R1.7)", "[log]") {
  TopicConfig config;
  config.flush_messages = 3;
  Log log{config};
  Batch one = batch(2), two = batch(2);
  CHECK_FALSE(log.append_as_leader(one, LeaderEpoch{0}).flushed_to.known());
  CHECK(log.append_as_leader(two, LeaderEpoch{0}).flushed_to == Offset{4});
  CHECK(log.flushed_end() == Offset{4});
}

TEST_CASE("truncation takes epochs, producers and the flushed end along", "[log]") {
  Log log;
  for (int i = 0; i < 4; ++i) {
    Batch next = idempotent(7, 0, i);
    log.append_as_leader(next, LeaderEpoch{i / 2});
  }
  log.flush();
  CHECK(log.truncate_to(Offset{1}));
  CHECK(log.log_end() == Offset{1});
  CHECK(log.flushed_end() == Offset{1});
  CHECK(log.size_bytes() == 100);
  CHECK(epochs(log.epochs()) == "0@0");
  Batch again = idempotent(7, 0, 1);  // the lost suffix is accepted again (R4.7)
  CHECK(log.append_as_leader(again, LeaderEpoch{3}).first_offset == Offset{1});
  CHECK_FALSE(log.truncate_to(Offset{2}));
}

TEST_CASE("truncating at the log end drops an epoch that never wrote", "[log]") {
  Log log = log_of({{0, 2}});
  log.assign_epoch_start(LeaderEpoch{3});
  CHECK(epochs(log.epochs()) == "0@0 3@2");
  CHECK_FALSE(log.truncate_to(Offset{2}));
  CHECK(epochs(log.epochs()) == "0@0");
}

TEST_CASE("truncate_fully begins anew elsewhere", "[log]") {
  Log log = log_of({{0, 3}});
  log.truncate_fully(Offset{50});
  CHECK(log.log_start() == Offset{50});
  CHECK(log.log_end() == Offset{50});
  CHECK(log.size_bytes() == 0);
  CHECK(log.epochs().empty());
  log.append_as_follower(replicated(50, 4));
  CHECK(offsets(log.read(Offset{50}, Offset{51}, 1000, true).records) == "50-50");
}

TEST_CASE("a cut below what is held begins anew there", "[log]") {
  Log log;
  log.truncate_fully(Offset{50});
  log.append_as_follower(replicated(50, 4, 2));
  CHECK(log.truncate_to(Offset{30}));
  CHECK(log.log_start() == Offset{30});
  CHECK(log.log_end() == Offset{30});
  CHECK(log.epochs().empty());
}

TEST_CASE("bytes of a log and offsets answer each other", "[log]") {
  Log log;
  for (std::int64_t base = 0; base < 9; base += 3) log.append_as_follower(replicated(base, 0, 3));  // 100 bytes each
  std::string at;
  for (const std::int64_t position : {0, 1, 100, 101, 200, 201, 300})
    at += std::to_string(log.offset_at_position(position).value()) + ' ';
  CHECK(at == "0 3 3 6 6 9 9 ");
  for (const std::int64_t base : {0, 3, 6})
    CHECK(log.offset_at_position(log.position_at(Offset{base})) == Offset{base});
}

TEST_CASE("power loss cuts to whole durable batches (R1.32)", "[log]") {
  const auto lost = [](int durable_end, bool flushed_before) {
    Log log;
    log.append_as_follower(replicated(0, 0, 5));
    if (flushed_before) log.flush();
    log.append_as_follower(replicated(5, 1, 5));
    return log.lose_after(Offset{durable_end});
  };
  CHECK(lost(10, false) == Offset{10});
  CHECK(lost(8, false) == Offset{5});  // a torn batch goes as a whole
  CHECK(lost(2, false) == Offset{0});
  CHECK(lost(2, true) == Offset{5});  // what was fsynced stays
}

TEST_CASE("loading drops an epoch at the log end and rebuilds producers", "[log]") {
  Log log;
  Batch first = idempotent(7, 0, 0);
  log.append_as_leader(first, LeaderEpoch{1});
  log.assign_epoch_start(LeaderEpoch{2});
  log.load();
  CHECK(epochs(log.epochs()) == "1@0");
  CHECK(log.producers().entries().size() == 1);
}

TEST_CASE("retired batches are forgotten, everything else stays right", "[log]") {
  Log log;
  for (int i = 0; i < 10; ++i) {
    Batch next = idempotent(7, 0, i);
    log.append_as_leader(next, LeaderEpoch{i / 5});
  }
  const Log before = log;
  log.retire_below(Offset{0});
  CHECK(log == before);
  log.retire_below(Offset{7});
  CHECK(log.first_held() == Offset{7});
  CHECK(offsets(log.batches()) == "7-7 8-8 9-9");
  CHECK(log.size_bytes() == before.size_bytes());
  CHECK(log.epochs() == before.epochs());
  CHECK(log.producers() == before.producers());
  CHECK(log.readable_bytes(Offset{8}, Offset{10}) == 200);
  CHECK_THROWS_AS(log.read(Offset{6}, Offset{10}, 1000, true), InvariantViolation);
  CHECK_THROWS_AS(log.truncate_to(Offset{6}), InvariantViolation);

  log.truncate_to(Offset{8});
  Batch retry = idempotent(7, 0, 8);  // producer state was rebuilt over the retired part
  CHECK(log.append_as_leader(retry, LeaderEpoch{2}).first_offset == Offset{8});
  Batch known = idempotent(7, 0, 4);
  CHECK(log.append_as_leader(known, LeaderEpoch{2}).duplicate);
}

TEST_CASE("a log is a value", "[log]") {
  const Log one = log_of({{0, 3}});
  Log two = one;
  CHECK(one == two);
  two.append_as_follower(replicated(3, 0));
  CHECK_FALSE(one == two);
  int members = 0;
  one.each_field([&](const char*, const auto&) { ++members; });
  CHECK(members == 11);
}
