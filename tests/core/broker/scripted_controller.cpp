// The controller's side of the test cluster.
#include <algorithm>
#include <utility>

#include "tests/core/broker/cluster.hpp"

namespace kafkasim::core::test {

namespace {

ErrorCode next(std::deque<ErrorCode>& errors) {
  if (errors.empty()) return ErrorCode::NONE;
  const ErrorCode error = errors.front();
  errors.pop_front();
  return error;
}

}  // namespace

void Cluster::commit(const MetadataRecord& record) {
  controller_.append(record);
  wake_observers();
}

void Cluster::elect(TopicPartition tp, std::int32_t leader, const std::vector<std::int32_t>& isr) {
  PartitionRegistration changed = controller_.image.partitions.at(tp);
  changed.leader = BrokerId{leader};
  changed.leader_epoch = LeaderEpoch{changed.leader_epoch.value() + 1};
  changed.partition_epoch = PartitionEpoch{changed.partition_epoch.value() + 1};
  changed.isr.clear();
  for (const std::int32_t id : isr) changed.isr.push_back(BrokerId{id});
  commit(PartitionRecord{tp, changed});
}

void Cluster::wake_observers() {
  for (const ParkedObserver& parked : std::exchange(observers_, {})) {
    if (controller_.deaf.contains(parked.broker)) {
      observers_.push_back(parked);
      continue;
    }
    MetadataFetchResponse response{parked.offset, {}, nullptr, controller_.image.end};
    for (std::int64_t at = parked.offset; at < controller_.image.end; ++at)
      response.records.push_back(controller_.log.at(static_cast<std::size_t>(at - controller_.base)));
    if (response.records.empty() && now_ < parked.deadline) {
      observers_.push_back(parked);
      continue;
    }
    respond(parked.from, std::move(response));
  }
}

void Cluster::controller_request(RequestToken from, const Request& request) {
  if (const auto* fetch = std::get_if<MetadataFetchRequest>(&request)) {
    observers_.push_back({from, fetch->fetch_offset, fetch->broker_id, now_ + fetch->max_wait});
    at(now_ + fetch->max_wait, kController, [this] { wake_observers(); });
    wake_observers();
  } else if (const auto* registration = std::get_if<BrokerRegistrationRequest>(&request)) {
    const ErrorCode error = next(controller_.registration_errors);
    if (error != ErrorCode::NONE) return respond(from, BrokerRegistrationResponse{error, BrokerEpoch{}});
    const BrokerEpoch epoch{controller_.image.end};
    respond(from, BrokerRegistrationResponse{ErrorCode::NONE, epoch});
    commit(RegisterBrokerRecord{registration->broker_id, {epoch, registration->incarnation_id, "", true, false}});
  } else if (const auto* beat = std::get_if<BrokerHeartbeatRequest>(&request)) {
    heartbeat(from, *beat);
  } else if (const auto* change = std::get_if<AlterPartitionRequest>(&request)) {
    respond(from, alter(*change));
    wake_observers();
  } else if (std::holds_alternative<CreateTopicsRequest>(request)) {
    respond(from, CreateTopicsResponse{});
  } else if (const ErrorCode error = next(controller_.id_errors); error != ErrorCode::NONE) {
    respond(from, AllocateProducerIdsResponse{error, 0, 0});
  } else {
    respond(from, AllocateProducerIdsResponse{
                      ErrorCode::NONE, std::exchange(controller_.next_producer_id, controller_.next_producer_id + 1000),
                      1000});
  }
}

void Cluster::heartbeat(RequestToken from, const BrokerHeartbeatRequest& request) {
  const BrokerRegistration& known = *controller_.image.broker(request.broker_id);
  BrokerHeartbeatResponse response;
  response.error = next(controller_.heartbeat_errors);
  if (response.error != ErrorCode::NONE) return respond(from, response);
  response.is_caught_up = request.current_metadata_offset >= known.epoch.value();
  if (request.want_shut_down) response.should_shut_down = controller_.shutdown_answers_before_grant-- <= 0;
  const bool unfence = known.fenced && !request.want_fence && response.is_caught_up;
  response.is_fenced = known.fenced && !unfence;
  respond(from, response);
  if (unfence) commit(BrokerRegistrationChangeRecord{request.broker_id, known.epoch, false, false});
}

AlterPartitionResponse Cluster::alter(const AlterPartitionRequest& request) {
  AlterPartitionResponse response;
  response.error = next(controller_.alter_errors);
  if (response.error != ErrorCode::NONE) return response;
  for (const auto& asked : request.partitions) {
    PartitionRegistration changed = controller_.image.partitions.at(asked.partition);
    changed.isr.clear();
    for (const auto& member : asked.new_isr) changed.isr.push_back(member.broker);
    changed.partition_epoch = PartitionEpoch{changed.partition_epoch.value() + 1};
    controller_.append(PartitionRecord{asked.partition, changed});
    response.partitions.push_back(
        {asked.partition, ErrorCode::NONE, changed.leader, changed.leader_epoch, changed.isr, changed.partition_epoch});
  }
  return response;
}

}  // namespace kafkasim::core::test
