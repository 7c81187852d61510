// A consumer against a small scripted cluster: three brokers, 1 ms each way, everything written to a transcript.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/client/consumer.hpp"

namespace kafkasim::core::test {

struct FirstChoice : Choices {
  std::uint64_t below(Choice what, std::uint64_t bound) override {
    return what == Choice::backoff_jitter ? bound / 2 : 0;
  }
};

inline constexpr TopicId kOrders{0};
inline constexpr TopicId kOther{1};
inline TopicPartition orders(std::int32_t partition) { return {kOrders, partition}; }

struct FakeLog {
  BrokerId leader{1};
  LeaderEpoch epoch{0};
  std::int64_t start = 0;
  std::vector<Batch> batches;
  std::map<std::int32_t, std::int64_t> epoch_ends;  // where an epoch ended, when not at the log's end
  std::int64_t end() const { return batches.empty() ? start : batches.back().next_offset().value(); }
};

class FakeCluster {
 public:
  explicit FakeCluster(ConsumerConfig config = {}, bool subscribe = true);

  // --- the cluster, as a script sets it up ---------------------------------------------------------------------------
  std::map<TopicPartition, FakeLog> logs;
  std::set<BrokerId> down;    // connections are refused
  std::set<BrokerId> silent;  // connections are neither accepted nor refused
  BrokerId coordinator{2};
  std::map<std::string, std::deque<ErrorCode>> errors;  // next answers of an api
  std::set<std::string> held;                           // apis whose requests are kept unanswered
  std::map<TopicPartition, Offset> committed;
  LeaderEpoch committed_epoch;
  std::vector<JoinGroupResponse::Member> other_members;  // told to the leader, smaller ids win partitions first
  std::optional<Assignment> assignment;                  // as another leader made it; none: this member leads
  std::int32_t generation = 0;
  /// Appends batches of `count` records each.
  void append(TopicPartition tp, std::int32_t batches, std::int32_t count);
  void kill(BrokerId broker);
  /// Answers every request of the api that is held.
  void release(const std::string& api);

  // --- the application ----------------------------------------------------------------------------------------------
  /// One poll, run until it returns. What it handed out: "orders-0 0..4".
  std::string poll(Duration timeout);
  void start_poll(Duration timeout);
  /// The application works (or the call in progress waits) this long.
  void pass(Duration span);
  void commit_sync(std::int32_t call);
  void start_commit_sync(std::int32_t call);
  void commit_async(std::int32_t call);
  void seek(TopicPartition tp, Offset to);
  bool seek_to(TopicPartition tp, OffsetSpec to);
  /// offsetsForTimes of these partitions and the seek that follows.
  void seek_to_time(std::int32_t call, std::vector<TopicPartition> partitions);
  std::optional<Offset> by_time;  // what a look-up by time finds; none: nothing
  void close();
  void until_idle_call();

  Consumer consumer;
  Instant now{};
  /// What happened since the last take: "api node detail" for requests, and what the application was told.
  std::string take();
  /// Only lines that contain the text.
  std::string take(const std::string& containing);
  /// Lines begin with the time in ms.
  bool with_times = false;
  bool in_poll = false;

 private:
  struct Event {
    enum class Kind { connected, refused, reset, deliver, reply, timer } kind;
    ChannelId channel = 0;
    Correlation correlation = 0;
    std::uint32_t incarnation = 0;
    std::optional<Request> request;
    std::optional<Response> response;
    TimerKey timer{};
  };
  struct Parked {
    ChannelId channel = 0;
    Correlation correlation = 0;
    std::uint32_t incarnation = 0;
    Request request;
    Instant until{};
  };
  template <class Call>
  void turn(Call&& call);
  void perform(Effect&& effect);
  void note(const Note& note);
  void line(const std::string& text);
  void schedule(Duration after, Event event);
  bool step(Instant limit);
  void handle(Event&& event);
  void arrive(Parked&& asked);
  void serve(Parked&& asked);
  void reply(const Parked& to, Response response);
  Response answer(const Request& request, BrokerId broker);
  Response fetch(const FetchRequest& request, BrokerId broker, bool& data);
  BrokerId node(ChannelId channel) const { return BrokerId{channel % NetworkClient::kChannelSpan}; }
  void try_parked();

  FirstChoice choices_;
  std::map<std::pair<Instant, std::uint64_t>, Event> queue_;
  std::uint64_t sequence_ = 0;
  std::map<ChannelId, std::uint32_t> open_;  // incarnation of open channels
  std::uint32_t incarnations_ = 0;
  std::map<TimerKey, Instant> timers_;
  std::vector<Parked> parked_;                       // fetches, and requests of held apis
  std::map<ChannelId, std::deque<Parked>> backlog_;  // the first one is being served
  std::string transcript_;
  std::string polled_;
};

}  // namespace kafkasim::core::test
