// The clock, the pending events and the fingerprint of what was executed: the kernel as the world sees it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/base/fields.hpp"
#include "core/base/invariant.hpp"
#include "core/base/time.hpp"
#include "sim/kernel/event_queue.hpp"
#include "sim/kernel/fingerprint.hpp"
#include "sim/kernel/timer_table.hpp"

namespace kafkasim::sim {

/// A value: a copy goes on exactly as the original would.
class Scheduler {
 public:
  /// The instant of the event being executed.
  Instant now() const { return now_; }
  /// The number of the event being executed, from 1; 0 = the beginning, before the first.
  std::uint64_t executing() const { return executed_; }
  /// Live events pending: cancelled timers are not counted.
  std::size_t pending() const { return queue_.size() - timers_.cancelled(); }
  const Fingerprint& fingerprint() const { return fingerprint_; }
  /// For the world to fold in what an event does not show, such as a message's content.
  Fingerprint& fingerprint() { return fingerprint_; }

  /// Schedules an event behind everything already due at that instant; its cause is the event being executed.
  void schedule(Instant at, std::uint16_t target, std::uint16_t kind, std::uint32_t payload) {
    INVARIANT(at >= now_, "nothing is scheduled before the present");
    queue_.push({at, target, kind, payload, executed_});
  }

  /// As schedule(), but it can be taken back.
  TimerId arm(Instant at, std::uint16_t target, std::uint16_t kind, std::uint32_t payload) {
    INVARIANT(at >= now_, "no timer is armed for the past");
    const TimerId id = timers_.arm(payload);
    queue_.push({at, target, kind, id.slot, executed_ | kTimer});
    return id;
  }

  /// The timer's event will not be executed. False when it has been already, or was cancelled before.
  bool cancel(TimerId id) {
    if (!timers_.cancel(id)) return false;
    // Mostly dead queues are swept, so that they cost no more than live ones (amortised: each sweep halves it).
    if (timers_.cancelled() > kSweepAbove && timers_.cancelled() > queue_.size() / 2) sweep();
    return true;
  }

  /// Armed, not yet executed, not cancelled.
  bool armed(TimerId id) const { return timers_.pending(id); }

  /// The instant of the next event to execute; kNever when there is none.
  Instant next_at() {
    skip_cancelled();
    return queue_.empty() ? kNever : queue_.front().at;
  }

  /// Takes the next event: advances the clock and the event number, folds the event into the fingerprint.
  /// False, and nothing changes, when none is pending.
  bool next(Event& event) {
    do {
      if (queue_.empty()) return false;
      event = queue_.take();
    } while ((event.cause & kTimer) != 0 && !fire(event));
    now_ = event.at;
    ++executed_;
    fingerprint_.absorb(executed_, static_cast<std::uint64_t>(nanoseconds(event.at)),
                        std::uint64_t{event.target} << 48 | std::uint64_t{event.kind} << 32 | event.payload,
                        event.cause);
    return true;
  }

  FIELDS(now_, executed_, queue_, timers_, fingerprint_)
  friend bool operator==(const Scheduler&, const Scheduler&) = default;

 private:
  static constexpr std::uint64_t kTimer = std::uint64_t{1}
                                          << 63;  // in a queued event's cause: the payload is a timer slot
  static constexpr std::size_t kSweepAbove = 1024;

  // Puts a timer's own payload and cause back into its event. False when it was cancelled.
  bool fire(Event& event) {
    const std::uint32_t slot = event.payload;
    event.payload = timers_.payload(slot);
    event.cause &= ~kTimer;
    return timers_.release(slot);
  }

  void skip_cancelled() {
    while (timers_.cancelled() > 0 && !queue_.empty()) {
      const Event front = queue_.front();
      if ((front.cause & kTimer) == 0 || timers_.wanted(front.payload)) return;
      timers_.release(front.payload);
      queue_.pop();
    }
  }

  void sweep() {
    queue_.erase_if([this](const Event& event) {
      if ((event.cause & kTimer) == 0 || timers_.wanted(event.payload)) return false;
      timers_.release(event.payload);
      return true;
    });
  }

  Instant now_ = kStart;
  std::uint64_t executed_ = 0;
  EventQueue queue_;
  TimerTable timers_;
  Fingerprint fingerprint_;
};

}  // namespace kafkasim::sim
