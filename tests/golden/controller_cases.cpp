#include "tests/golden/controller_cases.hpp"

#include <algorithm>

namespace kafkasim::golden {
namespace {

Json ids_of(std::vector<BrokerId> members, bool as_set) {
  if (as_set) std::sort(members.begin(), members.end());
  Json out = Json::array();
  for (const BrokerId member : members) out.push_back(member.value());
  return out;
}

Json comparable(const Json& golden_case, Json text) {
  if (golden_case.contains("version_sensitive")) text.erase("last_known_elr");
  return text;
}

}  // namespace

std::vector<BrokerId> sorted_brokers(const Json& ids) {
  std::vector<BrokerId> members = brokers(ids);
  std::sort(members.begin(), members.end());
  return members;
}

PartitionRegistration partition_of(const Json& from) {
  PartitionRegistration partition;
  partition.replicas = brokers(from.at("replicas"));
  partition.isr = brokers(from.at("isr"));
  partition.elr = brokers(from.at("elr"));
  partition.last_known_elr = brokers(from.at("last_known_elr"));
  partition.leader = broker(from.at("leader"));
  partition.leader_epoch = leader_epoch(from.at("leader_epoch"));
  partition.partition_epoch = PartitionEpoch{from.at("partition_epoch").get<std::int32_t>()};
  partition.recovering = from.at("recovery") == "RECOVERING";
  return partition;
}

core::Reassignment reassignment_of(const Json& from, const std::string& prefix) {
  return {brokers(from.at(prefix + "adding")), brokers(from.at(prefix + "removing"))};
}

Json partition_text(const PartitionRegistration& partition) {
  return {{"replicas", ids_of(partition.replicas, false)},
          {"isr", ids_of(partition.isr, true)},
          {"elr", ids_of(partition.elr, true)},
          {"last_known_elr", ids_of(partition.last_known_elr, true)},
          {"leader", partition.leader.value()},
          {"leader_epoch", partition.leader_epoch.value()},
          {"partition_epoch", partition.partition_epoch.value()},
          {"recovery", partition.recovering ? "RECOVERING" : "RECOVERED"}};
}

Json expected_partition(const Json& golden_case, const Json& from) {
  return comparable(golden_case, partition_text(partition_of(from)));
}

Json seen_partition(const Json& golden_case, const PartitionRegistration& partition) {
  return comparable(golden_case, partition_text(partition));
}

}  // namespace kafkasim::golden
