#include "core/protocol/message.hpp"

#include <algorithm>
#include <array>

namespace kafkasim {
namespace {

// Framing and request header: length, api key, version, correlation id, client id (about 40 bytes on the wire).
constexpr std::int64_t kHeader = 40;
constexpr std::int64_t kPerPartition = 40;

std::int64_t size_of(const Batches& batches) {
  std::int64_t bytes = 0;
  for (const Batch& batch : batches) bytes += batch.size_bytes;
  return bytes;
}

template <class T>
concept HasPartitions = requires(const T& message) {
  message.partitions.size();
};

template <class T>
std::int64_t size_of(const T& message) {
  std::int64_t bytes = kHeader;
  if constexpr (std::is_same_v<T, FetchResponse>)
    bytes += kPerPartition * static_cast<std::int64_t>(std::max(message.asked, message.partitions.size()));
  else if constexpr (HasPartitions<T>)
    bytes += kPerPartition * static_cast<std::int64_t>(message.partitions.size());
  if constexpr (std::is_same_v<T, ProduceRequest>)
    for (const auto& part : message.partitions) bytes += part.batch.size_bytes;
  if constexpr (std::is_same_v<T, FetchResponse>)
    for (const auto& part : message.partitions) bytes += size_of(part.records);
  if constexpr (std::is_same_v<T, MetadataFetchResponse>)
    bytes += 100 * static_cast<std::int64_t>(message.records.size());
  return bytes;
}

}  // namespace

std::string_view api_name(std::size_t alternative) {
  static constexpr std::array<std::string_view, std::variant_size_v<Request>> kNames = {"Produce",
                                                                                        "Fetch",
                                                                                        "ListOffsets",
                                                                                        "OffsetForLeaderEpoch",
                                                                                        "Metadata",
                                                                                        "InitProducerId",
                                                                                        "FindCoordinator",
                                                                                        "JoinGroup",
                                                                                        "SyncGroup",
                                                                                        "Heartbeat",
                                                                                        "LeaveGroup",
                                                                                        "OffsetCommit",
                                                                                        "OffsetFetch",
                                                                                        "BrokerRegistration",
                                                                                        "BrokerHeartbeat",
                                                                                        "AlterPartition",
                                                                                        "AllocateProducerIds",
                                                                                        "MetadataFetch",
                                                                                        "ElectLeaders",
                                                                                        "CreateTopics",
                                                                                        "CreatePartitions",
                                                                                        "IncrementalAlterConfigs"};
  return kNames.at(alternative);
}

std::int64_t wire_size(const Request& request) {
  return std::visit([](const auto& message) { return size_of(message); }, request);
}
std::int64_t wire_size(const Response& response) {
  return std::visit([](const auto& message) { return size_of(message); }, response);
}

}  // namespace kafkasim
