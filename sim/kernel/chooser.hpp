// The three ways to answer an open question (design wall 5): by seed, by script, by walking through all answers.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/base/choices.hpp"
#include "core/base/fields.hpp"
#include "sim/kernel/random.hpp"

namespace kafkasim::sim {

inline constexpr std::size_t kChoiceKinds = static_cast<std::size_t>(Choice::count);

/// The name of a kind of choice: its stream is "choice/NAME".
std::string_view name_of(Choice what);

/// Runs: one named stream per kind, so that one more question of a kind leaves the others' answers alone.
class SeededChooser final : public Choices {
 public:
  explicit SeededChooser(std::uint64_t seed = 0);
  std::uint64_t below(Choice what, std::uint64_t bound) override;

  FIELDS(streams_)
  friend bool operator==(const SeededChooser& a, const SeededChooser& b) { return a.streams_ == b.streams_; }

 private:
  std::array<Stream, kChoiceKinds> streams_;
};

/// Tests and replays: the listed answers of each kind in turn, then its default.
class ScriptedChooser final : public Choices {
 public:
  /// Appends an answer. It must lie below the bound it will be asked with.
  ScriptedChooser& then(Choice what, std::uint64_t answer);
  /// What is answered when a kind's list is used up (0 unless set); brought below the bound as the greatest answer.
  ScriptedChooser& otherwise(Choice what, std::uint64_t answer);
  std::uint64_t below(Choice what, std::uint64_t bound) override;
  /// Every listed answer was asked for.
  bool used_up() const;

  FIELDS(scripts_)
  friend bool operator==(const ScriptedChooser& a, const ScriptedChooser& b) { return a.scripts_ == b.scripts_; }

 private:
  struct Script {
    std::vector<std::uint64_t> answers{};
    std::size_t used = 0;
    std::uint64_t otherwise = 0;
    FIELDS(answers, used, otherwise)
    friend bool operator==(const Script&, const Script&) = default;
  };
  std::array<Script, kChoiceKinds> scripts_{};
};

/// Small scopes, exhaustively. The first run answers 0 everywhere; next_run() moves on to the next combination:
///
///     EnumeratingChooser chooser;
///     do { explore(chooser); } while (chooser.next_run());
///
/// A run must be a function of its answers: the same answers bring the same questions.
class EnumeratingChooser final : public Choices {
 public:
  std::uint64_t below(Choice what, std::uint64_t bound) override;
  /// Begins the run with the next combination of answers. False when all have been walked.
  bool next_run();
  /// Runs begun so far.
  std::uint64_t runs() const { return runs_; }

  /// Answers of the current run up to now.
  std::vector<std::uint64_t> answers() const;

  FIELDS(path_, asked_, runs_)
  friend bool operator==(const EnumeratingChooser& a, const EnumeratingChooser& b) {
    return a.path_ == b.path_ && a.asked_ == b.asked_ && a.runs_ == b.runs_;
  }

 private:
  struct Step {
    Choice what = Choice::count;
    std::uint64_t bound = 0;
    std::uint64_t answer = 0;
    FIELDS(what, bound, answer)
    friend bool operator==(const Step&, const Step&) = default;
  };
  std::vector<Step> path_;  // the digits of a number that counts, each with its own base
  std::size_t asked_ = 0;
  std::uint64_t runs_ = 1;
};

}  // namespace kafkasim::sim
