#include "tests/chaos/scenario.hpp"

#include <algorithm>
#include <vector>

#include "tests/chaos/faults.hpp"

namespace kafkasim::chaos {
namespace {

std::string number(int value) { return std::to_string(value); }

struct Producer {
  std::string name, acks;
  bool idempotent = false;
};

class Writer {
 public:
  explicit Writer(std::uint64_t seed) : seed_{seed}, draws_{seed} {
    cast_.brokers = draws_.of(std::vector<int>{1, 2, 3, 3, 3, 3, 4, 5});
    unclean_ = draws_.one_in(10);
    duration_ = draws_.between(8, 45);
  }

  std::string write() {
    const std::string seed = std::to_string(seed_);
    return text({"name: chaos ", seed, "\nseed: ", seed, "\nduration: ", number(duration_), "s\nsettle: 10min\n",
                 cluster(), topics(), producers(), consumers(), timeline(), promises()});
  }

 private:
  std::string cluster() {
    std::string config = "unclean.leader.election.enable: " + std::string{unclean_ ? "true" : "false"};
    const auto maybe = [&](const std::string& setting) {
      if (draws_.one_in(3)) config += ", " + setting;
    };
    maybe("replica.lag.time.max.ms: " + draws_.word({"2000", "6000", "15000"}));
    maybe("broker.session.timeout.ms: " + draws_.word({"3000", "6000"}) + ", broker.heartbeat.interval.ms: 500");
    maybe("log.segment.bytes: " + draws_.word({"1048576", "2000000"}));
    maybe("num.io.threads: 1");
    maybe("queued.max.requests: 2");
    std::string world;
    if (draws_.one_in(4)) world += ", racks: [a, b]";
    if (draws_.one_in(4))
      world += ", network: " + draws_.word({"{ jitter: 20ms }", "{ latency: 40ms }", "{ bandwidth: 20Mbit/s }",
                                            "{ between.racks: +5ms, clients: +10ms }"});
    if (draws_.one_in(6)) world += ", disk: { fsync: 20ms, writeback: 5s }";
    return text({"cluster: { brokers: ", number(cast_.brokers), world, ", config: { ", config, " } }\n"});
  }

  std::string topics() {
    std::string lines = "topics:\n";
    min_isr_ = 9;
    for (const char* name : {"a", "b"}) {
      if (*name == 'b' && draws_.one_in(2)) break;
      const int partitions = draws_.between(1, 3);
      const int replicas = draws_.between(1, std::min(3, cast_.brokers));
      const int min_isr = draws_.between(1, std::max(1, replicas - (draws_.one_in(4) ? 0 : 1)));
      min_isr_ = std::min(min_isr_, min_isr);
      topics_.push_back(name);
      for (int p = 0; p < partitions; ++p) cast_.partitions.push_back(std::string{name} + "-" + number(p));
      lines += "  " + std::string{name} + ": { partitions: " + number(partitions) +
               ", replication.factor: " + number(replicas) + ", config: { min.insync.replicas: " + number(min_isr) +
               " } }\n";
    }
    return lines;
  }

  std::string producers() {
    std::string lines = "producers:\n";
    for (int i = 1, count = draws_.between(1, 2); i <= count; ++i) {
      Producer made;
      made.name = "p" + number(i);
      made.acks = draws_.word({"all", "all", "all", "1", "0"});
      made.idempotent = made.acks == "all" && !draws_.one_in(3);
      std::string config = "acks: " + made.acks + ", enable.idempotence: " + (made.idempotent ? "true" : "false");
      const auto maybe = [&](const std::string& setting) {
        if (draws_.one_in(3)) config += ", " + setting;
      };
      maybe("linger.ms: " + draws_.word({"0", "20", "100"}));
      maybe("batch.size: " + draws_.word({"1000", "16384"}));
      maybe(text({"request.timeout.ms: ", draws_.word({"1000", "5000"}),
                  ", delivery.timeout.ms: ", draws_.word({"6000", "20000"})}));
      maybe("max.in.flight.requests.per.connection: " + draws_.word({"1", "3"}));
      maybe("retries: " + draws_.word({"1", "5"}));
      maybe("buffer.memory: 40000, max.block.ms: 500");
      lines += text({"  ", made.name, ": { topic: ", draws_.of(topics_),
                     ", rate: ", draws_.word({"20/s", "100/s", "400/s", "poisson(100/s)"}),
                     draws_.word({"", "", ", key: uniform(20)"}), ", config: { ", config, " } }\n"});
      cast_.producers.push_back(made.name);
      producers_.push_back(made);
    }
    return lines;
  }

  std::string consumers() {
    std::string lines;
    for (int i = 1, groups = draws_.between(0, 2); i <= groups; ++i) {
      const std::string name = "g" + number(i);
      const std::string commit = draws_.word({"auto", "auto", "sync", "async", "before"});
      const int members = draws_.between(1, 3);
      std::string config = "auto.offset.reset: earliest";
      const auto maybe = [&](const std::string& setting) {
        if (draws_.one_in(3)) config += ", " + setting;
      };
      maybe("session.timeout.ms: 6000, heartbeat.interval.ms: 1000");
      maybe("max.poll.records: 20");
      maybe("max.poll.interval.ms: 8000");
      maybe("partition.assignment.strategy: roundrobin");
      const std::string second = topics_.size() > 1 && draws_.one_in(2) ? ", " + topics_.back() : "";
      lines += text({"  ", name, ": { topics: [", topics_.front(), second, "], members: ", number(members),
                     ", process: ", draws_.word({"0ms", "1ms", "exp(2ms)"}), ", commit: ", commit, ", config: { ",
                     config, " } }\n"});
      cast_.groups.push_back(name);
      if (commit != "before") at_least_once_.push_back(name);
      for (int m = 1; m <= members; ++m) cast_.members.push_back(name + "/" + number(m));
    }
    return lines.empty() ? "" : "consumers:\n" + lines;
  }

  // Half of the kinds are switched off; the others share up to eight entries.
  std::string timeline() {
    std::vector<const FaultKind*> on;
    for (const FaultKind& kind : fault_kinds())
      if (draws_.one_in(2)) on.push_back(&kind);
    if (on.empty()) return "";
    std::vector<std::pair<int, std::string>> entries;
    for (int left = draws_.between(0, 8); left > 0; --left) {
      const FaultKind& kind = *draws_.of(on);
      const int at = draws_.between(500, duration_ * 1000 - 500);
      const std::string what = kind.write(cast_, draws_);
      if (what.empty()) continue;
      if (kind.takes == Takes::unflushed_data) ++power_losses_;
      if (kind.takes == Takes::broker) ++brokers_ended_;
      if (kind.takes == Takes::producer) producer_crashed_ = true;
      entries.emplace_back(at, what);
    }
    if (entries.empty()) return "";
    std::sort(entries.begin(), entries.end());
    std::string lines = "timeline:\n";
    for (const auto& [at, what] : entries) lines += "  - { at: " + number(at) + "ms, " + what + " }\n";
    return lines;
  }

  // What holds whatever strikes:
  // - acks=all without unclean election loses nothing while page caches survive, and with eligible leader replicas
  //   and min.insync.replicas of 2 nothing to one machine without power while no other process ends: the controller
  //   cannot tell a killed process from lost data, and when both are so the last known leader is elected (KIP-966);
  // - idempotent producers that live neither duplicate nor reorder what is not lost, until they raise their epoch by
  //   themselves: batches in flight then carry new sequences, and what the broker had stored of them is stored again
  //   (P-40, P-42; KAFKA-14034, KAFKA-14397, open);
  // - a group that commits what it has worked through skips nothing that stays.
  std::string promises() const {
    const bool durable =
        !unclean_ && (power_losses_ == 0 || (power_losses_ == 1 && min_isr_ >= 2 && brokers_ended_ == 0));
    std::string lines;
    bool all_durable = durable;
    for (const Producer& one : producers_) {
      all_durable = all_durable && one.acks == "all";
      if (!durable || one.acks != "all") continue;
      lines += "  - lost(" + one.name + ") == 0\n";
      if (one.idempotent && !producer_crashed_)
        for (const char* count : {"duplicated", "reordered"})
          lines += text({"  - any: [", count, "(", one.name, ") == 0, producer_epoch(", one.name, ") > 0]\n"});
    }
    for (const std::string& group : at_least_once_)
      if (all_durable) lines += "  - skipped(" + group + ") == 0\n";
    return lines.empty() ? "" : "expect:\n" + lines;
  }

  std::uint64_t seed_;
  Draws draws_;
  Cast cast_;
  bool unclean_ = false;
  int duration_ = 10;
  int min_isr_ = 1;
  int power_losses_ = 0;
  int brokers_ended_ = 0;
  bool producer_crashed_ = false;
  std::vector<std::string> topics_, at_least_once_;
  std::vector<Producer> producers_;
};

}  // namespace

std::string scenario_text(std::uint64_t seed) { return Writer{seed}.write(); }

}  // namespace kafkasim::chaos
