// libFuzzer target: read, then run a little. Run by tests/fuzz/run.
#include <cstddef>
#include <cstdint>

#include "tests/fuzz/attempt.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::uint64_t kEvents = 2000;
  kafkasim::sim::fuzz::read_and_run({reinterpret_cast<const char*>(data), size}, kEvents);
  return 0;
}
