// election.jsonl: one decision of Kafka's PartitionChangeBuilder each (R3.21-R3.31).
#include "core/controller/election.hpp"

#include <map>
#include <optional>
#include <string>

#include "tests/golden/controller_cases.hpp"

namespace kafkasim::golden {
namespace {

core::ElectionType election_type(const Json& text) {
  static const std::map<std::string, core::ElectionType> kTypes{{"any", core::ElectionType::any},
                                                                {"preferred", core::ElectionType::preferred},
                                                                {"unclean", core::ElectionType::unclean}};
  return kTypes.at(text.get<std::string>());
}

std::optional<core::PartitionDecision> decide(const Json& c) {
  const std::vector<BrokerId> acceptable = sorted_brokers(c.at("acceptable"));
  const std::vector<BrokerId> unclean_shutdown = brokers(c.at("unclean_shutdown"));
  core::PartitionTargets targets{brokers(c.at("target_replicas")), brokers(c.at("target_isr")),
                                 reassignment_of(c, "target_"), c.at("target_recovery") == "RECOVERING"};
  const core::ElectionQuestion question{
      acceptable,
      c.at("min_isr").get<std::int32_t>(),
      election_type(c.at("election")),
      unclean_shutdown,
      {c.at("elr_enabled").get<bool>(), c.at("bump_leader_epoch_on_isr_shrink").get<bool>(),
       c.at("leader_recovery_supported").get<bool>()}};
  return core::decide_partition(partition_of(c), reassignment_of(c), std::move(targets), question);
}

Verdict judge_election(const Json& c) {
  const auto decision = decide(c);
  const Json& expected = c.at("expected");
  Comparison comparison;
  // Whether last_known_elr alone changes is what the version decides.
  if (!c.contains("version_sensitive")) comparison.same("changed", expected.at("changed"), decision.has_value());
  if (!expected.at("changed").get<bool>()) return comparison.verdict();
  comparison.same("after", expected_partition(c, expected),
                  seen_partition(c, decision ? decision->after : partition_of(c)));
  comparison.same("leader_written", expected.at("leader_written"), decision && decision->leader_written);
  comparison.same("reassignment", true, decision && decision->reassignment == reassignment_of(expected));
  return comparison.verdict();
}

bool test_only_setting(const Json& c) { return !c.at("use_last_known_leader").get<bool>(); }
bool log_directories(const Json& c) {
  const std::string source = c.at("source").get<std::string>();
  return source.find("DirectoriesOffline") != std::string::npos ||
         source.find("AssignReplicasToDirs") != std::string::npos;
}

}  // namespace

Adapter election_adapter() {
  return {"election",
          judge_election,
          {{test_only_setting, "a setting that only Kafka's unit tests use"},
           {log_directories, "several log directories of a broker (JBOD): issue B"}}};
}

}  // namespace kafkasim::golden
