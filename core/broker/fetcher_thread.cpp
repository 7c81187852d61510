#include "core/broker/fetcher_thread.hpp"

#include <algorithm>
#include <utility>

#include "core/base/invariant.hpp"

namespace kafkasim::core {

FetcherThread::FetcherThread(BrokerId self, BrokerId leader, std::int32_t fetcher, const BrokerConfig& config,
                             Duration first_wait)
    : self_{self},
      leader_{leader},
      fetcher_{fetcher},
      config_{config},
      client_{fresh_client()},
      next_wait_{first_wait} {
  INVARIANT(fetcher < kMaxFetchers, "timers and channels are numbered for that many fetchers");
}

// The blocking sender forgets a node's failures when it closes its connection: set-up times do not grow, and there is
// no reconnect back-off besides the thread's own.
NetworkClient FetcherThread::fresh_client() const {
  ClientConfig config;
  config.reconnect_backoff = Duration::zero();
  config.reconnect_backoff_max = Duration::zero();
  config.connections_max_idle = 600s;
  return NetworkClient{fetcher_channel_base(fetcher_), config, 1};
}

void FetcherThread::add(TopicPartition tp) {
  delayed_until_.erase(tp);
  if (!has(tp)) partitions_.push_back(tp);
}

void FetcherThread::remove(TopicPartition tp) {
  std::erase(partitions_, tp);
  delayed_until_.erase(tp);
}

void FetcherThread::wake(FetcherTurn& in) {
  if (state_ == State::asleep) run(in);
}

void FetcherThread::stop(Turn& turn) {
  client_.close(leader_, turn);
  turn.out.cancel(timer());
}

void FetcherThread::on_connected(ChannelId channel, FetcherTurn& in) {
  client_.on_connected(channel, in.turn);
  INVARIANT(state_ == State::connecting, "a fetcher connects in order to send");
  send_fetch(in);
}

void FetcherThread::on_disconnected(ChannelId channel, bool refused, FetcherTurn& in) {
  client_.on_disconnected(channel, refused, in.turn);
  fail(in);
}

void FetcherThread::on_response(ChannelId channel, Correlation correlation, Response&& response, FetcherTurn& in) {
  client_.on_response(channel, correlation, in.turn);
  if (auto* fetched = std::get_if<FetchResponse>(&response)) {
    on_fetch_response(std::move(*fetched), in);
  } else {
    on_offsets_response(std::get<ListOffsetsResponse>(response), in);
  }
}

void FetcherThread::on_timer(FetcherTurn& in) {
  armed_ = kNever;
  if (!client_.on_tick(in.turn).empty()) {
    if (state_ != State::asleep) {
      fail(in);
      return;
    }
    client_ = fresh_client();
  }
  if (state_ == State::asleep && in.turn.now >= wake_at_) {
    run(in);
  } else {
    arm(in.turn);
  }
}

void FetcherThread::run(FetcherTurn& in) {
  if (!build_fetch(in)) {
    state_ = State::asleep;
    wake_at_ = later(in.turn.now, config_.replica_fetch_backoff);
    arm(in.turn);
    return;
  }
  state_ = State::connecting;
  if (client_.ready(leader_, in.turn)) {
    send_fetch(in);
  } else {
    arm(in.turn);
  }
}

// What is fetched is settled before the connection stands (the blocking sender connects inside the call).
bool FetcherThread::build_fetch(FetcherTurn& in) {
  requested_.clear();
  requested_.reserve(partitions_.size());
  for (const TopicPartition tp : partitions_) {
    const Partition* partition = in.replicas.partition(tp);
    // Without one its directory has just failed: the manager takes it from here at the end of this step.
    if (partition == nullptr || !partition->can_fetch() || !ready(tp, in.turn)) continue;
    requested_.push_back(partition->next_fetch(config_.replica_fetch_max_bytes));
  }
  return !requested_.empty();
}

void FetcherThread::send_fetch(FetcherTurn& in) {
  FetchRequest request;
  request.replica_id = self_;
  request.replica_epoch = in.broker_epoch;
  request.max_wait = std::exchange(next_wait_, config_.replica_fetch_wait_max);
  request.min_bytes = config_.replica_fetch_min_bytes;
  request.max_bytes = config_.replica_fetch_response_max_bytes;
  request.partitions = requested_;
  state_ = State::fetching;
  client_.send(leader_, std::move(request), config_.replica_socket_timeout, 0, in.turn);
  arm(in.turn);
}

// A connection or request failed: everything this thread copies waits (R2.3).
void FetcherThread::fail(FetcherTurn& in) {
  client_ = fresh_client();
  requested_.clear();
  out_of_range_.clear();
  if (state_ != State::asleep) {
    for (const TopicPartition tp : partitions_) {
      if (ready(tp, in.turn)) delay(tp, in.turn);
    }
    run(in);
  } else {
    arm(in.turn);
  }
}

void FetcherThread::delay(TopicPartition tp, Turn& turn) {
  delayed_until_[tp] = later(turn.now, config_.replica_fetch_backoff);
}

bool FetcherThread::ready(TopicPartition tp, const Turn& turn) const {
  if (delayed_until_.empty()) return true;
  const auto found = delayed_until_.find(tp);
  return found == delayed_until_.end() || found->second <= turn.now;
}

bool FetcherThread::has(TopicPartition tp) const {
  return std::find(partitions_.begin(), partitions_.end(), tp) != partitions_.end();
}

// Lazily: a timer that rings too early costs less than moving it with every fetch.
void FetcherThread::arm(Turn& turn) {
  Instant at = client_.next_deadline();
  if (state_ == State::asleep) at = std::min(at, wake_at_);
  if (at >= armed_) return;
  armed_ = at;
  turn.out.timer(timer(), at);
}

}  // namespace kafkasim::core
