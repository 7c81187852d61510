// Real brokers, a scripted controller and scripted clients around a table of messages: one step of latency each way.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/broker.hpp"

namespace kafkasim::core::test {

inline constexpr Duration kHop = 100us;  // every message and every connect takes this long
inline constexpr NodeId kController{101};

inline Instant ms(std::int64_t value) { return Instant{std::chrono::milliseconds{value}}; }

/// Always the same answer: no phase, no jitter beyond the lowest.
class FixedChoices : public Choices {
 public:
  std::uint64_t below(Choice, std::uint64_t bound) override { return bound / 2; }
};

/// What the controller does, as far as a broker can tell. Records are committed at once.
struct ScriptedController {
  MetadataImage image;              // after all records
  std::vector<MetadataRecord> log;  // records from `base` on
  std::int64_t base = 0;
  std::deque<ErrorCode> registration_errors;       // answers to the next registrations; then NONE
  std::deque<ErrorCode> heartbeat_errors;          // answers to the next heartbeats; then as usual
  std::deque<ErrorCode> id_errors;                 // answers to the next AllocateProducerIds; then a block
  std::deque<ErrorCode> alter_errors;              // top-level errors of the next AlterPartitions; then accepted
  std::set<BrokerId> deaf;                         // metadata is withheld from these
  std::int32_t shutdown_answers_before_grant = 0;  // so many "not yet"
  std::int64_t next_producer_id = 0;

  void append(const MetadataRecord& record) {
    log.push_back(record);
    image.replay(record);
  }
};

struct Reply {
  Instant at{};
  std::optional<Response> response;  // none: acks=0 done; see dropped
  bool dropped = false;
};

class Cluster {
 public:
  /// `brokers` brokers; topic 0 "orders" with partition 0 on all of them, led by broker 1; topic 1 the offsets topic
  /// with one partition, likewise. All replicas lie in the last of a broker's `dirs` log directories.
  explicit Cluster(std::int32_t brokers, const TopicConfig& orders = {}, const BrokerConfig& config = {},
                   std::size_t dirs = 1);

  void start();
  void run_until(Instant at);
  void run_for(Duration span) { run_until(now_ + span); }
  Instant now() const { return now_; }

  Broker& broker(std::int32_t id) { return brokers_.at(BrokerId{id}); }
  bool alive(std::int32_t id) const { return brokers_.contains(BrokerId{id}); }
  ScriptedController& controller() { return controller_; }
  /// Appends a record and wakes the observers.
  void commit(const MetadataRecord& record);
  /// The partition with another leader (epoch + 1) and ISR.
  void elect(TopicPartition tp, std::int32_t leader, const std::vector<std::int32_t>& isr);
  void wake_observers();

  /// kill -9: peers see their connections closed at once.
  void crash(std::int32_t id);
  void restart(std::int32_t id);
  void freeze(std::int32_t id) { frozen_.insert(BrokerId{id}); }
  void thaw(std::int32_t id);
  void sigterm(std::int32_t id);
  /// The controller closes every connection; new ones are accepted.
  void hang_up_controller();

  /// Sends a request to a broker over a connection of its own; the answer is kept under the returned number.
  int send(std::int32_t broker, Request request);
  /// The clients close all their connections.
  void close_clients();
  /// None: not answered yet.
  std::optional<Reply> reply(int number) const;
  template <class T>
  T answer(int number) const {
    return std::get<T>(reply(number).value().response.value());
  }

  int replies_to_nobody = 0;  // to clients that had closed their connection
  /// "8.000 1 BrokerHeartbeat" lines of what brokers sent to the controller, metadata fetches left out.
  std::vector<std::string> to_controller;
  /// "0.100 3->1" for each fetch a follower sent.
  std::vector<std::string> fetches;
  std::map<BrokerId, std::vector<std::pair<Instant, Note>>> notes;
  std::map<BrokerId, LogDir> disks;  // of dead brokers
  CataloguePtr catalogue;

 private:
  struct Link {
    BrokerId opener;
    ChannelId channel = 0;
    NodeId peer;
    bool open = false;
    bool forgotten = false;  // its opener has closed it: nothing of it arrives any more
  };
  struct ParkedObserver {
    RequestToken from;
    std::int64_t offset = 0;
    BrokerId broker;
    Instant deadline{};
  };
  using Step = std::function<void()>;

  void at(Instant when, BrokerId target, Step step);
  void call(BrokerId id, const std::function<void(Broker&, Turn&)>& step);
  void perform(BrokerId id, std::vector<Effect>&& effects);
  void open(BrokerId id, const OpenChannel& effect);
  void request(BrokerId id, SendRequest&& effect);
  void to_peer(std::uint32_t connection, Correlation correlation, Request&& request);
  void respond(RequestToken to, Response response);
  void close(std::uint32_t connection, BrokerId by);
  void controller_request(RequestToken from, const Request& request);
  AlterPartitionResponse alter(const AlterPartitionRequest& request);
  void heartbeat(RequestToken from, const BrokerHeartbeatRequest& request);

  Instant now_{};
  std::uint64_t sequence_ = 0;
  BrokerConfig config_;
  FixedChoices choices_;
  std::map<std::pair<Instant, std::uint64_t>, std::pair<BrokerId, Step>> events_;
  std::map<BrokerId, Broker> brokers_;
  std::map<BrokerId, std::uint64_t> generation_;
  std::map<std::pair<BrokerId, TimerKey>, Instant> timers_;
  std::map<std::uint32_t, Link> links_;
  std::map<std::pair<BrokerId, ChannelId>, std::uint32_t> channels_;
  std::uint32_t next_connection_ = 1;
  std::set<BrokerId> frozen_;
  std::map<BrokerId, std::vector<Step>> held_;
  std::vector<ParkedObserver> observers_;
  ScriptedController controller_;
  std::map<std::uint32_t, int> clients_;
  std::map<int, Reply> replies_;
  int next_client_ = 1;
};

}  // namespace kafkasim::core::test
