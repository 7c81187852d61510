// Names, arguments and ids are looked up before a run; what is wrong is said with what may have been meant.
#include <algorithm>

#include "sim/measure/names.hpp"
#include "tests/sim/measure/ask.hpp"
#include "tests/support/catch.hpp"

namespace kafkasim::sim::compile_test {
namespace {

const char* const kWorld = R"(
name: something to look names up in
duration: 10s
topics: { orders: { partitions: 2 }, other: { partitions: 1 } }
producers: { checkout: { topic: orders, rate: 1/s }, pair: { topic: other, instances: 2, rate: 1/s } }
consumers: { billing: { topics: [orders], members: 2 } }
timeline:
  - { id: kill, at: 2s, crash: broker 1 }
  - { id: back, at: 4s, start: kill }
)";

// "COLUMN: MESSAGE" of the first mistake, "" when the line is fine.
std::string mistake(const std::string& line, bool in_timeline = false) {
  const auto scenario = testing::load_text(kWorld).at(0);
  std::vector<Diagnostic> found;
  const Condition condition = compile_condition(line, Place{"file.yaml", 7, 11}, *scenario, found, in_timeline);
  CHECK(found.empty() == (condition.line() != nullptr));
  if (found.empty()) return "";
  CHECK(found.front().place.line == 7);
  return std::to_string(found.front().place.column - 11) + ": " + found.front().message;
}

}  // namespace

TEST_CASE("arguments that fit", "[measure][compile]") {
  for (const char* line : {"lost() == 0",
                           "lost(checkout) == 0",
                           "lost(orders) == 0",
                           "lost(orders-1) == 0",
                           "lost(checkout, orders-1) == 0",
                           "sent(pair) == 0",
                           "sent(pair/2) == 0",
                           "errors(checkout, NOT_ENOUGH_REPLICAS) == 0",
                           "errors(billing) == 0",
                           "errors(broker 1, DUPLICATE_BROKER_REGISTRATION) == 0",
                           "exceptions(checkout, TimeoutException) == 0",
                           "latency(checkout, p999) < 1s",
                           "isr(orders) == [[1], [2]]",
                           "log_end(orders-0 on broker 3) == 0",
                           "log_end(orders-0) == 0",
                           "lag(billing, orders-0) == 0",
                           "position(billing/2, orders-0) == 0",
                           "believes(billing/1, leader(orders-0)) == 1",
                           "alive(controller 101)",
                           "offline() == 0",
                           "controller() == 101",
                           "lag(billing) == 0 from kill to back",
                           "rebalance_pause(billing, orders-0, 2) < 1s",
                           "leader(__consumer_offsets-0) == 1"})
    CHECK(mistake(line) == "");
}

TEST_CASE("names, arguments and ids that do not exist, with the nearest that do", "[measure][compile]") {
  struct Case {
    const char* line;
    const char* column;
    const char* says;
    const char* hints;
  };
  for (const Case& c : {
           Case{"lots(checkout) == 0", "0: ", "there is no measured name 'lots'", "did you mean 'lost'?"},
           Case{"0 == losst(checkout)", "5: ", "there is no measured name 'losst'", "did you mean 'lost'?"},
           Case{"lost(chekout) == 0", "5: ", "'chekout' does not fit here; it is lost(", "did you mean 'checkout'?"},
           Case{"isr(orders-2) == []", "4: ", "'orders-2' does not fit here; it is isr(tp)", "did you mean 'orders-"},
           Case{"lag(checkout) == 0", "4: ", "'checkout' does not fit here; it is lag(G, tp?)", ""},
           Case{"lag(billing, order-0) == 0", "13: ", "'order-0' does not fit here", "did you mean 'orders-0'?"},
           Case{"lag() == 0", "0: ", "the arguments of 'lag' do not fit; it is lag(G, tp?)", ""},
           Case{"leader(orders-0, orders-1) == 1", "17: ", "'orders-1' does not fit here; it is leader(tp)", ""},
           Case{"latency(checkout, p95) < 1s", "18: ", "'p95' does not fit here; it is latency(P, part?, statistic)",
                ""},
           Case{"errors(checkout, NOT_ENOUGH) == 0", "17: ", "'NOT_ENOUGH' does not fit here", ""},
           Case{"log_end(orders-0 on broker 4) == 0", "8: ", "'orders-0' does not fit here", ""},
           Case{"fenced(broker 0)", "7: ", "'broker' does not fit here; it is fenced(broker)", ""},
           Case{"controller(101) == 1", "11: ", "'101' does not fit here", ""},
           Case{"lost() == 0 after kil", "", "no entry of the timeline has the id 'kil'", "did you mean 'kill'?"},
           Case{"lost() == 0 from kill to bock", "", "no entry of the timeline has the id 'bock'",
                "did you mean 'back'?"},
           Case{"elapsed(kick, leader(orders-0) == 2) < 1s", "", "no entry of the timeline has the id 'kick'",
                "known here: kill, back"},
           Case{"identical", "0: ", "'identical' alone is no condition; a measured name takes parentheses",
                "identical"},
           Case{"2 * lost()", "0: ", "a comparison is missing (== != < <= > >= between in)", ""},
           Case{"time(leader(orders-3) == 2) < 1s", "12: ", "'orders-3' does not fit here", ""},
       }) {
    const std::string said = mistake(c.line);
    INFO(c.line << " -> " << said);
    CHECK(said.rfind(c.column, 0) == 0);
    CHECK(said.find(c.says) != std::string::npos);
    CHECK(said.find(c.hints) != std::string::npos);
  }
}

TEST_CASE("what is known at the end only is refused in a timeline", "[measure][compile]") {
  for (const char* line :
       {"lost() == 0", "duplicated(checkout) == 0", "skipped(billing) == 0", "acked(checkout) - lost(checkout) > 1"}) {
    CHECK(mistake(line, true) ==
          "0: this line holds a name that is known at the end only; it belongs under the scenario's expect");
    CHECK(mistake(line, false) == "");
  }
  CHECK(mistake("acked(checkout) > 1", true) == "");
}

TEST_CASE("names are documented and listed once", "[measure][compile]") {
  const std::vector<std::string> names = all_names();
  CHECK(names.size() > 60);
  CHECK(std::is_sorted(names.begin(), names.end()));
  CHECK(std::adjacent_find(names.begin(), names.end()) == names.end());
  for (const auto table : {record_names(), client_names(), group_names(), cluster_names()})
    for (const Name& row : table) {
      INFO(row.name);
      CHECK(row.doc.size() > 3);
      CHECK(row.evaluate != nullptr);
      CHECK(row.domains != 0);
      if (row.measure == Measure::final && row.name != "anomalies") CHECK(row.dates != nullptr);
    }
}

}  // namespace kafkasim::sim::compile_test
