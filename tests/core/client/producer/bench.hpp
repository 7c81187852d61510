// A producer on a bench: a tiny scripted cluster around it, and a text of what it did.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/client/producer.hpp"
#include "tests/core/network/steady.hpp"

namespace kafkasim::core::bench {

enum class Mode { up, hold, silent, down };  // hold: produce requests are kept until `answer`

/// Brokers 1..3, topic 0 ("t"); replies take 1 ms. Times are given and printed in milliseconds.
class Bench {
 public:
  explicit Bench(const ProducerConfig& config, std::int32_t partitions = 1);

  // --- the cluster --------------------------------------------------------------------------------------------------
  void lead(std::int32_t partition, std::int32_t broker, std::int32_t epoch);
  void mode(std::int32_t broker, Mode mode) { modes_[broker] = mode; }
  /// Connections are reset and new ones refused.
  void crash(std::int32_t broker);
  void start(std::int32_t broker) { modes_[broker] = Mode::up; }
  /// Answers the oldest produce request held by the broker: NONE appends it.
  void answer(std::int32_t broker, ErrorCode error, CurrentLeader hint = {});
  std::size_t held(std::int32_t broker) const;
  bool check_sequences = true;  // brokers refuse gaps (OUT_OF_ORDER_SEQUENCE_NUMBER)
  std::int32_t max_message_bytes = 1 << 20;
  bool topic_exists = true;
  std::set<std::pair<std::int32_t, std::int64_t>> refuse_once;  // (partition, nth append): NOT_ENOUGH_REPLICAS

  // --- the application ----------------------------------------------------------------------------------------------
  /// `count` records of `bytes` each, at once.
  void send(std::int32_t count, PartitionChoice choice = PartitionChoice::partition(0), std::int32_t bytes = 100);
  /// The same; the application's next send() comes before the network thread looks.
  void send_more(std::int32_t count, PartitionChoice choice = PartitionChoice::partition(0), std::int32_t bytes = 100);
  void flush(std::int32_t call);
  void close();
  void run_to(std::int64_t ms);

  // --- what happened ------------------------------------------------------------------------------------------------
  /// One line per note: "12 sent 1 -> 2 try 0". Cleared by reading.
  std::string story();
  /// First record number of each batch in the partition's log, in log order.
  std::vector<std::int64_t> log(std::int32_t partition = 0) const;
  /// Lines since the last story() that contain the word.
  std::int32_t count(const std::string& word) const;
  std::int64_t now_ms() const { return nanoseconds(now_) / 1'000'000; }

  SteadyChoices choices;
  Producer producer;
  std::vector<std::int64_t> metadata_requests;  // when
  std::set<std::string> hidden{"closed", "leader"};

 private:
  struct Event {
    enum class Kind { connected, lost, response, timer } kind;
    ChannelId channel = -1;
    Correlation correlation = 0;
    bool refused = false;
    std::int32_t generation = 0;
    Response response;
    TimerKey timer;
  };
  struct Held {
    ChannelId channel;
    Correlation correlation;
    ProduceRequest request;
  };
  struct Stored {
    std::uint32_t serial;
    ProducerEpoch epoch;
    std::int32_t first, last;  // sequences
  };
  template <class Step>
  void step(Step&& what);
  void perform(Effect& effect);
  void deliver(Event& event);
  void at(std::int64_t after_ms, Event event);
  void serve(ChannelId channel, Correlation correlation, Request& request);
  ProduceResponse produce(std::int32_t broker, const ProduceRequest& request);
  ErrorCode append(std::int32_t broker, const ProduceRequest::Partition& part, Offset& base);
  void tell(const Note& note);
  template <class... Words>
  void say(const Words&... words);
  void line(const std::string& words);

  Instant now_{};
  std::multimap<Instant, Event> events_;
  std::map<TimerKey, Instant> timers_;
  std::map<std::int32_t, Mode> modes_{{1, Mode::up}, {2, Mode::up}, {3, Mode::up}};
  std::map<ChannelId, std::int32_t> generations_;
  std::set<ChannelId> open_;
  std::map<std::int32_t, CurrentLeader> leaders_;
  std::vector<Held> held_;
  std::map<std::int32_t, std::vector<Stored>> logs_;
  std::map<std::int32_t, std::int64_t> appends_;
  std::map<std::uint32_t, std::int64_t> first_record_;
  std::map<std::uint32_t, std::int32_t> counts_;
  std::int64_t next_record_ = 0;
  std::vector<std::string> lines_;
};

}  // namespace kafkasim::core::bench
