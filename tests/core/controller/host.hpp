// A host for one controller: its timers, the replies and notes it gives, and brokers that just send heartbeats.
#pragma once

#include <deque>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "core/controller/controller.hpp"

namespace kafkasim::core::testing {

/// Answers in the order given per kind, then 0.
class Answers : public Choices {
 public:
  std::map<Choice, std::deque<std::uint64_t>> script;
  std::uint64_t below(Choice what, std::uint64_t bound) override {
    auto& answers = script[what];
    if (answers.empty()) return 0;
    const std::uint64_t answer = answers.front();
    answers.pop_front();
    return answer % bound;
  }
};

inline BrokerId b(std::int32_t id) { return BrokerId{id}; }
inline std::vector<BrokerId> bs(std::initializer_list<std::int32_t> ids) {
  std::vector<BrokerId> out;
  for (const std::int32_t id : ids) out.push_back(b(id));
  return out;
}

/// "leader 2 epoch 1 isr 2,3 elr 1 known 1 recovering"; empty sets are left out.
inline std::string show(const PartitionRegistration& p) {
  const auto list = [](const std::string& label, const std::vector<BrokerId>& members) {
    std::string text;
    for (const BrokerId member : members) text += (text.empty() ? label : ",") + std::to_string(member.value());
    return text;
  };
  return "leader " + std::to_string(p.leader.value()) + " epoch " + std::to_string(p.leader_epoch.value()) +
         list(" isr ", p.isr) + list(" elr ", p.elr) + list(" known ", p.last_known_elr) +
         (p.recovering ? " recovering" : "");
}

/// Brokers 1..n, registered and unfenced, epochs 11, 12, ...; partitions of one topic with the given replicas.
inline MetadataImage image_of(std::int32_t brokers, const std::vector<std::vector<BrokerId>>& replicas,
                              std::int32_t min_isr = 1, bool unclean = false) {
  MetadataImage image;
  for (std::int32_t id = 1; id <= brokers; ++id) {
    BrokerRegistration broker;
    broker.epoch = BrokerEpoch{10 + id};
    broker.incarnation = static_cast<std::uint64_t>(100 + id);
    broker.fenced = false;
    image.brokers[b(id)] = broker;
  }
  TopicConfig config;
  config.min_insync_replicas = min_isr;
  config.unclean_leader_election_enable = unclean;
  image.topics[TopicId{0}] = config;
  for (std::int32_t p = 0; p < std::ssize(replicas); ++p) {
    PartitionRegistration partition;
    partition.replicas = partition.isr = replicas[static_cast<std::size_t>(p)];
    partition.leader = partition.replicas.front();
    image.partitions[{TopicId{0}, p}] = partition;
  }
  image.end = 50;
  return image;
}

inline constexpr Duration kCommitDelay = 1ms;
inline Instant at(Duration since_start) { return kStart + since_start; }

class Host {
 public:
  Answers choices;
  Controller controller;
  Instant now = kStart;
  std::map<TimerKey, Instant> timers;
  std::vector<std::pair<Instant, Response>> replies;
  std::vector<std::pair<Instant, Note>> notes;
  std::set<BrokerId> alive;  // send a heartbeat every 2 s
  std::map<BrokerId, Instant> next_heartbeat;

  explicit Host(MetadataImage image, bool elr = true, const BrokerConfig& config = {})
      : controller{b(101), config, nullptr, elr, kCommitDelay} {
    for (const auto& [id, broker] : image.brokers) alive.insert(id);
    controller.form(std::move(image), 1000, now);
  }

  void start() {
    step([&](Turn& turn) { controller.on_start(turn); });
  }

  template <class Step>
  void step(Step&& step) {
    Outbox out;
    Turn turn{now, now, choices, out};
    step(turn);
    for (Effect& effect : out.effects()) perform(effect);
  }

  /// Broker n talks over connection n.
  void send(BrokerId from, Request request) {
    const RequestToken token{static_cast<std::uint32_t>(from.value()), next_correlation_++};
    step([&](Turn& turn) { controller.on_request(token, std::move(request), turn); });
  }

  void heartbeat(BrokerId id, bool want_shut_down = false, std::int64_t metadata_offset = -2) {
    if (metadata_offset == -2) metadata_offset = controller.image().end - 1;
    send(id,
         BrokerHeartbeatRequest{id, controller.image().brokers.at(id).epoch, metadata_offset, false, want_shut_down});
  }

  /// A new incarnation asks to be registered; `previous` = what it read from its clean-shutdown file.
  void register_broker(BrokerId id, std::uint64_t incarnation, BrokerEpoch previous = {}) {
    send(id, BrokerRegistrationRequest{id, incarnation, "", previous});
  }

  /// Timers and heartbeats up to and including `until`.
  void run_until(Instant until) {
    while (true) {
      Instant next = kNever;
      for (const auto& [key, due] : timers) next = std::min(next, due);
      for (const BrokerId id : alive) next = std::min(next, next_heartbeat[id]);
      if (next > until) break;
      now = std::max(now, next);
      run_one(next);
    }
    now = until;
  }

  template <class T>
  std::vector<std::pair<Instant, T>> of() const {
    std::vector<std::pair<Instant, T>> found;
    for (const auto& [when, note] : notes)
      if (const T* wanted = std::get_if<T>(&note)) found.emplace_back(when, *wanted);
    return found;
  }
  /// The newest reply of that kind.
  template <class T>
  T last_reply() const {
    for (auto reply = replies.rbegin(); reply != replies.rend(); ++reply)
      if (const T* wanted = std::get_if<T>(&reply->second)) return *wanted;
    throw std::out_of_range{"no such reply"};
  }
  std::string partition(std::int32_t index) const {
    return show(controller.image().partitions.at({TopicId{0}, index}));
  }

 private:
  void run_one(Instant due) {
    for (const BrokerId id : alive) {
      if (next_heartbeat[id] != due) continue;
      next_heartbeat[id] = due + 2s;
      return heartbeat(id);
    }
    for (const auto& [key, when] : timers) {
      if (when != due) continue;
      const TimerKey fired = key;
      timers.erase(fired);
      return step([&](Turn& turn) { controller.on_timer(fired, turn); });
    }
  }

  void perform(Effect& effect) {
    if (auto* reply = std::get_if<SendReply>(&effect)) replies.emplace_back(now, std::move(reply->response));
    if (auto* note = std::get_if<Note>(&effect)) notes.emplace_back(now, std::move(*note));
    if (const auto* timer = std::get_if<SetTimer>(&effect)) {
      timers.erase(timer->key);
      if (timer->at != kNever) timers[timer->key] = timer->at;
    }
  }

  Correlation next_correlation_ = 0;
};

}  // namespace kafkasim::core::testing
