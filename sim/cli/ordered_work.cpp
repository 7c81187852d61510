#include "sim/cli/ordered_work.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace kafkasim::sim {
namespace {

// What the threads of one run_ordered() share.
struct Bench {
  const OrderedWork& pieces;
  std::mutex mutex;
  std::condition_variable finished;
  std::size_t next = 0;  // piece to begin
  bool stopped = false;
  std::vector<std::exception_ptr> errors;
  std::vector<char> ready;

  Bench(const OrderedWork& of, std::size_t count) : pieces{of}, errors(count), ready(count, 0) {}

  void work() {
    std::unique_lock lock{mutex};
    while (!stopped && next < ready.size()) {
      const std::size_t piece = next++;
      lock.unlock();
      std::exception_ptr error;
      try {
        pieces.work(piece);
      } catch (...) {
        error = std::current_exception();
      }
      lock.lock();
      errors[piece] = error;
      ready[piece] = 1;
      finished.notify_one();
    }
  }

  // In the calling thread; false: ended early.
  bool collect() {
    for (std::size_t piece = 0; piece < ready.size(); ++piece) {
      std::unique_lock lock{mutex};
      while (ready[piece] == 0) {
        finished.wait_for(lock, std::chrono::milliseconds{200});
        lock.unlock();
        if (pieces.waiting && !pieces.waiting()) return false;
        lock.lock();
      }
      lock.unlock();
      if (errors[piece]) std::rethrow_exception(errors[piece]);
      if (!pieces.done(piece)) return false;
    }
    return true;
  }
};

// Stops and joins on every way out.
class Threads {
 public:
  Threads(Bench& bench, std::size_t count) : bench_{bench} {
    for (std::size_t i = 0; i < count; ++i) all_.emplace_back([&bench] { bench.work(); });
  }
  ~Threads() {
    {
      const std::lock_guard lock{bench_.mutex};
      bench_.stopped = true;
    }
    for (std::thread& one : all_) one.join();
  }
  Threads(const Threads&) = delete;
  Threads& operator=(const Threads&) = delete;

 private:
  Bench& bench_;
  std::vector<std::thread> all_;
};

}  // namespace

bool run_ordered(std::size_t count, std::size_t jobs, const OrderedWork& pieces) {
  Bench bench{pieces, count};
  const Threads threads{bench, std::min(count, std::max<std::size_t>(1, jobs))};
  return bench.collect();
}

std::size_t all_cores() { return std::max(1U, std::thread::hardware_concurrency()); }

}  // namespace kafkasim::sim
