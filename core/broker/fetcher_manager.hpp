// The fetcher threads of one broker: which partition is copied by which (R2.1, R2.4).
#pragma once

#include <map>
#include <utility>
#include <vector>

#include "core/base/fields.hpp"
#include "core/broker/fetcher_thread.hpp"

namespace kafkasim::core {

/// Kafka's ReplicaFetcherManager. Threads begin with their first partition and end with their last.
class FetcherManager {
 public:
  FetcherManager() = default;
  FetcherManager(BrokerId self, const BrokerConfig& config);

  /// Broker that has run for long: the first fetches of its threads are out of step with each other.
  void draw_phases(bool on) { draw_phases_ = on; }
  /// Carries out what metadata changes asked for: leaders stop fetching, followers (re)start in a new epoch.
  /// `leaving`: this broker is in its controlled shutdown; it no longer copies what it has left the ISR of.
  void apply(const std::vector<ReplicaManager::Transition>& transitions, bool leaving, FetcherTurn& in);
  /// These replicas are gone: their directory is offline.
  void remove(const std::vector<TopicPartition>& gone, Turn& turn);
  void stop(Turn& turn);

  void on_connected(ChannelId channel, FetcherTurn& in);
  void on_disconnected(ChannelId channel, bool refused, FetcherTurn& in);
  void on_response(ChannelId channel, Correlation correlation, Response&& response, FetcherTurn& in);
  void on_timer(TimerKey key, FetcherTurn& in);

  /// By leader and fetcher number.
  using Key = std::pair<BrokerId, std::int32_t>;
  const std::map<Key, FetcherThread>& threads() const { return threads_; }

  friend bool operator==(const FetcherManager&, const FetcherManager&) = default;
  FIELDS(self_, threads_, draw_phases_)

 private:
  std::int32_t fetcher_for(TopicPartition tp, const Catalogue& catalogue) const;
  FetcherThread& thread_of(ChannelId channel);
  Duration first_wait(Turn& turn) const;

  BrokerId self_;
  BrokerConfig config_;
  std::map<Key, FetcherThread> threads_;
  bool draw_phases_ = false;
};

}  // namespace kafkasim::core
