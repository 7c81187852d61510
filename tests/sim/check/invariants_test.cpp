#include "sim/check/invariants.hpp"

#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>

#include "core/base/invariant.hpp"
#include "sim/cli/command_line.hpp"
#include "sim/observer.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/run.hpp"

namespace kafkasim::sim {
namespace {

constexpr const char* kHealthy = R"(name: three replicas of one partition
duration: 5s
topics: { t: { assignment: [[1, 2, 3]], config: { min.insync.replicas: 2 } } }
producers: { p: { topic: t, rate: 100/s, config: { acks: all } } }
expect: ["in_log(p) > 0"]   # somebody asks for all of the log: it is kept, and can be damaged
)";
constexpr TopicPartition kT0{TopicId{0}, 0};

std::string with_timeline(const std::string& lines) {
  std::string text = kHealthy;
  return text.insert(text.find("expect:"), lines);
}

// A world in full swing, to be broken.
World running() {
  Simulation simulation{testing::load_text(kHealthy).front()};
  while (simulation.now() < kStart + 3s) simulation.step();
  return simulation.world();
}

HostIndex host_of(const World& world, int broker) { return View{world}.broker_host(BrokerId{broker})->index; }
core::Log& log_of(const World& world, int broker) {
  return const_cast<core::Partition*>(View{world}.replica(kT0, BrokerId{broker}))->log();
}
PartitionRegistration& truth_of(const World& world) {
  return const_cast<MetadataImage&>(View{world}.metadata()).partitions[kT0];
}
Offset high_watermark(const World& world) { return View{world}.leader_replica(kT0)->high_watermark(); }

std::string breach(World& world, int broker, const Note& note) {
  try {
    std::visit([&](const auto& what) { world.invariants.note(world, host_of(world, broker), what); }, note);
  } catch (const InvariantViolation& broken) {
    return broken.what();
  }
  return "nothing";
}

struct Breakage {
  const char* rule;
  std::function<std::string(World&)> break_it;
};

// Another batch of the same epoch in the place of the last one of broker 2.
std::string other_batch(World& world) {
  core::Log& log = log_of(world, 2);
  Batch last = log.batches().back();
  log.truncate_to(last.base_offset);
  last.size_bytes += 1;
  log.append_as_follower(last);
  return breach(world, 2, LogAppended{kT0, last.base_offset, last.next_offset(), {}});
}

// The same last batch, behind another one.
std::string other_prefix(World& world) {
  core::Log& log = log_of(world, 2);
  Batch last = log.batches().back();
  Batch before = log.batches()[log.batches().size() - 2];
  log.truncate_to(before.base_offset);
  before.size_bytes += 1;
  log.append_as_follower(before);
  log.append_as_follower(last);
  return breach(world, 2, LogAppended{kT0, last.base_offset, last.next_offset(), {}});
}

std::string changed(World& world, const std::function<void(PartitionRegistration&)>& change) {
  PartitionChanged note{kT0, truth_of(world), truth_of(world), false};
  change(note.after);
  return breach(world, 1, note);
}

const std::vector<Breakage> kBreakages = {
    {"LeaderInIsr: the controller's leader is not in sync",
     [](World& w) { return changed(w, [](auto& after) {
                      after.isr = {BrokerId{2}, BrokerId{3}};
                    }); }},
    {"LeaderInIsr: the ISR is a set of replicas",
     [](World& w) { return changed(w, [](auto& after) { after.isr.push_back(BrokerId{9}); }); }},
    {"LeaderInIsr: a replica is both in sync and merely eligible",
     [](World& w) { return changed(w, [](auto& after) { after.elr = {BrokerId{2}}; }); }},
    {"OneLeader: a leader epoch went back",
     [](World& w) {
       truth_of(w).leader_epoch = LeaderEpoch{4};
       return changed(w, [](auto& after) { after.leader_epoch = LeaderEpoch{3}; });
     }},
    {"OneLeader: another leader in the same epoch",
     [](World& w) { return changed(w, [](auto& after) { after.leader = BrokerId{2}; }); }},
    {"OneLeader: broker 2 leads an epoch that was another's",
     [](World& w) {
       const BecameLeader note{kT0, LeaderEpoch{7}, Offset{0}};
       return breach(w, 1, note) == "nothing" ? breach(w, 2, note) : "too early";
     }},
    {"LogMatching: brokers 2 and 1", other_batch},
    {"LogMatching: brokers 2 and 1", other_prefix},
    {"HighWatermark: it is above the log end",
     [](World& w) {
       return breach(w, 1, HighWatermarkMoved{kT0, log_of(w, 1).log_end() + 1});
     }},
    {"HighWatermark: it is below the log start",
     [](World& w) {
       return breach(w, 1, HighWatermarkMoved{kT0, Offset{-1}});
     }},
    {"HighWatermark: a leader's went back within its epoch",
     [](World& w) {
       return breach(w, 1, HighWatermarkMoved{kT0, high_watermark(w) - 1});
     }},
    {"StrongIsr: broker 2 is in sync and lacks offset",
     [](World& w) {
       log_of(w, 2).truncate_to(Offset{10});
       return breach(w, 2, LogTruncated{kT0, high_watermark(w), Offset{10}});
     }},
    {"StrongIsr: broker 3 is in sync and lacks offset",
     [](World& w) {
       log_of(w, 3).truncate_to(Offset{10});
       return breach(w, 1, HighWatermarkMoved{kT0, log_of(w, 1).log_end()});
     }},
    {"StrongIsr: broker 3 is in sync and lacks offset",
     [](World& w) {
       log_of(w, 3).truncate_to(Offset{10});
       return changed(w, [](auto&) {});
     }},
    {"WeakIsr: broker 2 is in sync and lacks offset",
     [](World& w) {
       truth_of(w).isr = {BrokerId{1}, BrokerId{3}};  // the leader does not know yet
       log_of(w, 2).truncate_to(Offset{10});
       return breach(w, 2, LogTruncated{kT0, high_watermark(w), Offset{10}});
     }},
    {"CommittedStays: broker 2 is in sync and lacks offset",
     [](World& w) {
       log_of(w, 2).truncate_to(Offset{10});
       return breach(w, 2, BecameLeader{kT0, LeaderEpoch{7}, Offset{10}});
     }},
    {"CommittedStays: broker 1 commits a log without what was committed before",
     [](World& w) {
       const Offset end = log_of(w, 1).log_end();
       for (const int broker : {1, 2, 3}) {
         log_of(w, broker).truncate_to(end - 20);
         Batch batch = log_of(w, broker).batches().back();
         batch.base_offset = end - 20;
         batch.record_count = 40;
         batch.leader_epoch = LeaderEpoch{8};
         log_of(w, broker).append_as_follower(batch);
       }
       return breach(w, 1, HighWatermarkMoved{kT0, end + 20});
     }},
};

// Breaks the state of a running simulation, once: what no run can do by itself.
struct Saboteur : EventObserver {
  bool done = false;
  void executing(const World& world, std::uint64_t, const Event&) override {
    if (done || world.now() < kStart + 2s) return;
    core::Log& log = log_of(world, 3);
    // Broker 3 has copied a batch and says so: the fetch that will commit it is under way.
    if (log.log_end() != log_of(world, 1).log_end() || high_watermark(world) == log.log_end()) return;
    log.truncate_to(log.batches()[5].base_offset);
    done = true;
  }
  void noted(const World&, HostIndex, const Note&) override {}
};

}  // namespace

TEST_CASE("every invariant trips on a state that breaks it", "[invariants]") {
  const World healthy = running();
  REQUIRE(high_watermark(healthy) > Offset{100});
  for (const Breakage& one : kBreakages) {
    World broken = healthy;
    const std::string text = one.break_it(broken);
    INFO(one.rule << "\n" << text);
    CHECK(text.find(one.rule) != std::string::npos);
    CHECK((text.find("t-0") != std::string::npos));
  }
}

TEST_CASE("an unclean election and lost data excuse what they cause, and nothing else", "[invariants]") {
  World world = running();
  const auto cut = [&] {
    log_of(world, 2).truncate_to(Offset{10});
    return breach(world, 2, LogTruncated{kT0, high_watermark(world), Offset{10}});
  };
  SECTION("lost data") {
    world.invariants.data_lost(kT0, host_of(world, 2));
    CHECK(cut() == "nothing");
    CHECK(world.invariants.excused().at(kT0) == Excuse::data_loss);
  }
  SECTION("unclean election") {
    CHECK(breach(world, 1, PartitionChanged{kT0, truth_of(world), truth_of(world), true}) == "nothing");
    CHECK(cut() == "nothing");
    CHECK(world.invariants.excused().at(kT0) == Excuse::unclean_election);
  }
  SECTION("of another partition") {
    world.invariants.data_lost({TopicId{0}, 5}, host_of(world, 2));
    CHECK(cut() != "nothing");
  }
  SECTION("log matching is asked whatever a follower lost") {
    world.invariants.data_lost(kT0, host_of(world, 2));
    CHECK_FALSE(world.invariants.written_twice(kT0));
    CHECK(other_batch(world).find("LogMatching") != std::string::npos);
  }
  SECTION("log matching is not asked of an epoch whose leader lost data") {
    world.invariants.data_lost(kT0, host_of(world, View{world}.leader_replica(kT0)->self().value()));
    CHECK(world.invariants.written_twice(kT0));
    CHECK(other_batch(world) == "nothing");
  }
}

TEST_CASE("a machine without power loses data, a killed process does not", "[invariants]") {
  for (const auto& [fault, excused] : {std::pair{"power_loss", true}, std::pair{"crash", false}}) {
    Simulation simulation{
        testing::load_text(with_timeline(std::string{"timeline: [{ at: 2s, "} + fault + ": broker 3, for: 1s }]\n"))
            .front()};
    simulation.run();
    CHECK(simulation.world().invariants.excused().contains(kT0) == excused);
  }
}

// A replica that is in sync while its process is down loses records, keeps its clean-shutdown file and leads: nobody
// could know (partitions.jsonl, elr-on.stop.data-lost-unnoticed).
TEST_CASE("lost data excuse the partition that lost them", "[invariants][disk]") {
  const auto excused_after = [](const std::string& lost) {
    Simulation simulation{testing::load_text(with_timeline("timeline:\n"
                                                           "  - { at: 2s, shutdown: [broker 2, broker 3] }\n"
                                                           "  - wait: count(isr(t-0)) == 1\n"
                                                           "  - { shutdown: broker 1 }\n"
                                                           "  - wait: offline(t-0)\n"
                                                           "  - { lose_data: broker 1, " +
                                                           lost +
                                                           ", marker: clean }\n"
                                                           "  - { start: broker 1 }\n"
                                                           "  - wait: leader(t-0) == 1\n"
                                                           "  - { start: [broker 2, broker 3] }\n"
                                                           "  - wait: count(isr(t-0)) == 3\n"))
                              .front()};
    simulation.run();
    CHECK(View{simulation.world()}.metadata().partition(kT0)->isr.size() == 3);
    return simulation.world().invariants.excused().contains(kT0);
  };
  CHECK(excused_after("partitions: [t-0], to: 17"));
  CHECK_FALSE(excused_after("partitions: [t-0], to: 1000000"));
}

TEST_CASE("a broken invariant is exit code 3, with seed, simulated time and replay command", "[invariants][cli]") {
  const std::filesystem::path file = std::filesystem::temp_directory_path() / "kafkasim-invariants-test.yaml";
  std::ofstream{file} << kHealthy;
  Saboteur saboteur;
  std::ostringstream out, err;
  RunOptions options;
  options.files = {file.string()};
  options.seed = 7;
  options.sets = {"producers.p.rate=200/s"};
  options.observer = &saboteur;
  CHECK(run_command(options, {out, err}) == exit_code::broken);
  CHECK(saboteur.done);
  INFO(err.str());
  for (const std::string& part : std::vector<std::string>{
           "kafkasim: internal error: ", "StrongIsr: broker 3 is in sync and lacks offset", "(t-0)",
           "\n  seed 7, simulated time 2.0", ", event ",
           "\n  replay: kafkasim run " + file.string() + " --seed 7 --set producers.p.rate=200/s\n"})
    CHECK(err.str().find(part) != std::string::npos);
  CHECK(out.str().empty());
  std::filesystem::remove(file);
}

}  // namespace kafkasim::sim
