#include "core/client/producer/sticky_partitioner.hpp"

#include <algorithm>
#include <limits>

#include "core/base/invariant.hpp"

namespace kafkasim::core {

StickyPartitioner::StickyPartitioner(TopicId topic, std::int32_t batch_size)
    : topic_{topic}, batch_size_{std::max(batch_size, 1)} {}

std::int32_t StickyPartitioner::current(const ClientMetadata& metadata, Turn& turn) {
  if (partition_ < 0) partition_ = draw(metadata, turn);
  return partition_;
}

bool StickyPartitioner::add(std::int64_t bytes, bool all_full, const ClientMetadata& metadata, Turn& turn) {
  produced_bytes_ += bytes;
  const bool enough = produced_bytes_ >= batch_size_;
  if (!(enough && all_full) && produced_bytes_ < hard_limit()) return false;
  partition_ = draw(metadata, turn);
  produced_bytes_ = 0;
  return true;
}

std::int32_t StickyPartitioner::draw(const ClientMetadata& metadata, Turn& turn) const {
  const auto below = [&](std::size_t bound) {
    return static_cast<std::size_t>(turn.choices.below(Choice::sticky_partition, bound));
  };
  if (!cumulative_.empty()) {
    const auto at = static_cast<std::int32_t>(below(static_cast<std::size_t>(cumulative_.back())));
    const auto slot = std::upper_bound(cumulative_.begin(), cumulative_.end(), at) - cumulative_.begin();
    return loaded_[static_cast<std::size_t>(slot)];
  }
  const auto available = metadata.available(topic_);
  if (!available.empty()) return available[below(available.size())];
  const std::int32_t count = metadata.partition_count(topic_);
  INVARIANT(count > 0, "a partition is drawn only for a known topic");
  return static_cast<std::int32_t>(below(static_cast<std::size_t>(count)));
}

void StickyPartitioner::set_load(std::span<const std::pair<std::int32_t, std::int32_t>> queues,
                                 std::int32_t partition_count) {
  std::int32_t shortest = std::numeric_limits<std::int32_t>::max(), longest = 0;
  for (const auto& [partition, length] : queues) {
    shortest = std::min(shortest, length);
    longest = std::max(longest, length);
  }
  const bool all_equal = shortest == longest && std::ssize(queues) == partition_count;
  if (queues.empty() || partition_count < 2 || all_equal) {
    cumulative_.clear();
    loaded_.clear();
    return;
  }
  cumulative_.resize(queues.size());
  loaded_.resize(queues.size());
  std::int32_t sum = 0;
  for (std::size_t i = 0; i < queues.size(); ++i) {
    cumulative_[i] = sum += longest + 1 - queues[i].second;
    loaded_[i] = queues[i].first;
  }
}

}  // namespace kafkasim::core
