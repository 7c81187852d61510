// A value over time: a step function.
#pragma once

#include <algorithm>
#include <utility>
#include <vector>

#include "core/base/fields.hpp"
#include "core/base/time.hpp"
#include "sim/measure/value.hpp"

namespace kafkasim::sim {

class Series {
 public:
  /// From `at` (not before the last change) on the value is this. The last word of an instant counts.
  void set(Instant at, Value value) {
    if (!steps_.empty() && steps_.back().second == value) return;
    if (!steps_.empty() && steps_.back().first == at) {
      steps_.back().second = std::move(value);
      if (steps_.size() > 1 && steps_[steps_.size() - 2].second == steps_.back().second) steps_.pop_back();
      return;
    }
    steps_.emplace_back(at, std::move(value));
  }
  /// The value that holds at `at`, changes of that instant included; none before the first.
  Value at(Instant when) const {
    const auto after = std::upper_bound(steps_.begin(), steps_.end(), when,
                                        [](Instant a, const auto& step) { return a < step.first; });
    return after == steps_.begin() ? Value::none() : std::prev(after)->second;
  }
  /// The value just before `when`.
  Value before(Instant when) const {
    const auto from = std::lower_bound(steps_.begin(), steps_.end(), when,
                                       [](const auto& step, Instant b) { return step.first < b; });
    return from == steps_.begin() ? Value::none() : std::prev(from)->second;
  }
  const std::vector<std::pair<Instant, Value>>& steps() const { return steps_; }

  friend bool operator==(const Series&, const Series&) = default;
  FIELDS(steps_)

 private:
  std::vector<std::pair<Instant, Value>> steps_;
};

}  // namespace kafkasim::sim
