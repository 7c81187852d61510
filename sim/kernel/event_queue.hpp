// The pending events in total order (time, insertion): a 64-ary monotone radix queue with a short sorted window.
//
// Simulated time never runs backwards, so a far event needs no comparison: it is appended to the bucket named by the
// highest base-64 digit in which its time differs from `base_`. Buckets are first in, first out and one instant lives
// in one bucket, so no sequence number is stored. The earliest events stand sorted in `window_`.
//
// Invariants:
//   every time in the window <= base_ < every time in the buckets;
//   an event at t is in bucket (level, digit) of the highest digit where t and base_ differ;
//   lower levels come first, and within a level lower digits.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/base/invariant.hpp"
#include "sim/kernel/event.hpp"

namespace kafkasim::sim {

class EventQueue {
 public:
  EventQueue();

  /// Inserts behind everything already queued for that instant. event.at must not lie before the last popped time.
  void push(const Event& event) {
    INVARIANT(nanoseconds(event.at) >= floor_, "nothing is scheduled before the present");
    const Entry entry = packed(event);
    ++size_;
    if (entry.at <= base_)
      insert_in_window(entry.at, entry.what, entry.cause);
    else
      append_to_bucket(entry.at, entry.what, entry.cause);
  }

  /// The earliest event. Not const: it may sort the next bucket into the window, which nobody can observe.
  Event front() {
    if (head_ == tail_) refill();
    return unpacked(window_[head_]);
  }

  /// Removes the earliest event.
  void pop() {
    if (head_ == tail_) refill();
    floor_ = static_cast<std::int64_t>(window_[head_].at);
    ++head_;
    --size_;
  }

  /// Removes and returns the earliest event.
  Event take() {
    if (head_ == tail_) refill();
    const Entry& entry = window_[head_];
    ++head_;
    --size_;
    floor_ = static_cast<std::int64_t>(entry.at);
    return unpacked(entry);
  }

  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }
  /// No event may be pushed before this instant: the time of the last event popped.
  Instant floor() const { return at_nanoseconds(floor_); }

  /// All pending events, in order.
  std::vector<Event> in_order() const;

  /// Removes what `drop` accepts and keeps the order of the rest. Rebuilds the queue: O(n log n).
  template <class Predicate>
  void erase_if(Predicate drop) {
    std::vector<Event> kept = in_order();
    std::erase_if(kept, drop);
    assign(kept);
  }

  /// Entries of memory held, used or not (a bound for tests: it follows the peak of pending events, not their history).
  std::size_t capacity() const { return window_.capacity() + pool_.capacity(); }

  /// Two queues are equal when they hold the same future and accept the same pushes, however they store it.
  friend bool operator==(const EventQueue& a, const EventQueue& b) {
    return a.floor_ == b.floor_ && a.size_ == b.size_ && a.in_order() == b.in_order();
  }

  template <class Visitor>
  void each_field(Visitor&& visit) const {
    visit("floor", floor());
    visit("events", in_order());
  }

 private:
  static constexpr int kDigitBits = 6;
  static constexpr int kLevels = 11;  // 66 bits cover any time
  static constexpr std::uint32_t kDigits = 1U << kDigitBits;
  static constexpr std::uint32_t kChunkEvents = 32;
  static constexpr std::uint32_t kNone = ~0U;
  static constexpr std::uint32_t kSortAtOnce = 24;   // a bucket up to this size is sorted into the window whole
  static constexpr std::size_t kWindowLimit = 128;   // beyond it the far half goes back into the buckets
  static constexpr std::size_t kConsumedLimit = 64;  // consumed entries before the live ones, at most about this many
  static_assert(kSortAtOnce <= kChunkEvents);

  // An event as three words. A new one is handed on in registers: assembled in memory and copied at once, it would
  // stall on its own unfinished stores.
  struct Entry {
    std::uint64_t at;
    std::uint64_t what;
    std::uint64_t cause;
  };
  static Entry packed(const Event& event) {
    return {static_cast<std::uint64_t>(nanoseconds(event.at)),
            std::uint64_t{event.payload} << 32 | std::uint64_t{event.kind} << 16 | event.target, event.cause};
  }
  static Event unpacked(const Entry& entry) {
    return {at_nanoseconds(static_cast<std::int64_t>(entry.at)), static_cast<std::uint16_t>(entry.what),
            static_cast<std::uint16_t>(entry.what >> 16), static_cast<std::uint32_t>(entry.what >> 32), entry.cause};
  }

  // A list of chunks of the pool; all are full but the last, and `end` is the place behind its last entry.
  struct Bucket {
    std::uint32_t first = kNone;
    std::uint32_t end = 0;
    std::uint32_t count = 0;
  };

  static int level_of(std::uint64_t difference) {
    return static_cast<int>((63U - static_cast<unsigned>(std::countl_zero(difference))) / kDigitBits);
  }

  void append_to_bucket(std::uint64_t at, std::uint64_t what, std::uint64_t cause) {
    const int level = level_of(at ^ base_);
    const std::uint32_t digit = static_cast<std::uint32_t>(at >> (level * kDigitBits)) % kDigits;
    Bucket& bucket = buckets_[static_cast<std::uint32_t>(level) * kDigits + digit];
    if (bucket.end % kChunkEvents == 0) [[unlikely]]
      add_chunk(bucket, level, digit);
    pool_[bucket.end] = {at, what, cause};
    ++bucket.end;
    ++bucket.count;
  }
  void append_to_bucket(const Entry& entry) { append_to_bucket(entry.at, entry.what, entry.cause); }

  void add_chunk(Bucket& bucket, int level, std::uint32_t digit);
  void free_chunk(std::uint32_t chunk);
  Bucket detach(int level, std::uint32_t digit);
  template <class Visit>
  void drain(const Bucket& bucket, Visit visit);
  template <class Visit>
  void read(const Bucket& bucket, Visit visit) const;
  void refill();
  void sort_into_window(const Bucket& bucket);
  void spread(const Bucket& bucket);
  void push_back_in_window(const Entry& entry);
  void insert_in_window(std::uint64_t at, std::uint64_t what, std::uint64_t cause);
  void give_back_far_half();
  void assign(const std::vector<Event>& ordered);

  std::size_t head_ = 0;  // window_[head_, tail_) is sorted and live; before it: consumed; behind it: room
  std::size_t tail_ = 0;
  std::uint64_t base_ = 0;
  std::int64_t floor_ = 0;
  std::size_t size_ = 0;
  std::uint32_t levels_ = 0;    // bit per level that has an occupied bucket
  std::uint32_t free_ = kNone;  // list of unused chunks
  std::vector<Entry> window_;
  std::vector<Entry> pool_;                        // chunks of kChunkEvents
  std::vector<std::uint32_t> next_;                // per chunk: the one after it in its list
  std::array<std::uint64_t, kLevels> occupied_{};  // bit per digit
  std::array<Bucket, std::size_t{kLevels} * kDigits> buckets_{};
};

}  // namespace kafkasim::sim
