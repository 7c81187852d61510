// The controller's answers: registration, heartbeat, AlterPartition, producer id blocks, metadata fetch.
#include <utility>

#include "core/base/invariant.hpp"
#include "core/controller/alter_partition.hpp"
#include "core/controller/controller.hpp"

namespace kafkasim::core {

namespace {

constexpr std::int32_t kProducerIdBlock = 1000;  // R4.1

}  // namespace

void Controller::on_request(RequestToken from, Request&& request, Turn& turn) {
  INVARIANT(active_, "only a running controller reads requests");
  if (const auto* registration = std::get_if<BrokerRegistrationRequest>(&request))
    on_registration(from, *registration, turn);
  else if (const auto* heartbeat = std::get_if<BrokerHeartbeatRequest>(&request))
    on_heartbeat(from, *heartbeat, turn);
  else if (const auto* alter = std::get_if<AlterPartitionRequest>(&request))
    on_alter_partition(from, *alter, turn);
  else if (const auto* ids = std::get_if<AllocateProducerIdsRequest>(&request))
    on_allocate_producer_ids(from, *ids, turn);
  else if (const auto* fetch = std::get_if<MetadataFetchRequest>(&request))
    on_metadata_fetch(from, *fetch, turn);
  else if (const auto* elect = std::get_if<ElectLeadersRequest>(&request))
    on_elect_leaders(from, *elect, turn);
  else if (const auto* create = std::get_if<CreateTopicsRequest>(&request))
    on_create_topic(from, *create, turn);
  else if (const auto* grow = std::get_if<CreatePartitionsRequest>(&request))
    on_create_partitions(from, *grow, turn);
  else
    on_alter_config(from, std::get<IncrementalAlterConfigsRequest>(request), turn);  // nothing else is sent to it
}

bool Controller::current_epoch(BrokerId broker, BrokerEpoch epoch) const {
  const BrokerRegistration* found = log_.latest().broker(broker);
  return found != nullptr && found->epoch == epoch;
}

/// R3.11, R3.12, R3.27.
void Controller::on_registration(RequestToken from, const BrokerRegistrationRequest& request, Turn& turn) {
  const MetadataImage& image = log_.latest();
  const BrokerRegistration* existing = image.broker(request.broker_id);
  const bool same_incarnation = existing != nullptr && existing->incarnation == request.incarnation_id;
  if (existing != nullptr && !same_incarnation && sessions_.valid({request.broker_id, existing->epoch}, turn.now)) {
    turn.out.note(BrokerRegistered{request.broker_id, ErrorCode::DUPLICATE_BROKER_REGISTRATION});
    turn.out.reply(from, BrokerRegistrationResponse{ErrorCode::DUPLICATE_BROKER_REGISTRATION, {}});
    return;
  }
  Write write;
  BrokerRegistration registration;
  if (same_incarnation) {
    registration = *existing;  // a repeated request: the first one's answer was lost
  } else {
    // The epoch is the offset of the write's first record, which may be a partition change.
    registration = {BrokerEpoch{log_.end()}, request.incarnation_id, request.rack, true, false,
                    request.offline_replicas};
    if (existing != nullptr) {
      const bool clean_shutdown = request.previous_broker_epoch == existing->epoch;
      add_previous_incarnation_end(image, request.broker_id, clean_shutdown, rules_, write);
    }
  }
  const BrokerEpoch epoch = registration.epoch;
  write.push_back({RegisterBrokerRecord{request.broker_id, std::move(registration)}});
  append(std::move(write), turn);
  reply_when_committed(from, BrokerRegistrationResponse{ErrorCode::NONE, epoch}, turn);
}

/// R3.13-R3.18.
void Controller::on_heartbeat(RequestToken from, const BrokerHeartbeatRequest& request, Turn& turn) {
  const BrokerId sender = request.broker_id;
  sessions_.contact({sender, request.broker_epoch}, turn.now);
  if (!current_epoch(sender, request.broker_epoch)) {
    BrokerHeartbeatResponse stale;
    stale.error = ErrorCode::STALE_BROKER_EPOCH;
    turn.out.reply(from, stale);
    return;
  }
  const MetadataImage& image = log_.latest();
  const BrokerControlState current = registry_.current(sender);
  const BrokerControlState next = registry_.next(request, has_leaderships(image, sender));
  const bool fenced = next == BrokerControlState::fenced || next == BrokerControlState::shutdown_now;
  Write write;
  if (next != current) {
    if (fenced)
      add_fencing(image, sender, rules_, write);
    else if (next == BrokerControlState::unfenced)
      add_unfencing(image, sender, rules_, write);
    else
      add_controlled_shutdown(image, sender, rules_, write);
  } else if (request.offline_replicas != image.brokers.at(sender).offline_replicas) {
    add_offline_replicas(image, sender, request.offline_replicas, rules_, write);
  }
  registry_.touch(sender, fenced, request.current_metadata_offset);
  const bool caught_up = request.current_metadata_offset >= registry_.at(sender).registration_offset;
  append(std::move(write), turn);
  if (next == BrokerControlState::controlled_shutdown) registry_.shutting_down(sender, log_.end() - 1);
  reply_when_committed(
      from, BrokerHeartbeatResponse{ErrorCode::NONE, caught_up, fenced, next == BrokerControlState::shutdown_now},
      turn);
}

void Controller::on_alter_partition(RequestToken from, const AlterPartitionRequest& request, Turn& turn) {
  Write write;
  AlterPartitionResponse response = alter_partition(log_.latest(), request, rules_, write);
  if (response.error != ErrorCode::NONE) {
    turn.out.reply(from, std::move(response));
    return;
  }
  append(std::move(write), turn);
  reply_when_committed(from, std::move(response), turn);
}

void Controller::on_allocate_producer_ids(RequestToken from, const AllocateProducerIdsRequest& request, Turn& turn) {
  if (!current_epoch(request.broker_id, request.broker_epoch)) {
    turn.out.reply(from, AllocateProducerIdsResponse{ErrorCode::STALE_BROKER_EPOCH, 0, 0});
    return;
  }
  const std::int64_t first = log_.next_producer_id();
  Write write;
  write.push_back({ProducerIdsRecord{first + kProducerIdBlock}});
  append(std::move(write), turn);
  reply_when_committed(from, AllocateProducerIdsResponse{ErrorCode::NONE, first, kProducerIdBlock}, turn);
}

/// R3.34: a commit answers parked fetches with records and the new high watermark at once (KIP-1166, 4.1).
void Controller::on_metadata_fetch(RequestToken from, const MetadataFetchRequest& request, Turn& turn) {
  if (request.fetch_offset < image().end || request.max_wait <= Duration::zero()) {
    answer_fetch(from, request.fetch_offset, turn);
    return;
  }
  INVARIANT(request.fetch_offset == image().end, "no reader is ahead of the committed metadata log");
  fetches_.push_back({from, request.fetch_offset, later(turn.now, request.max_wait)});
  arm_fetch_timer(turn);
}

}  // namespace kafkasim::core
