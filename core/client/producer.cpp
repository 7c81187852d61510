#include "core/client/producer.hpp"

#include <utility>

#include "core/base/invariant.hpp"

namespace kafkasim::core {

Producer::Producer(NodeId self, const ProducerConfig& config, std::vector<NodeId> bootstrap, std::uint32_t first_serial)
    : self_{self},
      config_{config},
      network_{0, config.client, config.max_in_flight},
      metadata_{config.client, std::move(bootstrap)},
      accumulator_{config},
      next_serial_{first_serial} {
  INVARIANT(self.known(), "a producer has a node id");
  INVARIANT(first_serial > 0, "serial 0 means not closed yet");
}

void Producer::on_start(Turn& turn) { pass(turn); }

void Producer::on_connected(ChannelId channel, Turn& turn) {
  network_.on_connected(channel, turn);
  pass(turn);
}

void Producer::on_disconnected(ChannelId channel, bool refused, Turn& turn) {
  on_lost(network_.on_disconnected(channel, refused, turn), turn);
  pass(turn);
}

void Producer::on_response(ChannelId channel, Correlation correlation, Response&& response, Turn& turn) {
  handle(network_.on_response(channel, correlation, turn), response, turn);
  pass(turn);
}

void Producer::handle(const InFlight& answered, Response& response, Turn& turn) {
  if (const auto* produced = std::get_if<ProduceResponse>(&response)) {
    on_produce_response(answered.tag, *produced, turn);
  } else if (const auto* metadata = std::get_if<MetadataResponse>(&response)) {
    metadata_.on_response(*metadata, turn);
  } else {
    on_init_response(std::get<InitProducerIdResponse>(response), turn);
  }
}

void Producer::on_timer(TimerKey key, Turn& turn) {
  INVARIANT(key.kind == TimerKind::sender, "a producer sets only its sender's timers");
  if (key.index == 0) {
    armed_ = kNever;
    pass(turn);
    return;
  }
  // The application's thread gives up waiting; the sender sleeps on.
  block_armed_ = kNever;
  try_unblock(turn);
  arm(turn);
}

void Producer::on_shutdown(Turn& turn) {
  if (closing_) return;
  closing_ = true;
  more_to_come_ = false;
  if (blocked_) {
    reject(blocked_->record, blocked_->topic, blocked_->choice, ErrorCode::OPERATION_NOT_ATTEMPTED, turn);
    unblock(turn);
  }
  pass(turn);
}

/// close() has nothing left to wait for: connections go down and the application's thread returns.
void Producer::finish_closing(Turn& turn) {
  if (!closing_ || closed_) return;
  if (!accumulator_.empty() || !requests_.empty() || network_.in_flight() > 0) return;
  closed_ = true;
  network_.close_all(turn);
  turn.out.add(ClientClosed{});
  arm(turn);
}

}  // namespace kafkasim::core
