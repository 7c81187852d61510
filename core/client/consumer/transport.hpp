// The consumer's network client (ConsumerNetworkClient): requests wait for their connection, replies wait until a
// thread of the process reads them. The coordinator has a connection of its own, as in Kafka.
#pragma once

#include <boost/container/deque.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "core/base/fields.hpp"
#include "core/client/client_metadata.hpp"
#include "core/client/consumer/subscription_state.hpp"
#include "core/network/network_client.hpp"
#include "core/protocol/config.hpp"
#include "core/protocol/effects.hpp"

namespace kafkasim::core::consumer {

/// Which of the two connections to a node.
enum class Link : std::uint8_t { data, coordinator };

/// Who waits for the outcome of a commit.
enum class CommitPurpose : std::uint8_t { none, auto_commit, join_prepare, sync_call, async_call };

/// What the sender wants to remember until the outcome is known.
struct RequestContext {
  Generation generation;  // when it was sent
  MemberId member_id;
  CommitPurpose purpose = CommitPurpose::none;
  std::int32_t call = -1;                                           // of an application's commit
  std::int64_t lookup = 0;                                          // of FindCoordinator
  std::vector<std::pair<TopicPartition, FetchPosition>> positions;  // Fetch, OffsetForLeaderEpoch

  friend bool operator==(const RequestContext&, const RequestContext&) = default;
  FIELDS(generation, member_id, purpose, call, lookup, positions)
};

/// A request from the moment somebody wanted it until its outcome.
struct PendingRequest {
  Link link = Link::data;
  NodeId node;
  Request request;
  Duration timeout{};
  Instant created{};
  bool written = false;
  RequestContext context;

  std::int32_t api() const { return static_cast<std::int32_t>(request.index()); }
  friend bool operator==(const PendingRequest&, const PendingRequest&) = default;
  FIELDS(link, node, api(), timeout, created, written, context)
};

/// The outcome of a request: a reply, or the error the client made itself.
struct Outcome {
  PendingRequest request;
  std::variant<ErrorCode, Response> result;  // NETWORK_EXCEPTION: disconnected; REQUEST_TIMED_OUT: never written
  friend bool operator==(const Outcome&, const Outcome&) = default;
  FIELDS(request, result.index())
};

class Transport {
 public:
  Transport() = default;
  explicit Transport(const ClientConfig& config);

  // --- what the host reports: kept until the next pump -----------------------------------------------------------
  void on_connected(ChannelId channel) { inbox_.push_back({channel, Arrival::Kind::connected, 0, {}}); }
  void on_disconnected(ChannelId channel, bool refused) {
    inbox_.push_back({channel, refused ? Arrival::Kind::refused : Arrival::Kind::disconnected, 0, {}});
  }
  void on_response(ChannelId channel, Correlation correlation, Response&& response) {
    inbox_.push_back({channel, Arrival::Kind::response, correlation, std::move(response)});
  }
  /// Something waits for a pump.
  bool has_arrivals() const { return !inbox_.empty() || !outcomes_.empty(); }

  // --- sending ------------------------------------------------------------------------------------------------------
  /// Queues a request; it is written by the next pump or transmit.
  void send(Link link, NodeId node, Request request, Duration timeout, RequestContext context, Turn& turn);
  /// Begins to connect when there is no connection and the back-off is over.
  void try_connect(Link link, NodeId node, Turn& turn);
  /// The last attempt failed and the reconnect back-off is not over (NetworkClientUtils.isUnavailable).
  bool unavailable(Link link, NodeId node, Instant now) const;
  bool connected(Link link, NodeId node) const { return client(link).connected(node); }
  /// The node for a request anybody can answer; none: all are backing off.
  std::optional<NodeId> least_loaded(const std::vector<NodeId>& nodes, Turn& turn) const;
  /// Closes our end; what was in flight or queued there fails with NETWORK_EXCEPTION at the next pump.
  void disconnect(Link link, NodeId node, ClientMetadata& metadata, Turn& turn);
  /// Writes what can be written now.
  void transmit(Turn& turn);

  // --- reading ------------------------------------------------------------------------------------------------------
  /// One pass of the network loop: takes arrivals, notices expiry, refreshes metadata, writes. True: something
  /// happened.
  bool pump(ClientMetadata& metadata, Turn& turn);
  /// Outcomes in the order in which they became known.
  bool take_outcome(Outcome& out);

  // --- questions ----------------------------------------------------------------------------------------------------
  std::int32_t in_flight() const { return data_.in_flight() + coordinator_.in_flight(); }
  /// Requests not finished, written or not, on the coordinator's connection.
  bool coordinator_pending() const;
  /// When pump has something to do though nothing arrives; later than `now`.
  Instant next_deadline(const ClientMetadata& metadata, Instant now) const;

  friend bool operator==(const Transport&, const Transport&) = default;
  struct Arrival {
    enum class Kind : std::uint8_t { connected, disconnected, refused, response };
    ChannelId channel = 0;
    Kind kind = Kind::connected;
    Correlation correlation = 0;
    Response response;
    friend bool operator==(const Arrival&, const Arrival&) = default;
    FIELDS(channel, kind, correlation, response.index())
  };
  FIELDS(data_, coordinator_, pending_, next_tag_, inbox_, outcomes_)

 private:
  NetworkClient& client(Link link) { return link == Link::data ? data_ : coordinator_; }
  const NetworkClient& client(Link link) const { return link == Link::data ? data_ : coordinator_; }
  void take(Arrival&& arrival, ClientMetadata& metadata, Turn& turn);
  void lose(const Disconnection& lost, ClientMetadata* metadata, Turn& turn);
  void finish(std::int64_t tag, std::variant<ErrorCode, Response> result);
  void fail_unsendable(Turn& turn);
  static ChannelId channel_of(Link link, NodeId node);
  /// The unread news that this channel is closed.
  boost::container::deque<Arrival>::const_iterator end_of(ChannelId channel) const;
  Link link_of(ChannelId channel) const { return data_.owns(channel) ? Link::data : Link::coordinator; }

  NetworkClient data_;
  NetworkClient coordinator_;
  std::map<std::int64_t, PendingRequest> pending_;  // by tag, oldest first
  std::int64_t next_tag_ = 1;                       // 0: metadata requests
  boost::container::deque<Arrival> inbox_;
  boost::container::deque<Outcome> outcomes_;  // not taken yet
};

}  // namespace kafkasim::core::consumer
