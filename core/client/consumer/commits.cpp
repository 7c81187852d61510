// OffsetCommit: automatic, before a rebalance, by the application (C-28..C-34).
#include <utility>

#include "core/client/consumer.hpp"

namespace kafkasim::core {

using consumer::CommitPurpose;
using consumer::MemberState;
using consumer::Thrown;

namespace {

constexpr Thrown kRebalanceInProgress{ErrorCode::REBALANCE_IN_PROGRESS, "RebalanceInProgressException"};
constexpr std::string_view kCommitFailed = "CommitFailedException";

}  // namespace

/// C-29 a: in poll, when the timer expired; covers what earlier polls returned.
void Consumer::maybe_auto_commit(Turn& turn) {
  if (!config_.enable_auto_commit || turn.now < next_auto_commit_) return;
  next_auto_commit_ = later(turn.now, config_.auto_commit_interval);
  commit_without_waiting(CommitPurpose::auto_commit, -1, subscriptions_.all_consumed(), turn);
  pump(turn);
}

bool Consumer::commit_without_waiting(CommitPurpose purpose, std::int32_t call, Offsets offsets, Turn& turn) {
  ++commits_in_flight_;
  if (offsets.empty()) {
    commit_done(purpose, call, {}, turn);
    return true;
  }
  if (coordinator_unknown(turn)) {
    if (lookup_.current_result) clear_lookup();
    const std::int64_t lookup = lookup_coordinator(turn);
    if (lookup == 0) {
      const ErrorCode nobody = ErrorCode::COORDINATOR_NOT_AVAILABLE;
      commit_done(purpose, call, {nobody, exception_name(nobody)}, turn);
      return true;
    }
    waiting_commits_.push_back({lookup, purpose, call, std::move(offsets)});
    return false;
  }
  const Thrown failed = send_commit(purpose, call, std::move(offsets), turn);
  if (failed) commit_done(purpose, call, failed, turn);
  return true;
}

Thrown Consumer::send_commit(CommitPurpose purpose, std::int32_t call, Offsets offsets, Turn& turn) {
  if (coordinator_unknown(turn)) {
    const ErrorCode unknown = ErrorCode::COORDINATOR_NOT_AVAILABLE;
    return {unknown, exception_name(unknown)};
  }
  OffsetCommitRequest request{group_, Generation{}, {}, std::move(offsets)};
  if (!topics_.empty()) {
    if (member_.state == MemberState::unjoined) return {ErrorCode::UNKNOWN_MEMBER_ID, kCommitFailed};
    if (member_.state != MemberState::stable) return kRebalanceInProgress;
    request.generation = member_.generation;
    request.member_id = member_.member_id;
  }
  consumer::RequestContext context;
  context.purpose = purpose;
  context.call = call;
  send_to_coordinator(std::move(request), config_.client.request_timeout, std::move(context), turn);
  return {};
}

/// C-33.
void Consumer::on_commit_reply(const consumer::PendingRequest& request, ErrorCode error, Turn& turn) {
  Thrown thrown{error, error == ErrorCode::NONE ? std::string_view{} : exception_name(error)};
  switch (error) {
    case ErrorCode::NONE: {
      OffsetsCommitted committed;
      for (const auto& partition : std::get<OffsetCommitRequest>(request.request).partitions)
        committed.offsets.emplace_back(partition.partition, partition.offset);
      turn.out.note(std::move(committed));
      break;
    }
    case ErrorCode::NETWORK_EXCEPTION:
    case ErrorCode::COORDINATOR_NOT_AVAILABLE:
    case ErrorCode::NOT_COORDINATOR:
      doubt_coordinator(error, turn);
      break;
    case ErrorCode::REQUEST_TIMED_OUT:
      mark_coordinator_unknown(false, turn);
      break;
    case ErrorCode::REBALANCE_IN_PROGRESS:
      member_.rejoin_needed = true;
      break;
    case ErrorCode::UNKNOWN_MEMBER_ID:
    case ErrorCode::ILLEGAL_GENERATION:
      if (!generation_unchanged(request) && member_.state == MemberState::preparing_rebalance) {
        thrown = kRebalanceInProgress;
      } else {
        reset_and_rejoin(error == ErrorCode::UNKNOWN_MEMBER_ID);
        thrown.exception = kCommitFailed;
      }
      break;
    default:
      break;
  }
  commit_done(request.context.purpose, request.context.call, thrown, turn);
}

void Consumer::commit_done(CommitPurpose purpose, std::int32_t call, Thrown thrown, Turn& turn) {
  const bool may_retry = thrown && retriable(thrown.error);
  if (purpose == CommitPurpose::sync_call) {  // `call` is the attempt: an answer to an earlier one is not awaited
    if (call_.attempts == call && !call_.commit_result) call_.commit_result = thrown;
    return;
  }
  --commits_in_flight_;
  if (purpose == CommitPurpose::async_call) {
    if (may_retry) thrown.exception = "RetriableCommitFailedException";
    turn.out.add(CallReturned{call, thrown.error, thrown.exception});
    return;
  }
  if (purpose == CommitPurpose::join_prepare) member_.prepare_commit_result = thrown.error;
  if (may_retry) next_auto_commit_ = later(turn.now, config_.client.retry_backoff);
}

}  // namespace kafkasim::core
