// Processes and machines come and go: start, crash, power loss, freeze, clean stop (design wall 8).
#pragma once

#include "sim/world.hpp"

namespace kafkasim::sim {

/// The start command. The process runs after the host's start-up time. Nothing happens if there is one already, unless
/// that is about to end in good order: then the command waits for its end. A crash forgets it.
void start_process(World& world, Host& host);
/// The process is killed: page cache survives, its connections are reset after the teardown time.
void crash(World& world, Host& host);
/// The machine is gone: unflushed data lost, peers see silence.
void lose_power(World& world, Host& host);
/// SIGTERM: a broker leaves by controlled shutdown, a client closes. A frozen process hears of it when it thaws.
void shut_down(World& world, Host& host);
/// The process stands still; it does not know.
void freeze(World& world, Host& host);
void thaw(World& world, Host& host);

// --- called by the runtime -------------------------------------------------------------------------------------------

/// The process ends itself: gone after the host's stop time.
void begin_exit(World& world, Host& host);
/// The process is gone: its disk stays, its sockets close at once.
void process_gone(World& world, Host& host);
void on_started(World& world, Host& host, std::uint32_t generation);
void on_stopped(World& world, Host& host, std::uint32_t generation);
void on_teardown(World& world, Host& host, std::uint32_t generation);
void on_writeback(World& world, Host& host);

/// The process object for a start of that host, from what is on its disk. `formed`: at time 0.
Program make_program(World& world, Host& host, bool formed);

}  // namespace kafkasim::sim
