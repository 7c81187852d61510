// Assertions about our own code. They stay on in release builds.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace kafkasim {

/// A broken invariant of the simulator itself: never Kafka's doing, never the user's.
/// The command line turns it into exit code 3 with seed, simulated time and replay command.
class InvariantViolation : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

[[noreturn]] void fail_invariant(std::string_view condition, std::string_view reason, std::string_view file, int line);

}  // namespace kafkasim

/// `INVARIANT(condition, "what is always true")`. Split `a && b` into two; write an implication as `if (a) INVARIANT(b,
/// ...)`.
#define INVARIANT(condition, reason)                                      \
  do {                                                                    \
    if (!(condition)) [[unlikely]]                                        \
      ::kafkasim::fail_invariant(#condition, reason, __FILE__, __LINE__); \
  } while (false)
