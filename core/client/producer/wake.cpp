// When the network thread wakes by itself (S-42).
#include <algorithm>

#include "core/base/invariant.hpp"
#include "core/client/producer.hpp"

namespace kafkasim::core {

/// When the thread wakes by itself. As Java's, it does not wake for the expiry of a request (S-42): it sleeps for
/// request.timeout.ms at most, unless there is a backlog, when the application's next send() wakes it.
Instant Producer::next_wake(Instant now) const {
  Instant next = metadata_.next_deadline(network_, now);
  const bool idle = accumulator_.empty() && network_.in_flight() == 0;
  if (!idle) next = std::min(next, later(last_wake_, config_.client.request_timeout));
  if (accumulator_.backlog() && !blocked_) next = std::min(next, network_.next_deadline());
  next = std::min(next, network_.next_connection_deadline(next));
  next = std::min(next, accumulator_.next_expiry(next));
  return std::min(next, next_flight_expiry(next));
}

/// When a batch in flight runs into delivery.timeout.ms. What is not before `horizon` may be told as kNever.
Instant Producer::next_flight_expiry(Instant horizon) const {
  if (later(oldest_in_flight_.created, config_.delivery_timeout) >= horizon) return kNever;
  Instant oldest = kNever;
  for (const auto& [tag, request] : requests_)
    for (const ProducerBatch& batch : request.batches)
      if (!batch.done) oldest = std::min(oldest, batch.created);
  INVARIANT(oldest >= oldest_in_flight_.created, "no batch in flight is older than was thought possible");
  return later(oldest_in_flight_.created = oldest, config_.delivery_timeout);
}

/// When something that is ready, or will be, can be looked at again.
Instant Producer::ready_at(const Accumulator::Ready& ready, Instant now) const {
  Instant next = ready.next_check;
  for (const NodeId node : ready.nodes) {
    const Instant at = network_.may_connect_at(node, now);
    if (at > now) next = std::min(next, at);
  }
  return next;
}

/// `seen`: what is ready at this moment, if that is known.
void Producer::arm(Turn& turn, const std::optional<Accumulator::Ready>& seen) {
  Instant next = kNever;
  if (!closed_) {
    next = next_wake(turn.now);
    const bool have_id = !config_.enable_idempotence || sequences_.has_producer_id();
    if (have_id) {
      const bool exhausted = blocked_ && blocked_->for_memory;
      next = std::min(next, seen ? ready_at(*seen, turn.now)
                                 : ready_at(accumulator_.ready(metadata_, exhausted, hurried(), turn.now), turn.now));
    } else if (!init_in_flight_) {
      if (init_not_before_ > turn.now) next = std::min(next, init_not_before_);
      for (const NodeId node : metadata_.nodes()) {
        const Instant at = network_.may_connect_at(node, turn.now);
        if (at > turn.now) next = std::min(next, at);
      }
    }
  }
  if (next != armed_) turn.out.timer(TimerKey{TimerKind::sender, 0}, armed_ = next);
  const Instant give_up = blocked_ ? blocked_->deadline : kNever;
  if (give_up != block_armed_) turn.out.timer(TimerKey{TimerKind::sender, 1}, block_armed_ = give_up);
}

}  // namespace kafkasim::core
