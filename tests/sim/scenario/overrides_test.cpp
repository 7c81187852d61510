// Variants and --set: paths laid over the file; what outranks what.
#include "sim/scenario/reader.hpp"

#include "tests/support/catch.hpp"

namespace kafkasim::sim {

namespace {

constexpr const char* kText = R"(name: x
seed: 3
cluster: { brokers: 3, network: { latency: 1ms } }
topics:
  t: { partitions: 2, config: { min.insync.replicas: 2 } }
producers:
  p: { topic: t, rate: 10/s, config: { linger.ms: 7 } }
timeline:
  - { id: kill, at: 5s, crash: broker 1, for: 3s }
variants:
  plain: {}
  weak: { producers.p.config: { acks: 1 }, topics.t.config.min.insync.replicas: 1, timeline.kill.for: 9s }
  large: { cluster: { brokers: 5 }, timeline: { kill: { at: 6s } }, duration: 1min, producers.q: { topic: t } }
expect:
  - weak: lost(p) > 0
  - [plain, large]
)";

std::string text() {
  std::string all{kText};
  return all.substr(0, all.rfind("  - [plain")) + "  - large: [lost(p) == 0, sent(p) > 0]\n  - acked(p) > 0\n";
}

Loaded load(std::vector<std::string> sets = {}, std::optional<std::uint64_t> seed = std::nullopt) {
  return load_scenario("x.yaml", text(), {std::move(sets), seed});
}

std::string said(const std::string& set) { return render(load({set}).diagnostics, false); }

}  // namespace

TEST_CASE("one scenario per variant, each with its own settings", "[scenario]") {
  const Loaded loaded = load();
  INFO(render(loaded.diagnostics, false));
  REQUIRE(loaded.scenarios.size() == 3);
  const Scenario& plain = loaded.scenarios[0];
  const Scenario& weak = loaded.scenarios[1];
  const Scenario& large = loaded.scenarios[2];
  CHECK(plain.variant == "plain");
  CHECK(plain.producers[0].config.acks == Acks::all);
  CHECK(weak.producers[0].config.acks == Acks::leader);
  CHECK(weak.producers[0].config.linger == Duration{7ms});  // a map merges key by key
  CHECK(weak.topics[0].config.min_insync_replicas == 1);
  CHECK(weak.topics[0].partitions == 2);
  CHECK(weak.timeline[0].lasts == DurationRange{9s, 9s});
  CHECK(plain.timeline[0].lasts == DurationRange{3s, 3s});
  CHECK(large.cluster.brokers == 5);
  CHECK(large.cluster.network.latency.first == 1'000'000);
  CHECK(large.timeline[0].when.at == DurationRange{6s, 6s});
  CHECK(large.duration == Duration{1min});
  CHECK(large.producers.size() == 2);
  CHECK(plain.producers.size() == 1);
}

TEST_CASE("a variant's lines are its own", "[scenario]") {
  const Loaded loaded = load();
  REQUIRE(loaded.scenarios.size() == 3);
  const auto texts = [&](std::size_t index) {
    std::vector<std::string> all;
    for (const ExpectLine& line : loaded.scenarios[index].expect) all.push_back(line.text);
    return all;
  };
  CHECK(texts(0) == std::vector<std::string>{"acked(p) > 0"});
  CHECK(texts(1) == std::vector<std::string>{"lost(p) > 0", "acked(p) > 0"});
  CHECK(texts(2) == std::vector<std::string>{"lost(p) == 0", "sent(p) > 0", "acked(p) > 0"});
}

TEST_CASE("--set outranks variants, later ones earlier ones, --seed everything", "[scenario]") {
  const Loaded loaded =
      load({"producers.p.config.acks=0", "producers.p.config.acks=all", "seed=9", "topics.t.partitions=4",
            "topics.t.config.min.insync.replicas=2", "timeline.kill.for=1s", "cluster.racks=[a, b]"});
  REQUIRE(loaded.scenarios.size() == 3);
  CHECK(loaded.scenarios[1].producers[0].config.acks == Acks::all);
  CHECK(loaded.scenarios[1].topics[0].config.min_insync_replicas == 2);
  CHECK(loaded.scenarios[1].timeline[0].lasts == DurationRange{1s, 1s});
  CHECK(loaded.scenarios[0].topics[0].partitions == 4);
  CHECK(loaded.scenarios[0].seed == 9);
  CHECK(loaded.scenarios[0].cluster.racks.at(2) == "b");
  CHECK(load({"seed=9"}, 11).scenarios[0].seed == 11);
}

TEST_CASE("values of --set are read like those of a file", "[scenario]") {
  const Loaded loaded = load({"cluster.network.latency=lognormal(1ms, p99 4ms)", "name=a: b"});
  CHECK(loaded.scenarios.empty());
  CHECK(said("cluster.network.latency=lognormal(1ms, p99 4ms)").empty());
  CHECK(said("producers.p.rate=[{ for: 1s, rate: 5/s }]").empty());
}

TEST_CASE("mistakes in --set name the setting", "[scenario]") {
  CHECK(said("producers.p.config.acks") ==
        "--set producers.p.config.acks: error: write PATH=VALUE, such as producers.checkout.config.acks=1\n");
  CHECK(
      said("producers.pp.rate=1/s") ==
      "--set producers.pp.rate=1/s: error: unknown path: nothing is called 'pp' under producers; did you mean 'p'?\n");
  CHECK(said("producers.p.rates=1/s") ==
        "--set producers.p.rates=1/s: error: unknown path: nothing is called 'rates' under producers.p; did you mean "
        "'rate'?\n");
  CHECK(said("producers.p.config.ack=1") ==
        "--set producers.p.config.ack=1: error: Kafka 4.3 has no producer setting 'ack'; did you mean 'acks'?\n");
  CHECK(said("timeline.kil.for=1s") ==
        "--set timeline.kil.for=1s: error: no entry of the timeline has the id 'kil'; did you mean 'kill'?\n");
  CHECK(said("variants.plain=1") == "--set variants.plain=1: error: variants cannot be set by a path\n");
  CHECK(said("cluster.brokers.count=1") ==
        "--set cluster.brokers.count=1: error: the path leads below cluster.brokers, which is a single value\n");
  CHECK(said("topics.t.partitions=0") ==
        "--set topics.t.partitions=0: error: 'partitions' is 0; it must be from 1 to 10000\n");
  CHECK(said("topics=[") != "");
}

TEST_CASE("an error in a variant stands at the variant's line", "[scenario]") {
  std::string broken = text();
  broken.replace(broken.find("acks: 1 }"), 9, "acks: 5 }");
  const Loaded loaded = load_scenario("x.yaml", broken);
  CHECK(loaded.scenarios.empty());
  REQUIRE(loaded.diagnostics.size() == 1);
  CHECK(loaded.diagnostics[0].place.line == 12);
}

}  // namespace kafkasim::sim
