// A map whose copies share its entries until one of them changes: what hardly ever changes costs a copy nothing.
#pragma once

#include <cstddef>
#include <memory>

namespace kafkasim {

/// Reads as a `Map`. Whoever changes entries that are shared gets a set of his own first; nobody else sees a change.
/// Copies that share belong to one thread.
template <class Map>
class SharedMap {
 public:
  using key_type = typename Map::key_type;
  using mapped_type = typename Map::mapped_type;
  using value_type = typename Map::value_type;
  using const_iterator = typename Map::const_iterator;

  const_iterator begin() const { return read().begin(); }
  const_iterator end() const { return read().end(); }
  std::size_t size() const { return entries_ == nullptr ? 0 : entries_->size(); }
  bool empty() const { return size() == 0; }
  const_iterator find(const key_type& key) const { return read().find(key); }
  const_iterator lower_bound(const key_type& key) const { return read().lower_bound(key); }
  bool contains(const key_type& key) const { return read().contains(key); }
  const mapped_type& at(const key_type& key) const { return read().at(key); }

  /// To change them. References into it last until this map is copied; those from before, unless entries were shared.
  Map& edit() {
    if (entries_ == nullptr)
      entries_ = std::make_shared<Map>();
    else if (entries_.use_count() != 1)
      entries_ = std::make_shared<Map>(*entries_);
    return *entries_;
  }
  mapped_type& operator[](const key_type& key) { return edit()[key]; }

  friend bool operator==(const SharedMap& a, const SharedMap& b) {
    return a.entries_ == b.entries_ || a.read() == b.read();
  }

 private:
  static const Map& nothing() {
    static const Map kNothing{};
    return kNothing;
  }
  const Map& read() const { return entries_ == nullptr ? nothing() : *entries_; }

  std::shared_ptr<Map> entries_;  // null: none
};

}  // namespace kafkasim
