// An operator's actions: requests through the admin tool to the controller.
#include <algorithm>

#include "sim/fault/timeline_runner.hpp"
#include "sim/host/runtime.hpp"
#include "sim/view.hpp"

namespace kafkasim::sim {
namespace {

ElectLeadersRequest elect_request(const World& world, const Entry& entry) {
  ElectLeadersRequest request{.unclean = entry.unclean, .partitions = {}};
  for (const AssignedPartition& wanted : entry.partitions) {
    const TopicId topic = View{world}.topic(wanted.topic);
    if (wanted.partition >= 0) request.partitions.push_back({topic, wanted.partition});
    if (wanted.partition < 0)
      for (std::int32_t p = 0; p < truth(world).partition_count(topic); ++p) request.partitions.push_back({topic, p});
  }
  return request;
}

std::vector<std::vector<BrokerId>> ids_of(const std::vector<std::vector<int>>& assignment) {
  std::vector<std::vector<BrokerId>> ids;
  for (const auto& replicas : assignment) {
    ids.emplace_back();
    for (const int id : replicas) ids.back().push_back(BrokerId{id});
  }
  return ids;
}

IncrementalAlterConfigsRequest config_request(const World& world, const Entry& entry) {
  const TopicConfig& to = entry.topic.config;
  IncrementalAlterConfigsRequest request;
  request.topic = View{world}.topic(entry.topic.name);
  for (const std::string& name : entry.settings) {
    if (name == "min.insync.replicas") request.min_insync_replicas = to.min_insync_replicas;
    if (name == "unclean.leader.election.enable")
      request.unclean_leader_election_enable = to.unclean_leader_election_enable;
    if (name == "max.message.bytes") request.max_message_bytes = to.max_message_bytes;
    if (name == "segment.bytes") request.segment_bytes = to.segment_bytes;
    if (name == "flush.messages") request.flush_messages = to.flush_messages;
    if (name == "segment.ms") request.segment_ms = to.segment_ms;
    if (name == "retention.ms") request.retention = to.retention;
    if (name == "retention.bytes") request.retention_bytes = to.retention_bytes;
    if (name == "message.timestamp.type") request.log_append_time = to.log_append_time;
    if (name == "cleanup.policy") request.deletes = to.deletes;
  }
  return request;
}

Request request_of(const World& world, const Entry& entry) {
  if (entry.verb == Verb::elect) return elect_request(world, entry);
  const TopicId topic = View{world}.topic(entry.topic.name);
  const TopicSpec& spec = entry.topic;
  if (entry.verb == Verb::create_topic)
    return CreateTopicsRequest{topic, spec.config, spec.partitions, spec.replication_factor, ids_of(spec.assignment)};
  if (entry.verb == Verb::add_partitions)
    return CreatePartitionsRequest{topic, spec.partitions, ids_of(spec.assignment)};
  return config_request(world, entry);
}

}  // namespace

void ask_controller(World& world, std::size_t index) {
  const auto tool =
      std::find_if(world.hosts.begin(), world.hosts.end(), [](const Host& host) { return host.role == Role::admin; });
  INVARIANT(tool != world.hosts.end(), "a scenario with operator's actions has the operator's tool");
  Request request = request_of(world, world.scenario().timeline[index]);
  call_process(world, *tool, [&](auto& program, Turn& turn) {
    if constexpr (std::is_same_v<std::decay_t<decltype(program)>, core::Admin>)
      program.call(static_cast<std::int32_t>(index), std::move(request), turn);
  });
}

void operator_answered(World& world, std::size_t index, ErrorCode error) {
  EntryState& state = world.timeline.entries[index];
  state.got = error == ErrorCode::NONE ? "ok" : std::string{name(error)};
  world.touched |= domain::timeline;
  if (state.status == EntryStatus::started) finish(world, index);
}

}  // namespace kafkasim::sim
