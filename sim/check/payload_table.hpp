// The batches of one producer, by their ids, which come in ascending order and mostly leave in it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "core/base/fields.hpp"
#include "core/base/invariant.hpp"
#include "core/base/shared_deque.hpp"
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
    return entries_.push_back(Entry{id, true, T{}}).value;
  }

  /// Null when it is not held, or not any more.
  T* find(PayloadId id) {
    const std::size_t at = locate(id);
    return holds(at) ? &entries_.edit(at).value : nullptr;
  }
  const T* find(PayloadId id) const {
    const std::size_t at = locate(id);
    return holds(at) ? &entries_[at].value : nullptr;
  }

  T& at(PayloadId id) {
    T* found = find(id);
    INVARIANT(found != nullptr, "the batch is known");
    return *found;
  }

  void erase(PayloadId id) {
    const std::size_t at = locate(id);
    INVARIANT(holds(at), "what is forgotten was held");
    Entry& entry = entries_.edit(at);
    entry.held = false;
    entry.value = T{};
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
    for (std::size_t i = entries_.size(); i > 0; --i)
      if (const Entry& entry = entries_[i - 1]; entry.held && wanted(entry.value)) return &entry.value;
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

  static constexpr std::size_t kNowhere = ~std::size_t{0};

  bool holds(std::size_t at) const { return at != kNowhere && entries_[at].held; }
  std::size_t locate(PayloadId id) const {
    if (entries_.empty()) return kNowhere;
    const PayloadId first = entries_.front().id;
    if (id < first) return kNowhere;
    if (first.client == id.client) {
      const std::size_t distance = id.serial - first.serial;
      if (distance < entries_.size() && entries_[distance].id == id) return distance;
    }
    const auto at = std::lower_bound(entries_.begin(), entries_.end(), id,
                                     [](const Entry& entry, PayloadId wanted) { return entry.id < wanted; });
    return at == entries_.end() || at->id != id ? kNowhere : static_cast<std::size_t>(at - entries_.begin());
  }

  SharedDeque<Entry> entries_;  // ascending; the first one is held
  std::size_t size_ = 0;        // held ones
};

}  // namespace kafkasim::sim
