// Turns for tests of client parts: choices without surprise, effects kept for looking at.
#pragma once

#include <map>
#include <vector>

#include "core/protocol/effects.hpp"

namespace kafkasim::core {

/// Answers every choice the same way: the middle of the jitter (factor 1.0), else what `fixed` says, else 0.
class SteadyChoices : public Choices {
 public:
  std::map<Choice, std::uint64_t> fixed;
  std::uint64_t below(Choice what, std::uint64_t bound) override {
    const auto it = fixed.find(what);
    if (it != fixed.end()) return it->second % bound;
    return what == Choice::backoff_jitter ? bound / 2 : 0;
  }
};

inline Instant at_ms(std::int64_t ms) { return Instant{std::chrono::milliseconds{ms}}; }

/// `Turn turn = steps.at(5)`: a turn at 5 ms; its effects replace those of the turn before.
struct Steps {
  SteadyChoices choices;
  Outbox out;
  Turn at(std::int64_t ms) {
    out.clear();
    return Turn{at_ms(ms), at_ms(ms), choices, out};
  }
  template <class What>
  std::vector<What> all() const {
    std::vector<What> found;
    for (const Effect& effect : out.effects())
      if (const auto* value = std::get_if<What>(&effect)) found.push_back(*value);
    return found;
  }
  template <class What>
  std::vector<What> notes() const {
    std::vector<What> found;
    for (const Note& note : all<Note>())
      if (const auto* value = std::get_if<What>(&note)) found.push_back(*value);
    return found;
  }
};

}  // namespace kafkasim::core
