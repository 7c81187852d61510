// What a log of each level is told: nothing that it would not write.
#include <sstream>

#include "sim/report/observers.hpp"
#include "sim/report/trace_log.hpp"
#include "tests/support/catch.hpp"

namespace kafkasim::sim {
namespace {

/// "events, 27 of 27 kinds of notes"
std::string watched(const char* level) {
  std::ostringstream stream;
  const RunLog log{stream, level};
  std::size_t kinds = 0;
  for (std::size_t kind = 0; kind < std::variant_size_v<Note>; ++kind) kinds += log.watches(kind) ? 1 : 0;
  return std::string{log.watches_events() ? "events, " : ""} + std::to_string(kinds);
}

TEST_CASE("a log watches what its level writes, and costs nothing else", "[report]") {
  const std::string all = std::to_string(std::variant_size_v<Note>);
  CHECK(watched("trace") == "events, " + all);
  CHECK(watched("debug") == all);
  CHECK(watched("info") == "15");
  CHECK(watched("warn") == "1");
  CHECK(watched("error") == "0");
  std::ostringstream stream;
  const RunLog warnings{stream, "warn"};
  CHECK(warnings.watches(kNoteKind<PartitionChanged>));  // an unclean election
}

}  // namespace
}  // namespace kafkasim::sim
