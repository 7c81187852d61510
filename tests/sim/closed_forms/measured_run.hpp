// A run of a scenario text, asked for numbers: the theory's closed forms are held against them.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "sim/check/history.hpp"
#include "sim/fault/timeline.hpp"
#include "sim/host/host.hpp"
#include "sim/view.hpp"
#include "tests/sim/measure/ask.hpp"
#include "tests/support/catch.hpp"

namespace kafkasim::sim::closed_forms {

inline double seconds(Duration span) { return static_cast<double>(span.count()) / 1e9; }

/// Runs a text to its end and asks it for numbers (durations in seconds, the rest as it is).
class Run {
 public:
  Run(const std::string& yaml, const std::vector<std::string>& lines, std::uint64_t seed)
      : simulation_{testing::load_text(testing::with_lines(yaml, lines), seed).at(0)} {
    simulation_.run();
    const Verdict verdict = judge(simulation_.view());
    outcomes_ = evaluate_expectations(simulation_.view(), verdict);
    for (const Outcome& outcome : outcomes_) holds_ = holds_ && outcome.holds;
  }

  bool holds() const { return holds_; }
  const std::vector<Outcome>& outcomes() const { return outcomes_; }
  View view() const { return simulation_.view(); }

  /// When the first note of that kind that `wanted` likes was told; -1 without one.
  template <class Told, class Wanted>
  double first(double from, Wanted&& wanted) const {
    for (const StoryEvent& event : view().history().story())
      if (const auto* told = std::get_if<Told>(&event.what))
        if (const double at = seconds(event.at - kStart); at >= from && wanted(*told)) return at;
    return -1;
  }
  const ProducerHistory& producer(const std::string& name) const {
    return *view().history().producer(view().find(name)->index);
  }
  const GroupHistory& group(const std::string& name) const { return *view().history().group(name); }
  /// Instant of the timeline's entry `index`.
  double struck(std::size_t index) const { return seconds(view().timeline().entries.at(index).struck - kStart); }

 private:
  Simulation simulation_;
  std::vector<Outcome> outcomes_;
  bool holds_ = true;
};

struct Moments {
  std::vector<double> values{};
  void add(double value) { values.push_back(value); }
  double mean() const {
    double sum = 0;
    for (const double value : values) sum += value;
    return sum / static_cast<double>(values.size());
  }
  double least() const { return *std::min_element(values.begin(), values.end()); }
  double greatest() const { return *std::max_element(values.begin(), values.end()); }
};

/// The text with every `name` replaced.
inline std::string with(std::string text, const std::string& name, const std::string& value) {
  for (std::size_t at = text.find(name); at != std::string::npos; at = text.find(name, at + value.size()))
    text.replace(at, name.size(), value);
  return text;
}

}  // namespace kafkasim::sim::closed_forms
