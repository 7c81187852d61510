#include "core/broker/metadata_observer.hpp"

#include "core/base/invariant.hpp"

namespace kafkasim::core {

namespace {

constexpr Duration kFetchMaxWait = 500ms;  // KafkaRaftClient.MAX_FETCH_WAIT_MS (R3.7)

// controller.quorum.request.timeout.ms 2 000; KafkaRaftManager's network client: reconnect 50 to 500.
constexpr ControllerChannelTimes kTimes{50ms, 500ms, 2s, Duration::max()};

}  // namespace

MetadataObserver::MetadataObserver(BrokerId id, NodeId controller)
    : id_{id}, channel_{ControllerLink::metadata, controller, kTimes} {}

void MetadataObserver::start(std::int64_t end, Duration max_wait, Turn& turn) {
  end_ = end;
  max_wait_ = max_wait;
  act(channel_.begin(turn), turn);
}

void MetadataObserver::fetch_from(std::int64_t end, Turn& turn) { start(end, kFetchMaxWait, turn); }

void MetadataObserver::on_connected(ChannelId channel, Turn& turn) { act(channel_.on_connected(channel, turn), turn); }

void MetadataObserver::on_disconnected(ChannelId channel, bool refused, Turn& turn) {
  act(channel_.on_disconnected(channel, refused, turn), turn);
}

void MetadataObserver::on_response(ChannelId channel, Correlation correlation, Turn& turn) {
  channel_.on_response(channel, correlation, turn);
}

void MetadataObserver::on_channel_timer(Turn& turn) { act(channel_.on_timer(turn), turn); }

void MetadataObserver::act(ControllerChannel::Signal signal, Turn& turn) {
  INVARIANT(signal != ControllerChannel::Signal::timed_out, "an observer asks for ever");
  if (signal == ControllerChannel::Signal::transmit) {
    channel_.send(MetadataFetchRequest{id_, end_, max_wait_}, turn);
  }
}

}  // namespace kafkasim::core
