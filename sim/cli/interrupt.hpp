// Ctrl-C: a flag that long work looks at.
#pragma once

namespace kafkasim::sim {

/// From now on SIGINT sets the flag; a second one ends the program at once.
void watch_interrupts();
bool interrupted();

}  // namespace kafkasim::sim
