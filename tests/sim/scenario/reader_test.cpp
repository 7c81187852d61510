// A file with every key that is there, value by value.
#include "sim/scenario/reader.hpp"

#include "tests/sim/scenario/load.hpp"
#include "tests/support/catch.hpp"

namespace kafkasim::sim {

namespace {

const Scenario& everything() {
  static const Loaded kLoaded = load_scenario_file(test::source_path("tests/sim/scenario/everything.yaml"));
  INFO(render(kLoaded.diagnostics, false));
  REQUIRE(kLoaded.scenarios.size() == 1);
  return kLoaded.scenarios.front();
}

const Entry& entry(std::size_t index) { return everything().timeline.at(index); }

}  // namespace

TEST_CASE("only the setting that is not modelled is remarked on", "[scenario]") {
  const Loaded loaded = load_scenario_file(test::source_path("tests/sim/scenario/everything.yaml"));
  REQUIRE(loaded.diagnostics.size() == 1);
  CHECK(loaded.diagnostics[0].severity == Diagnostic::Severity::warning);
  CHECK(loaded.diagnostics[0].message ==
        "'client.id' is a real Kafka setting that is not modelled: it changes nothing (see sim/fidelity.md)");
}

TEST_CASE("top level and cluster", "[scenario]") {
  const Scenario& s = everything();
  CHECK(s.name == "every key that is there");
  CHECK(s.about == "Two lines\nof explanation.\n");
  CHECK(s.seed == 7);
  CHECK(s.duration == Duration{2min});
  CHECK(s.settle == Duration{30s});
  const ClusterSpec& c = s.cluster;
  CHECK(c.brokers == 4);
  CHECK(c.racks == std::map<int, std::string>{{1, "a"}, {2, "b"}, {3, "a"}, {4, "b"}});
  CHECK(c.config.replica_lag_time_max == Duration{10s});
  CHECK(c.config.leader_imbalance_check_interval == Duration{1min});
  CHECK(c.config.num_io_threads == 8);
  REQUIRE(c.broker_configs.size() == 1);
  CHECK(c.broker_configs.at(2).num_io_threads == 1);
  CHECK(c.broker_configs.at(2).replica_lag_time_max == Duration{10s});
  CHECK_FALSE(c.elr);
  CHECK(c.network.latency.kind == DistributionSpec::Kind::lognormal);
  CHECK(c.network.latency.first == 200'000);
  CHECK(c.network.latency.second == 2'000'000);
  CHECK(c.network.latency.shape == Ratio{99, 100});
  CHECK(c.network.bandwidth_bits == 1'000'000'000);
  CHECK(c.network.between_racks == Duration{1ms});
  CHECK(c.network.clients == Duration{500us});
  CHECK(c.host.start == DurationRange{1500ms, 7s});
  CHECK(c.host.teardown == DurationRange{60ms, 60ms});
  CHECK(c.host.recovery_bytes == 50'000'000);
  CHECK(c.host.page_cache_bytes == 1LL << 30);
  CHECK(c.disk.fsync.kind == DistributionSpec::Kind::exponential);
  CHECK(c.disk.writeback == Duration{5s});
}

TEST_CASE("topics: broker settings are their defaults", "[scenario]") {
  const auto& topics = everything().topics;
  REQUIRE(topics.size() == 3);
  CHECK(topics[0].name == "orders");
  CHECK(topics[0].partitions == 6);
  CHECK(topics[0].config.min_insync_replicas == 1);
  CHECK(topics[0].config.segment_bytes == 1048576);
  CHECK(topics[0].config.max_message_bytes == 2'000'000);
  CHECK(topics[0].config.flush_messages == 1000);
  REQUIRE(topics[0].preload);
  CHECK(topics[0].preload->records == 60);
  CHECK(topics[0].preload->spacing == Duration{500ms});
  CHECK(topics[0].preload->batch == 16);
  CHECK(topics[0].preload->key.keys == 5);
  CHECK(topics[1].partitions == 2);
  CHECK(topics[1].replication_factor == 3);
  CHECK(topics[1].assignment == std::vector<std::vector<int>>{{1, 2, 3}, {4, 3, 2}});
  CHECK(topics[1].config.min_insync_replicas == 2);
  CHECK(topics[2].name == "__consumer_offsets");
  CHECK(topics[0].place.line == 21);
}

TEST_CASE("producers", "[scenario]") {
  const auto& p = everything().producers;
  REQUIRE(p.size() == 8);
  const ProducerSpec& checkout = p[0];
  CHECK(checkout.rate.kind == RateSpec::Kind::even);
  CHECK(checkout.rate.per_1000s == 2'000'000);
  CHECK(checkout.on_failure == OnSendFailure::resend);
  CHECK(checkout.burst == 20);
  CHECK(checkout.count == 1000);
  CHECK(checkout.start == Duration{1s});
  CHECK(checkout.stop == Duration{90s});
  CHECK(checkout.value_size.kind == DistributionSpec::Kind::uniform);
  CHECK(checkout.value_size.second == 1024);
  CHECK(checkout.key_size.first == 16);
  CHECK(checkout.key.kind == KeySpec::Kind::hot);
  CHECK(checkout.key.shape == Ratio{1, 5});
  CHECK(checkout.partition.partition == 3);
  CHECK(checkout.timestamp_offset.first == -3'600'000'000'000);
  CHECK(checkout.bootstrap == std::vector<int>{2, 3});
  CHECK(checkout.config.acks == Acks::leader);
  CHECK_FALSE(checkout.config.enable_idempotence);  // P-43
  CHECK(checkout.config.linger == Duration{20ms});
  CHECK(p[1].name == "pair/1");
  CHECK(p[2].name == "pair/2");
  CHECK(p[2].topics == std::vector<std::string>{"orders", "fixed"});
  CHECK(p[2].rate.kind == RateSpec::Kind::poisson);
  CHECK(p[2].rate.per_second == Ratio{1, 6});
  CHECK(p[3].rate.kind == RateSpec::Kind::on_off);
  CHECK(p[3].rate.off == Duration{3s});
  CHECK(p[3].key.shape == Ratio{11, 10});
  CHECK(p[3].partition.kind == PartitionChoice::Kind::round_robin);
  REQUIRE(p[4].rate.steps.size() == 2);
  CHECK(p[4].rate.steps[1].from_milli == 100'000);
  CHECK(p[4].rate.steps[1].to_milli == 900'000);
  CHECK(p[5].rate.kind == RateSpec::Kind::max);
  CHECK(p[6].rate.loops == 4);
  CHECK(p[6].manual_start);
  CHECK(p[6].key.constant == "K");
  CHECK(p[7].rate.kind == RateSpec::Kind::none);
  CHECK(p[7].config == ProducerConfig{});
}

TEST_CASE("consumers: members inherit and differ", "[scenario]") {
  const auto& groups = everything().consumers;
  REQUIRE(groups.size() == 2);
  const GroupSpec& billing = groups[0];
  REQUIRE(billing.members.size() == 3);
  CHECK(billing.members[0].rack == "a");
  CHECK(billing.members[1].rack.empty());
  CHECK(billing.members[1].start == Duration{2s});
  CHECK(billing.members[1].process.shape == Ratio{999, 1000});
  CHECK(billing.members[1].commit == CommitMode::sync_record);
  CHECK_FALSE(billing.members[1].config.enable_auto_commit);
  CHECK(billing.members[1].config.partition_assignment_strategy == std::vector<std::string>{"roundrobin", "range"});
  CHECK(billing.members[2].number == 3);
  CHECK(billing.members[2].start == Duration{10s});
  CHECK(billing.members[2].process.first == 5'000'000);
  CHECK(billing.members[2].config.max_poll_records == 10);
  CHECK(billing.members[2].config.auto_offset_reset == OffsetReset::earliest);
  CHECK(billing.members[2].commit == CommitMode::sync_record);
  CHECK(billing.prototype.poll_every == Duration{50ms});
  const GroupSpec& reader = groups[1];
  REQUIRE(reader.assign.size() == 2);
  CHECK(reader.assign[1].topic == "orders");
  CHECK(reader.assign[1].partition == 5);
  CHECK(reader.members[0].manual);
  CHECK(reader.members[0].commit == CommitMode::none);
}

TEST_CASE("timeline: when", "[scenario]") {
  CHECK(entry(0).when.kind == When::Kind::at);
  CHECK(entry(1).when.at == DurationRange{10s, 12s});
  CHECK(entry(2).when.kind == When::Kind::after);
  CHECK(entry(2).when.id == "kill");
  CHECK(entry(2).when.at == DurationRange{1s, 2s});
  CHECK(entry(3).when.kind == When::Kind::condition);
  CHECK(entry(3).when.condition == "lag(billing) > 100");
  CHECK(entry(3).when.condition_place.line == 68);
  CHECK(entry(3).when.condition_place.column == 11);
  CHECK(entry(3).when.lasting == Duration{5s});
  CHECK(entry(3).text == "it falls behind");
  CHECK(entry(4).when.kind == When::Kind::every);
  CHECK(entry(4).when.period == Duration{20s});
  CHECK(entry(4).when.from == Duration{1min});
  CHECK(entry(4).when.until == Duration{5min});
  CHECK(entry(5).when.kind == When::Kind::previous);
}

TEST_CASE("timeline: targets", "[scenario]") {
  const auto target = [](std::size_t index, std::size_t which) { return entry(index).targets.at(which); };
  CHECK(target(0, 0).kind == TargetKind::followers_of);
  CHECK(target(0, 0).name == "orders");
  CHECK(target(0, 0).partition == 0);
  CHECK(target(0, 0).text == "followers of orders-0");
  CHECK(target(1, 0).kind == TargetKind::leader_of);
  CHECK(target(2, 0).kind == TargetKind::entry);
  CHECK(target(2, 0).name == "kill");
  CHECK(target(4, 0).kind == TargetKind::random_follower_of);
  CHECK(target(5, 0).kind == TargetKind::controller);
  CHECK(target(5, 0).number == 0);
  CHECK(target(5, 1).kind == TargetKind::rack);
  CHECK(entry(5).except_clients);
  CHECK(entry(6).from.at(0).kind == TargetKind::others);
  CHECK(entry(6).direction == Direction::out);
  REQUIRE(entry(7).sides.size() == 2);
  CHECK(entry(7).sides[0][1].kind == TargetKind::clients);
  CHECK(entry(8).undo_id == "split");
  CHECK(entry(9).heal_all);
  CHECK(entry(10).undo_id == "cable");
  CHECK(target(11, 0).kind == TargetKind::follower_of);
  CHECK(target(11, 0).number == 2);
  CHECK(entry(11).gets == "ok");
  CHECK(target(12, 0).kind == TargetKind::coordinator_of);
  CHECK(target(12, 1).kind == TargetKind::preferred_leader_of);
  CHECK(target(12, 1).partition == -1);
  CHECK(target(12, 2).kind == TargetKind::replicas_of);
  CHECK(target(12, 3).kind == TargetKind::random_broker);
  CHECK(target(12, 4).kind == TargetKind::all_brokers);
}

TEST_CASE("timeline: actions", "[scenario]") {
  CHECK(entry(0).lasts == DurationRange{3s, 3s});
  CHECK(entry(13).process.first == 60'000'000);
  CHECK(entry(13).targets[0].name == "billing/2");
  CHECK(entry(14).lasts == DurationRange{2s, 3s});
  CHECK(entry(15).rate.per_1000s == 5'000'000);
  CHECK(entry(16).members == 2);
  CHECK(entry(16).member.rack == "b");
  CHECK(entry(16).member.config.session_timeout == Duration{10s});
  CHECK(entry(16).member.config.auto_offset_reset == OffsetReset::earliest);
  CHECK(entry(17).targets[0].name == "billing/5");
  CHECK(entry(18).send.records == 10);
  CHECK(entry(18).send.partition == 1);
  CHECK_FALSE(entry(18).send.wait);
  CHECK(entry(19).send.values == std::vector<std::string>{"x", "y, z"});
  CHECK(entry(19).send.topic == "fixed");
  CHECK(entry(19).gets == "TimeoutException");
  CHECK(entry(20).condition == "isr(orders-0) == [1, 2, 3]");
  CHECK(entry(20).within == Duration{30s});
  CHECK(entry(21).wait_for == Duration{1s});
  CHECK(entry(21).wait_draw == DurationRange{1s, 2s});
  const auto& lines = entry(22).lines;
  REQUIRE(lines.size() == 2);
  REQUIRE(lines[1].any.size() == 2);
  CHECK(lines[1].any[1].size() == 2);
  CHECK(lines[1].any[1][1].text == "duplicated(checkout) == 0");
  CHECK(lines[1].text == "any of: lost(checkout) == 0 | lost(checkout) == 1 and duplicated(checkout) == 0");
}

TEST_CASE("timeline: worse links, messages kept back and dropped", "[scenario]") {
  CHECK(entry(23).targets.at(1).kind == TargetKind::clients);
  CHECK(entry(23).to.at(0).kind == TargetKind::others);
  CHECK(entry(23).degrade.latency.first == 50'000'000);
  CHECK(entry(23).degrade.jitter.first == 5'000'000);
  CHECK(entry(23).degrade.loss == Ratio{1, 20});
  CHECK(entry(23).degrade.bandwidth_bits == 10'000'000);
  CHECK(entry(23).direction == Direction::in);
  CHECK(entry(24).from.at(0).kind == TargetKind::followers_of);
  CHECK(entry(24).messages.kinds.size() == 2);  // of data and of the metadata log
  CHECK_FALSE(entry(24).messages.responses);
  CHECK(entry(24).messages.count == 2);
  CHECK(entry(25).messages.responses);
  CHECK(entry(25).messages.kinds.size() == 1);
  CHECK_FALSE(entry(25).messages.count);
  CHECK(entry(26).undo_id == "kept");
}

TEST_CASE("expectations know where their text begins", "[scenario]") {
  const auto& expect = everything().expect;
  REQUIRE(expect.size() == 2);
  CHECK(expect[0].text == "unavailable(orders-0) < 12s");
  CHECK(expect[0].place.line == 110);
  CHECK(expect[0].place.column == 5);
  CHECK(expect[1].text == "isr(orders-0) == [1, 2]");
  CHECK(expect[1].place.line == 111);
  CHECK(expect[1].place.column == 6);  // behind the quote
}

TEST_CASE("a scenario of two lines has the documented defaults", "[scenario]") {
  const Loaded loaded = load_scenario("x.yaml", "name: x\ntopics: { t: {} }\n");
  REQUIRE(loaded.scenarios.size() == 1);
  const Scenario& s = loaded.scenarios[0];
  CHECK(s.seed == 1);
  CHECK_FALSE(s.duration);
  CHECK(s.settle == Duration{2min});
  CHECK(s.kafka == "4.3");
  CHECK(s.topics[0].partitions == 1);
  CHECK(s.topics[0].replication_factor == 3);
  const Loaded one = load_scenario("x.yaml", "topics: { t: {} }\ncluster: { brokers: 1 }\nname: x\n");
  REQUIRE(one.scenarios.size() == 1);
  CHECK(one.scenarios[0].topics[0].replication_factor == 1);
}

TEST_CASE("only defaults that clash are put right (P-31)", "[scenario]") {
  const Loaded loaded = load_scenario("x.yaml",
                                      "name: x\ntopics: { t: {} }\nproducers: { p: { topic: t, config: { "
                                      "request.timeout.ms: 150000, linger.ms: 10 } } }\n");
  REQUIRE(loaded.scenarios.size() == 1);
  CHECK(loaded.scenarios[0].producers[0].config.delivery_timeout == Duration{150'010ms});
}

TEST_CASE("calls of clients, and settings that differ", "[scenario]") {
  const auto& timeline = everything().timeline;
  const std::size_t from = timeline.size() - 10;
  REQUIRE(timeline[from].verb == Verb::send);
  const SendSpec& send = timeline[from].send;
  REQUIRE(send.batches.size() == 2);
  REQUIRE(send.batches[0].size() == 2);
  CHECK(send.batches[0][0].key == "k0");
  CHECK(send.batches[0][0].value == "v0");
  CHECK_FALSE(send.batches[0][0].time.has_value());
  CHECK(send.batches[0][1].time->time == Duration{-5s});
  CHECK(send.batches[0][1].time->from_now);
  CHECK_FALSE(send.batches[1][0].value.has_value());
  CHECK_FALSE(send.batches[1][0].time->from_now);
  CHECK_FALSE(send.wait);
  CHECK(timeline[from + 1].send.again == std::vector<std::int64_t>{0, 1});
  CHECK(timeline[from + 2].verb == Verb::flush);
  CHECK(timeline[from + 2].targets.size() == 2);
  CHECK(timeline[from + 3].call.timeout == Duration{5s});
  const CallSpec& commit = timeline[from + 4].call;
  REQUIRE(commit.offsets.size() == 1);
  CHECK(commit.offsets[0].first.topic == "orders");
  CHECK(commit.offsets[0].second == 20);
  CHECK(timeline[from + 5].call.async);
  CHECK(timeline[from + 5].gets == "CommitFailedException");
  const CallSpec& seek = timeline[from + 6].call;
  CHECK(seek.to == CallSpec::To::time);
  CHECK(seek.time.time == Duration{-1h});
  CHECK(seek.partitions.size() == 1);
  CHECK(timeline[from + 7].call.offsets[0].second == 7);
  REQUIRE(timeline[from + 8].differing.size() == 1);
  CHECK(timeline[from + 8].differing[0].name == "num.io.threads");
  CHECK(timeline[from + 9].differing[0].text == "all");
}

}  // namespace kafkasim::sim
