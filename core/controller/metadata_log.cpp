#include "core/controller/metadata_log.hpp"

#include <utility>

#include "core/base/invariant.hpp"

namespace kafkasim::core {

MetadataLog::MetadataLog(DurableMetadata disk)
    : disk_{std::move(disk)},
      latest_{disk_.image},
      next_producer_id_{disk_.next_producer_id},
      writing_end_{disk_.image.end} {
  INVARIANT(std::cmp_equal(disk_.start + std::ssize(disk_.records), disk_.image.end),
            "the log's records end where its image does");
}

void MetadataLog::append(MetadataRecord record, Clean clean) {
  latest_.replay(record);
  if (const auto* ids = std::get_if<ProducerIdsRecord>(&record)) next_producer_id_ = ids->next_producer_id;
  pending_.push_back({std::move(record), clean});
}

bool MetadataLog::begin_write() {
  if (writing() || pending_.empty()) return false;
  writing_end_ = end();
  return true;
}

void MetadataLog::commit(const MetadataRecord& record) {
  disk_.image.replay(record);
  if (const auto* ids = std::get_if<ProducerIdsRecord>(&record)) disk_.next_producer_id = ids->next_producer_id;
  disk_.records.push_back(record);
}

std::vector<MetadataRecord> MetadataLog::read(std::int64_t offset) const {
  INVARIANT(offset >= disk_.start, "no reader is behind the start of the metadata log");
  INVARIANT(offset <= committed().end, "no reader is ahead of the committed metadata log");
  return {disk_.records.begin() + (offset - disk_.start), disk_.records.end()};
}

std::int64_t MetadataLog::registration_offset(BrokerId broker, std::int64_t otherwise) const {
  for (std::int64_t at = std::ssize(disk_.records) - 1; at >= 0; --at) {
    const auto* registered = std::get_if<RegisterBrokerRecord>(&disk_.records[static_cast<std::size_t>(at)]);
    if (registered != nullptr && registered->broker == broker) return disk_.start + at;
  }
  return otherwise;
}

}  // namespace kafkasim::core
