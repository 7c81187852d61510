// The batches of one producer, by their ids, which come in ascending order and mostly leave in it.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

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
    const PayloadId begin = begin_of(id);
    INVARIANT(blocks_.empty() || blocks_.back().begin <= begin,
              "batches are numbered in the order in which they are fixed");
    if (blocks_.empty() || blocks_.back().begin != begin) blocks_.emplace_back().begin = begin;
    Block& block = blocks_.back();
    std::optional<T>& slot = block.slots[id.serial % kBlock];
    INVARIANT(!slot, "a batch is fixed once");
    ++block.held;
    ++size_;
    return slot.emplace();
  }

  /// Null when it is not held, or not any more.
  T* find(PayloadId id) {
    Block* block = locate(id);
    if (block == nullptr) return nullptr;
    std::optional<T>& slot = block->slots[id.serial % kBlock];
    return slot ? &*slot : nullptr;
  }
  const T* find(PayloadId id) const { return const_cast<PayloadTable*>(this)->find(id); }

  T& at(PayloadId id) {
    T* found = find(id);
    INVARIANT(found != nullptr, "the batch is known");
    return *found;
  }

  void erase(PayloadId id) {
    Block* block = locate(id);
    INVARIANT(block != nullptr && block->slots[id.serial % kBlock], "what is forgotten was held");
    block->slots[id.serial % kBlock].reset();
    --block->held;
    --size_;
    while (!blocks_.empty() && blocks_.front().held == 0) blocks_.pop_front();
  }

  std::size_t size() const { return size_; }

  /// visit(id, value), ascending.
  template <class Visit>
  void each(Visit&& visit) const {
    for (const Block& block : blocks_)
      for (std::uint32_t i = 0; i < kBlock; ++i)
        if (block.slots[i]) visit(PayloadId{block.begin.client, block.begin.serial + i}, *block.slots[i]);
  }
  /// The greatest id whose value satisfies `wanted`; null when there is none.
  template <class Predicate>
  const T* last(Predicate&& wanted) const {
    for (auto block = blocks_.rbegin(); block != blocks_.rend(); ++block)
      for (auto slot = block->slots.rbegin(); slot != block->slots.rend(); ++slot)
        if (*slot && wanted(**slot)) return &**slot;
    return nullptr;
  }

  FIELDS(blocks_)
  friend bool operator==(const PayloadTable&, const PayloadTable&) = default;

 private:
  static constexpr std::uint32_t kBlock = 32;

  // Serials begin, begin + 1, ...; begin.serial is a multiple of kBlock.
  struct Block {
    PayloadId begin;
    std::uint32_t held = 0;
    std::array<std::optional<T>, kBlock> slots;
    friend bool operator==(const Block&, const Block&) = default;
    FIELDS(begin, slots)
  };

  static PayloadId begin_of(PayloadId id) { return {id.client, id.serial - id.serial % kBlock}; }

  Block* locate(PayloadId id) {
    if (blocks_.empty()) return nullptr;
    const PayloadId first = blocks_.front().begin, wanted = begin_of(id);
    if (first.client == wanted.client) {
      if (wanted.serial < first.serial) return nullptr;
      const std::size_t distance = (wanted.serial - first.serial) / kBlock;
      if (distance == 0) return &blocks_.front();
      if (distance < blocks_.size())
        if (Block& block = blocks_[distance]; block.begin == wanted) return &block;
    }
    const auto at = std::lower_bound(blocks_.begin(), blocks_.end(), wanted,
                                     [](const Block& block, PayloadId begin) { return block.begin < begin; });
    return at == blocks_.end() || at->begin != wanted ? nullptr : &*at;
  }

  std::deque<Block> blocks_;  // ascending; the first one holds something
  std::size_t size_ = 0;      // held ones
};

}  // namespace kafkasim::sim
