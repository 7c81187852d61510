#include "core/broker/fetcher_manager.hpp"

#include <algorithm>
#include <set>

#include "core/base/invariant.hpp"
#include "core/group/java_hash.hpp"

namespace kafkasim::core {

FetcherManager::FetcherManager(BrokerId self, const BrokerConfig& config) : self_{self}, config_{config} {}

// Utils.abs(31 * hash(topic) + partition) mod num.replica.fetchers (R2.1); abs keeps the low 31 bits.
std::int32_t FetcherManager::fetcher_for(TopicPartition tp, const Catalogue& catalogue) const {
  const auto hash = static_cast<std::uint32_t>(java_hash(catalogue.topic(tp.topic)));
  const std::uint32_t mixed = (31U * hash + static_cast<std::uint32_t>(tp.partition)) & 0x7fffffffU;
  return static_cast<std::int32_t>(mixed % static_cast<std::uint32_t>(config_.num_replica_fetchers));
}

void FetcherManager::apply(const std::vector<ReplicaManager::Transition>& transitions, bool leaving, FetcherTurn& in) {
  if (transitions.empty()) return;
  std::set<Key> grown;
  for (const ReplicaManager::Transition& change : transitions) {
    const PartitionRegistration& registration = in.replicas.image().partitions.at(change.partition);
    const bool in_isr = std::find(registration.isr.begin(), registration.isr.end(), self_) != registration.isr.end();
    const bool left_out = leaving && (!change.leader.known() || !in_isr);
    const bool follows = change.role == Partition::Role::follower && change.leader.known() && !left_out;
    if (follows && !change.leader_epoch_grew) continue;
    for (auto& [key, thread] : threads_) thread.remove(change.partition);
    if (!follows || in.replicas.image().broker(change.leader) == nullptr) continue;
    const Key key{change.leader, fetcher_for(change.partition, in.replicas.catalogue())};
    if (!threads_.contains(key)) {
      threads_.emplace(key, FetcherThread{self_, key.first, key.second, config_, first_wait(in.turn)});
    }
    threads_.at(key).add(change.partition);
    grown.insert(key);
  }
  for (auto& [key, thread] : threads_) {
    if (thread.idle()) thread.stop(in.turn);
  }
  std::erase_if(threads_, [](const auto& entry) { return entry.second.idle(); });
  for (const Key& key : grown) {
    if (const auto found = threads_.find(key); found != threads_.end()) found->second.wake(in);
  }
}

void FetcherManager::remove(const std::vector<TopicPartition>& gone, Turn& turn) {
  for (auto& [key, thread] : threads_) {
    for (const TopicPartition tp : gone) thread.remove(tp);
    if (thread.idle()) thread.stop(turn);
  }
  std::erase_if(threads_, [](const auto& entry) { return entry.second.idle(); });
}

void FetcherManager::stop(Turn& turn) {
  for (auto& [key, thread] : threads_) thread.stop(turn);
  threads_.clear();
}

void FetcherManager::on_connected(ChannelId channel, FetcherTurn& in) { thread_of(channel).on_connected(channel, in); }

void FetcherManager::on_disconnected(ChannelId channel, bool refused, FetcherTurn& in) {
  thread_of(channel).on_disconnected(channel, refused, in);
}

void FetcherManager::on_response(ChannelId channel, Correlation correlation, Response&& response, FetcherTurn& in) {
  thread_of(channel).on_response(channel, correlation, std::move(response), in);
}

void FetcherManager::on_timer(TimerKey key, FetcherTurn& in) {
  const auto found = threads_.find({BrokerId{key.index / kMaxFetchers}, key.index % kMaxFetchers});
  INVARIANT(found != threads_.end(), "a thread cancels its timer when it ends");
  found->second.on_timer(in);
}

FetcherThread& FetcherManager::thread_of(ChannelId channel) {
  const auto found = threads_.find({leader_of(channel), fetcher_of(channel)});
  INVARIANT(found != threads_.end(), "a thread closes its connection when it ends");
  return found->second;
}

Duration FetcherManager::first_wait(Turn& turn) const {
  if (!draw_phases_) return config_.replica_fetch_wait_max;
  const auto span = static_cast<std::uint64_t>(nanoseconds(config_.replica_fetch_wait_max));
  return Duration{static_cast<std::int64_t>(turn.choices.below(Choice::timer_phase, span))};
}

}  // namespace kafkasim::core
