// A pool of values named by 32-bit handles: what an event's payload refers to.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "core/base/fields.hpp"
#include "core/base/invariant.hpp"

namespace kafkasim::sim {

/// Handles are a function of the history of put and take alone, so that two equal runs use equal handles.
/// The upper eight bits count the uses of a slot: a handle kept after its take is noticed (255 times of 256).
template <class T>
class Slab {
 public:
  using Handle = std::uint32_t;

  Handle put(T&& value) {
    std::uint32_t index = 0;
    if (free_.empty()) {
      index = static_cast<std::uint32_t>(slots_.size());
      INVARIANT(index <= kIndexMask, "a slab holds at most 2^24 values at a time");
      slots_.push_back(Slot{});
    } else {
      index = free_.back();
      free_.pop_back();
    }
    Slot& slot = slots_[index];
    slot.value.emplace(std::move(value));
    return (std::uint32_t{slot.use} << kIndexBits) | index;
  }

  T& at(Handle handle) { return *slot_of(handle).value; }
  const T& at(Handle handle) const { return *const_cast<Slab*>(this)->slot_of(handle).value; }

  /// Moves the value out and frees the handle.
  T take(Handle handle) {
    Slot& slot = slot_of(handle);
    T value = std::move(*slot.value);
    slot.value.reset();
    ++slot.use;
    free_.push_back(handle & kIndexMask);
    return value;
  }

  std::size_t size() const { return slots_.size() - free_.size(); }
  bool empty() const { return size() == 0; }

  FIELDS(slots_, free_)
  friend bool operator==(const Slab&, const Slab&) = default;

 private:
  static constexpr int kIndexBits = 24;
  static constexpr std::uint32_t kIndexMask = (1U << kIndexBits) - 1;

  struct Slot {
    std::optional<T> value{};
    std::uint8_t use = 0;
    FIELDS(value, use)
    friend bool operator==(const Slot&, const Slot&) = default;
  };

  Slot& slot_of(Handle handle) {
    const std::uint32_t index = handle & kIndexMask;
    INVARIANT(index < slots_.size(), "a handle comes from put");
    Slot& slot = slots_[index];
    INVARIANT(slot.value.has_value(), "a handle is dead after its take");
    INVARIANT(slot.use == handle >> kIndexBits, "a handle names one use of its slot");
    return slot;
  }

  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_;  // used last in, first out
};

}  // namespace kafkasim::sim
