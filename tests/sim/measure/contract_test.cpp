// The contract (scenario-language.md): every measured name and verb that no letter puts off is accepted.
#include "sim/measure/condition.hpp"
#include "sim/measure/names.hpp"
#include "sim/scenario/option_table.hpp"
#include "sim/scenario/reader.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/run.hpp"

namespace kafkasim::sim::contract_test {
namespace {

constexpr const char* kWorld = R"(name: contract
duration: 10s
topics: { orders: { partitions: 2 } }
producers: { checkout: { topic: orders } }
consumers: { billing: { topics: [orders] } }
timeline:
  - { id: kept, hold: Fetch request, from: broker 1, count: 1 }
  - { id: kill, crash: broker 1 }
)";

// Section 7, row by row. Left out, for their letters: deliveries acquired archived table [C]; transaction_state
// transaction_epoch client_state open_transactions aborted_reads torn_transactions effects [D]; adding removing
// (reassign) and first_dirty (compaction), whose verbs and settings come with B.
const std::vector<std::string> kLines = {
    // records
    "sent(checkout) == 0", "acked(orders) == 0", "failed(orders-0) == 0", "failed_in_log() == 0",
    "indeterminate(checkout, orders-1) == 0", "in_log(checkout) == 0", "lost() == 0", "lost_unacked(checkout) == 0",
    "removed(orders) == 0", "duplicated(checkout) == 0", "reordered(checkout) == 0", "reordered(checkout, key) == 0",
    // producers
    "errors(checkout) == 0", "errors(checkout, NOT_ENOUGH_REPLICAS) == 0", "errors(billing) == 0",
    "errors(billing/1, UNKNOWN_MEMBER_ID) == 0", "errors(broker 1, DUPLICATE_BROKER_REGISTRATION) == 0",
    "exceptions(checkout, TimeoutException) == 0", "exceptions(billing/1) == 0", "retries(checkout) == 0",
    "batches(checkout) == 0", "batch_records(checkout, mean) == 1", "batch_bytes(checkout, p50) == 1",
    "runs(checkout, mode) == 1", "partition_share(checkout, orders-0) == 1", "partition_of(checkout, k0) == 1",
    "producer_epoch(checkout) == 0", "blocked(checkout, max) < 1s", "latency(checkout, p99) < 1s",
    "end_to_end(billing, p999) < 1s", "gap(checkout) < 1s", "gap(checkout, orders-0) < 1s", "gap(billing) < 1s",
    "gap(billing, orders-1) < 1s", "unavailable(orders-0) < 1s", "unavailable(orders) < 1s",
    // groups
    "delivered(billing) == 0", "processed(billing) == 0", "redelivered(billing) == 0", "skipped(billing) == 0",
    "unread(billing) == 0", "out_of_order(billing) == 0", "out_of_order(billing, key) == 0", "lag(billing) == 0",
    "lag(billing, orders-0) == 0", "position_lag(billing) == 0", "time_lag(billing) == 0s",
    "records_lag(billing/1, orders-0) == 0", "current_lag(billing/1, orders-0) == 0",
    "committed(billing, orders-0) == 0", "position(billing/1, orders-0) == 0", "first_offset(billing/1, orders-0) == 0",
    "read(billing) == []", "reads_from(billing/1, orders-0) == 1", "offset_at(orders-0, 401ms) == none",
    "state(billing) == Stable", "generation(billing) == 1", "group_epoch(billing) == 1", "protocol(billing) == range",
    "members(billing) == 1", "member_epoch(billing/1) == 1", "assignment(billing) == [[orders-0, orders-1]]",
    "assignment(billing/1) == [orders-0, orders-1]", "owner(billing, orders-0) == billing/1",
    "callbacks(billing/1, revoked) == 0", "callbacks(billing/1, assigned) == 1", "callbacks(billing/1, lost) == 0",
    "rebalances(billing) == 0", "reason(billing, 2) == join", "moved(billing, 2) == 0", "rebalance_pause(billing) < 1s",
    "rebalance_pause(billing, orders-0) < 1s", "rebalance_pause(billing, orders-0, 2) < 1s",
    "paused_partition_seconds(billing) < 1s",
    // partitions
    "leader(orders-0) == 1", "leader_epoch(orders-0) == 0", "isr(orders-0) == [1, 2, 3]", "elr(orders-0) == []",
    "last_known_leader(orders-0) == none", "partition_epoch(orders-0) == 0", "replicas(orders-0) == [1, 2, 3]",
    "high_watermark(orders-0) == 0", "log_start(orders-0) == 0", "log_end(orders-0) == 0",
    "last_stable_offset(orders-0) == 0", "under_replicated(orders-0)", "under_replicated() == 0",
    "not under_min_isr(orders-0)", "under_min_isr() == 0", "offline(orders-0)", "offline() == 0",
    // replicas
    "log_end(orders-0 on broker 1) == 0", "high_watermark(orders-0 on broker 1) == 0",
    "log_start(orders-0 on broker 1) == 0", "epochs(orders-0 on broker 1) == [[0, 0]]", "values(orders-0) == []",
    "offsets(orders-0) == []", "batches(orders-0) == [[0, 1, 2]]", "segments(orders-0 on broker 2) == [[0, 0]]",
    "size(orders-0) == 0", "dir(orders-0 on broker 1) == 1", "identical(orders-0)", "differing(orders-0) == []",
    "truncations(orders-0 on broker 1) == []", "recovering(orders-0)", "believes(broker 1, leader(orders-0)) == 1",
    "believes(checkout, leader(orders-0)) == 1",
    // brokers and controller
    "elections(orders-0) == 0", "unclean_elections(orders-0) == 0", "isr_shrinks(orders-0) == 0",
    "isr_expands(orders-0) == 0", "controller() == 101", "controller_changes() == 0", "fenced(broker 1)",
    "registered(broker 1)", "alive(broker 1)", "alive(billing/1)", "alive(controller 101)", "leads(broker 1) == 1",
    "anomalies(lost-write) == 0", "held(kept) == 1",
    // sides and time
    "max(lag(billing)) == 0", "min(lag(billing)) == 0", "time(leader(orders-0) == 1) < 1s",
    "elapsed(kill, leader(orders-0) == 2) < 1s", "first(acked(checkout)) < 1s", "last(acked(checkout)) < 1s",
    "total(leader(orders-0) == none) < 1s", "longest(leader(orders-0) == none) < 1s", "count(isr(orders-0)) == 3",
    "log_end(orders-0) - log_start(orders-0) == 0", "2 * lag(billing) <= 4", "leader(orders-0) in [1, 2]",
    "lag(billing) between 0 and 5", "leader(orders-0) == 1 at 9s", "lag(billing) == 0 before kill",
    "lag(billing) == 0 after kill", "acked(checkout) == 0 during kill", "acked(checkout) == 0 from kept to kill",
    "offline(orders-0) ever", "offline(orders-0) never", "leader(orders-0) == 1 always",
    "leader(orders-0) unchanged after kill"};

// Section 6: one entry for every verb and parameter without a letter.
const std::vector<std::string> kEntries = {
    "{ crash: broker 1, for: 1s }",
    "{ power_loss: leader of orders-0, for: 1s }",
    "{ shutdown: broker 2, for: 1s }",
    "{ start: kill, config: { num.io.threads: 1 } }",
    "{ restart: all brokers, down: 1s, config: { num.io.threads: 1 }, one_by_one: true, between: 10s, next.when: "
    "\"under_replicated() == 0\" }",
    "{ freeze: broker 1, for: 1s }",
    "{ thaw: broker 1 }",
    "{ isolate: broker 1, except: clients, for: 1s }",
    "{ cut: broker 1, from: others, direction: in, for: 1s }",
    "{ partition: [[broker 1], [broker 2]], for: 1s }",
    "{ degrade: broker 1, to: broker 2, latency: +50ms, jitter: 1ms, loss: 5%, bandwidth: 10Mbit/s, direction: out, "
    "for: 1s }",
    "{ hold: AlterPartition response, from: broker 1, to: broker 2, count: 1, for: 1s }",
    "{ release: kept }",
    "{ drop: Fetch request, from: broker 1, to: broker 2, count: 1, for: 1s }",
    "{ heal: all }",
    "{ undo: kill }",
    "{ slow_disk: broker 1, by: 10x, fsync: +200ms, dir: 1, for: 1s }",
    "{ fill_disk: broker 1, dir: orders-0, for: 1s }",
    "{ fail_disk: broker 1, for: 1s }",
    "{ lose_data: broker 1, partitions: [orders-0], to: 10, marker: clean }",
    "{ lose_data: broker 1, all: true }",
    "{ clock: broker 1, by: +5s, for: 1s }",
    "{ clock: broker 1, drift: 100ppm }",
    "{ slow: billing, process: 60ms, for: 1s }",
    "{ sleep: billing/1, for: 1s }",
    "{ rate: checkout, to: 5/s, for: 1s }",
    "{ join: billing, members: 2, process: 1ms, commit: sync, config: { max.poll.records: 1 } }",
    "{ leave: billing/1 }",
    "{ send: checkout, records: 10, topic: orders, partition: 1, wait: false, gets: ok }",
    "{ send: checkout, values: [a, b] }",
    "{ send: checkout, batches: [[[k0, v0], [k1, v1, -5s]], [[k0, null, 5s]]] }",
    "{ resend: checkout, records: [0], gets: ok }",
    "{ flush: checkout, gets: ok }",
    "{ poll: billing/1, timeout: 1s, gets: ok }",
    "{ commit: billing/1, async: true, offsets: { orders-0: 20 }, gets: ok }",
    "{ seek: billing/1, to: 20, gets: ok }",
    "{ seek: billing/1, to: beginning, partitions: [orders-0] }",
    "{ seek: billing/1, to: end }",
    "{ seek: billing/1, to: timestamp -1h }",
    "{ create_topic: later, partitions: 2, replication.factor: 3, config: { min.insync.replicas: 2 }, gets: ok }",
    "{ add_partitions: orders, to: 6, gets: ok }",
    "{ alter_config: orders, set: { min.insync.replicas: 1 }, gets: ok }",
    "{ elect: orders-0, type: unclean, gets: ok }",
    "{ wait: \"lag(billing) == 0\", within: 1s }",
    "{ wait: 1s }",
    "{ expect: [\"lag(billing) == 0\"] }",
    "{ note: a line }"};

}  // namespace

TEST_CASE("every measured name of the contract that is due is accepted", "[measure]") {
  const auto scenario = testing::load_text(kWorld).at(0);
  for (const std::string& line : kLines) {
    INFO(line);
    std::vector<Diagnostic> diagnostics;
    compile_condition(line, {}, *scenario, diagnostics, false);
    CHECK(render(diagnostics, false) == "");
  }
}

TEST_CASE("every name of the table stands in that list", "[measure]") {
  for (const std::string& name : all_names()) {
    const bool listed = std::any_of(kLines.begin(), kLines.end(), [&](const std::string& line) {
      return line.find(name + "(") != std::string::npos;
    });
    if (name == "split_keys") continue;  // an addition to the contract
    INFO(name);
    CHECK(listed);
  }
}

TEST_CASE("every verb of the contract that is due is accepted, and none of them waits for A1 or A2", "[scenario]") {
  for (const std::string& entry : kEntries) {
    INFO(entry);
    const Loaded loaded = load_scenario("x.yaml", std::string{kWorld} + "  - " + entry + "\n");
    CHECK(render(loaded.diagnostics, false) == "");
  }
  for (const Option& option : option_table()) {
    INFO(option.path);
    CHECK(option.letter != "A1");
    CHECK(option.letter != "A2");
    const std::string verb{option.key()};
    if (!is_verb(option) || !option.built()) continue;
    const bool listed = std::any_of(kEntries.begin(), kEntries.end(),
                                    [&](const std::string& entry) { return entry.starts_with("{ " + verb + ":"); });
    CHECK(listed);
  }
}

}  // namespace kafkasim::sim::contract_test
