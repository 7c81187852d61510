// Memory stays flat: what all replicas hold and all readers have passed is judged and forgotten, and nobody can tell.
#include "sim/retire.hpp"

#include <string>

#include "core/log/log.hpp"
#include "sim/check/history.hpp"
#include "sim/check/verdict.hpp"
#include "sim/view.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/run.hpp"

namespace kafkasim::sim {
namespace {

using testing::load_text;

const char* const kLong = R"(
name: long
duration: 8min
topics: { orders: { partitions: 2, replication.factor: 3 } }
producers:
  checkout: { topic: orders, rate: 100/s, config: { acks: 1, enable.idempotence: false } }
consumers:
  billing: { topics: [orders], members: 1, config: { auto.offset.reset: earliest } }
timeline:
  - { at: 2min, crash: leader of orders-0, for: 20s }
expect:
  - lost(checkout) >= 0
)";

std::size_t payloads(const Simulation& run) {
  std::size_t count = 0;
  for (const auto& [host, producer] : run.view().history().producers()) count += producer.payloads.size();
  return count;
}

}  // namespace

TEST_CASE("a long run forgets what was verified, and the verdict is the same") {
  // The second one asks for something dated record by record: it keeps everything.
  Simulation forgets{load_text(kLong).front()};
  Simulation keeps{load_text(std::string{kLong} + "  - in_log(checkout) >= 0\n").front()};
  forgets.run();
  keeps.run();
  CHECK(forgets.fingerprint() == keeps.fingerprint());
  CHECK(payloads(keeps) > 10'000);
  CHECK(payloads(forgets) < payloads(keeps) / 2);

  const TopicPartition tp{forgets.view().topic("orders"), 0};
  for (const int broker : {1, 2, 3}) {
    const core::Log* log = forgets.view().log(tp, BrokerId{broker});
    REQUIRE(log != nullptr);
    CHECK(log->first_held().value() > log->log_end().value() / 2);
    CHECK(keeps.view().log(tp, BrokerId{broker})->first_held() == Offset{0});
  }

  const Verdict a = judge(forgets.view()), b = judge(keeps.view());
  for (const auto& [host, producer] : b.producers) {
    const RecordVerdict& seen = a.producers.at(host).all;
    CHECK(seen.in_log.total() == producer.all.in_log.total());
    CHECK(seen.lost.dates() == producer.all.lost.dates());
    CHECK(seen.duplicated.dates() == producer.all.duplicated.dates());
    CHECK(seen.reordered.dates() == producer.all.reordered.dates());
    CHECK(seen.indeterminate == producer.all.indeterminate);
  }
  CHECK(a.groups.at("billing").all.skipped.total() == b.groups.at("billing").all.skipped.total());
  CHECK(a.groups.at("billing").all.out_of_order.dates() == b.groups.at("billing").all.out_of_order.dates());
}

TEST_CASE("what a reader or a replica may need again is kept") {
  struct Row {
    const char* timeline;
    bool may;
  };
  const Row rows[] = {
      {"  - { at: 1s, crash: broker 1, for: 1s }", true},
      {"  - { at: 1s, cut: broker 1, from: broker 2, for: 1s }", true},
      {"  - { at: 1s, power_loss: broker 1, for: 1s }", false},  // its group could lose commits
      {"  - { at: 1s, expect: \"offsets(orders-0) == []\" }", false},
  };
  for (const Row& row : rows) {
    std::string text = kLong;
    text.replace(text.find("  - { at: 2min"),
                 std::string{"  - { at: 2min, crash: leader of orders-0, for: 20s }"}.size(), row.timeline);
    INFO(row.timeline);
    CHECK(may_retire(*load_text(text).front()) == row.may);
  }
}

}  // namespace kafkasim::sim
