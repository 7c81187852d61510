// A queue whose copies share chunks, beside a std::deque.
#include "core/base/shared_deque.hpp"

#include <algorithm>
#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

#include "sim/kernel/state_hash.hpp"
#include "tests/support/catch.hpp"

namespace kafkasim::shared_deque_test {
namespace {

using Queue = SharedDeque<std::int64_t>;

bool same(const Queue& queue, const std::deque<std::int64_t>& model) {
  return queue.size() == model.size() && std::equal(queue.begin(), queue.end(), model.begin()) &&
         (model.empty() || (queue.front() == model.front() && queue.back() == model.back())) &&
         sim::hash_state(queue) == sim::hash_state(model);
}

}  // namespace

TEST_CASE("it is a deque, and so are its copies, each by itself", "[base][shared_deque]") {
  std::vector<std::pair<Queue, std::deque<std::int64_t>>> all(1);
  std::uint64_t word = 1;
  for (std::int64_t step = 0; step < 4000; ++step) {
    word = word * 6364136223846793005U + 1442695040888963407U;
    const std::uint64_t draw = word >> 33;
    auto& [queue, model] = all[draw % all.size()];
    const std::uint64_t what = draw / 16 % 8;
    if (what < 4) {
      CHECK(queue.push_back(step) == step);
      model.push_back(step);
    } else if (what < 6 && !model.empty()) {
      queue.pop_front();
      model.pop_front();
    } else if (what == 6 && !model.empty()) {
      const std::size_t at = draw / 128 % model.size();
      queue.edit(at) = -step;
      model[at] = -step;
    } else if (all.size() < 12 && step % 7 == 0) {
      all.push_back(all.front());
    } else if (draw % 3 == 0) {
      const std::size_t size = model.size() - std::min<std::size_t>(model.size(), draw / 128 % 40);
      queue.cut_to(size);
      model.resize(size);
    }
    if (step % 50 == 0)
      for (const auto& [one, of] : all) REQUIRE(same(one, of));
  }
  CHECK(all.size() == 12);
}

TEST_CASE("a copy shares what it does not change", "[base][shared_deque]") {
  Queue queue;
  for (std::size_t i = 0; i < 3 * Queue::kChunk; ++i) queue.push_back(static_cast<std::int64_t>(i));
  Queue copy = queue;
  CHECK(copy == queue);
  copy.edit(Queue::kChunk) = -1;
  CHECK(&copy[0] == &queue[0]);
  CHECK(&copy[Queue::kChunk] != &queue[Queue::kChunk]);
  CHECK(&copy[2 * Queue::kChunk] == &queue[2 * Queue::kChunk]);
  CHECK(queue[Queue::kChunk] == static_cast<std::int64_t>(Queue::kChunk));
  CHECK_FALSE(copy == queue);
  CHECK(std::lower_bound(queue.begin(), queue.end(), 40) - queue.begin() == 40);
}

TEST_CASE("equal contents are equal wherever they lie in their chunks", "[base][shared_deque]") {
  Queue late;
  for (std::int64_t i = -5; i < 40; ++i) late.push_back(i);
  for (int i = 0; i < 5; ++i) late.pop_front();
  Queue fresh;
  for (std::int64_t i = 0; i < 40; ++i) fresh.push_back(i);
  CHECK(late == fresh);
  for (int i = 0; i < 40; ++i) late.pop_front();
  CHECK(late == Queue{});
}

}  // namespace kafkasim::shared_deque_test
