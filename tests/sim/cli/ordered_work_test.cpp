#include "sim/cli/ordered_work.hpp"

#include <atomic>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/catch.hpp"

namespace kafkasim::sim {

TEST_CASE("outcomes come in order, whoever is first", "[cli]") {
  for (const std::size_t jobs : {1U, 2U, 8U}) {
    std::vector<int> made(20, 0), told;
    const bool whole = run_ordered(20, jobs,
                                   {[&](std::size_t i) {
                                      if (i % 4 == 0) std::this_thread::sleep_for(std::chrono::milliseconds{3});
                                      made[i] = static_cast<int>(i * i);
                                    },
                                    [&](std::size_t i) {
                                      told.push_back(made[i]);
                                      return true;
                                    },
                                    {}});
    CHECK(whole);
    REQUIRE(told.size() == 20);
    for (int i = 0; i < 20; ++i) CHECK(told[static_cast<std::size_t>(i)] == i * i);
  }
}

TEST_CASE("an exception leaves in its turn: what came before it has been told", "[cli]") {
  for (const std::size_t jobs : {1U, 3U}) {
    std::size_t told = 0;
    std::string what;
    try {
      run_ordered(10, jobs,
                  {[](std::size_t i) {
                     if (i >= 6) throw std::runtime_error{"piece " + std::to_string(i)};
                   },
                   [&](std::size_t) {
                     ++told;
                     return true;
                   },
                   {}});
    } catch (const std::runtime_error& error) {
      what = error.what();
    }
    CHECK(what == "piece 6");
    CHECK(told == 6);
  }
}

TEST_CASE("enough is enough: nothing more is begun", "[cli]") {
  std::atomic<std::size_t> begun = 0;
  CHECK_FALSE(run_ordered(1000, 2,
                          {[&](std::size_t) {
                             ++begun;
                             std::this_thread::sleep_for(std::chrono::milliseconds{1});
                           },
                           [](std::size_t i) { return i < 3; },
                           {}}));
  CHECK(begun < 900);
  std::atomic<bool> stop = false;
  CHECK_FALSE(run_ordered(2, 2,
                          {[&](std::size_t) {
                             while (!stop) std::this_thread::yield();
                           },
                           [](std::size_t) { return true; },
                           [&] {
                             stop = true;
                             return false;
                           }}));
  CHECK(run_ordered(0, 2, {}));
}

}  // namespace kafkasim::sim
