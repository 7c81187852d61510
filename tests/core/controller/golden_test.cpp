// Answers of Kafka's own controller classes (golden/election.jsonl, controller.jsonl, placement.jsonl), replayed.
#include <algorithm>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "core/controller/alter_partition.hpp"
#include "core/controller/election.hpp"
#include "core/controller/partition_changes.hpp"
#include "core/controller/placement.hpp"
#include "tests/support/catch.hpp"

namespace kafkasim::core {
namespace {

using nlohmann::json;

std::vector<json> read_cases(const std::string& name) {
  std::ifstream file{std::string{KAFKASIM_SOURCE_DIR} + "/tests/core/controller/golden/" + name};
  REQUIRE(file);
  std::vector<json> cases;
  for (std::string line; std::getline(file, line);) cases.push_back(json::parse(line));
  return cases;
}

std::vector<BrokerId> brokers(const json& ids) {
  std::vector<BrokerId> out;
  for (const json& id : ids) out.push_back(BrokerId{id.get<std::int32_t>()});
  return out;
}

std::vector<BrokerId> sorted(std::vector<BrokerId> members) {
  std::sort(members.begin(), members.end());
  return members;
}

PartitionRegistration registration(const json& from) {
  PartitionRegistration partition;
  partition.replicas = brokers(from["replicas"]);
  partition.isr = brokers(from["isr"]);
  partition.elr = brokers(from["elr"]);
  partition.last_known_elr = brokers(from["last_known_elr"]);
  partition.leader = BrokerId{from["leader"].get<std::int32_t>()};
  partition.leader_epoch = LeaderEpoch{from["leader_epoch"].get<std::int32_t>()};
  partition.partition_epoch = PartitionEpoch{from["partition_epoch"].get<std::int32_t>()};
  partition.recovering = from["recovery"] == "RECOVERING";
  return partition;
}

Reassignment reassignment(const json& from, const std::string& prefix = "") {
  return {brokers(from[prefix + "adding"]), brokers(from[prefix + "removing"])};
}

/// Replicas in order; ISR, ELR and last known ELR as sets. `without_last_known`: 4.0 and 4.1+ differ there (R3.25).
bool agree(const PartitionRegistration& got, const PartitionRegistration& want, bool without_last_known) {
  return got.replicas == want.replicas && sorted(got.isr) == sorted(want.isr) && sorted(got.elr) == sorted(want.elr) &&
         (without_last_known || sorted(got.last_known_elr) == sorted(want.last_known_elr)) &&
         got.leader == want.leader && got.leader_epoch == want.leader_epoch &&
         got.partition_epoch == want.partition_epoch && got.recovering == want.recovering;
}

TEST_CASE("elections decide as PartitionChangeBuilder does (R3.21-R3.31)", "[golden]") {
  int compared = 0;
  for (const json& c : read_cases("election.jsonl")) {
    if (!c["use_last_known_leader"].get<bool>()) continue;  // a setting that only Kafka's unit tests use
    const std::string name = c["name"].get<std::string>();
    if (name == "testHandleDirectoriesOffline-076" || name == "testHandleAssignReplicasToDirs-126") continue;  // JBOD
    INFO(name);
    const PartitionRegistration current = registration(c);
    const Reassignment in_progress = reassignment(c);
    PartitionTargets targets{brokers(c["target_replicas"]), brokers(c["target_isr"]), reassignment(c, "target_"),
                             c["target_recovery"] == "RECOVERING"};
    const std::vector<BrokerId> acceptable = sorted(brokers(c["acceptable"]));
    const std::vector<BrokerId> unclean_shutdown = brokers(c["unclean_shutdown"]);
    const std::map<std::string, ElectionType> types{
        {"any", ElectionType::any}, {"preferred", ElectionType::preferred}, {"unclean", ElectionType::unclean}};
    const ElectionQuestion question{acceptable,
                                    c["min_isr"].get<std::int32_t>(),
                                    types.at(c["election"].get<std::string>()),
                                    unclean_shutdown,
                                    {c["elr_enabled"].get<bool>(), c["bump_leader_epoch_on_isr_shrink"].get<bool>(),
                                     c["leader_recovery_supported"].get<bool>()}};
    const auto decision = decide_partition(current, in_progress, targets, question);
    const json& expected = c["expected"];
    const bool version_sensitive = c.contains("version_sensitive");
    const PartitionRegistration after = decision ? decision->after : current;
    if (!version_sensitive) CHECK(decision.has_value() == expected["changed"].get<bool>());
    if (expected["changed"].get<bool>()) {
      CHECK(agree(after, registration(expected), version_sensitive));
      CHECK((decision && decision->leader_written) == expected["leader_written"].get<bool>());
      CHECK((decision && decision->reassignment == reassignment(expected)));
    }
    ++compared;
  }
  CHECK(compared == 579);
}

constexpr TopicId kTopic{0};
constexpr TopicPartition kPartition{kTopic, 0};

/// The cluster of a controller case. Partition 0 has as many replicas as the effective min ISR allows for.
MetadataImage image_of(const json& c) {
  MetadataImage image;
  for (const json& broker : c["brokers"]) {
    BrokerRegistration entry;
    entry.epoch = BrokerEpoch{broker["epoch"].get<std::int64_t>()};
    entry.fenced = broker["fenced"].get<bool>();
    entry.in_controlled_shutdown = broker["controlled_shutdown"].get<bool>();
    image.brokers[BrokerId{broker["id"].get<std::int32_t>()}] = entry;
  }
  if (!c.contains("min_isr")) return image;  // no such topic
  TopicConfig config;
  config.min_insync_replicas = c["min_isr"].get<std::int32_t>();
  config.unclean_leader_election_enable = c["unclean_allowed"].get<bool>();
  image.topics[kTopic] = config;
  if (!c["partition"].is_null()) image.partitions[kPartition] = registration(c["partition"]);
  return image;
}

ElectionRules rules_of(const json& c) {
  return {c.value("elr_enabled", false), c.value("bump_leader_epoch_on_isr_shrink", false), true};
}

void check_after(const json& c, MetadataImage image, const Write& write) {
  for (const PendingRecord& record : write) image.replay(record.record);
  const PartitionRegistration want = registration(c["expected"]["after"]);
  const PartitionRegistration& got = image.partitions.at(kPartition);
  CHECK(agree(got, want, c.contains("version_sensitive")));
}

TEST_CASE("the controller answers AlterPartition as ReplicationControlManager does (R2.23, R2.24)", "[golden]") {
  int compared = 0;
  for (const json& c : read_cases("controller.jsonl")) {
    if (c["kind"] != "alter_partition") continue;
    const bool reassigning =
        !c["partition"].is_null() && (!c["partition"]["adding"].empty() || !c["partition"]["removing"].empty());
    if (reassigning) continue;
    INFO(c["name"].get<std::string>());
    const json& r = c["request"];
    AlterPartitionRequest request{BrokerId{r["broker"].get<std::int32_t>()},
                                  BrokerEpoch{r["broker_epoch"].get<std::int64_t>()},
                                  {{kPartition,
                                    LeaderEpoch{r["leader_epoch"].get<std::int32_t>()},
                                    PartitionEpoch{r["partition_epoch"].get<std::int32_t>()},
                                    {},
                                    r["recovery"] == "RECOVERING"}}};
    for (const json& member : r["new_isr"])
      request.partitions[0].new_isr.push_back(
          {BrokerId{member[0].get<std::int32_t>()}, BrokerEpoch{member[1].get<std::int64_t>()}});
    const MetadataImage image = image_of(c);
    Write write;
    const AlterPartitionResponse response = alter_partition(image, request, rules_of(c), write);
    const ErrorCode error = response.error != ErrorCode::NONE ? response.error : response.partitions.at(0).error;
    CHECK(std::string{name(error)} == c["expected"]["error"].get<std::string>());
    if (c["expected"].contains("after") && !c["expected"]["after"].is_null() && !c["partition"].is_null())
      check_after(c, image, write);
    ++compared;
  }
  CHECK(compared == 135);  // the other 57 are in the middle of a reassignment
}

TEST_CASE("partitions follow broker events as in ReplicationControlManager (R3.16-R3.18, R3.27)", "[golden]") {
  std::map<std::string, int> compared;
  for (const json& c : read_cases("controller.jsonl")) {
    if (c["kind"] != "broker_event") continue;
    if (!c["partition"]["adding"].empty() || !c["partition"]["removing"].empty()) continue;
    INFO(c["name"].get<std::string>());
    const std::string event = c["request"]["event"].get<std::string>();
    const BrokerId broker{c["request"]["broker"].get<std::int32_t>()};
    const MetadataImage image = image_of(c);
    const ElectionRules rules = rules_of(c);
    Write write;
    if (event == "fence") add_fencing(image, broker, rules, write);
    if (event == "unfence") add_unfencing(image, broker, rules, write);
    if (event == "controlled_shutdown") add_controlled_shutdown(image, broker, rules, write);
    if (event == "unclean_shutdown") add_previous_incarnation_end(image, broker, false, rules, write);
    check_after(c, image, write);
    ++compared[event];
  }
  CHECK(compared["fence"] == 74);  // without the cases in the middle of a reassignment
  CHECK(compared["unfence"] == 18);
  CHECK(compared["controlled_shutdown"] == 11);
  CHECK(compared["unclean_shutdown"] == 7);
}

/// Answers with the draws that a case's outcome stands for.
class Script : public Choices {
 public:
  std::vector<std::size_t> answers;
  std::size_t next = 0;
  std::uint64_t below(Choice what, std::uint64_t bound) override {
    REQUIRE(what == Choice::placement);
    REQUIRE(next < answers.size());
    REQUIRE(answers[next] < bound);
    return answers[next++];
  }

  /// The draws that shuffle `from` into `to`.
  template <class T>
  void shuffle(std::vector<T> from, const std::vector<T>& to) {
    for (std::size_t left = from.size(); left > 1; --left) {
      const auto wanted = std::find(from.begin(), from.begin() + static_cast<std::ptrdiff_t>(left), to[left - 1]);
      answers.push_back(static_cast<std::size_t>(wanted - from.begin()));
      std::iter_swap(wanted, from.begin() + static_cast<std::ptrdiff_t>(left - 1));
    }
  }
};

std::string rack_of(const json& entry) { return entry["rack"].is_null() ? "" : entry["rack"].get<std::string>(); }

Script script_of(const json& c) {
  Script script;
  if (c["initial"].is_null()) return script;
  script.answers.push_back(c["initial"]["rack_offset"].get<std::size_t>());
  std::vector<std::string> order;
  std::map<std::string, std::vector<BrokerId>> unfenced;
  std::map<std::string, std::vector<BrokerId>> fenced;
  for (const json& rack : c["initial"]["racks"]) {
    const std::string& name = order.emplace_back(rack_of(rack));
    unfenced[name] = brokers(rack["unfenced"]);
    fenced[name] = brokers(rack["fenced"]);
    if (!unfenced[name].empty()) script.answers.push_back(rack["unfenced_start"].get<std::size_t>());
    if (!fenced[name].empty()) script.answers.push_back(rack["fenced_start"].get<std::size_t>());
  }
  for (const json& shuffle : c["shuffles"]) {
    std::vector<std::string> new_order;
    for (const json& rack : shuffle["racks"]) new_order.push_back(rack_of(rack));
    script.shuffle(order, new_order);
    order = new_order;
    for (const json& rack : shuffle["racks"]) {
      const std::string name = rack_of(rack);
      script.shuffle(unfenced[name], brokers(rack["unfenced"]));
      script.shuffle(fenced[name], brokers(rack["fenced"]));
      unfenced[name] = brokers(rack["unfenced"]);
      fenced[name] = brokers(rack["fenced"]);
    }
  }
  return script;
}

TEST_CASE("replicas are placed as StripedReplicaPlacer places them (R3.32)", "[golden]") {
  int compared = 0;
  for (const json& c : read_cases("placement.jsonl")) {
    INFO(c["name"].get<std::string>());
    std::vector<UsableBroker> usable;
    for (const json& broker : c["brokers"])
      usable.push_back({BrokerId{broker["id"].get<std::int32_t>()}, rack_of(broker), broker["fenced"].get<bool>()});
    const bool refused = c["expected"].contains("error");
    Script script = refused ? Script{} : script_of(c);
    const Placement placement = place_replicas(usable, c["partitions"].get<std::int32_t>(),
                                               c["replication_factor"].get<std::int32_t>(), script);
    if (refused) {
      CHECK(std::string{name(placement.error)} == c["expected"]["error"].get<std::string>());
    } else {
      CHECK(placement.error == ErrorCode::NONE);
      std::vector<std::vector<BrokerId>> want;
      for (const json& replicas : c["expected"]["assignments"]) want.push_back(brokers(replicas));
      CHECK(placement.replicas == want);
      CHECK(script.next == script.answers.size());
    }
    ++compared;
  }
  CHECK(compared == 90);
}

}  // namespace
}  // namespace kafkasim::core
