// Log directories that fail (R6.5, R3.20; KIP-112, KIP-858).
#include "core/base/invariant.hpp"
#include "core/broker/replica_manager.hpp"

namespace kafkasim::core {

// The high-watermark checkpoint writes a file in every directory: what nobody appends to is noticed there.
void ReplicaManager::check_dirs(Turn& turn) {
  for (std::size_t dir = 0; dir < disk_.dirs.size(); ++dir)
    if (disk_.dirs[dir].broken && !disk_.dirs[dir].offline) fail_dir(dir, turn);
}

bool ReplicaManager::can_write(TopicPartition tp, std::int64_t bytes, Turn& turn) {
  const auto found = disk_.replicas.find(tp);
  INVARIANT(found != disk_.replicas.end(), "a hosted replica lies in a directory");
  const std::int32_t number = found->second.dir;
  DirState& dir = disk_.dirs.at(static_cast<std::size_t>(number));
  if (dir.capacity != kUnlimited && used_bytes(number) + bytes > dir.capacity) dir.broken = true;
  if (!dir.broken) return true;
  if (!dir.offline) fail_dir(static_cast<std::size_t>(number), turn);
  return false;
}

std::int64_t ReplicaManager::used_bytes(std::int32_t dir) const {
  std::int64_t bytes = 0;
  for (const auto& [tp, stored] : disk_.replicas) {
    if (stored.dir != dir) continue;
    const Partition* running = partition(tp);
    bytes += running == nullptr ? stored.log.size_bytes() : running->log().size_bytes();
  }
  return bytes;
}

// Its replicas are gone from this process until it starts again; who waited for them hears KAFKA_STORAGE_ERROR.
void ReplicaManager::fail_dir(std::size_t dir, Turn& turn) {
  disk_.dirs[dir].offline = true;
  turn.out.note(LogDirFailed{static_cast<std::int32_t>(dir)});
  std::vector<TopicPartition> gone;
  for (const auto& [tp, stored] : disk_.replicas)
    if (static_cast<std::size_t>(stored.dir) == dir && partitions_.contains(tp)) gone.push_back(tp);
  for (const TopicPartition tp : gone) {
    disk_.store(tp, std::move(partitions_.at(tp)).take_log());
    partitions_.erase(tp);
    went_offline_.push_back(tp);
  }
  for (const TopicPartition tp : gone) {
    recheck_produces(tp, turn);
    recheck_fetches(tp, turn);
  }
}

}  // namespace kafkasim::core
