#include <csignal>
#include <iostream>

#include "sim/cli/command_line.hpp"
#include "sim/cli/interrupt.hpp"

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  std::signal(SIGPIPE, SIG_DFL);  // a reader that has seen enough ends us quietly
  kafkasim::sim::watch_interrupts();
  return kafkasim::sim::run_command_line(argc, argv, std::cout, std::cerr);
}
