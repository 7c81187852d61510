// The heartbeat thread: heartbeats, session and poll time-outs, and reading replies while the application is busy
// (AbstractCoordinator.HeartbeatThread; C-41..C-45). It wakes every retry.backoff.ms; ticks that would do nothing are
// left out.
#include <algorithm>

#include "core/client/consumer.hpp"

namespace kafkasim::core {

using consumer::MemberState;
using LookupStep = consumer::ApplicationCall::LookupStep;

/// A JoinGroup reply was read: all timers start anew.
void Consumer::enable_heartbeats(Turn& turn) {
  heartbeat_.enabled = true;
  heartbeat_.heartbeat_due = later(turn.now, config_.heartbeat_interval);
  heartbeat_.session_deadline = later(turn.now, config_.session_timeout);
  heartbeat_.poll_deadline = later(turn.now, config_.max_poll_interval);
  heartbeat_.tick_base = turn.now;
}

/// AbstractCoordinator.pollHeartbeat: the application shows that it lives, and wakes the thread when a beat is due.
void Consumer::heartbeat_from_poll(Turn& turn) {
  heartbeat_.poll_deadline = later(turn.now, config_.max_poll_interval);
  if (heartbeat_.enabled && turn.now >= heartbeat_.heartbeat_due) run_heartbeat_thread(turn);
}

void Consumer::run_heartbeat_thread(Turn& turn) {
  if (call_.lookup_step == LookupStep::start || !in_call())  // ensureCoordinatorReady holds the lock while it waits
    while (heartbeat_step(turn)) {
    }
  heartbeat_.tick_base = turn.now;
}

/// One pass; false: the thread waits for its next tick.
bool Consumer::heartbeat_step(Turn& turn) {
  const bool joined = member_.state == MemberState::completing_rebalance || member_.state == MemberState::stable;
  if (!joined) heartbeat_.enabled = false;
  if (!heartbeat_.enabled) return false;
  pump(turn);
  if (coordinator_unknown(turn)) {
    if (lookup_.current != 0)
      clear_lookup();
    else
      lookup_coordinator(turn);
    return false;
  }
  if (turn.now >= heartbeat_.session_deadline) {  // C-43: membership is kept
    mark_coordinator_unknown(false, turn);
    return true;
  }
  if (turn.now >= heartbeat_.poll_deadline) {  // C-44
    maybe_leave_group(turn);
    return true;
  }
  if (turn.now < heartbeat_.heartbeat_due) return false;
  heartbeat_.heartbeat_due = later(turn.now, config_.heartbeat_interval);
  send_to_coordinator(HeartbeatRequest{group_, member_.generation, member_.member_id}, config_.client.request_timeout,
                      {}, turn);
  return true;
}

void Consumer::on_heartbeat_reply(const consumer::PendingRequest& request, ErrorCode error, Turn& turn) {
  bool received = error == ErrorCode::NONE;
  switch (error) {
    case ErrorCode::REBALANCE_IN_PROGRESS:  // C-41: acted on at the next poll
      if (member_.state == MemberState::stable) member_.rejoin_needed = true;
      received = true;
      break;
    case ErrorCode::ILLEGAL_GENERATION:
    case ErrorCode::UNKNOWN_MEMBER_ID:
      received = !generation_unchanged(request);
      if (!received) reset_and_rejoin(error == ErrorCode::UNKNOWN_MEMBER_ID);  // C-45
      break;
    default:
      doubt_coordinator(error, turn);
  }
  if (received)
    heartbeat_.session_deadline = later(turn.now, config_.session_timeout);
  else
    heartbeat_.heartbeat_due = later(turn.now, config_.client.retry_backoff);
}

/// The first tick at which the thread finds something to do.
Instant Consumer::heartbeat_wake(Instant now) const {
  if (!heartbeat_.enabled || closed_) return kNever;
  const bool reading = in_call() && now >= call_.sleep_until;
  if (in_call() && call_.lookup_step != LookupStep::start) return kNever;
  Instant due = std::min({heartbeat_.heartbeat_due, heartbeat_.session_deadline, heartbeat_.poll_deadline});
  if (!lookup_.coordinator.known()) due = now;
  if (!reading && transport_.has_arrivals()) due = now;
  if (!reading) due = std::min(due, transport_.next_deadline(metadata_, now));
  if (due == kNever) return kNever;
  const Duration tick = std::max<Duration>(config_.client.retry_backoff, 1ms);  // 0 is allowed
  const Duration ahead = std::max(due, now + Duration{1}) - heartbeat_.tick_base;
  return heartbeat_.tick_base + tick * ((ahead.count() + tick.count() - 1) / tick.count());
}

}  // namespace kafkasim::core
