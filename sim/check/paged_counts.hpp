// The counters of a histogram: many buckets, few of them in use.
#pragma once

#include <array>
#include <boost/iterator/iterator_facade.hpp>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace kafkasim::sim {

/// A storage of Boost.Histogram that holds only pages in which something was counted, so that a histogram over all of
/// time costs what it holds. Equal contents compare equal however they came about.
class PagedCounts {
  template <class Owner, class Reference>
  class Iterator : public boost::iterator_facade<Iterator<Owner, Reference>, std::int64_t,
                                                 boost::random_access_traversal_tag, Reference> {
   public:
    Iterator() = default;
    Iterator(Owner* owner, std::size_t at) : owner_{owner}, at_{at} {}

   private:
    friend class boost::iterator_core_access;
    Reference dereference() const { return (*owner_)[at_]; }
    bool equal(const Iterator& other) const { return at_ == other.at_; }
    void increment() { ++at_; }
    void decrement() { --at_; }
    void advance(std::ptrdiff_t by) { at_ = static_cast<std::size_t>(static_cast<std::ptrdiff_t>(at_) + by); }
    std::ptrdiff_t distance_to(const Iterator& other) const {
      return static_cast<std::ptrdiff_t>(other.at_) - static_cast<std::ptrdiff_t>(at_);
    }
    Owner* owner_ = nullptr;
    std::size_t at_ = 0;
  };

 public:
  static constexpr bool has_threading_support = false;
  static constexpr std::size_t kPageBits = 7;
  static constexpr std::size_t kPage = std::size_t{1} << kPageBits;

  using value_type = std::int64_t;
  using reference = std::int64_t&;
  using const_reference = const std::int64_t&;
  using iterator = Iterator<PagedCounts, reference>;
  using const_iterator = Iterator<const PagedCounts, const_reference>;

  void reset(std::size_t size) {
    size_ = size;
    pages_.clear();
    page_of_.assign((size + kPage - 1) >> kPageBits, kNone);
  }
  std::size_t size() const { return size_; }
  /// `bucket` < size(), as everywhere.
  reference operator[](std::size_t bucket) { return page(bucket)[bucket % kPage]; }
  /// The page of a bucket, made when it is not there; its first element is bucket `bucket / kPage * kPage`.
  std::int64_t* page(std::size_t bucket) {
    const std::uint16_t at = page_of_[bucket >> kPageBits];
    return pages_[at != kNone ? at : add_page(bucket >> kPageBits)].data();
  }
  const_reference operator[](std::size_t bucket) const {
    static constexpr std::int64_t kNothing = 0;
    const std::uint16_t page = page_of_[bucket >> kPageBits];
    return page != kNone ? pages_[page][bucket % kPage] : kNothing;
  }
  /// visit(bucket, count) for the buckets that are not empty, ascending, until one visit returns false.
  template <class Visit>
  void each(Visit&& visit) const {
    for (std::size_t number = 0; number < page_of_.size(); ++number) {
      if (page_of_[number] == kNone) continue;
      const Page& page = pages_[page_of_[number]];
      for (std::size_t i = 0; i < kPage; ++i)
        if (page[i] != 0 && !visit((number << kPageBits) + i, page[i])) return;
    }
  }

  iterator begin() { return {this, 0}; }
  iterator end() { return {this, size_}; }
  const_iterator begin() const { return {this, 0}; }
  const_iterator end() const { return {this, size_}; }

  friend bool operator==(const PagedCounts& a, const PagedCounts& b) {
    return a.size_ == b.size_ && a.within(b) && b.within(a);
  }

 private:
  using Page = std::array<std::int64_t, kPage>;
  static constexpr std::uint16_t kNone = 0xffff;

  // Every count here is the same there.
  bool within(const PagedCounts& other) const {
    bool same = true;
    each([&](std::size_t bucket, std::int64_t count) { return same = other[bucket] == count; });
    return same;
  }
  [[gnu::noinline]] std::uint16_t add_page(std::size_t number) {
    pages_.emplace_back();
    return page_of_[number] = static_cast<std::uint16_t>(pages_.size() - 1);
  }

  std::size_t size_ = 0;
  std::vector<std::uint16_t> page_of_;  // where in pages_, of every page there can be
  std::vector<Page> pages_;
};

}  // namespace kafkasim::sim
