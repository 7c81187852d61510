// Finding the group coordinator and losing it (AbstractCoordinator.ensureCoordinatorReady; C-36, C-46).
#include <algorithm>
#include <utility>

#include "core/client/consumer.hpp"

namespace kafkasim::core {

using consumer::Link;
using consumer::RequestContext;
using LookupStep = consumer::ApplicationCall::LookupStep;

/// A coordinator whose connection just failed counts as unknown.
bool Consumer::coordinator_unknown(Turn& turn) {
  if (lookup_.coordinator.known() && transport_.unavailable(Link::coordinator, lookup_.coordinator, turn.now))
    mark_coordinator_unknown(true, turn);
  return !lookup_.coordinator.known();
}

/// `disconnected`: the connection is gone already; otherwise it is closed and what was asked there fails.
void Consumer::mark_coordinator_unknown(bool disconnected, Turn& turn) {
  if (!lookup_.coordinator.known()) return;
  const BrokerId old = std::exchange(lookup_.coordinator, BrokerId{});
  if (!disconnected) transport_.disconnect(Link::coordinator, old, metadata_, turn);
}

void Consumer::doubt_coordinator(ErrorCode error, Turn& turn) {
  const bool disconnected = error == ErrorCode::NETWORK_EXCEPTION;
  if (disconnected || error == ErrorCode::COORDINATOR_NOT_AVAILABLE || error == ErrorCode::NOT_COORDINATOR)
    mark_coordinator_unknown(disconnected, turn);
}

/// Asks the least loaded node unless a question is out. 0: nobody can be asked now.
std::int64_t Consumer::lookup_coordinator(Turn& turn) {
  if (lookup_.current != 0) return lookup_.current;
  const std::optional<NodeId> node = transport_.least_loaded(metadata_.nodes(), turn);
  if (!node) return 0;
  lookup_.current = ++lookup_.last_id;
  lookup_.current_result.reset();
  RequestContext context;
  context.lookup = lookup_.current;
  transport_.send(Link::data, *node, FindCoordinatorRequest{group_}, config_.client.request_timeout, std::move(context),
                  turn);
  return lookup_.current;
}

void Consumer::clear_lookup() {
  lookup_.current = 0;
  lookup_.current_result.reset();
}

void Consumer::on_coordinator_found(const consumer::PendingRequest& request, ErrorCode error, BrokerId node,
                                    Turn& turn) {
  if (error == ErrorCode::NONE) {
    lookup_.coordinator = node;
    transport_.try_connect(Link::coordinator, node, turn);
    heartbeat_.session_deadline = later(turn.now, config_.session_timeout);
  }
  end_lookup(request.context.lookup, error, turn);
}

void Consumer::end_lookup(std::int64_t id, ErrorCode error, Turn& turn) {
  if (lookup_.current == id) lookup_.current_result = error;
  if (call_.awaited_lookup == id) call_.lookup_result = error;
  std::vector<consumer::WaitingCommit> ready;
  std::erase_if(waiting_commits_, [&](const consumer::WaitingCommit& commit) {
    if (commit.lookup != id) return false;
    ready.push_back(commit);
    return true;
  });
  for (consumer::WaitingCommit& commit : ready) {
    consumer::Thrown failed{error, error == ErrorCode::NONE ? std::string_view{} : exception_name(error)};
    if (!failed) failed = send_commit(commit.purpose, commit.call, std::move(commit.offsets), turn);
    if (failed) commit_done(commit.purpose, commit.call, failed, turn);
  }
}

/// Blocks the application until the coordinator is known or its call's time is up; may be called again and again.
Consumer::Wait Consumer::ensure_coordinator(Turn& turn) {
  for (;;) {
    switch (call_.lookup_step) {
      case LookupStep::start:
        if (!coordinator_unknown(turn)) return end_ensure(Wait::ready);
        if (call_.lookup_attempts > 0 && turn.now >= call_.deadline) return end_ensure(Wait::timed_out);
        if (lookup_.current_result) clear_lookup();
        call_.awaited_lookup = lookup_coordinator(turn);
        call_.lookup_result.reset();
        if (call_.awaited_lookup == 0) call_.lookup_result = ErrorCode::COORDINATOR_NOT_AVAILABLE;
        call_.lookup_step = LookupStep::reply;
        pump(turn);
        break;
      case LookupStep::reply:
        if (!call_.lookup_result) {
          if (turn.now < call_.deadline) return Wait::blocked;
          return end_ensure(Wait::timed_out);
        }
        after_lookup(turn);
        break;
      case LookupStep::asleep:
        if (turn.now < call_.sleep_until) return Wait::blocked;
        if (call_.refresh_after_sleep) metadata_.request_update();
        call_.awaited_metadata = metadata_.version();
        call_.lookup_step = call_.refresh_after_sleep ? LookupStep::metadata : LookupStep::start;
        pump(turn);
        break;
      case LookupStep::metadata:
        if (metadata_.version() == call_.awaited_metadata && turn.now < call_.deadline) return Wait::blocked;
        clear_lookup();
        call_.lookup_step = LookupStep::start;
        break;
    }
  }
}

/// The awaited lookup ended: found, found but not reachable, or failed (then metadata is refreshed before the next).
void Consumer::after_lookup(Turn& turn) {
  const bool failed = *call_.lookup_result != ErrorCode::NONE;
  const bool unreachable = !failed && coordinator_unknown(turn);
  call_.awaited_lookup = 0;
  clear_lookup();
  if (!failed && !unreachable) {
    call_.lookup_step = LookupStep::start;
    return;
  }
  const ExponentialBackoff backoff{config_.client.retry_backoff, config_.client.retry_backoff_max};
  call_.sleep_until = std::min(later(turn.now, backoff.draw(call_.lookup_attempts, turn)), call_.deadline);
  ++call_.lookup_attempts;
  call_.refresh_after_sleep = failed;
  call_.lookup_step = LookupStep::asleep;
}

Consumer::Wait Consumer::end_ensure(Wait how) {
  call_.lookup_step = LookupStep::start;
  call_.lookup_attempts = 0;
  call_.awaited_lookup = 0;
  return how;
}

void Consumer::send_to_coordinator(Request request, Duration timeout, RequestContext context, Turn& turn) {
  context.generation = member_.generation;
  context.member_id = member_.member_id;
  transport_.send(Link::coordinator, lookup_.coordinator, std::move(request), timeout, std::move(context), turn);
}

}  // namespace kafkasim::core
