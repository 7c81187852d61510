// Independent pieces of work on several threads, their outcomes taken in order: what is said does not depend on how
// many threads there are.
#pragma once

#include <cstddef>
#include <functional>

namespace kafkasim::sim {

struct OrderedWork {
  /// Piece i, on some thread; pieces share nothing.
  std::function<void(std::size_t)> work;
  /// In the calling thread, for 0, 1, 2, ... once each is done. False: enough, nothing more is begun.
  std::function<bool(std::size_t)> done;
  /// In the calling thread, a few times a second while it waits. False as above.
  std::function<bool()> waiting;
};

/// Pieces 0..count-1 on at most `jobs` threads. An exception of work(i) leaves from here in i's turn, after done() of
/// those before it. False when done() or waiting() ended it early. All threads have ended on return.
bool run_ordered(std::size_t count, std::size_t jobs, const OrderedWork& pieces);

/// Threads this machine can run at once, at least 1.
std::size_t all_cores();

}  // namespace kafkasim::sim
