// poll() in Kafka's order: group upkeep, auto-commit, positions, hand-out, fetches, waiting (C-1, C-2).
#include <algorithm>
#include <utility>

#include "core/base/invariant.hpp"
#include "core/client/consumer.hpp"

namespace kafkasim::core {

using consumer::ApplicationCall;
using consumer::FetchState;
using consumer::MemberState;
using consumer::Thrown;

bool Consumer::step_poll(Turn& turn) {
  switch (call_.stage) {
    case Stage::begin:
      call_.stage = begin_iteration(turn);
      return true;
    case Stage::coordinator: {
      const Wait wait = ensure_coordinator(turn);
      if (wait == Wait::blocked) return false;
      call_.stage = wait == Wait::timed_out ? Stage::fetch : group_upkeep(turn);
      return true;
    }
    case Stage::positions: {
      Thrown thrown;
      call_.stage = update_positions(thrown, turn);
      if (thrown) end_poll({}, thrown, turn);
      return true;
    }
    case Stage::committed: {
      Thrown thrown;
      const Wait wait = has_group() ? fetch_committed(thrown, turn) : Wait::ready;
      if (wait == Wait::blocked && !thrown) return false;
      if (wait == Wait::ready && !thrown) thrown = reset_initializing(turn);
      call_.stage = Stage::fetch;
      if (thrown) end_poll({}, thrown, turn);
      return true;
    }
    case Stage::fetch:
      return fetch_or_wait(turn);
    default:
      INVARIANT(call_.stage == Stage::await, "poll has no other stage");
      return after_wait(turn);
  }
}

/// ConsumerCoordinator.poll up to the search for the coordinator.
Consumer::Stage Consumer::begin_iteration(Turn& turn) {
  update_metadata_snapshot();
  if (!topics_.empty()) {
    heartbeat_from_poll(turn);
    return Stage::coordinator;
  }
  if (has_group()) {
    pump(turn);
    maybe_auto_commit(turn);
  }
  return Stage::positions;
}

/// ConsumerCoordinator.poll once the coordinator is known: join without waiting, then the auto-commit (C-29 a).
Consumer::Stage Consumer::group_upkeep(Turn& turn) {
  if (rejoin_needed_or_pending()) {
    Thrown thrown;
    const bool joined = join_if_needed(thrown, turn);
    if (thrown) {
      end_poll({}, thrown, turn);
      return Stage::begin;
    }
    if (!joined) return Stage::fetch;
  }
  maybe_auto_commit(turn);
  return Stage::positions;
}

/// When poll must leave its wait: next heartbeat or auto-commit. One that is overdue already waits for an event
/// (Kafka's loop spins there).
Instant Consumer::time_to_next_poll(Instant now) const {
  Instant next = kNever;
  const bool beats = member_.state == MemberState::completing_rebalance || member_.state == MemberState::stable;
  if (beats && heartbeat_.heartbeat_due > now) next = heartbeat_.heartbeat_due;
  if (next_auto_commit_ > now) next = std::min(next, next_auto_commit_);
  return next;
}

/// pollForFetches up to the wait.
bool Consumer::fetch_or_wait(Turn& turn) {
  Thrown thrown;
  std::vector<PolledRecords> records = fetcher_.collect(config_, subscriptions_, metadata_, thrown, turn);
  if (thrown || !records.empty()) return end_poll(std::move(records), thrown, turn), true;
  fetcher_.send_fetches(config_, subscriptions_, metadata_, transport_, turn);
  transport_.transmit(turn);
  call_.wake = std::min(call_.deadline, time_to_next_poll(turn.now));
  const Instant backoff_over = later(turn.now, std::max<Duration>(config_.client.retry_backoff, 1ms));  // 0 is allowed
  if (!call_.all_positions) call_.wake = std::min(call_.wake, backoff_over);
  if (transport_.in_flight() == 0) call_.wake = std::min(call_.wake, backoff_over);
  call_.stage = Stage::await;
  call_.woken = false;
  pump(turn);
  return true;
}

bool Consumer::after_wait(Turn& turn) {
  if (!call_.woken && turn.now < call_.wake) return false;
  call_.woken = false;
  Thrown thrown;
  std::vector<PolledRecords> records = fetcher_.collect(config_, subscriptions_, metadata_, thrown, turn);
  if (thrown || !records.empty() || turn.now >= call_.deadline) return end_poll(std::move(records), thrown, turn), true;
  call_.stage = Stage::begin;
  return true;
}

/// The next fetches leave before the records are returned (C-1).
void Consumer::end_poll(std::vector<PolledRecords> records, Thrown thrown, Turn& turn) {
  if (!records.empty()) {
    fetcher_.send_fetches(config_, subscriptions_, metadata_, transport_, turn);
    transport_.transmit(turn);
  }
  if (thrown) turn.out.note(ConsumerException{thrown.error, thrown.exception});
  turn.out.add(PollReturned{std::move(records), thrown.exception});
  call_.kind = ApplicationCall::Kind::none;
}

}  // namespace kafkasim::core
