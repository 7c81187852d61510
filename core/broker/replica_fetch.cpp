// Fetch: read or wait (R2.10-R2.14); ListOffsets and OffsetForLeaderEpoch.
#include <algorithm>
#include <boost/container/small_vector.hpp>
#include <utility>

#include "core/base/invariant.hpp"
#include "core/broker/replica_manager.hpp"

namespace kafkasim::core {

namespace {

// What is left of a response's bytes; the first partition with data may exceed it by one batch (R1.38).
struct Budget {
  std::int64_t left;
  std::int64_t used = 0;
  bool at_least_one() const { return used == 0; }
  void spend(std::int64_t bytes) {
    used += bytes;
    left = std::max<std::int64_t>(0, left - bytes);
  }
};

bool hinted(ErrorCode error) {
  return error == ErrorCode::NOT_LEADER_OR_FOLLOWER || error == ErrorCode::FENCED_LEADER_EPOCH;
}

}  // namespace

void ReplicaManager::on_fetch(RequestToken from, FetchRequest&& request, Turn& turn) {
  ParkedFetch fetch;
  fetch.token = from;
  fetch.deadline = later(turn.now, request.max_wait);
  fetch.replica_id = request.replica_id;
  fetch.max_bytes = std::min(request.max_bytes, config_.fetch_max_bytes);
  fetch.min_bytes = static_cast<std::int32_t>(std::min<std::int64_t>(request.min_bytes, fetch.max_bytes));
  fetch.partitions = std::move(request.partitions);

  FetchResponse response;
  response.asked = fetch.partitions.size();
  Budget budget{fetch.max_bytes};
  boost::container::small_vector<TopicPartition, 8> moved;
  bool at_once = request.max_wait <= Duration::zero() || fetch.partitions.empty();
  const bool by_follower = request.replica_id.known();
  const bool may_be_idle = by_follower && !stale_epoch(request.replica_id, request.replica_epoch, image());
  const View now = view(turn);
  for (const FetchRequest::Partition& part : fetch.partitions) {
    Partition* partition = find(part.partition);
    FetchEffects effects;
    const bool idle = may_be_idle && partition != nullptr &&
                      partition->idle_fetch(part, request.replica_id, request.replica_epoch, now, effects);
    if (!idle) {
      if (response.partitions.empty()) response.partitions.reserve(std::min<std::size_t>(response.asked, 8));
      FetchResponse::Partition& answer = response.partitions.emplace_back();
      if (partition == nullptr) {
        answer.partition = part.partition;
        answer.error = missing(part.partition);
      } else if (by_follower) {
        effects = partition->fetch_by_follower(part, request.replica_id, request.replica_epoch, budget.left,
                                               budget.at_least_one(), now, answer);
      } else {
        effects = partition->read_for_consumer(part, budget.left, budget.at_least_one(), answer);
      }
      budget.spend(effects.size_bytes);
      at_once |= answer.error != ErrorCode::NONE || answer.diverging_epoch.has_value();
      if (hinted(answer.error)) answer.current_leader = leader_hint(part.partition);
    }
    if (effects.hw_moved) moved.push_back(part.partition);
    if (effects.isr_proposed) propose_isr(*partition, turn);
  }
  for (const TopicPartition tp : moved) on_high_watermark(partitions_.at(tp), turn);
  if (at_once || budget.used >= fetch.min_bytes) {
    turn.out.reply(from, std::move(response));
  } else {
    fetches_.park(std::move(fetch), turn);
  }
}

void ReplicaManager::answer_fetch(const ParkedFetch& fetch, Turn& turn) {
  FetchResponse response;
  response.asked = fetch.partitions.size();
  Budget budget{fetch.max_bytes};
  const bool by_follower = fetch.replica_id.known();
  for (const FetchRequest::Partition& part : fetch.partitions) {
    const Partition* here = partition(part.partition);
    if (by_follower && here != nullptr && here->nothing_to_tell(part, fetch.replica_id)) continue;
    if (response.partitions.empty()) response.partitions.reserve(std::min<std::size_t>(response.asked, 8));
    FetchResponse::Partition& answer = response.partitions.emplace_back();
    FetchEffects effects;
    if (here == nullptr) {
      answer.partition = part.partition;
      answer.error = missing(part.partition);
    } else if (by_follower) {
      effects = here->read_for_follower(part, fetch.replica_id, budget.left, budget.at_least_one(), answer);
    } else {
      effects = here->read_for_consumer(part, budget.left, budget.at_least_one(), answer);
    }
    budget.spend(effects.size_bytes);
    if (hinted(answer.error)) answer.current_leader = leader_hint(part.partition);
  }
  turn.out.reply(fetch.token, std::move(response));
}

void ReplicaManager::recheck_fetches(TopicPartition tp, Turn& turn) {
  for (const auto number : fetches_.watching(tp)) {
    const ParkedFetch* fetch = fetches_.find(number);
    if (fetch != nullptr && satisfied(*fetch, tp)) answer_fetch(fetches_.take(number), turn);
  }
}

// With min.bytes = 1 the touched partition decides alone: the others did not satisfy the fetch when they last changed.
bool ReplicaManager::satisfied(const ParkedFetch& fetch, TopicPartition touched) const {
  std::int64_t bytes = 0;
  for (const FetchRequest::Partition& part : fetch.partitions) {
    if (fetch.min_bytes <= 1 && part.partition != touched) continue;
    const ParkedFacts now = facts(fetch, part);
    if (judge_parked(now) != ParkedVerdict::wait) return true;
    bytes += countable_bytes(now);
    if (bytes >= fetch.min_bytes) return true;
  }
  return false;
}

ParkedFacts ReplicaManager::facts(const ParkedFetch& fetch, const FetchRequest::Partition& part) const {
  if (const Partition* here = partition(part.partition)) return here->parked_facts(part, fetch.replica_id);
  ParkedFacts gone;
  gone.error = missing(part.partition);
  return gone;
}

ListOffsetsResponse ReplicaManager::list_offsets(const ListOffsetsRequest& request) const {
  ListOffsetsResponse response;
  for (const auto& part : request.partitions) {
    if (const Partition* here = partition(part.partition)) {
      response.partitions.push_back(here->list_offset(part, request.replica_id.known()));
    } else {
      response.partitions.push_back({part.partition, missing(part.partition), Offset{}, LeaderEpoch{}});
    }
  }
  return response;
}

OffsetForLeaderEpochResponse ReplicaManager::offsets_for_leader_epochs(
    const OffsetForLeaderEpochRequest& request) const {
  OffsetForLeaderEpochResponse response;
  for (const auto& part : request.partitions) {
    if (const Partition* here = partition(part.partition)) {
      response.partitions.push_back(here->offset_for_leader_epoch(part));
    } else {
      response.partitions.push_back({part.partition, missing(part.partition), EpochEndOffset{}});
    }
  }
  return response;
}

void ReplicaManager::on_connection_closed(std::uint32_t connection) {
  produces_.forget(connection);
  fetches_.forget(connection);
}

}  // namespace kafkasim::core
