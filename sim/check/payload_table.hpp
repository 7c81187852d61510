// The batches of one producer, by their ids, which come in ascending order and mostly leave in it.
#pragma once

#include <algorithm>
#include <boost/container/deque.hpp>
#include <boost/container/options.hpp>
#include <cstddef>
#include <cstdint>

#include "core/base/fields.hpp"
#include "core/base/invariant.hpp"
#include "core/protocol/batch.hpp"

namespace kafkasim::sim {

/// A map from PayloadId that finds an entry by its distance from the first one: serials of a process are consecutive.
template <class T>
class PayloadTable {
 public:
  /// An empty one, to be filled in. `id` is greater than all before it.
  T& append(PayloadId id) {
    INVARIANT(entries_.empty() || entries_.back().id < id, "batches are numbered in the order in which they are fixed");
    ++size_;
    Entry& entry = entries_.emplace_back();
    entry.id = id;
    return entry.value;
  }

  /// Null when it is not held, or not any more.
  T* find(PayloadId id) {
    Entry* entry = locate(id);
    return entry == nullptr || !entry->held ? nullptr : &entry->value;
  }
  const T* find(PayloadId id) const { return const_cast<PayloadTable*>(this)->find(id); }

  T& at(PayloadId id) {
    T* found = find(id);
    INVARIANT(found != nullptr, "the batch is known");
    return *found;
  }

  void erase(PayloadId id) {
    Entry* entry = locate(id);
    INVARIANT(entry != nullptr && entry->held, "what is forgotten was held");
    --size_;
    entry->held = false;
    if (entry != &entries_.front()) entry->value = T{};
    while (!entries_.empty() && !entries_.front().held) entries_.pop_front();
  }

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  /// visit(id, value), ascending.
  template <class Visit>
  void each(Visit&& visit) const {
    for (const Entry& entry : entries_)
      if (entry.held) visit(entry.id, entry.value);
  }
  /// The greatest id whose value satisfies `wanted`; null when there is none.
  template <class Predicate>
  const T* last(Predicate&& wanted) const {
    for (auto entry = entries_.rbegin(); entry != entries_.rend(); ++entry)
      if (entry->held && wanted(entry->value)) return &entry->value;
    return nullptr;
  }

  FIELDS(entries_)
  friend bool operator==(const PayloadTable&, const PayloadTable&) = default;

 private:
  struct Entry {
    PayloadId id;
    bool held = true;
    T value;
    friend bool operator==(const Entry&, const Entry&) = default;
    FIELDS(id, held, value)
  };

  Entry* locate(PayloadId id) {
    if (entries_.empty()) return nullptr;
    const PayloadId first = entries_.front().id;
    if (first.client == id.client && first.serial <= id.serial) {
      const std::size_t distance = id.serial - first.serial;
      if (distance < entries_.size())
        if (Entry& entry = entries_[distance]; entry.id == id) return &entry;
    }
    const auto at = std::lower_bound(entries_.begin(), entries_.end(), id,
                                     [](const Entry& entry, PayloadId wanted) { return entry.id < wanted; });
    return at == entries_.end() || at->id != id ? nullptr : &*at;
  }

  using Blocks = boost::container::deque_options_t<boost::container::block_size<64>>;
  boost::container::deque<Entry, void, Blocks> entries_;  // ascending; the first one is held
  std::size_t size_ = 0;                                  // held ones
};

}  // namespace kafkasim::sim
