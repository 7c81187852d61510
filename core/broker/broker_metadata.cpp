// A broker and the metadata log: replaying, publishing to its rooms, answering clients (R3.34-R3.36).
#include <algorithm>
#include <set>
#include <utility>

#include "core/base/invariant.hpp"
#include "core/broker.hpp"

namespace kafkasim::core {

void Broker::on_metadata(MetadataFetchResponse&& response, Turn& turn) {
  if (response.snapshot) {
    INVARIANT(!published_, "only a wiped disk is behind the start of the metadata log");
    replicas_.load_snapshot(*response.snapshot);
  }
  if (!response.records.empty())
    INVARIANT(response.base_offset == image().end, "an observer is sent what follows its image");
  std::set<TopicPartition> changed;
  for (const MetadataRecord& record : response.records) {
    if (const auto* partition = std::get_if<PartitionRecord>(&record)) changed.insert(partition->partition);
  }
  replicas_.replay(response.records);
  for (const MetadataRecord& record : response.records)
    if (const auto* topic = std::get_if<TopicRecord>(&record)) replicas_.reconfigure(topic->topic, turn);
  life_cycle_.metadata_replayed(image().end - 1);
  if (image().end >= response.high_watermark) caught_up_ = true;
  if (published_) {
    publish({changed.begin(), changed.end()}, false, turn);
  } else {
    publish_first(turn);
  }
  observer_.fetch_from(image().end, turn);
}

void Broker::publish_first(Turn& turn) {
  if (published_ || !caught_up_ || !load_time_over_) return;
  published_ = true;
  replicas_.start(false, turn);
  publish(replicas_.assigned(), false, turn);
}

// R3.34: the image is in place already; then leaders, followers, fetchers, coordinators.
void Broker::publish(const std::vector<TopicPartition>& changed, bool long_ago, Turn& turn) {
  const std::vector<ReplicaManager::Transition> transitions = replicas_.apply(changed, turn);
  FetcherTurn in = with_fetchers(turn);
  fetchers_.apply(transitions, life_cycle_.state() == BrokerLifecycle::State::pending_shutdown, in);
  coordinators_.apply(transitions, long_ago, replicas_, turn);
}

MetadataResponse Broker::metadata(const MetadataRequest& request) const {
  MetadataResponse response;
  for (const auto& [broker, registration] : image().brokers) {
    if (!registration.fenced) response.brokers.push_back(broker);
  }
  std::vector<TopicId> topics = request.topics;
  std::sort(topics.begin(), topics.end());
  topics.erase(std::unique(topics.begin(), topics.end()), topics.end());
  for (const TopicId topic : topics) {
    if (!image().topics.contains(topic)) response.unknown.push_back(topic);
    const auto& all = image().partitions;
    for (auto at = all.lower_bound({topic, 0}); at != all.end() && at->first.topic == topic; ++at) {
      const PartitionRegistration& known = at->second;
      const bool led = known.leader.known() && image().broker(known.leader) != nullptr;
      response.partitions.push_back({at->first, led ? ErrorCode::NONE : ErrorCode::LEADER_NOT_AVAILABLE,
                                     led ? known.leader : BrokerId{}, known.leader_epoch});
    }
  }
  return response;
}

}  // namespace kafkasim::core
