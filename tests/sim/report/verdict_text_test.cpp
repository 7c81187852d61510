#include "sim/report/verdict_text.hpp"

#include "tests/sim/report/result_sample.hpp"
#include "tests/support/catch.hpp"

namespace kafkasim::sim {

TEST_CASE("the verdict of one run", "[report]") {
  TextOptions options;
  options.columns = 100;
  options.next = {"kafkasim run crash.yaml --seed 7 --out DIR; kafkasim plot DIR"};
  CHECK("\n" + verdict_text({sample_result()}, options) == R"(
the leader dies                                                                    seed 7, kafka 4.3
  What nobody else had is gone.

  10.000 s  broker 1 crashes  (leader of orders-0)  <- kill
  18.412 s  controller fences broker 1; orders-0: leader 2, epoch 1, ISR 2,3
  18.655 s  checkout: acknowledged again  (after 8.6 s)

  acknowledged                                           60,000
  lost after acknowledgement                              4,004   <- promised, yet in no log
  longest time without acknowledgement                    8.6 s
  produce latency p50 / p99 / max        800 us / 8.3 s / 8.6 s
  produce latency, mean                                    1 ms
    waiting in the client                                980 us
  billing: delivered                                     55,996
  billing: end-to-end p50 / p99 / max        2 ms / 9 s / 9.1 s
  billing: lag, most / at end                        17,180 / 0
  billing: rebalances, longest pause                     1, 3 s
  without a leader                                        8.4 s

  ok    leader(orders-0) == 2    2
  FAIL  lost(checkout) == 0      4004   crash.yaml:20
  ok    acked(checkout) > 0      60000
  still pending at the end: broker 1 is down
  1 of 3 expectations fails   fingerprint 01234567   41 s simulated, 123,456 events
  next: kafkasim run crash.yaml --seed 7 --out DIR; kafkasim plot DIR
)");
}

TEST_CASE("variants stand side by side, their story is told once", "[report]") {
  Result safe = sample_result(), fast = sample_result();
  safe.variant = "acks-all";
  fast.variant = "acks-1";
  safe.delivery.clear();
  fast.delivery.clear();
  safe.records.front().second.lost = 0;
  safe.expectations = {{"acked(checkout) > 0", true, "60000", std::nullopt, "crash.yaml:21", 21}};
  fast.expectations = {{"lost(checkout) > 0", true, "4004", std::nullopt, "crash.yaml:20", 20},
                       safe.expectations.front()};
  fast.expectations.back().value = "59999";
  fast.story.push_back(
      {kStart + 27'900ms, "broker 1 cuts its log of orders-0", "4,004 records", "", "cut broker 1", 82, false});
  safe.pending.clear();
  fast.pending.clear();
  CHECK("\n" + verdict_text({safe, fast}, {}) == R"(
the leader dies                                                                              seed 7, kafka 4.3
  What nobody else had is gone.

  10.000 s  broker 1 crashes  (leader of orders-0)  <- kill
  18.412 s  controller fences broker 1; orders-0: leader 2, epoch 1, ISR 2,3
  18.655 s  checkout: acknowledged again  (after 8.6 s)
  27.900 s  acks-1: broker 1 cuts its log of orders-0  (4,004 records)

                                         acks-all   acks-1
  acknowledged                             60,000   60,000
  lost after acknowledgement                    0    4,004   <- promised, yet in no log
  longest time without acknowledgement      8.6 s    8.6 s
  produce latency p50                      800 us   800 us
  produce latency p99                       8.3 s    8.3 s
  produce latency max                       8.6 s    8.6 s
  produce latency, mean                      1 ms     1 ms
    waiting in the client                  980 us   980 us
  without a leader                          8.4 s    8.4 s

  ok    acks-1: lost(checkout) > 0    4004
  ok    acked(checkout) > 0           60000 | 59999
  2 expectations hold   fingerprints 01234567 01234567   2 x 41 s simulated, 246,912 events
)");
}

TEST_CASE("quiet: one line, and what fails", "[report]") {
  CHECK(quiet_text(sample_result(), {}) ==
        "FAIL  crash.yaml  seed 7  01234567\n      crash.yaml:20: lost(checkout) == 0   4004\n");
  Result good = sample_result();
  good.variant = "acks-1";
  good.expectations.erase(good.expectations.begin());
  CHECK(quiet_text(good, {}) == "ok    crash.yaml [acks-1]  seed 7  01234567\n");
}

TEST_CASE("many seeds: spread, and the first that fails", "[report]") {
  Result good = sample_result(), bad = sample_result();
  good.seed = 1;
  good.expectations.clear();
  good.total.lost = 0;
  bad.seed = 2;
  CHECK("\n" + seeds_text({good, bad}, {}) == R"(
the leader dies
                                             least      median        most
  lost after acknowledgement                     0           0       4,004
  longest time without acknowledgement       8.6 s       8.6 s       8.6 s
  most lag of a group                       17,180      17,180      17,180
  1 of the seeds 1..2 fail: 2
  the first: seed 2
    FAIL  lost(checkout) == 0   4004   crash.yaml:20
)");
}

TEST_CASE("colours only when wanted", "[report]") {
  CHECK(verdict_text({sample_result()}, {}).find('\x1b') == std::string::npos);
  TextOptions coloured;
  coloured.coloured = true;
  CHECK(verdict_text({sample_result()}, coloured).find("\x1b[31mFAIL\x1b[0m") != std::string::npos);
}

TEST_CASE("a story too long keeps what weighs most, in order of time", "[report]") {
  std::vector<StoryLine> lines;
  for (int i = 0; i < 6; ++i)
    lines.push_back({kStart + i * 1s, std::to_string(i), "", "", "", i % 2 == 0 ? 90 : 10, false});
  std::size_t left_out = 0;
  const auto kept = shortened(lines, 4, left_out);
  std::string order;
  for (const StoryLine& line : kept) order += line.text;
  CHECK(order == "0124");
  CHECK(left_out == 2);
}

}  // namespace kafkasim::sim
