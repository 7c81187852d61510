#include "core/client/client_metadata.hpp"

#include <algorithm>
#include <utility>

#include "core/base/invariant.hpp"

namespace kafkasim::core {
namespace {
template <class T>
bool contains(const std::vector<T>& values, const T& value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}
}  // namespace

ClientMetadata::ClientMetadata(const ClientConfig& config, std::vector<NodeId> bootstrap)
    : config_{config}, bootstrap_{std::move(bootstrap)}, nodes_{bootstrap_} {
  INVARIANT(!bootstrap_.empty(), "a client knows at least one bootstrap server");
  for (NodeId& node : bootstrap_) node = bootstrap_node(node);
  nodes_ = bootstrap_;
}

void ClientMetadata::add_topic(TopicId topic) {
  const auto at = std::lower_bound(topics_.begin(), topics_.end(), topic);
  if (at != topics_.end() && *at == topic) return;
  topics_.insert(at, topic);
  update_requested_ = true;
  topics_added_ = true;
  no_progress_ = 0;
  if (failures_ == 0) not_before_ = Instant::min();
}

void ClientMetadata::on_disconnected(const Disconnection& lost, Turn& turn) {
  const bool ours = std::any_of(lost.aborted.begin(), lost.aborted.end(),
                                [](const InFlight& request) { return request.is<MetadataRequest>(); });
  // Also an attempt to connect that came to nothing: until the back-off ends, other requests go first (P-15).
  if (ours || due(turn.now)) on_failure(turn);
  request_update();  // the leader may have moved
}

Instant ClientMetadata::due_at() const {
  const bool at_once = update_requested_ || last_success_ == kNever;
  return at_once ? not_before_ : std::max(later(last_success_, config_.metadata_max_age), not_before_);
}

bool ClientMetadata::maybe_update(NetworkClient& network, std::int64_t tag, Turn& turn) {
  if (!due(turn.now)) return false;
  const std::optional<NodeId> node = network.least_loaded(nodes_, turn);
  if (!node) {
    const bool any_connected =
        std::any_of(nodes_.begin(), nodes_.end(), [&](NodeId id) { return network.connected(id); });
    if (!any_connected) rebootstrap(turn);
    return false;
  }
  if (!network.ready(*node, turn)) return false;
  network.send(*node, MetadataRequest{topics_}, config_.request_timeout, tag, turn);
  in_flight_ = true;
  topics_added_ = false;
  return true;
}

/// P-49, S-40: no known node is usable. What was known of the topics is dropped, so send() blocks from now on;
/// leader epochs are kept.
void ClientMetadata::rebootstrap(Turn& turn) {
  update_requested_ = true;
  nodes_ = bootstrap_;
  missing_.clear();
  if (partition_counts_.empty()) return;
  partition_counts_.clear();
  ++version_;
  for (auto& [tp, leader] : leaders_) {
    if (!leader.id.known()) continue;
    leader.id = BrokerId{};
    near_.leads.clear();
    turn.out.note(LeaderLearned{tp, leader.id, leader.epoch});
  }
}

/// True: brought a newer epoch than any seen (progress, P-46).
bool ClientMetadata::learn(TopicPartition tp, Leader seen, Turn& turn) {
  const auto [it, is_new] = leaders_.try_emplace(tp, Leader{});
  Leader& believed = it->second;
  if (!is_new && seen.epoch < believed.epoch) return false;  // P-47
  const bool progress = is_new || seen.epoch > believed.epoch;
  if (is_new || believed != seen) {
    believed = seen;
    near_.leads.clear();
    turn.out.note(LeaderLearned{tp, seen.id, seen.epoch});
  }
  return progress;
}

void ClientMetadata::on_response(const MetadataResponse& response, Turn& turn) {
  INVARIANT(in_flight_, "one metadata request is in flight when its reply comes");
  in_flight_ = false;
  update_requested_ = topics_added_;
  failures_ = 0;
  last_success_ = turn.now;
  ++no_progress_;
  ++version_;
  nodes_ = response.brokers.empty() ? bootstrap_ : response.brokers;
  missing_.clear();
  for (const TopicId topic : response.unknown) {
    partition_counts_.erase(topic);
    if (contains(topics_, topic)) missing_.push_back(topic);
  }
  for (const MetadataResponse::Partition& partition : response.partitions) {
    const TopicPartition tp = partition.partition;
    if (!contains(topics_, tp.topic)) continue;
    std::int32_t& count = partition_counts_[tp.topic];
    count = std::max(count, tp.partition + 1);
    const bool reachable = partition.leader.known() && contains(nodes_, partition.leader);
    const Leader seen{reachable ? partition.leader : BrokerId{}, partition.leader_epoch};
    if (learn(tp, seen, turn)) no_progress_ = 0;
    if (partition.error != ErrorCode::NONE && invalidates_metadata(partition.error)) request_update();
  }
  const ExponentialBackoff backoff{config_.retry_backoff, config_.retry_backoff_max};
  not_before_ = later(turn.now, backoff.draw(std::max(no_progress_ - 1, 0), turn));
}

void ClientMetadata::on_failure(Turn& turn) {
  in_flight_ = false;
  no_progress_ = 0;
  const ExponentialBackoff backoff{config_.retry_backoff, config_.retry_backoff_max};
  not_before_ = later(turn.now, backoff.draw(failures_++, turn));
}

bool ClientMetadata::apply_hint(TopicPartition tp, const CurrentLeader& hint, Turn& turn) {
  if (!hint.leader_id.known() || !hint.leader_epoch.known()) return false;
  if (!knows(tp.topic) || !contains(nodes_, hint.leader_id)) return false;
  if (hint.leader_epoch <= leader(tp).epoch) return false;
  if (learn(tp, Leader{hint.leader_id, hint.leader_epoch}, turn)) no_progress_ = 0;
  ++version_;
  return true;
}

Instant ClientMetadata::next_deadline(const NetworkClient& network, Instant now) const {
  if (in_flight_) return kNever;
  const Instant due = due_at();
  if (due > now) return due;
  // Due, but nobody can take the request: a connection, a reply or an expiry changes that, or the end of a back-off.
  Instant next = network.next_deadline();
  for (const NodeId node : nodes_) {
    const Instant at = network.may_connect_at(node, now);
    if (at > now) next = std::min(next, at);
  }
  return next;
}

ClientMetadata::Leader ClientMetadata::leader(TopicPartition tp) const {
  if (near_.leader < leaders_.size()) {
    const auto next = leaders_.nth(near_.leader);
    if (next->first == tp) {
      ++near_.leader;
      return next->second;
    }
  }
  const auto it = leaders_.find(tp);
  if (it == leaders_.end()) return {};
  near_.leader = leaders_.index_of(it) + 1;
  return it->second;
}

bool ClientMetadata::missing(TopicId topic) const { return contains(missing_, topic); }

std::int32_t ClientMetadata::partition_count(TopicId topic) const {
  const auto it = partition_counts_.find(topic);
  return it == partition_counts_.end() ? 0 : it->second;
}

boost::container::small_vector<std::int32_t, 16> ClientMetadata::available(TopicId topic) const {
  boost::container::small_vector<std::int32_t, 16> numbers;
  for (auto it = leaders_.lower_bound(TopicPartition{topic, 0}); it != leaders_.end() && it->first.topic == topic; ++it)
    if (it->second.id.known()) numbers.push_back(it->first.partition);
  return numbers;
}

std::span<const ClientMetadata::Lead> ClientMetadata::led_by(BrokerId broker) const {
  std::vector<Lead>& leads = near_.leads;
  if (leads.empty()) {
    leads.reserve(leaders_.size());
    for (const auto& [tp, leader] : leaders_)
      if (leader.id.known()) leads.push_back({leader.id, tp});
    std::sort(leads.begin(), leads.end());
  }
  const auto by_broker = [](const Lead& a, const Lead& b) { return a.broker < b.broker; };
  const auto [first, last] = std::equal_range(leads.begin(), leads.end(), Lead{broker, {}}, by_broker);
  return {first, last};
}

}  // namespace kafkasim::core
