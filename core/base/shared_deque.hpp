// A queue in chunks that copies share until they change them: a copy costs a pointer per chunk.
#pragma once

#include <algorithm>
#include <boost/container/static_vector.hpp>
#include <boost/iterator/iterator_facade.hpp>
#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>
#include <cstddef>
#include <utility>
#include <vector>

#include "core/base/invariant.hpp"

namespace kafkasim {

/// Reads as a std::deque. edit(), push_back() and cut_to() change a chunk: one that is shared is replaced by a copy
/// first.
/// Copies that share belong to one thread.
///
/// Invariants: every chunk but the last is full; the first one holds the first element; none is empty.
template <class T>
class SharedDeque {
  class Iterator : public boost::iterator_facade<Iterator, const T, boost::random_access_traversal_tag, const T&> {
   public:
    Iterator() = default;
    Iterator(const SharedDeque* owner, std::size_t at) : owner_{owner}, at_{at} {}

   private:
    friend class boost::iterator_core_access;
    const T& dereference() const { return (*owner_)[at_]; }
    bool equal(const Iterator& other) const { return at_ == other.at_; }
    void increment() { ++at_; }
    void decrement() { --at_; }
    void advance(std::ptrdiff_t by) { at_ += static_cast<std::size_t>(by); }
    std::ptrdiff_t distance_to(const Iterator& other) const { return static_cast<std::ptrdiff_t>(other.at_ - at_); }
    const SharedDeque* owner_ = nullptr;
    std::size_t at_ = 0;
  };

 public:
  using value_type = T;
  using const_iterator = Iterator;

  static constexpr std::size_t kChunk = 32;

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  const T& operator[](std::size_t index) const {
    const std::size_t at = before_ + index;
    return chunks_[at / kChunk]->elements.data()[at % kChunk];
  }
  const T& front() const { return chunks_.front()->elements.data()[before_]; }
  const T& back() const { return chunks_.back()->elements.back(); }
  const_iterator begin() const { return {this, 0}; }
  const_iterator end() const { return {this, size_}; }

  /// The reference lasts until this queue is copied.
  T& edit(std::size_t index) {
    INVARIANT(index < size_, "only an element is changed");
    const std::size_t at = before_ + index;
    return own(chunks_[at / kChunk])[at % kChunk];
  }
  T& push_back(const T& value) { return append(value); }
  T& push_back(T&& value) { return append(std::move(value)); }
  /// Memory of the element comes free with its chunk.
  void pop_front() {
    INVARIANT(size_ > 0, "an empty queue has no front");
    --size_;
    ++before_;
    if (before_ < chunks_.front()->elements.size()) return;
    chunks_.erase(chunks_.begin());
    before_ = 0;
  }
  /// Takes as many elements off the end as there are above `size`.
  void cut_to(std::size_t size) {
    INVARIANT(size <= size_, "a cut makes it no longer");
    size_ = size;
    if (size == 0) before_ = 0;
    const std::size_t end = before_ + size;
    chunks_.resize((end + kChunk - 1) / kChunk);
    if (size == 0) return;
    const std::size_t left = end - (chunks_.size() - 1) * kChunk;
    if (chunks_.back()->elements.size() > left) own(chunks_.back()).resize(left);
  }

  friend bool operator==(const SharedDeque& a, const SharedDeque& b) {
    return a.size_ == b.size_ && std::equal(a.begin(), a.end(), b.begin());
  }

 private:
  // Counted without a fence.
  struct Chunk : boost::intrusive_ref_counter<Chunk, boost::thread_unsafe_counter> {
    boost::container::static_vector<T, kChunk> elements;
  };
  using ChunkPtr = boost::intrusive_ptr<Chunk>;

  static boost::container::static_vector<T, kChunk>& own(ChunkPtr& chunk) {
    if (chunk->use_count() != 1) chunk = ChunkPtr{new Chunk{*chunk}};
    return chunk->elements;
  }

  template <class Value>
  T& append(Value&& value) {
    if (chunks_.empty() || chunks_.back()->elements.size() == kChunk) chunks_.push_back(ChunkPtr{new Chunk});
    auto& last = own(chunks_.back());
    last.push_back(std::forward<Value>(value));
    ++size_;
    return last.back();
  }

  std::vector<ChunkPtr> chunks_;
  std::size_t before_ = 0;  // elements of the first chunk that have been popped
  std::size_t size_ = 0;
};

}  // namespace kafkasim
