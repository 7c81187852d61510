// A group coordinator on a bench: requests by hand, time by hand, and a log that takes writes at once or when told.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/group/coordinator.hpp"

namespace kafkasim::core {

/// The first of several, always.
class FirstChoice : public Choices {
 public:
  std::uint64_t below(Choice, std::uint64_t) override { return 0; }
};

class GroupBench {
 public:
  static constexpr GroupId kGroup{0};
  static constexpr TopicId kOrders{0};

  explicit GroupBench(BrokerConfig config = {}) : coordinator_{catalogue(), one_partition(config)} {
    turn([](GroupCoordinator& it, Turn& t) {
      it.on_elected(0, LeaderEpoch{1}, t);
      it.load(0, LeaderEpoch{1}, {}, t);
    });
  }

  template <class F>
  void turn(F&& step) {
    FirstChoice choices;
    Turn t{now_, now_, choices, out_};
    step(coordinator_, t);
    settle(t);
  }
  /// Fires every timer up to `at`.
  void until(Duration at) {
    while (timer_ <= kStart + at) {
      now_ = std::max(now_, timer_);
      timer_ = kNever;
      turn([](GroupCoordinator& it, Turn& t) { it.on_timer(t); });
    }
    now_ = kStart + at;
  }

  // Requests; each returns a ticket for reply<...>().
  std::uint32_t join(const std::string& client, MemberId id, Duration rebalance_timeout = 300s,
                     std::vector<std::string> protocols = {"range"}, Duration session_timeout = 10s) {
    JoinGroupRequest request;
    request.group = kGroup;
    request.member_id = std::move(id);
    request.client_id = client;
    request.session_timeout = session_timeout;
    request.rebalance_timeout = rebalance_timeout;
    request.protocols = std::move(protocols);
    request.subscription = {kOrders};
    return ask([&](GroupCoordinator& it, RequestToken to, Turn& t) { it.on_join(to, std::move(request), t); });
  }
  /// Both steps of KIP-394; the ticket of the second.
  std::uint32_t enter(const std::string& client, Duration rebalance_timeout = 300s) {
    const MemberId id = reply<JoinGroupResponse>(join(client, ""))->member_id;
    ids_[client] = id;
    return join(client, id, rebalance_timeout);
  }
  std::uint32_t rejoin(const std::string& client) { return join(client, id(client)); }
  std::uint32_t sync(const std::string& client, std::int32_t generation,
                     std::vector<std::pair<MemberId, Assignment>> assignments = {}) {
    return ask([&](GroupCoordinator& it, RequestToken to, Turn& t) {
      it.on_sync(to, {kGroup, Generation{generation}, id(client), std::move(assignments)}, t);
    });
  }
  std::uint32_t heartbeat(const std::string& client, std::int32_t generation) {
    return ask([&](GroupCoordinator& it, RequestToken to, Turn& t) {
      it.on_heartbeat(to, {kGroup, Generation{generation}, id(client)}, t);
    });
  }
  std::uint32_t leave(const std::string& client) {
    return ask([&](GroupCoordinator& it, RequestToken to, Turn& t) { it.on_leave(to, {kGroup, id(client)}, t); });
  }
  std::uint32_t commit(const MemberId& member, std::int32_t generation, std::int64_t offset) {
    return ask([&](GroupCoordinator& it, RequestToken to, Turn& t) {
      it.on_offset_commit(to, {kGroup, Generation{generation}, member, {{{kOrders, 0}, Offset{offset}, {}}}}, t);
    });
  }
  std::uint32_t fetch() {
    return ask([&](GroupCoordinator& it, RequestToken to, Turn& t) {
      it.on_offset_fetch(to, {kGroup, {{kOrders, 0}}}, t);
    });
  }
  /// Members enter together and the group is Stable in generation 1; the first one leads and owns orders-0.
  void form(const std::vector<std::string>& clients) {
    for (const std::string& client : clients) enter(client);
    until((now_ - kStart) + 6s);
    sync(clients.front(), 1, {{id(clients.front()), {{kOrders, 0}}}});
    for (std::size_t i = 1; i < clients.size(); ++i) sync(clients[i], 1);
  }

  /// Null: no reply yet.
  template <class R>
  const R* reply(std::uint32_t ticket) const {
    const auto found = replies_.find(ticket);
    return found == replies_.end() ? nullptr : &std::get<R>(found->second.second);
  }
  /// "" = no reply yet; otherwise the error's name.
  template <class R>
  std::string error(std::uint32_t ticket) const {
    const R* const found = reply<R>(ticket);
    return found == nullptr ? "" : std::string{name(found->error)};
  }
  /// When the reply came; kNever = not yet.
  Instant replied(std::uint32_t ticket) const {
    const auto found = replies_.find(ticket);
    return found == replies_.end() ? kNever : found->second.first;
  }
  void write_done(ErrorCode error) {
    const std::uint64_t token = pending_.front();
    pending_.erase(pending_.begin());
    turn([&](GroupCoordinator& it, Turn& t) { it.on_write_done(token, error, t); });
  }

  const MemberId& id(const std::string& client) { return ids_[client]; }
  const ClassicGroup& group() const { return *coordinator_.group(kGroup); }
  std::int64_t committed() const {
    const auto& offsets = coordinator_.committed(kGroup);
    return offsets.contains({kOrders, 0}) ? offsets.at({kOrders, 0}).offset.value() : -1;
  }
  static BrokerConfig one_partition(BrokerConfig config) {
    config.offsets_topic_num_partitions = 1;
    return config;
  }
  static CataloguePtr catalogue() {
    return std::make_shared<const Catalogue>(Catalogue{{"orders", "__consumer_offsets"}, {"billing"}, TopicId{1}});
  }

  bool log_commits_at_once = true;
  GroupCoordinator coordinator_;
  Instant now_ = kStart;
  std::vector<std::uint64_t> pending_;
  std::vector<GroupRecordsPtr> log_;
  std::vector<GroupStateChanged> changes_;

 private:
  template <class F>
  std::uint32_t ask(F&& request) {
    const std::uint32_t ticket = next_ticket_++;
    turn([&](GroupCoordinator& it, Turn& t) { request(it, RequestToken{ticket, 0}, t); });
    return ticket;
  }
  void settle(Turn& t) {
    for (bool more = true; more;) {
      more = false;
      for (PendingWrite& write : coordinator_.take_writes()) {
        log_.push_back(write.records);
        if (!log_commits_at_once) {
          pending_.push_back(write.token);
          continue;
        }
        coordinator_.on_write_done(write.token, ErrorCode::NONE, t);
        more = true;
      }
    }
    for (const Effect& effect : out_.effects()) {
      if (const auto* timer = std::get_if<SetTimer>(&effect)) timer_ = timer->at;
      if (const auto* sent = std::get_if<SendReply>(&effect)) replies_[sent->to.connection] = {now_, sent->response};
      if (const auto* note = std::get_if<Note>(&effect))
        if (const auto* change = std::get_if<GroupStateChanged>(note)) changes_.push_back(*change);
    }
    out_.clear();
  }

  Outbox out_;
  Instant timer_ = kNever;
  std::uint32_t next_ticket_ = 1;
  std::map<std::uint32_t, std::pair<Instant, Response>> replies_;
  std::map<std::string, MemberId> ids_;
};

}  // namespace kafkasim::core
