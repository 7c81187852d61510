// Where the time of acknowledged records went: the parts of a batch's way add up to its latency exactly.
#pragma once

#include <array>
#include <boost/container/flat_map.hpp>
#include <boost/container/small_vector.hpp>
#include <cstdint>
#include <deque>
#include <map>
#include <string_view>
#include <type_traits>
#include <utility>

#include "core/protocol/notes.hpp"
#include "sim/check/histogram.hpp"
#include "sim/check/payload_table.hpp"
#include "sim/net/connection.hpp"

namespace kafkasim::sim {

class History;

/// In the order of a batch's way. With acks=0 only the first two exist.
enum class LatencyPart : std::uint8_t {
  client_queue,  // handed over -> first written to a connection: linger, memory, a full pipeline, no known leader
  retries,       // -> written by the attempt that was acknowledged: lost requests, time-outs, back-offs
  network,       // on the way to the broker's machine, and back from the reply to the application
  broker_queue,  // -> an io thread takes it: network thread, request queue
  append,        // -> served by the io thread
  replication,   // -> the leader's high watermark has passed the batch (acks=all)
  purgatory,     // -> the reply: other partitions of its request were not done
};
inline constexpr std::size_t kLatencyParts = 7;
std::string_view name(LatencyPart part);

/// Durations by part.
using LatencyParts = std::array<Duration, kLatencyParts>;

/// A value, fed by the world beside the history; nothing in a run depends on it.
class LatencySplits {
 public:
  struct Producer {
    std::array<LatencyHistogram, kLatencyParts> parts;  // per record
    friend bool operator==(const Producer&, const Producer&) = default;
    FIELDS(parts)
  };
  /// The batch acknowledged last: parts of its first record.
  struct Last {
    PayloadId payload;
    LatencyParts parts{};
    std::int64_t records = 0;
  };

  /// `what`: a note, by its own type. `history` has heard of a BatchAcked already.
  template <class What>
  void note(HostIndex who, const What& what, Instant now, const History& history) {
    if constexpr (std::is_same_v<What, BatchAcked>)
      acked(who, what, now, history);
    else
      on(who, what, now);
  }
  /// An io thread is done with a produce request and hands it to the broker's code.
  void served(const Envelope& request, Instant now);
  /// The broker gave its reply to that request.
  void replied(ConnectionId connection, Correlation correlation, Instant now);

  const std::map<HostIndex, Producer>& producers() const { return producers_; }
  const Last& last() const { return last_; }

  friend bool operator==(const LatencySplits& a, const LatencySplits& b) {
    return a.producers_ == b.producers_ && a.flights_ == b.flights_ && a.requests_ == b.requests_ &&
           a.appended_ == b.appended_;
  }
  FIELDS(producers_, flights_, requests_, appended_)

 private:
  // A batch without an answer; instants of its latest attempt, kNever = not there yet.
  struct Flight {
    Instant first_sent = kNever, sent = kNever;
    Instant arrived = kNever, began = kNever, served = kNever, committed = kNever, replied = kNever;
    friend bool operator==(const Flight&, const Flight&) = default;
    FIELDS(first_sent, sent, arrived, began, served, committed, replied)
  };
  struct Waiting {
    Offset to;
    PayloadId payload;
    friend bool operator==(const Waiting&, const Waiting&) = default;
    FIELDS(to, payload)
  };

  void on(HostIndex who, const BatchClosed& note, Instant now);
  void on(HostIndex who, const BatchSent& note, Instant now);
  void acked(HostIndex who, const BatchAcked& note, Instant now, const History& history);
  void on(HostIndex who, const BatchFailed& note, Instant now);
  void on(HostIndex who, const LogAppended& note, Instant now);
  void on(HostIndex who, const HighWatermarkMoved& note, Instant now);
  void on(HostIndex who, const BecameLeader& note, Instant now);
  void on(HostIndex who, const BecameFollower& note, Instant now);
  template <class Other>
  void on(HostIndex, const Other&, Instant) {}
  Flight* flight(PayloadId payload);

  std::map<HostIndex, Producer> producers_;
  using Payloads = boost::container::small_vector<PayloadId, 2>;

  std::map<std::int32_t, PayloadTable<Flight>> flights_;                                 // by client
  boost::container::flat_map<std::pair<ConnectionId, Correlation>, Payloads> requests_;  // being served or parked
  std::map<std::pair<HostIndex, TopicPartition>, std::deque<Waiting>>
      appended_;  // by a leader, above its high watermark
  Last last_;
};

}  // namespace kafkasim::sim
