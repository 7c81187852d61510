// One text given to the program as a scenario file: what `kafkasim check` does, and the first part of a run.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace kafkasim::sim::fuzz {

/// What the program would have said. Whatever it throws passes through: a broken invariant (exit code 3) or worse.
enum class Answer : std::uint8_t { refused, taken };

/// Reads the text with its conditions and prints its mistakes. Throws std::logic_error when there is neither a scenario
/// nor a mistake, or both.
Answer read(std::string_view text);

/// read(), then the first `events` events of the first variant: time 0 and what follows, not the whole story. A run
/// that is over by then is judged too.
Answer read_and_run(std::string_view text, std::uint64_t events);

}  // namespace kafkasim::sim::fuzz
