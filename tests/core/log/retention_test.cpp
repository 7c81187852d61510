// Which segments retention takes, and when (R1.11, R1.14-R1.18).
#include "tests/core/log/batches.hpp"
#include "tests/support/catch.hpp"

namespace kafkasim::core {
namespace {

/// One batch of 100 bytes per second, 3 to a segment, from second 0 on.
Log dated(int batches, TopicConfig config) {
  config.segment_bytes = 300;
  Log log{config};
  for (int i = 0; i < batches; ++i) {
    Batch next = test::replicated(i, 0);
    next.max_timestamp = kStart + std::chrono::seconds{i};
    log.append_as_follower(next);
  }
  return log;
}

std::string bases(const Log& log) {
  std::string text;
  for (const Segment& segment : log.segments())
    text += (text.empty() ? "" : " ") + std::to_string(segment.base.value());
  return text;
}

TopicConfig by_size(std::int64_t bytes) {
  TopicConfig config;
  config.retention_bytes = bytes;
  return config;
}

TopicConfig by_age(Duration age) {
  TopicConfig config;
  config.retention = age;
  return config;
}

}  // namespace

TEST_CASE("retention.bytes keeps at least what it says", "[log][retention]") {
  struct Row {
    std::int64_t keep;
    const char* left;
  };
  // 1000 bytes in segments of 300, 300, 300 and 100.
  for (const Row& row : {Row{1000, "0 3 6 9"}, Row{701, "0 3 6 9"}, Row{700, "3 6 9"}, Row{400, "6 9"}, Row{101, "6 9"},
                         Row{100, "9"}, Row{1, "9"}, Row{0, "10"}}) {
    Log log = dated(10, by_size(row.keep));
    log.delete_old_segments(kStart, log.log_end());
    INFO(row.keep);
    CHECK(bases(log) == row.left);
    CHECK(log.log_start() == log.segments().front().base);
    CHECK(log.log_end() == Offset{10});
  }
}

TEST_CASE("a segment counts with its newest record; the active one goes too", "[log][retention]") {
  struct Row {
    int now;
    const char* left;
  };
  for (const Row& row :
       {Row{12, "0 3 6 9"}, Row{13, "3 6 9"}, Row{15, "3 6 9"}, Row{16, "6 9"}, Row{19, "9"}, Row{20, "10"}}) {
    Log log = dated(10, by_age(10s));
    log.delete_old_segments(kStart + std::chrono::seconds{row.now}, log.log_end());
    INFO(row.now);
    CHECK(bases(log) == row.left);
  }
}

TEST_CASE("nothing above the high watermark goes, and an empty active segment stays", "[log][retention]") {
  Log log = dated(10, by_size(0));
  CHECK_FALSE(log.delete_old_segments(kStart, Offset{2}).moved);
  CHECK(log.delete_old_segments(kStart, Offset{8}).batches.size() == 6);
  CHECK(bases(log) == "6 9");
  CHECK(log.delete_old_segments(kStart, Offset{10}).rolled);
  CHECK_FALSE(log.delete_old_segments(kStart, Offset{10}).moved);
  CHECK(bases(log) == "10");
  CHECK(log.read(Offset{9}, Offset{10}, 1000, true).error == ErrorCode::OFFSET_OUT_OF_RANGE);
}

TEST_CASE("segment.ms rolls by record time, strictly after", "[log][retention]") {
  TopicConfig config;
  config.segment_ms = 60s;
  Log log{config};
  int offset = 0;
  for (const int ms : {0, 60'000, 60'001, 1, 0, 60'001, 120'001, 120'002}) {
    Batch next = test::replicated(offset++, 0);
    next.max_timestamp = kStart + std::chrono::milliseconds{ms};
    log.append_as_follower(next);
  }
  CHECK(bases(log) == "0 2 7");
}

TEST_CASE("a loss takes the batch it cuts into as a whole", "[log]") {
  Log log{};
  log.append_as_follower(test::replicated(0, 0, 5));
  log.append_as_follower(test::replicated(5, 1, 5));
  Log cut = log;
  cut.lose_from(Offset{7});
  CHECK(cut.log_end() == Offset{5});
  CHECK(test::epochs(cut.epochs()) == "0@0");
  cut.lose_from(Offset{3});
  CHECK(cut.log_end() == Offset{0});
  CHECK(log.log_end() == Offset{10});
  log.increment_log_start(Offset{7});
  log.lose_from(Offset{6});  // nothing is left above the log start: the log begins there anew
  CHECK(log.log_start() == Offset{7});
  CHECK(log.log_end() == Offset{7});
  CHECK(log.epochs().empty());
}

}  // namespace kafkasim::core
