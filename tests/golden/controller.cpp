// controller.jsonl: single requests and broker events against controller state (R2.23, R2.24, R3.16-R3.18, R3.27).
#include <stdexcept>
#include <string>

#include "core/controller/alter_partition.hpp"
#include "core/controller/partition_changes.hpp"
#include "tests/golden/controller_cases.hpp"
#include "tests/golden/replicas.hpp"

namespace kafkasim::golden {
namespace {

MetadataImage image_of(const Json& c) {
  MetadataImage image;
  for (const Json& one : c.at("brokers")) {
    BrokerRegistration& entry = image.brokers[broker(one.at("id"))];
    entry.epoch = BrokerEpoch{integer(one.at("epoch"))};
    entry.fenced = one.at("fenced").get<bool>();
    entry.in_controlled_shutdown = one.at("controlled_shutdown").get<bool>();
  }
  if (!c.contains("min_isr")) return image;  // no such topic
  TopicConfig config;
  config.min_insync_replicas = c.at("min_isr").get<std::int32_t>();
  config.unclean_leader_election_enable = c.at("unclean_allowed").get<bool>();
  image.topics[kPartition.topic] = config;
  if (!c.at("partition").is_null()) image.partitions[kPartition] = partition_of(c.at("partition"));
  return image;
}

core::ElectionRules rules_of(const Json& c) {
  return {c.value("elr_enabled", false), c.value("bump_leader_epoch_on_isr_shrink", false), true};
}

void compare_after(const Json& c, MetadataImage image, const core::Write& write, Comparison& comparison) {
  for (const core::PendingRecord& record : write) image.replay(record.record);
  comparison.same("after", expected_partition(c, c.at("expected").at("after")),
                  seen_partition(c, image.partitions.at(kPartition)));
}

Verdict judge_alter_partition(const Json& c) {
  const Json& asked = c.at("request");
  AlterPartitionRequest::Partition proposal;
  proposal.partition = kPartition;
  proposal.leader_epoch = leader_epoch(asked.at("leader_epoch"));
  proposal.partition_epoch = PartitionEpoch{asked.at("partition_epoch").get<std::int32_t>()};
  proposal.recovering = asked.at("recovery") == "RECOVERING";
  for (const Json& member : asked.at("new_isr"))
    proposal.new_isr.push_back({broker(member.at(0)), BrokerEpoch{integer(member.at(1))}});
  AlterPartitionRequest request;
  request.broker_id = broker(asked.at("broker"));
  request.broker_epoch = BrokerEpoch{integer(asked.at("broker_epoch"))};
  request.partitions.push_back(std::move(proposal));

  const MetadataImage image = image_of(c);
  core::Write write;
  const AlterPartitionResponse response = core::alter_partition(image, request, rules_of(c), write);
  const ErrorCode error = response.error != ErrorCode::NONE ? response.error : response.partitions.at(0).error;
  Comparison comparison;
  const Json& expected = c.at("expected");
  comparison.same("error", expected.at("error"), error_text(error));
  if (!expected.value("after", Json()).is_null() && !c.at("partition").is_null())
    compare_after(c, image, write, comparison);
  return comparison.verdict();
}

Verdict judge_broker_event(const Json& c) {
  const std::string event = c.at("request").at("event").get<std::string>();
  const BrokerId who = broker(c.at("request").at("broker"));
  const MetadataImage image = image_of(c);
  const core::ElectionRules rules = rules_of(c);
  core::Write write;
  if (event == "fence") {
    core::add_fencing(image, who, rules, write);
  } else if (event == "unfence") {
    core::add_unfencing(image, who, rules, write);
  } else if (event == "controlled_shutdown") {
    core::add_controlled_shutdown(image, who, rules, write);
  } else if (event == "unclean_shutdown") {
    core::add_previous_incarnation_end(image, who, false, rules, write);
  } else {
    throw std::invalid_argument("event " + event);
  }
  Comparison comparison;
  compare_after(c, image, write, comparison);
  return comparison.verdict();
}

Verdict judge_controller(const Json& c) {
  return c.at("kind") == "alter_partition" ? judge_alter_partition(c) : judge_broker_event(c);
}

bool reassigning(const Json& c) {
  const Json& partition = c.at("partition");
  return !partition.is_null() && !(partition.at("adding").empty() && partition.at("removing").empty());
}
bool unregisters(const Json& c) { return c.at("request").value("event", "") == "unregister"; }

}  // namespace

Adapter controller_adapter() {
  return {"controller",
          judge_controller,
          {{[](const Json& c) { return c.at("kind") == "reassign"; }, "reassignment: issue B"},
           {reassigning, "in the middle of a reassignment: issue B"},
           {[](const Json& c) { return c.at("kind") == "elect_leaders"; }, "elections by request: not built yet"},
           {unregisters, "brokers are not unregistered here: issue B"}}};
}

}  // namespace kafkasim::golden
