#include "sim/cli/interrupt.hpp"

#include <csignal>

namespace kafkasim::sim {
namespace {

// Of the process, not of a run: a signal handler can reach nothing else.
volatile std::sig_atomic_t flag = 0;

extern "C" void on_interrupt(int) {
  flag = 1;
  std::signal(SIGINT, SIG_DFL);
}

}  // namespace

void watch_interrupts() { std::signal(SIGINT, on_interrupt); }
bool interrupted() { return flag != 0; }

}  // namespace kafkasim::sim
