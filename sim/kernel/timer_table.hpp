// Which armed timers are still wanted. A cancelled timer's event stays in the queue and is dropped when it comes up.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/base/fields.hpp"
#include "core/base/invariant.hpp"

namespace kafkasim::sim {

/// Names one arming of a timer. Default: no timer.
struct TimerId {
  std::uint32_t slot = ~0U;
  std::uint32_t generation = 0;
  FIELDS(slot, generation)
  friend bool operator==(const TimerId&, const TimerId&) = default;
};

/// A slot belongs to one pending event until that event leaves the queue, even when it is cancelled: so an event
/// can never meet a later timer in its slot. Generations only answer questions about timers that are gone.
class TimerTable {
 public:
  TimerId arm(std::uint32_t payload) {
    std::uint32_t slot = 0;
    if (free_.empty()) {
      slot = static_cast<std::uint32_t>(slots_.size());
      slots_.push_back(Slot{});
    } else {
      slot = free_.back();
      free_.pop_back();
    }
    slots_[slot].payload = payload;
    slots_[slot].wanted = true;
    return {slot, slots_[slot].generation};
  }

  bool pending(TimerId id) const {
    return id.slot < slots_.size() && slots_[id.slot].generation == id.generation && slots_[id.slot].wanted;
  }

  /// False when the timer has fired or was cancelled before.
  bool cancel(TimerId id) {
    if (!pending(id)) return false;
    slots_[id.slot].wanted = false;
    ++cancelled_;
    return true;
  }

  std::uint32_t payload(std::uint32_t slot) const { return slots_[slot].payload; }
  bool wanted(std::uint32_t slot) const { return slots_[slot].wanted; }

  /// The slot's event has left the queue. True when it is to be executed.
  bool release(std::uint32_t slot) {
    INVARIANT(slot < slots_.size(), "a timer event carries its slot");
    const bool fires = slots_[slot].wanted;
    if (!fires) --cancelled_;
    slots_[slot].wanted = false;
    ++slots_[slot].generation;
    free_.push_back(slot);
    return fires;
  }

  /// Cancelled timers whose events are still queued.
  std::size_t cancelled() const { return cancelled_; }

  FIELDS(slots_, free_, cancelled_)
  friend bool operator==(const TimerTable&, const TimerTable&) = default;

 private:
  struct Slot {
    std::uint32_t payload = 0;
    std::uint32_t generation = 0;
    bool wanted = false;
    FIELDS(payload, generation, wanted)
    friend bool operator==(const Slot&, const Slot&) = default;
  };
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_;
  std::size_t cancelled_ = 0;
};

}  // namespace kafkasim::sim
