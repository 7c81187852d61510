// An operator's tool: one request at a time to some broker, which forwards it to the controller.
#pragma once

#include <boost/container/deque.hpp>
#include <vector>

#include "core/base/fields.hpp"
#include "core/network/network_client.hpp"
#include "core/protocol/effects.hpp"

namespace kafkasim::core {

/// Kafka's admin client as far as operators' actions need it: the least loaded bootstrap broker is asked; a lost
/// connection and a retriable error are tried again after retry.backoff.ms, until default.api.timeout.ms (60 s) is
/// over.
class Admin {
 public:
  Admin(NodeId self, std::vector<NodeId> bootstrap);

  /// Ends with CallReturned{call, error}: the first error of the answer; ELECTION_NOT_NEEDED only when nothing else.
  void call(std::int32_t call, Request request, Turn& turn);

  void on_start(Turn&) {}
  void on_connected(ChannelId channel, Turn& turn);
  void on_disconnected(ChannelId channel, bool refused, Turn& turn);
  void on_response(ChannelId channel, Correlation correlation, Response&& response, Turn& turn);
  void on_timer(TimerKey key, Turn& turn);
  void on_shutdown(Turn& turn);

  NodeId id() const { return self_; }
  friend bool operator==(const Admin&, const Admin&) = default;
  FIELDS(self_, network_, calls_, not_before_)

 private:
  struct Call {
    std::int32_t number = 0;
    Request request;
    Instant deadline = kNever;
    friend bool operator==(const Call&, const Call&) = default;
    FIELDS(number, deadline)
  };
  void pursue(Turn& turn);
  void retry(Turn& turn);
  void finish(ErrorCode error, Turn& turn);

  NodeId self_;
  std::vector<NodeId> bootstrap_;
  NetworkClient network_;
  boost::container::deque<Call> calls_;  // the first is being made
  Instant not_before_ = Instant::min();
};

}  // namespace kafkasim::core
