#include "sim/kernel/event_queue.hpp"

#include <algorithm>
#include <utility>

namespace kafkasim::sim {

EventQueue::EventQueue() : window_(2 * kWindowLimit) {}

void EventQueue::add_chunk(Bucket& bucket, int level, std::uint32_t digit) {
  std::uint32_t chunk = free_;
  if (chunk == kNone) {
    chunk = static_cast<std::uint32_t>(next_.size());
    next_.push_back(kNone);
    pool_.resize(pool_.size() + kChunkEvents);
  } else {
    free_ = next_[chunk];
  }
  next_[chunk] = kNone;
  if (bucket.count == 0) {
    bucket.first = chunk;
    occupied_[static_cast<std::size_t>(level)] |= std::uint64_t{1} << digit;
    levels_ |= 1U << level;
  } else {
    next_[bucket.end / kChunkEvents - 1] = chunk;  // end stands just behind the full last chunk
  }
  bucket.end = chunk * kChunkEvents;
}

void EventQueue::free_chunk(std::uint32_t chunk) {
  next_[chunk] = free_;
  free_ = chunk;
}

EventQueue::Bucket EventQueue::detach(int level, std::uint32_t digit) {
  const auto row = static_cast<std::size_t>(level);
  const Bucket taken = std::exchange(buckets_[row * kDigits + digit], Bucket{});
  occupied_[row] &= ~(std::uint64_t{1} << digit);
  if (occupied_[row] == 0) levels_ &= ~(1U << level);
  return taken;
}

// Visits a bucket's entries in order.
template <class Visit>
void EventQueue::read(const Bucket& bucket, Visit visit) const {
  std::uint32_t left = bucket.count;
  for (std::uint32_t chunk = bucket.first; left > 0; chunk = next_[chunk]) {
    const std::uint32_t here = std::min(left, kChunkEvents);
    const Entry* const entries = &pool_[std::size_t{chunk} * kChunkEvents];
    for (std::uint32_t i = 0; i < here; ++i) visit(entries[i]);
    left -= here;
  }
}

// Visits a detached bucket in order. A chunk is free again once it has been read, so `visit` may append to others.
template <class Visit>
void EventQueue::drain(const Bucket& bucket, Visit visit) {
  std::uint32_t left = bucket.count;
  for (std::uint32_t chunk = bucket.first; left > 0;) {
    const std::uint32_t here = std::min(left, kChunkEvents);
    // By index and by value: appending may move the pool.
    for (std::uint32_t i = 0; i < here; ++i) visit(Entry{pool_[std::size_t{chunk} * kChunkEvents + i]});
    left -= here;
    const std::uint32_t following = next_[chunk];
    free_chunk(chunk);
    chunk = following;
  }
}

void EventQueue::refill() {
  INVARIANT(size_ > 0, "only a queue that holds something has a front");
  INVARIANT(levels_ != 0, "what is not in the window is in the buckets");
  head_ = 0;
  tail_ = 0;
  const int level = std::countr_zero(levels_);
  const auto digit = static_cast<std::uint32_t>(std::countr_zero(occupied_[static_cast<std::size_t>(level)]));
  const Bucket bucket = detach(level, digit);
  if (bucket.count <= kSortAtOnce) {
    sort_into_window(bucket);
    // The window now covers the bucket's whole span: whatever comes into it is inserted, not appended.
    base_ = window_[0].at | ((std::uint64_t{1} << (level * kDigitBits)) - 1);
  } else {
    spread(bucket);
  }
}

// A few events, in one chunk. Each is put where the number of those before it says: unlike an insertion sort, this
// asks no question whose answer the processor has to guess. Stable: ties are counted as before when they stand before.
void EventQueue::sort_into_window(const Bucket& bucket) {
  const Entry* const entries = &pool_[std::size_t{bucket.first} * kChunkEvents];
  const std::uint32_t count = bucket.count;
  if (count <= 2) {  // mostly
    const std::size_t second = count == 2 && entries[0].at > entries[1].at ? 0 : 1;
    window_[1 - second] = entries[0];
    if (count == 2) window_[second] = entries[1];
    tail_ = count;
    free_chunk(bucket.first);
    return;
  }
  std::array<std::uint32_t, kSortAtOnce> rank{};
  for (std::uint32_t i = 1; i < count; ++i) {
    const std::uint64_t at = entries[i].at;
    std::uint32_t before = 0;
    for (std::uint32_t j = 0; j < i; ++j) {
      const std::uint32_t later = entries[j].at > at ? 1U : 0U;
      rank[j] += later;
      before += 1U - later;
    }
    rank[i] = before;
  }
  for (std::uint32_t i = 0; i < count; ++i) window_[rank[i]] = entries[i];
  tail_ = count;
  free_chunk(bucket.first);
}

// Too many to sort at once: spread over the levels below, measured from the earliest. That instant fills the window.
void EventQueue::spread(const Bucket& bucket) {
  std::uint64_t earliest = ~std::uint64_t{0};
  read(bucket, [&](const Entry& entry) { earliest = std::min(earliest, entry.at); });
  base_ = earliest;
  drain(bucket, [this, earliest](const Entry& entry) {
    if (entry.at == earliest)
      push_back_in_window(entry);
    else
      append_to_bucket(entry);
  });
}

void EventQueue::push_back_in_window(const Entry& entry) {
  if (tail_ == window_.size()) window_.resize(2 * tail_);
  window_[tail_++] = entry;
}

void EventQueue::insert_in_window(std::uint64_t at, std::uint64_t what, std::uint64_t cause) {
  if (tail_ == window_.size() || (head_ >= kConsumedLimit && head_ >= tail_ / 2)) {
    std::copy(window_.begin() + static_cast<std::ptrdiff_t>(head_),
              window_.begin() + static_cast<std::ptrdiff_t>(tail_), window_.begin());
    tail_ -= head_;
    head_ = 0;
  }
  if (tail_ == window_.size()) window_.resize(2 * tail_);
  std::size_t hole = tail_++;
  for (; hole > head_ && at < window_[hole - 1].at; --hole) window_[hole] = window_[hole - 1];
  window_[hole] = {at, what, cause};
  if (tail_ - head_ > kWindowLimit) give_back_far_half();
}

// Lowers base_ to an instant in the middle of the window and returns what lies behind it to the buckets.
void EventQueue::give_back_far_half() {
  const auto earlier = [](const Entry& a, const Entry& b) { return a.at < b.at; };
  const auto live = window_.begin() + static_cast<std::ptrdiff_t>(head_);
  const auto end = window_.begin() + static_cast<std::ptrdiff_t>(tail_);
  auto far = live + (end - live) / 2;
  // Ties stay together, because one instant lives in one place.
  far = std::upper_bound(far, end, *far, earlier);
  if (far == end) far = std::lower_bound(live, end, *(end - 1), earlier);
  if (far == live) return;  // one instant only: nothing to part
  const std::uint64_t cut = (far - 1)->at;

  // Events in buckets below the level where the old and the new base part were placed by digits that no longer
  // decide: they are placed again. Rare: those levels are empty unless events were pushed between a front() and its
  // pop().
  const int parting = level_of(cut ^ base_);
  std::vector<Entry> misplaced;
  for (int level = 0; level < parting; ++level)
    while ((levels_ & (1U << level)) != 0) {
      const std::uint64_t digits = occupied_[static_cast<std::size_t>(level)];
      drain(detach(level, static_cast<std::uint32_t>(std::countr_zero(digits))),
            [&](const Entry& entry) { misplaced.push_back(entry); });
    }
  base_ = cut;
  tail_ = static_cast<std::size_t>(far - window_.begin());
  std::for_each(far, end, [this](const Entry& entry) { append_to_bucket(entry); });
  for (const Entry& entry : misplaced) append_to_bucket(entry);
}

std::vector<Event> EventQueue::in_order() const {
  std::vector<Event> all;
  all.reserve(size_);
  for (std::size_t i = head_; i < tail_; ++i) all.push_back(unpacked(window_[i]));
  for (const Bucket& bucket : buckets_) {
    const auto begin = static_cast<std::ptrdiff_t>(all.size());
    read(bucket, [&](const Entry& entry) { all.push_back(unpacked(entry)); });
    std::stable_sort(all.begin() + begin, all.end(), [](const Event& a, const Event& b) { return a.at < b.at; });
  }
  INVARIANT(all.size() == size_, "every event is in the window or in one bucket");
  return all;
}

void EventQueue::assign(const std::vector<Event>& ordered) {
  EventQueue fresh;
  fresh.floor_ = floor_;
  fresh.base_ = static_cast<std::uint64_t>(floor_);
  for (const Event& event : ordered) fresh.push(event);
  *this = std::move(fresh);
}

}  // namespace kafkasim::sim
