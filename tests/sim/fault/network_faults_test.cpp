// Cuts, worse links and messages kept back, as small stories.
#include "tests/sim/measure/ask.hpp"
#include "tests/support/catch.hpp"

namespace kafkasim::sim::network_faults_test {
namespace {

using testing::broken;

std::string cluster(const std::string& brokers, const std::string& topics, const std::string& producers,
                    const std::string& entries, int seconds = 30) {
  return "name: faults of the network\nduration: " + std::to_string(seconds) + "s\ncluster: { brokers: " + brokers +
         " }\ntopics: { " + topics + " }\nproducers: { " + producers + " }\ntimeline:\n" + entries;
}

// One topic on brokers 1, 2, 3; one producer that sends what the timeline says, one request at a time.
std::string scripted(const std::string& config, const std::string& entries) {
  return cluster("3", "t: { assignment: [[1, 2, 3]] }",
                 "p: { topic: t, config: { request.timeout.ms: 4000, delivery.timeout.ms: 25000, " + config + " } }",
                 entries);
}

const std::string kPlain = "acks: all, enable.idempotence: false, batch.size: 0";

}  // namespace

TEST_CASE("partition: a bridge reaches both sides, a ring its neighbours", "[fault]") {
  const std::string topics = "a: { assignment: [[1, 2]] }, b: { assignment: [[1, 3]] }, c: { assignment: [[3, 2]] }";
  const std::string producers =
      "x: { topic: a, rate: 10/s, config: { acks: all } }, y: { topic: b, rate: 10/s, config: { acks: all } },"
      "z: { topic: c, rate: 10/s, config: { acks: all } }";
  CHECK(broken(cluster("3", topics, producers,
                       "  - { at: 5050ms, partition: [[broker 1, broker 2], [broker 2, broker 3]], for: 20s }\n"),
               {"gap(x) < 0.5s", "gap(z) < 0.5s", "gap(y) > 19s", "lost() == 0", "identical(b)"}) == "");
  CHECK(
      broken(
          cluster(
              "4", "n: { assignment: [[1, 2]] }, o: { assignment: [[1, 3]] }, m: { assignment: [[4, 1]] }",
              "x: { topic: n, rate: 10/s, config: { acks: all } }, y: { topic: o, rate: 10/s, config: { acks: all } },"
              "z: { topic: m, rate: 10/s, config: { acks: all } }",
              "  - at: 5050ms\n    partition: [[broker 1, broker 2], [broker 2, broker 3], [broker 3, broker 4], "
              "[broker 4, broker 1]]\n    for: 20s\n"),
          {"gap(x) < 0.5s", "gap(z) < 0.5s", "gap(y) > 19s", "lost() == 0"}) == "");
}

TEST_CASE("isolate: everybody else, or everybody but clients", "[fault]") {
  const std::string topics = "t: { assignment: [[1, 2, 3]] }";
  const std::string producers = "p: { topic: t, rate: 10/s, config: { acks: 1, enable.idempotence: false } }";
  CHECK(broken(cluster("3", topics, producers, "  - { id: cut, at: 5050ms, isolate: leader of t-0, for: 3s }\n"),
               {"gap(p) between 2.9s and 4.5s", "elections(t-0) == 0", "lost(p) == 0"}) == "");
  CHECK(broken(cluster("3", topics, producers,
                       "  - { id: cut, at: 5050ms, isolate: leader of t-0, except: clients, for: 3s }\n"),
               {"gap(p) < 0.5s", "elections(t-0) == 0", "lost(p) == 0"}) == "");
}

TEST_CASE("a random machine is drawn once: the others are really the others", "[fault]") {
  const std::string text = cluster("3", "t: { assignment: [[1, 2, 3]] }", "p: { topic: t }",
                                   "  - { id: cut, at: 2s, cut: random broker, from: others }\n");
  for (const std::uint64_t seed : {1, 2, 3, 4, 5, 6}) CHECK(broken(text, {"count(isr(t-0)) == 2 at 25s"}, seed) == "");
}

TEST_CASE("a request that was cut off arrives after the heal although its connection was given up", "[fault]") {
  const std::string cut =
      "  - { at: 1s, send: p, values: [open] }\n  - { id: cut, at: 2s, cut: leader of t-0, from: p, direction: in, "
      "for: 10s }\n"
      "  - { send: p, values: [a] }\n";
  CHECK(broken(scripted(kPlain, cut), {"values(t-0) == [open, a, a]", "acked(p) == 2", "duplicated(p) == 1"}) == "");
  CHECK(broken(scripted("acks: all", cut), {"values(t-0) == [open, a]", "acked(p) == 2"}) == "");
}

TEST_CASE("degrade: latency on a link, added up, undone", "[fault]") {
  const std::string topics = "t: { assignment: [[1]] }";
  const std::string producers = "p: { topic: t, rate: 10/s, config: { acks: 1, linger.ms: 0 } }";
  const auto latency = [&](const std::string& entries, const std::vector<std::string>& lines) {
    return broken(cluster("1", topics, producers, entries), lines);
  };
  CHECK(latency("  - { at: 0s, degrade: p, latency: +50ms }\n", {"latency(p, p50) between 100ms and 110ms"}) == "");
  CHECK(latency("  - { at: 0s, degrade: p, to: broker 1, latency: 50ms, direction: out }\n",
                {"latency(p, p50) between 50ms and 60ms"}) == "");
  CHECK(latency("  - { id: one, at: 0s, degrade: p, latency: 50ms }\n  - { degrade: broker 1, latency: 20ms, "
                "direction: in }\n",
                {"latency(p, p50) between 120ms and 130ms"}) == "");
  CHECK(latency("  - { id: one, at: 0s, degrade: p, latency: 50ms, for: 5s }\n",
                {"latency(p, p50) < 10ms", "latency(p, max) > 99ms"}) == "");
  CHECK(latency("  - { id: one, at: 0s, degrade: p, latency: 50ms }\n  - { id: two, degrade: p, latency: 30ms }\n"
                "  - { at: 1s, undo: one }\n",
                {"latency(p, p50) between 60ms and 70ms"}) == "");
  CHECK(latency("  - { id: one, at: 0s, degrade: p, latency: 50ms }\n  - { at: 1s, heal: all }\n",
                {"latency(p, p50) < 10ms"}) == "");
}

TEST_CASE("degrade: bytes queue for the bandwidth of a machine's link", "[fault]") {
  // 10 kB records on 8 Mbit/s: 10 ms each, whichever broker they go to.
  const std::string text = "  - { at: 0s, degrade: p, bandwidth: 8Mbit/s }\n";
  const auto producer = [](const std::string& rate) {
    return "p: { topic: t, partition: round_robin, rate: " + rate +
           ", value.size: 10000B, stop: 20s, config: { acks: 1, linger.ms: 0 } }";
  };
  CHECK(broken(cluster("2", "t: { assignment: [[1], [2]] }", producer("50/s"), text),
               {"latency(p, p50) between 10ms and 14ms"}) == "");
  // Twice as much as the link carries: half of it waits.
  CHECK(broken(cluster("2", "t: { assignment: [[1], [2]] }", producer("200/s"), text, 20),
               {"acked(p) between 1900 and 2010 at 20s"}) == "");
}

TEST_CASE("degrade: a lost segment is a retransmission later, never a lost record", "[fault]") {
  const std::string topics = "t: { assignment: [[1]] }";
  const std::string producers = "p: { topic: t, rate: 50/s, config: { acks: 1, linger.ms: 0 } }";
  CHECK(broken(cluster("1", topics, producers, "  - { at: 0s, degrade: p, loss: 2% }\n"),
               {"latency(p, p50) < 10ms", "latency(p, p99) between 150ms and 1s", "lost(p) == 0", "duplicated(p) == 0",
                "errors(p) == 0"}) == "");
  CHECK(broken(cluster("1", topics, producers, "  - { at: 5050ms, degrade: p, to: broker 1, loss: 100%, for: 3s }\n"),
               {"gap(p) between 2.9s and 4.5s", "lost(p) == 0"}) == "");
}

TEST_CASE("hold: the others pass, answers are read in order", "[fault]") {
  const std::string entries =
      "  - { id: kept, at: 2s, hold: Produce request, to: broker 1, count: 1 }\n"
      "  - { send: p, values: [a, b, c], wait: false }\n  - { wait: 1s }\n"
      "  - expect:\n      - values(t-0) == [b, c]\n      - acked(p) == 0\n      - held(kept) == 1\n"
      "  - { release: kept }\n  - { wait: 1s }\n  - expect:\n      - values(t-0) == [b, c, a]\n      - acked(p) == 3\n";
  CHECK(broken(scripted(kPlain, entries), {"errors(p) == 0", "reordered(p) == 1"}) == "");
}

TEST_CASE("held() wants the id of a hold", "[fault]") {
  const auto scenario =
      testing::load_text(
          scripted(kPlain, "  - { id: kept, hold: Produce request }\n  - { id: gone, drop: Produce response }\n"))
          .at(0);
  const auto mistake = [&](const char* line) {
    std::vector<Diagnostic> found;
    compile_condition(line, Place{}, *scenario, found, true);
    return found.empty() ? "" : found.front().message;
  };
  CHECK(mistake("held(kept) == 0") == "");
  CHECK(mistake("held(gone) == 0").starts_with("'gone' does not fit here; it is held(hold)"));
}

TEST_CASE("hold: a response, its connection given up", "[fault]") {
  const std::string entries =
      "  - { id: kept, at: 2s, hold: Produce response, from: broker 1, to: p, count: 1 }\n  - { send: p, values: [a] "
      "}\n"
      "  - { release: kept }\n  - { send: p, values: [b] }\n";
  CHECK(broken(scripted(kPlain, entries), {"values(t-0) == [a, a, b]", "acked(p) == 2", "held(kept) == 1"}) == "");
}

TEST_CASE("hold: replication stands still until the release", "[fault]") {
  const std::string entries =
      "  - { id: kept, at: 2s, hold: Fetch request, from: followers of t-0, to: leader of t-0, for: 3s }\n"
      "  - { send: p, values: [a] }\n";
  CHECK(broken(scripted("acks: all", entries),
               {"latency(p, max) between 1s and 3.2s", "held(kept) == 2", "isr(t-0) == [1, 2, 3]"}) == "");
}

TEST_CASE("hold: never to a new process", "[fault]") {
  const std::string entries =
      "  - { id: kept, at: 2s, hold: Produce request, count: 1 }\n  - { send: p, values: [a], wait: false }\n  - { "
      "wait: 500ms }\n"
      "  - { crash: broker 1, for: 200ms }\n  - { at: 20s, release: kept }\n";
  CHECK(
      broken(
          cluster(
              "1", "t: { assignment: [[1]] }",
              "p: { topic: t, config: { acks: all, enable.idempotence: false, retries: 0, request.timeout.ms: 4000 } }",
              entries),
          {"held(kept) == 1", "acked(p) == 0", "values(t-0) == []"}) == "");
}

TEST_CASE("hold: a frozen process gets what was released when it wakes", "[fault]") {
  const std::string entries =
      "  - { id: kept, at: 2s, hold: Produce request, count: 1 }\n  - { send: p, values: [a] }\n"
      "  - { freeze: broker 1, for: 2s }\n  - { release: kept }\n  - { wait: 3s }\n  - expect:\n      - values(t-0) == "
      "[a, a]\n";
  CHECK(broken(scripted(kPlain, entries), {"duplicated(p) == 1"}) == "");
}

TEST_CASE("drop: the message and its connection are gone", "[fault]") {
  const auto dropped = [](const std::string& kind) {
    return "  - { at: 2s, drop: " + kind + ", count: 1 }\n  - { send: p, values: [a] }\n";
  };
  CHECK(broken(scripted(kPlain, dropped("Produce response")),
               {"values(t-0) == [a, a]", "acked(p) == 1", "errors(p, NETWORK_EXCEPTION) == 1",
                "latency(p, max) < 1s"}) == "");
  CHECK(broken(scripted(kPlain, dropped("Produce request")), {"values(t-0) == [a]", "acked(p) == 1"}) == "");
  CHECK(broken(scripted("acks: all", dropped("Produce response")), {"values(t-0) == [a]", "acked(p) == 1"}) == "");
}

TEST_CASE("cluster.network: each key takes effect", "[fault]") {
  const auto latency = [](const std::string& network, const std::string& line) {
    return broken(
        "name: a network\nduration: 10s\ncluster: { brokers: 1, racks: [a, b], network: { jitter: 0ms, latency: 1ms, "
        "clients: +0ms, " +
            network +
            " } }\ntopics: { t: {} }\nproducers: { p: { topic: t, rate: 5/s, rack: b, value.size: 100000B, "
            "config: { acks: 1, linger.ms: 0, batch.size: 1000000 } } }\n",
        {line});
  };
  CHECK(latency("between.racks: +0ms", "latency(p, p50) between 2ms and 4ms") == "");
  CHECK(latency("between.racks: +10ms", "latency(p, p50) between 22ms and 24ms") == "");
  CHECK(latency("between.racks: +0ms, bandwidth: 8Mbit/s", "latency(p, p50) between 102ms and 104ms") == "");
  const auto spread = [](const std::string& network, const std::string& line) {
    return broken(
        "name: a network\nduration: 20s\ncluster: { brokers: 1, network: { " + network +
            " } }\ntopics: { t: {} }\nproducers: { p: { topic: t, rate: 20/s, config: { acks: 1, linger.ms: 0 } } }\n",
        {line});
  };
  CHECK(spread("clients: +20ms", "latency(p, p50) between 40ms and 43ms") == "");
  CHECK(spread("jitter: 20ms", "latency(p, p50) between 12ms and 28ms") == "");
  CHECK(spread("latency: 'uniform(1ms, 41ms)'", "latency(p, p50) between 30ms and 54ms") == "");
  CHECK(spread("latency: 'uniform(1ms, 41ms)'", "latency(p, max) > 60ms") == "");
}

}  // namespace kafkasim::sim::network_faults_test
