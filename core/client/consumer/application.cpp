// The application thread: which call it is in, when it wakes; commitSync and close (C-32, C-47).
#include <algorithm>
#include <utility>

#include "core/base/invariant.hpp"
#include "core/client/consumer.hpp"

namespace kafkasim::core {

using consumer::ApplicationCall;
using consumer::CommitPurpose;
using consumer::MemberState;
using consumer::Thrown;

namespace {

constexpr Thrown kTimeout{ErrorCode::REQUEST_TIMED_OUT, "TimeoutException"};

}  // namespace

void Consumer::enter(ApplicationCall::Kind kind, Stage stage, Duration limit, Turn& turn) {
  INVARIANT(!in_call(), "the application makes one call at a time");
  INVARIANT(!closed_, "a closed consumer is not called");
  const bool all_positions = call_.all_positions;
  call_ = ApplicationCall{};
  call_.kind = kind;
  call_.stage = stage;
  call_.deadline = later(turn.now, limit);
  call_.all_positions = all_positions;
}

/// Each turn of this loop is one return of ConsumerNetworkClient.poll to the thread that called it.
void Consumer::run(Turn& turn) {
  while (in_call() && turn.now >= call_.sleep_until) {
    if (step(turn)) continue;
    if (!pump(turn)) break;
  }
  arm(turn);
}

/// True: the thread went on; false: it waits for the network or the clock.
bool Consumer::step(Turn& turn) {
  switch (call_.kind) {
    case ApplicationCall::Kind::poll:
      return step_poll(turn);
    case ApplicationCall::Kind::commit_sync:
      return step_commit(turn);
    case ApplicationCall::Kind::lookup:
      return step_lookup(turn);
    default:
      INVARIANT(call_.kind == ApplicationCall::Kind::close, "a step is part of a call");
      return step_close(turn);
  }
}

/// Something reached this process. Nobody reads it while the application is busy and the heartbeat thread sleeps.
void Consumer::arrived(Turn& turn) {
  if (in_call() && turn.now >= call_.sleep_until) return run(turn);
  arm(turn);
}

bool Consumer::pump(Turn& turn) {
  bool happened = transport_.pump(metadata_, turn);
  for (consumer::Outcome outcome; transport_.take_outcome(outcome);) {
    happened = true;
    on_outcome(std::move(outcome), turn);
  }
  if (!member_.group_members.empty()) assign_and_sync(turn);
  if (happened) call_.woken = true;
  return happened;
}

void Consumer::arm(Turn& turn) {
  Instant next = kNever;
  if (in_call() && turn.now < call_.sleep_until) {
    next = call_.sleep_until;
  } else if (in_call()) {
    next = std::min(call_.deadline, transport_.next_deadline(metadata_, turn.now));
    if (call_.stage == Stage::await) next = std::min(next, call_.wake);
  }
  if (next != armed_call_) turn.out.timer({TimerKind::poll, 0}, next);
  armed_call_ = next;
  next = heartbeat_wake(turn.now);
  if (next != armed_heartbeat_) turn.out.timer({TimerKind::heartbeat_thread, 0}, next);
  armed_heartbeat_ = next;
}

/// ConsumerCoordinator.commitOffsetsSync.
bool Consumer::step_commit(Turn& turn) {
  const bool expired = turn.now >= call_.deadline;
  if (call_.stage == Stage::commit) {
    if (expired && call_.attempts > 0) return end_commit(kTimeout, turn), true;
    if (call_.offsets.empty()) {  // only waits for earlier asynchronous commits
      if (commits_in_flight_ > 0 && !expired) return false;
      return end_commit({}, turn), true;
    }
    const Wait coordinator = ensure_coordinator(turn);
    if (coordinator == Wait::blocked) return false;
    if (coordinator == Wait::timed_out) return end_commit(kTimeout, turn), true;
    ++call_.attempts;
    call_.commit_result.reset();
    const Thrown failed = send_commit(CommitPurpose::sync_call, call_.attempts, call_.offsets, turn);
    if (failed) call_.commit_result = failed;
    call_.stage = Stage::commit_reply;
    return true;
  }
  if (!call_.commit_result) {
    if (!expired) return false;
    return end_commit(kTimeout, turn), true;
  }
  const Thrown result = *call_.commit_result;
  if (!result || !retriable(result.error)) return end_commit(result, turn), true;
  const core::ExponentialBackoff backoff{config_.client.retry_backoff, config_.client.retry_backoff_max};
  call_.sleep_until = std::min(later(turn.now, backoff.draw(call_.attempts - 1, turn)), call_.deadline);
  call_.stage = Stage::commit;
  return true;
}

void Consumer::end_commit(Thrown thrown, Turn& turn) {
  if (call_.kind == ApplicationCall::Kind::close) {  // a failed commit does not stop close()
    call_.stage = Stage::begin;
    return;
  }
  end_call(thrown, turn);
}

void Consumer::end_call(Thrown thrown, Turn& turn) {
  turn.out.add(CallReturned{call_.number, thrown.error, thrown.exception});
  call_.kind = ApplicationCall::Kind::none;
}

/// C-47: commit, wait for asynchronous commits, onPartitionsRevoked, LeaveGroup, wait for its reply.
bool Consumer::step_close(Turn& turn) {
  if (call_.stage == Stage::commit || call_.stage == Stage::commit_reply) return step_commit(turn);
  if (call_.stage == Stage::begin) {
    if (!waiting_commits_.empty() && ensure_coordinator(turn) == Wait::blocked) return false;
    heartbeat_.enabled = false;
    if (!topics_.empty() && !subscriptions_.order().empty()) {
      const bool rebalancing =
          member_.state == MemberState::preparing_rebalance || member_.state == MemberState::completing_rebalance;
      const bool lost = !member_.generation.known() || member_.member_id.empty() || rebalancing;  // S-20
      give_up_assignment(lost, turn);
    }
    if (!topics_.empty()) maybe_leave_group(turn);
    call_.stage = Stage::drain;
    return true;
  }
  const bool wait = !coordinator_unknown(turn) && transport_.coordinator_pending() && turn.now < call_.deadline;
  if (wait) return false;
  finish_close(turn);
  return true;
}

void Consumer::finish_close(Turn& turn) {
  call_.kind = ApplicationCall::Kind::none;
  closed_ = true;
  turn.out.add(ClientClosed{});
}

}  // namespace kafkasim::core
