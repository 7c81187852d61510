// offsetsForTimes (OffsetFetcher.fetchOffsetsByTimes; C-27) and the seek that follows it.
#include <algorithm>
#include <map>
#include <utility>

#include "core/client/consumer.hpp"

namespace kafkasim::core {

using consumer::ApplicationCall;
using consumer::Link;
using consumer::Thrown;

void Consumer::seek_to_time(std::int32_t call, std::vector<TopicPartition> partitions, Instant time, Turn& turn) {
  enter(ApplicationCall::Kind::lookup, Stage::lookup, config_.default_api_timeout, turn);
  call_.number = call;
  call_.time = time;
  call_.wanted = std::move(partitions);
  const bool all = std::all_of(call_.wanted.begin(), call_.wanted.end(),
                               [this](TopicPartition tp) { return subscriptions_.assigned(tp); });
  if (!all) end_call({ErrorCode::NONE, "IllegalStateException"}, turn);
  run(turn);
}

/// One ListOffsets per leader; what has no leader yet, or failed, is asked for again after retry.backoff.ms.
bool Consumer::step_lookup(Turn& turn) {
  if (call_.stage == Stage::lookup_reply) {
    const bool expired = turn.now >= call_.deadline;
    if (call_.asked > 0 && !expired) return false;
    if (call_.wanted.empty()) {
      for (const auto& [tp, offset] : std::exchange(call_.found, {})) {
        if (!subscriptions_.assigned(tp)) continue;
        if (!offset.known()) {
          subscriptions_.request_reset(tp, OffsetSpec::latest);
          continue;
        }
        subscriptions_.seek_unvalidated(tp, {offset, LeaderEpoch{}, metadata_.leader(tp)});
        turn.out.note(PositionSet{tp, offset, PositionSet::Why::seek});
      }
      return end_call({}, turn), true;
    }
    if (expired) return end_call({ErrorCode::REQUEST_TIMED_OUT, "TimeoutException"}, turn), true;
    metadata_.request_update();
    call_.sleep_until = std::min(later(turn.now, config_.client.retry_backoff), call_.deadline);
    call_.stage = Stage::lookup;
    return true;
  }
  std::map<NodeId, ListOffsetsRequest> by_node;
  for (const TopicPartition tp : call_.wanted) {
    const ClientMetadata::Leader leader = metadata_.leader(tp);
    if (!leader.id.known() || transport_.unavailable(Link::data, leader.id, turn.now)) continue;
    by_node[leader.id].partitions.push_back({tp, leader.epoch, OffsetSpec::timestamp, call_.time});
  }
  call_.asked = static_cast<std::int32_t>(by_node.size());
  for (auto& [node, request] : by_node) {
    consumer::RequestContext context;
    context.call = call_.number;
    transport_.send(Link::data, node, std::move(request), config_.client.request_timeout, std::move(context), turn);
  }
  call_.stage = Stage::lookup_reply;
  pump(turn);
  return true;
}

void Consumer::on_times(const consumer::PendingRequest& request, ErrorCode error, const ListOffsetsResponse& response) {
  const bool awaited = call_.kind == ApplicationCall::Kind::lookup && call_.number == request.context.call;
  if (!awaited) return;  // that call has given up
  --call_.asked;
  if (error != ErrorCode::NONE) return;
  for (const ListOffsetsResponse::Partition& answer : response.partitions) {
    if (answer.error != ErrorCode::NONE) continue;
    std::erase(call_.wanted, answer.partition);
    call_.found.emplace_back(answer.partition, answer.offset);
  }
}

}  // namespace kafkasim::core
