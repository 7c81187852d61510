// Requests that wait for something, found again by partition or by deadline (R6.3).
#pragma once

#include <algorithm>
#include <boost/container/flat_set.hpp>
#include <boost/container/small_vector.hpp>
#include <cstdint>
#include <utility>
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

  Purgatory() = default;
  explicit Purgatory(TimerKind timer) : timer_{timer, 0} {}

  void park(Operation operation, Turn& turn) {
    const Number number = next_++;
    std::uint64_t mask = 0;
    for (const auto& part : operation.partitions) mask |= bit(part.partition);
    deadlines_.insert({operation.deadline, number});
    parked_.push_back({number, mask, std::move(operation)});
    arm(turn);
  }

  /// Those that wait for this partition, in order of arrival.
  boost::container::small_vector<Number, 8> watching(TopicPartition tp) const {
    boost::container::small_vector<Number, 8> numbers;
    for (const Parked& parked : parked_) {
      if ((parked.mask & bit(tp)) == 0) continue;
      const auto waits = [tp](const auto& part) { return part.partition == tp; };
      const auto& partitions = parked.operation.partitions;
      if (std::any_of(partitions.begin(), partitions.end(), waits)) numbers.push_back(parked.number);
    }
    return numbers;
  }

  /// Null when it is gone already.
  Operation* find(Number number) {
    const auto at = locate(number);
    return at == parked_.end() ? nullptr : &at->operation;
  }

  Operation take(Number number) {
    const auto at = locate(number);
    INVARIANT(at != parked_.end(), "only a parked operation is taken");
    Operation operation = std::move(at->operation);
    parked_.erase(at);
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
    for (const Parked& parked : parked_)
      if (parked.operation.token.connection == connection) gone.push_back(parked.number);
    for (const Number number : gone) take(number);
  }

  std::size_t size() const { return parked_.size(); }

  friend bool operator==(const Purgatory&, const Purgatory&) = default;
  FIELDS(parked_, deadlines_, next_, armed_)

 private:
  struct Parked {
    Number number = 0;
    std::uint64_t mask = 0;  // of its partitions: most of the others need not be compared
    Operation operation;
    friend bool operator==(const Parked&, const Parked&) = default;
    FIELDS(number, operation)
  };

  static std::uint64_t bit(TopicPartition tp) {
    return std::uint64_t{1} << (static_cast<std::uint32_t>(tp.topic.value() * 31 + tp.partition) % 64);
  }
  auto locate(Number number) {
    const auto at = std::lower_bound(parked_.begin(), parked_.end(), number,
                                     [](const Parked& parked, Number wanted) { return parked.number < wanted; });
    return at != parked_.end() && at->number == number ? at : parked_.end();
  }

  void arm(Turn& turn) {
    if (deadlines_.empty() || deadlines_.begin()->first >= armed_) return;
    armed_ = deadlines_.begin()->first;
    turn.out.timer(timer_, armed_);
  }

  TimerKey timer_;
  std::vector<Parked> parked_;  // by number
  boost::container::flat_set<std::pair<Instant, Number>> deadlines_;
  Number next_ = 0;
  Instant armed_ = kNever;
};

}  // namespace kafkasim::core
