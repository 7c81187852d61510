// The batches of one producer, by their ids, which come in ascending order and mostly leave in it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <utility>

#include "core/base/fields.hpp"
#include "core/base/invariant.hpp"
#include "core/protocol/batch.hpp"

namespace kafkasim::sim {

/// A map from PayloadId that finds an entry by its distance from the first one: serials of a process are consecutive.
template <class T>
class PayloadTable {
 public:
  /// `id` is greater than all before it.
  T& append(PayloadId id, T value) {
    INVARIANT(entries_.empty() || entries_.back().id < id, "batches are numbered in the order in which they are fixed");
    ++size_;
    return entries_.emplace_back(Entry{id, true, std::move(value)}).value;
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
    entry->held = false;
    entry->value = T{};
    --size_;
    while (!entries_.empty() && !entries_.front().held) entries_.pop_front();
  }

  std::size_t size() const { return size_; }

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
    if (entries_.empty() || id < entries_.front().id) return nullptr;
    const PayloadId first = entries_.front().id;
    if (first.client == id.client) {
      const std::size_t distance = id.serial - first.serial;
      if (distance < entries_.size() && entries_[distance].id == id) return &entries_[distance];
    }
    const auto at = std::lower_bound(entries_.begin(), entries_.end(), id,
                                     [](const Entry& entry, PayloadId wanted) { return entry.id < wanted; });
    return at == entries_.end() || at->id != id ? nullptr : &*at;
  }

  std::deque<Entry> entries_;  // ascending; the first one is held
  std::size_t size_ = 0;       // held ones
};

}  // namespace kafkasim::sim
