#include "core/log/log_dir.hpp"

#include <algorithm>
#include <utility>

namespace kafkasim::core {

LogDir::Loaded LogDir::take(TopicPartition tp, const TopicConfig& config) {
  if (!replicas.contains(tp)) {
    const std::int32_t dir = next_dir();
    replicas[tp].dir = dir;
  }
  StoredReplica& stored = replicas[tp];
  Loaded loaded{std::exchange(stored.log, Log{config}), stored.high_watermark};
  loaded.log.configure(config);
  loaded.log.load();
  loaded.high_watermark = std::clamp(loaded.high_watermark, loaded.log.log_start(), loaded.log.log_end());
  return loaded;
}

void LogDir::store(TopicPartition tp, Log log) { replicas[tp].log = std::move(log); }

void LogDir::checkpoint_high_watermark(TopicPartition tp, Offset high_watermark) {
  // The file is written anew each time; mostly the same is in it as before.
  if (const auto found = replicas.find(tp); found != replicas.end() && found->second.high_watermark == high_watermark)
    return;
  replicas[tp].high_watermark = high_watermark;
}

void LogDir::checkpoint_recovery_point(TopicPartition tp, Offset flushed_end) {
  if (const auto found = replicas.find(tp); found != replicas.end() && found->second.recovery_point == flushed_end)
    return;
  replicas[tp].recovery_point = flushed_end;
}

void LogDir::write_clean_shutdown(BrokerEpoch epoch) {
  for (auto& [tp, stored] : replicas.edit()) {
    stored.log.flush();
    stored.recovery_point = stored.log.flushed_end();
  }
  clean_shutdown = epoch;
}

std::optional<BrokerEpoch> LogDir::take_clean_shutdown() { return std::exchange(clean_shutdown, std::nullopt); }

std::int64_t LogDir::bytes_to_recover() const {
  if (clean_shutdown) return 0;
  std::int64_t bytes = 0;
  for (const auto& [tp, stored] : replicas) bytes += stored.log.bytes_from_segment_of(stored.recovery_point);
  return bytes;
}

bool LogDir::offline(TopicPartition tp) const {
  const auto found = replicas.find(tp);
  return found != replicas.end() && dirs.at(static_cast<std::size_t>(found->second.dir)).offline;
}

std::vector<TopicPartition> LogDir::offline_replicas() const {
  std::vector<TopicPartition> found;
  for (const auto& [tp, stored] : replicas)
    if (dirs.at(static_cast<std::size_t>(stored.dir)).offline) found.push_back(tp);
  return found;
}

void LogDir::open_dirs() {
  for (DirState& dir : dirs) dir.offline = dir.broken;
}

std::int32_t LogDir::next_dir() const {
  if (dirs.size() == 1) return 0;
  std::vector<std::int64_t> count(dirs.size(), 0);
  for (const auto& [tp, stored] : replicas) ++count.at(static_cast<std::size_t>(stored.dir));
  for (std::size_t i = 0; i < dirs.size(); ++i)
    if (dirs[i].offline) count[i] = kUnlimited;
  return static_cast<std::int32_t>(std::min_element(count.begin(), count.end()) - count.begin());
}

void LogDir::lose_after(TopicPartition tp, Offset durable_end) { replicas[tp].log.lose_after(durable_end); }

}  // namespace kafkasim::core
