// Short ways to write batches and logs in tests.
#pragma once

#include "core/log/log.hpp"

namespace kafkasim::test {

inline Batch batch(std::int32_t records, std::int32_t bytes = 100) {
  Batch made;
  made.record_count = records;
  made.size_bytes = bytes;
  return made;
}

inline Batch idempotent(std::int64_t id, std::int16_t epoch, std::int32_t sequence, std::int32_t records = 1) {
  Batch made = batch(records);
  made.producer_id = ProducerId{id};
  made.producer_epoch = ProducerEpoch{epoch};
  made.base_sequence = sequence;
  return made;
}

/// As a leader sent it.
inline Batch replicated(std::int64_t base, std::int32_t epoch, std::int32_t records = 1, std::int32_t bytes = 100) {
  Batch made = batch(records, bytes);
  made.base_offset = Offset{base};
  made.leader_epoch = LeaderEpoch{epoch};
  return made;
}

/// `count` one-record batches of 100 bytes in each epoch, from offset 0 on.
inline core::Log log_of(std::initializer_list<std::pair<std::int32_t, std::int32_t>> runs,
                        const TopicConfig& config = {}) {
  core::Log log{config};
  for (const auto& [epoch, count] : runs)
    for (std::int32_t i = 0; i < count; ++i) log.append_as_follower(replicated(log.log_end().value(), epoch));
  return log;
}

/// "0@0 3@5": epoch@start.
inline std::string epochs(const core::EpochCache& cache) {
  std::string text;
  for (const core::EpochEntry& entry : cache.entries()) {
    if (!text.empty()) text += ' ';
    text += std::to_string(entry.epoch.value());
    text += '@';
    text += std::to_string(entry.start.value());
  }
  return text;
}

/// "0-4 5-5": first and last offset of each batch.
template <class Held>
std::string offsets(const Held& batches) {
  std::string text;
  for (const Batch& held : batches) {
    if (!text.empty()) text += ' ';
    text += std::to_string(held.base_offset.value());
    text += '-';
    text += std::to_string(held.last_offset().value());
  }
  return text;
}

}  // namespace kafkasim::test
