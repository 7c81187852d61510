// The connections a broker opens: who owns which channel numbers and timers.
#pragma once

#include "core/network/network_client.hpp"

namespace kafkasim::core {

/// The broker's conversations with the controller; each has its own connection, as in Kafka, so that one may be dead
/// while another works. The value is the index of TimerKind::controller_channel.
enum class ControllerLink : std::int32_t {
  life_cycle,       // "heartbeat": registration and heartbeats
  alter_partition,  // "alter-partition"
  metadata,         // the Raft observer's fetches
  producer_ids,     // "forwarding": AllocateProducerIds
  forwarding,       // an operator's requests
};

inline constexpr ChannelId kControllerChannels = 200'000;
inline constexpr ChannelId kFetcherChannels = 300'000;

/// num.replica.fetchers is at most this here: it bounds the numbers of timers and channels.
inline constexpr std::int32_t kMaxFetchers = 64;

constexpr ChannelId channel_base(ControllerLink link) {
  return kControllerChannels + static_cast<std::int32_t>(link) * NetworkClient::kChannelSpan;
}
constexpr ChannelId fetcher_channel_base(std::int32_t fetcher) {
  return kFetcherChannels + fetcher * NetworkClient::kChannelSpan;
}
constexpr bool is_fetcher_channel(ChannelId channel) { return channel >= kFetcherChannels; }
constexpr std::int32_t fetcher_of(ChannelId channel) {
  return (channel - kFetcherChannels) / NetworkClient::kChannelSpan;
}
constexpr BrokerId leader_of(ChannelId channel) {
  return BrokerId{(channel - kFetcherChannels) % NetworkClient::kChannelSpan};
}

}  // namespace kafkasim::core
