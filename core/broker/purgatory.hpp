// Requests that wait for something, found again by partition or by deadline (R6.3).
#pragma once

#include <algorithm>
#include <boost/container/flat_map.hpp>
#include <boost/container/flat_set.hpp>
#include <cstdint>
#include <utility>
#include <vector>
#include <vector>

#include "core/base/fields.hpp"
#include "core/base/invariant.hpp"
#include "core/protocol/effects.hpp"

namespace kafkasim::core {

/// Parked operations of one kind. An Operation has `token` (RequestToken), `deadline` and `partitions`, whose elements
/// have a `partition`. It sets its timer lazily: the timer may ring with nothing due, never too late.
template <class Operation>
class Purgatory {
 public:
  using Number = std::uint64_t;
  using Numbers = std::vector<Number>;

  Purgatory() = default;
  explicit Purgatory(TimerKind timer) : timer_{timer, 0} {}

  void park(Operation operation, Turn& turn) {
    const Number number = next_++;
    for (const auto& part : operation.partitions) {
      Numbers& watchers = watchers_[part.partition];
      if (watchers.empty() || watchers.back() != number) watchers.push_back(number);
    }
    deadlines_.insert({operation.deadline, number});
    parked_.emplace_hint(parked_.end(), number, std::move(operation));
    arm(turn);
  }

  /// Those that wait for this partition, in order of arrival.
  Numbers watching(TopicPartition tp) const {
    const auto found = watchers_.find(tp);
    return found == watchers_.end() ? Numbers{} : found->second;
  }

  /// Null when it is gone already.
  Operation* find(Number number) {
    const auto found = parked_.find(number);
    return found == parked_.end() ? nullptr : &found->second;
  }

  Operation take(Number number) {
    const auto parked = parked_.find(number);
    INVARIANT(parked != parked_.end(), "only a parked operation is taken");
    Operation operation = std::move(parked->second);
    parked_.erase(parked);
    for (const auto& part : operation.partitions) {
      Numbers& watchers = watchers_.at(part.partition);
      if (const auto at = std::lower_bound(watchers.begin(), watchers.end(), number);
          at != watchers.end() && *at == number)
        watchers.erase(at);
    }
    const auto erased = deadlines_.erase({operation.deadline, number});
    INVARIANT(erased == 1, "what is parked has a deadline");
    return operation;
  }

  /// The timer rang: those whose time is over, oldest deadline first. Arms the timer again.
  std::vector<Operation> expire(Turn& turn) {
    std::vector<Operation> expired;
    armed_ = kNever;
    while (!deadlines_.empty() && deadlines_.begin()->first <= turn.now) {
      expired.push_back(take(deadlines_.begin()->second));
    }
    arm(turn);
    return expired;
  }

  /// The peer is gone: nobody waits for the answers.
  void forget(std::uint32_t connection) {
    std::vector<Number> gone;
    for (const auto& [number, operation] : parked_) {
      if (operation.token.connection == connection) gone.push_back(number);
    }
    for (const Number number : gone) take(number);
  }

  std::size_t size() const { return parked_.size(); }

  friend bool operator==(const Purgatory&, const Purgatory&) = default;
  FIELDS(parked_, watchers_, deadlines_, next_, armed_)

 private:
  void arm(Turn& turn) {
    if (deadlines_.empty() || deadlines_.begin()->first >= armed_) return;
    armed_ = deadlines_.begin()->first;
    turn.out.timer(timer_, armed_);
  }

  TimerKey timer_;
  boost::container::flat_map<Number, Operation> parked_;
  boost::container::flat_map<TopicPartition, Numbers> watchers_;  // ascending; a partition once watched stays, empty
  boost::container::flat_set<std::pair<Instant, Number>> deadlines_;
  Number next_ = 0;
  Instant armed_ = kNever;
};

}  // namespace kafkasim::core
