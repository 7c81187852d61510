#include "core/group/group_record_size.hpp"

#include <map>

#include "core/protocol/batch.hpp"

namespace kafkasim::core {
namespace {

// Record: length (2), attributes (1), timestamp and offset deltas (2), key and value lengths (4), no headers (1).
constexpr std::size_t kRecord = 10;
constexpr std::size_t kString = 2;  // length in front of a string
constexpr std::size_t kArray = 4;

std::size_t size_of(const OffsetCommitRecord& record, const Catalogue& catalogue) {
  const std::size_t topic = kString + catalogue.topic(record.partition.topic).size();
  const std::size_t key = 2 + kString + catalogue.group(record.group).size() + topic + 4;
  const std::size_t value = 2 + 8 + 4 + kString + 8;  // version, offset, leader epoch, metadata "", timestamp
  return kRecord + key + value;
}

// The consumer's own subscription or assignment inside a member: version, topics, user data.
std::size_t topics_size(const std::vector<TopicId>& topics, const Catalogue& catalogue) {
  std::size_t bytes = 2 + kArray + 4;
  for (const TopicId topic : topics) bytes += kString + catalogue.topic(topic).size();
  return bytes;
}

std::size_t assignment_size(const Assignment& assignment, const Catalogue& catalogue) {
  std::map<TopicId, std::size_t> partitions;
  for (const TopicPartition& tp : assignment) ++partitions[tp.topic];
  std::size_t bytes = 2 + kArray + 4;
  for (const auto& [topic, count] : partitions) bytes += kString + catalogue.topic(topic).size() + kArray + 4 * count;
  return bytes;
}

std::size_t size_of(const GroupMetadataRecord& record, const Catalogue& catalogue) {
  const std::size_t key = 2 + kString + catalogue.group(record.group).size();
  std::size_t value =
      2 + kString + 8 + 4 + kString + record.protocol.size() + kString + record.leader.size() + 8 + kArray;
  for (const GroupMemberRecord& one : record.members) {
    value += kString + one.member.size() + kString + kString + one.client.size() + kString + 8 + 4 + 4;
    value += 4 + topics_size(one.subscription, catalogue) + 4 + assignment_size(one.assignment, catalogue);
  }
  return kRecord + key + value;
}

}  // namespace

std::int32_t batch_size(const std::vector<GroupRecord>& records, const Catalogue& catalogue) {
  std::size_t bytes = static_cast<std::size_t>(kBatchHeaderBytes);
  for (const GroupRecord& record : records)
    bytes += std::visit([&catalogue](const auto& value) { return size_of(value, catalogue); }, record.value);
  return static_cast<std::int32_t>(bytes);
}

}  // namespace kafkasim::core
