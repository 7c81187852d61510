#include "core/broker/producer_id_manager.hpp"

#include <utility>

namespace kafkasim::core {

namespace {

constexpr Duration kRetryBackoff = 50ms;  // RPCProducerIdManager.RETRY_BACKOFF_MS

// The forwarding channel gives a request up after 60 s; controller.socket.timeout.ms is 30 s.
constexpr ControllerChannelTimes kIdBlockTimes{50ms, 50ms, 30s, 60s};

}  // namespace

ProducerIdManager::ProducerIdManager(BrokerId id, NodeId controller)
    : id_{id}, channel_{ControllerLink::producer_ids, controller, kIdBlockTimes} {}

InitProducerIdResponse ProducerIdManager::claim(BrokerEpoch epoch, Turn& turn) {
  epoch_ = epoch;
  if (current_.empty() && !next_.empty()) current_ = std::exchange(next_, Block{});
  if (current_.empty()) {
    request_block(turn);
    return {ErrorCode::COORDINATOR_LOAD_IN_PROGRESS, ProducerId{}, ProducerEpoch{}};
  }
  if (current_.next == current_.prefetch_at) request_block(turn);
  return {ErrorCode::NONE, ProducerId{current_.next++}, ProducerEpoch{0}};
}

void ProducerIdManager::on_connected(ChannelId channel, Turn& turn) { act(channel_.on_connected(channel, turn), turn); }

void ProducerIdManager::on_disconnected(ChannelId channel, bool refused, Turn& turn) {
  act(channel_.on_disconnected(channel, refused, turn), turn);
}

void ProducerIdManager::on_response(ChannelId channel, Correlation correlation,
                                    const AllocateProducerIdsResponse& response, Turn& turn) {
  channel_.on_response(channel, correlation, turn);
  if (response.error != ErrorCode::NONE) {
    not_before_ = later(turn.now, kRetryBackoff);
    return;
  }
  const std::int64_t first = response.producer_id_start;
  const std::int64_t size = response.producer_id_len;
  next_ = Block{first, first + size, first + size * 9 / 10};
}

void ProducerIdManager::on_channel_timer(Turn& turn) { act(channel_.on_timer(turn), turn); }

void ProducerIdManager::request_block(Turn& turn) {
  if (channel_.busy() || !next_.empty() || turn.now < not_before_) return;
  act(channel_.begin(turn), turn);
}

void ProducerIdManager::act(ControllerChannel::Signal signal, Turn& turn) {
  if (signal == ControllerChannel::Signal::transmit) channel_.send(AllocateProducerIdsRequest{id_, epoch_}, turn);
  if (signal == ControllerChannel::Signal::timed_out) not_before_ = later(turn.now, kRetryBackoff);
}

}  // namespace kafkasim::core
