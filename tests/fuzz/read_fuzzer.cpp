// libFuzzer target: the reader. Run by tests/fuzz/run.
#include <cstddef>
#include <cstdint>

#include "tests/fuzz/attempt.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  kafkasim::sim::fuzz::read({reinterpret_cast<const char*>(data), size});
  return 0;
}
