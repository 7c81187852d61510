#include "core/client/admin.hpp"

#include <algorithm>
#include <utility>

#include "core/base/invariant.hpp"

namespace kafkasim::core {

namespace {

constexpr Duration kApiTimeout = 60s;  // default.api.timeout.ms
constexpr TimerKey kAdminTimer{TimerKind::network, 0};

ErrorCode error_of(const ElectLeadersResponse& response) {
  ErrorCode first = response.error;
  bool done = false, needless = false;
  for (const auto& part : response.partitions) {
    if (part.error == ErrorCode::NONE)
      done = true;
    else if (part.error == ErrorCode::ELECTION_NOT_NEEDED)
      needless = true;
    else if (first == ErrorCode::NONE)
      first = part.error;
  }
  return first == ErrorCode::NONE && needless && !done ? ErrorCode::ELECTION_NOT_NEEDED : first;
}

ErrorCode outcome_of(const Response& response) {
  if (const auto* elected = std::get_if<ElectLeadersResponse>(&response)) return error_of(*elected);
  if (const auto* created = std::get_if<CreateTopicsResponse>(&response)) return created->error;
  if (const auto* grown = std::get_if<CreatePartitionsResponse>(&response)) return grown->error;
  return std::get<IncrementalAlterConfigsResponse>(response).error;
}

}  // namespace

Admin::Admin(NodeId self, std::vector<NodeId> bootstrap)
    : self_{self}, bootstrap_{std::move(bootstrap)}, network_{0, ClientConfig{}, 1} {}

void Admin::call(std::int32_t number, Request request, Turn& turn) {
  calls_.push_back({number, std::move(request), later(turn.now, kApiTimeout)});
  pursue(turn);
}

void Admin::pursue(Turn& turn) {
  while (!calls_.empty() && turn.now >= calls_.front().deadline) finish(ErrorCode::REQUEST_TIMED_OUT, turn);
  if (!calls_.empty() && network_.in_flight() == 0 && turn.now >= not_before_)
    if (const auto node = network_.least_loaded(bootstrap_, turn); node && network_.ready(*node, turn))
      network_.send(*node, calls_.front().request, ClientConfig{}.request_timeout, calls_.front().number, turn);
  Instant at = network_.next_deadline();
  if (!calls_.empty()) {
    at = std::min(at, calls_.front().deadline);
    if (network_.in_flight() == 0)
      for (const NodeId node : bootstrap_)
        if (const Instant may = network_.may_connect_at(node, turn.now); may != kNever)
          at = std::min(at, std::max(may, not_before_));
  }
  turn.out.timer(kAdminTimer, at == kNever ? kNever : std::max(at, later(turn.now, 1ms)));
}

void Admin::retry(Turn& turn) { not_before_ = later(turn.now, ClientConfig{}.retry_backoff); }

void Admin::on_connected(ChannelId channel, Turn& turn) {
  network_.on_connected(channel, turn);
  pursue(turn);
}

void Admin::on_disconnected(ChannelId channel, bool refused, Turn& turn) {
  const Disconnection lost = network_.on_disconnected(channel, refused, turn);
  if (!lost.aborted.empty()) retry(turn);
  pursue(turn);
}

void Admin::on_response(ChannelId channel, Correlation correlation, Response&& response, Turn& turn) {
  const InFlight request = network_.on_response(channel, correlation, turn);
  INVARIANT(!calls_.empty(), "an answer belongs to a call");
  INVARIANT(request.tag == calls_.front().number, "one call at a time");
  const ErrorCode error = outcome_of(response);
  if (error != ErrorCode::NONE && retriable(error) && error != ErrorCode::UNKNOWN_TOPIC_OR_PARTITION)
    retry(turn);
  else
    finish(error, turn);
  pursue(turn);
}

void Admin::on_timer(TimerKey, Turn& turn) {
  for (const Disconnection& lost : network_.on_tick(turn))
    if (!lost.aborted.empty()) retry(turn);
  pursue(turn);
}

void Admin::on_shutdown(Turn& turn) {
  network_.close_all(turn);
  turn.out.add(ClientClosed{});
}

void Admin::finish(ErrorCode error, Turn& turn) {
  const std::int32_t number = calls_.front().number;
  calls_.pop_front();
  turn.out.add(CallReturned{number, error, {}});
}

}  // namespace kafkasim::core
