// Every reply, and every request that will have none, goes to whoever waits for it.
#include <set>
#include <type_traits>
#include <utility>

#include "core/client/consumer.hpp"

namespace kafkasim::core {
namespace {

template <class Message>
concept HasError = requires(const Message& message) {
  message.error;
};

}  // namespace

void Consumer::on_outcome(consumer::Outcome&& outcome, Turn& turn) {
  const consumer::PendingRequest& request = outcome.request;
  Response* reply = std::get_if<Response>(&outcome.result);
  ErrorCode error = reply == nullptr ? std::get<ErrorCode>(outcome.result) : ErrorCode::NONE;
  if (reply != nullptr) {
    std::visit(
        [&error](const auto& message) {
          if constexpr (HasError<std::decay_t<decltype(message)>>) error = message.error;
        },
        *reply);
    note_errors(*reply, turn);
  }
  // The default value stands for the reply that never came.
  const auto as = [reply]<class Message>(Message empty) {
    return reply == nullptr ? std::move(empty) : std::move(std::get<Message>(*reply));
  };
  if (std::holds_alternative<FetchRequest>(request.request)) {
    if (reply == nullptr) return fetcher_.on_failure(request);
    return fetcher_.on_reply(request, as(FetchResponse{}), subscriptions_, metadata_, turn);
  }
  if (std::holds_alternative<ListOffsetsRequest>(request.request))
    return on_list_offsets(request, error, as(ListOffsetsResponse{}), turn);
  if (std::holds_alternative<OffsetForLeaderEpochRequest>(request.request))
    return on_epoch_end_offsets(request, error, as(OffsetForLeaderEpochResponse{}), turn);
  if (std::holds_alternative<FindCoordinatorRequest>(request.request))
    return on_coordinator_found(request, error, as(FindCoordinatorResponse{}).node, turn);
  if (std::holds_alternative<JoinGroupRequest>(request.request))
    return on_join_reply(request, error, as(JoinGroupResponse{}), turn);
  if (std::holds_alternative<SyncGroupRequest>(request.request))
    return on_sync_reply(request, error, as(SyncGroupResponse{}), turn);
  if (std::holds_alternative<HeartbeatRequest>(request.request)) return on_heartbeat_reply(request, error, turn);
  if (std::holds_alternative<OffsetCommitRequest>(request.request)) return on_commit_reply(request, error, turn);
  if (std::holds_alternative<OffsetFetchRequest>(request.request))
    return on_committed(request, error, as(OffsetFetchResponse{}), turn);
  // LeaveGroup: not resent, whatever came of it.
}

/// ClientError once per code of a reply; Fetch notes its own.
void Consumer::note_errors(const Response& reply, Turn& turn) {
  std::set<ErrorCode> errors;
  std::visit(
      [&errors](const auto& message) {
        using Message = std::decay_t<decltype(message)>;
        if constexpr (HasError<Message>) errors.insert(message.error);
        if constexpr (std::is_same_v<Message, ListOffsetsResponse> ||
                      std::is_same_v<Message, OffsetForLeaderEpochResponse>)
          for (const auto& partition : message.partitions) errors.insert(partition.error);
      },
      reply);
  errors.erase(ErrorCode::NONE);
  for (const ErrorCode error : errors) turn.out.note(ClientError{api_name(reply), error});
}

}  // namespace kafkasim::core
