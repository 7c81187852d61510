// A value that many hold and none of them changes.
#pragma once

#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>
#include <utility>

namespace kafkasim {

/// A pointer to an immutable T, or to nothing. Holders are counted without a fence: they belong to one thread.
/// Equal when they point to the same value, not to equal ones.
template <class T>
class SharedValue {
 public:
  SharedValue() = default;
  explicit SharedValue(T value) : node_{new Node{std::move(value)}} {}

  explicit operator bool() const { return node_ != nullptr; }
  const T& operator*() const { return node_->value; }
  const T* operator->() const { return &node_->value; }
  void reset() { node_.reset(); }
  friend bool operator==(const SharedValue& a, const SharedValue& b) { return a.node_ == b.node_; }

 private:
  struct Node : boost::intrusive_ref_counter<Node, boost::thread_unsafe_counter> {
    explicit Node(T&& of) : value{std::move(of)} {}
    const T value;
  };
  boost::intrusive_ptr<const Node> node_;
};

}  // namespace kafkasim
