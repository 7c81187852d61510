#include "core/client/consumer/transport.hpp"

#include <algorithm>

#include "core/base/invariant.hpp"

namespace kafkasim::core::consumer {
namespace {

// ConsumerUtils.CONSUMER_MAX_INFLIGHT_REQUESTS_PER_CONNECTION.
constexpr std::int32_t kMaxInFlight = 100;
constexpr std::int64_t kMetadataTag = 0;

}  // namespace

Transport::Transport(const ClientConfig& config)
    : data_{0, config, kMaxInFlight}, coordinator_{NetworkClient::kChannelSpan, config, kMaxInFlight} {}

void Transport::send(Link link, NodeId node, Request request, Duration timeout, RequestContext context, Turn& turn) {
  PendingRequest pending{link, node, std::move(request), timeout, turn.now, false, std::move(context)};
  pending_.emplace(next_tag_++, std::move(pending));
}

void Transport::try_connect(Link link, NodeId node, Turn& turn) { client(link).ready(node, turn); }

bool Transport::unavailable(Link link, NodeId node, Instant now) const {
  const Instant at = client(link).may_connect_at(node, now);
  return at != kNever && at > now;
}

std::optional<NodeId> Transport::least_loaded(const std::vector<NodeId>& nodes, Turn& turn) const {
  return data_.least_loaded(nodes, turn);
}

void Transport::finish(std::int64_t tag, std::variant<ErrorCode, Response> result) {
  const auto it = pending_.find(tag);
  INVARIANT(it != pending_.end(), "every request has one outcome");
  outcomes_.push_back(Outcome{std::move(it->second), std::move(result)});
  pending_.erase(it);
}

/// A request that expired in flight looks like any other lost connection to the Java consumer (DisconnectException).
void Transport::lose(const Disconnection& lost, ClientMetadata* metadata, Turn& turn) {
  if (metadata != nullptr) metadata->on_disconnected(lost, turn);
  for (const InFlight& request : lost.aborted)
    if (request.tag != kMetadataTag) finish(request.tag, ErrorCode::NETWORK_EXCEPTION);
}

ChannelId Transport::channel_of(Link link, NodeId node) {
  return node.value() + (link == Link::data ? 0 : NetworkClient::kChannelSpan);
}

boost::container::deque<Transport::Arrival>::const_iterator Transport::end_of(ChannelId channel) const {
  return std::find_if(inbox_.begin(), inbox_.end(), [channel](const Arrival& arrival) {
    const bool end = arrival.kind == Arrival::Kind::disconnected || arrival.kind == Arrival::Kind::refused;
    return end && arrival.channel == channel;
  });
}

void Transport::disconnect(Link link, NodeId node, ClientMetadata& metadata, Turn& turn) {
  INVARIANT(inbox_.empty(), "who closes a connection has just pumped: its end does not lie unread");
  if (const std::optional<Disconnection> closed = client(link).close(node, turn))
    lose(*closed, link == Link::data ? &metadata : nullptr, turn);
  fail_unsendable(turn);
}

/// A connection whose end lies unread in the inbox takes no more: the request fails when the end is read, as one that
/// was written to a socket that the peer had closed.
void Transport::transmit(Turn& turn) {
  for (auto& [tag, request] : pending_) {
    if (request.written || end_of(channel_of(request.link, request.node)) != inbox_.end()) continue;
    if (!client(request.link).ready(request.node, turn)) continue;
    request.written = true;
    client(request.link).send(request.node, request.request, request.timeout, tag, turn);
  }
}

/// ConsumerNetworkClient.checkDisconnects and failExpiredRequests.
void Transport::fail_unsendable(Turn& turn) {
  std::vector<std::pair<std::int64_t, ErrorCode>> failed;
  for (const auto& [tag, request] : pending_) {
    if (request.written) continue;
    if (client(request.link).state(request.node) == ConnectionState::disconnected)
      failed.emplace_back(tag, ErrorCode::NETWORK_EXCEPTION);
    else if (turn.now >= later(request.created, request.timeout))
      failed.emplace_back(tag, ErrorCode::REQUEST_TIMED_OUT);
  }
  for (const auto& [tag, error] : failed) finish(tag, error);
}

void Transport::take(Arrival&& arrival, ClientMetadata& metadata, Turn& turn) {
  NetworkClient& from = client(link_of(arrival.channel));
  if (arrival.kind == Arrival::Kind::connected) return from.on_connected(arrival.channel, turn);
  if (arrival.kind != Arrival::Kind::response) {
    const bool refused = arrival.kind == Arrival::Kind::refused;
    return lose(from.on_disconnected(arrival.channel, refused, turn), &metadata, turn);
  }
  const InFlight answered = from.on_response(arrival.channel, arrival.correlation, turn);
  if (answered.tag == kMetadataTag) return metadata.on_response(std::get<MetadataResponse>(arrival.response), turn);
  finish(answered.tag, std::move(arrival.response));
}

bool Transport::pump(ClientMetadata& metadata, Turn& turn) {
  transmit(turn);
  bool happened = !inbox_.empty();
  while (!inbox_.empty()) {
    Arrival arrival = std::move(inbox_.front());
    inbox_.pop_front();
    take(std::move(arrival), metadata, turn);
  }
  for (NetworkClient* each : {&data_, &coordinator_}) {
    for (const Disconnection& lost : each->on_tick(turn)) {
      happened = true;
      lose(lost, &metadata, turn);
    }
  }
  metadata.maybe_update(data_, kMetadataTag, turn);
  transmit(turn);
  fail_unsendable(turn);
  return happened || !outcomes_.empty();
}

bool Transport::take_outcome(Outcome& out) {
  if (outcomes_.empty()) return false;
  out = std::move(outcomes_.front());
  outcomes_.pop_front();
  return true;
}

bool Transport::coordinator_pending() const {
  return std::any_of(pending_.begin(), pending_.end(),
                     [](const auto& entry) { return entry.second.link == Link::coordinator; });
}

Instant Transport::next_deadline(const ClientMetadata& metadata, Instant now) const {
  Instant next = kNever;
  const auto consider = [&](Instant at) {
    if (at > now) next = std::min(next, at);
  };
  consider(data_.next_deadline());
  consider(coordinator_.next_deadline());
  consider(metadata.next_deadline(data_, now));
  for (const auto& [tag, request] : pending_)
    if (!request.written) consider(later(request.created, request.timeout));
  return next;
}

}  // namespace kafkasim::core::consumer
