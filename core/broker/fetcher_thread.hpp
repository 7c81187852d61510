// One replica fetcher thread: copies partitions of one leader, strictly serially (R2.1-R2.7).
#pragma once

#include <map>
#include <vector>

#include "core/base/fields.hpp"
#include "core/broker/channels.hpp"
#include "core/broker/replica_manager.hpp"
#include "core/protocol/config.hpp"
#include "core/protocol/effects.hpp"

namespace kafkasim::core {

/// What a fetcher needs of its broker in one step.
struct FetcherTurn {
  Turn& turn;
  ReplicaManager& replicas;
  BrokerEpoch broker_epoch;  // for KIP-903; unknown before registration
};

/// The loop of AbstractFetcherThread as a state machine. It blocks in exactly one place at a time:
///  - asleep: no partition was ready; until replica.fetch.backoff.ms are over or a partition is added;
///  - connecting: a request is built and waits for its connection;
///  - waiting: a Fetch, or the ListOffsets that follows OFFSET_OUT_OF_RANGE, is in flight.
class FetcherThread {
 public:
  enum class State : std::uint8_t { asleep, connecting, fetching, asking_offsets };

  FetcherThread() = default;
  /// `first_wait`: max wait of the first fetch (replica.fetch.wait.max.ms, or less to be out of step).
  FetcherThread(BrokerId self, BrokerId leader, std::int32_t fetcher, const BrokerConfig& config, Duration first_wait);

  void add(TopicPartition tp);
  void remove(TopicPartition tp);
  bool idle() const { return partitions_.empty(); }
  /// Partitions were added: if it sleeps, it looks again now.
  void wake(FetcherTurn& in);
  /// The thread ends: its connection is closed.
  void stop(Turn& turn);

  void on_connected(ChannelId channel, FetcherTurn& in);
  void on_disconnected(ChannelId channel, bool refused, FetcherTurn& in);
  void on_response(ChannelId channel, Correlation correlation, Response&& response, FetcherTurn& in);
  void on_timer(FetcherTurn& in);

  BrokerId leader() const { return leader_; }
  State state() const { return state_; }
  const std::vector<TopicPartition>& partitions() const { return partitions_; }

  friend bool operator==(const FetcherThread&, const FetcherThread&) = default;
  FIELDS(self_, leader_, fetcher_, client_, state_, partitions_, delayed_until_, requested_, out_of_range_, next_wait_,
         wake_at_, armed_)

 private:
  void run(FetcherTurn& in);
  bool build_fetch(FetcherTurn& in);
  void send_fetch(FetcherTurn& in);
  void ask_offsets(FetcherTurn& in);
  void on_fetch_response(FetchResponse&& response, FetcherTurn& in);
  void on_offsets_response(const ListOffsetsResponse& response, FetcherTurn& in);
  void settle(TopicPartition tp, const FollowerStep& step, const FetchRequest::Partition& requested, Turn& turn);
  void fail(FetcherTurn& in);
  void delay(TopicPartition tp, Turn& turn);
  bool ready(TopicPartition tp, const Turn& turn) const;
  bool has(TopicPartition tp) const;
  TimerKey timer() const { return {TimerKind::fetcher, leader_.value() * kMaxFetchers + fetcher_}; }
  NetworkClient fresh_client() const;
  void arm(Turn& turn);

  BrokerId self_;
  BrokerId leader_;
  std::int32_t fetcher_ = 0;
  BrokerConfig config_;
  NetworkClient client_;
  State state_ = State::asleep;
  std::vector<TopicPartition> partitions_;  // in fetch order: what brought data goes to the end
  std::map<TopicPartition, Instant> delayed_until_;
  std::vector<FetchRequest::Partition> requested_;     // of the Fetch built or in flight
  std::vector<FetchRequest::Partition> out_of_range_;  // of the ListOffsets in flight
  Duration next_wait_{};
  Instant wake_at_ = Instant::min();  // while asleep
  Instant armed_ = kNever;            // when the timer rings
};

}  // namespace kafkasim::core
