// Messages in, effects out (design wall 1). A process is called with a Turn; what it wants done goes into the Outbox,
// in the order in which its host performs it.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/base/choices.hpp"
#include "core/base/fields.hpp"
#include "core/base/ids.hpp"
#include "core/base/time.hpp"
#include "core/protocol/message.hpp"
#include "core/protocol/notes.hpp"

namespace kafkasim {

/// Brokers 1.., controllers 101.., clients 1001..: one number space for everything with a network address.
using NodeId = BrokerId;

/// A connection as its opener names it: a slot of its own choosing, reused after close.
using ChannelId = std::int32_t;
using Correlation = std::uint32_t;

/// A request as the server names it, to answer it later.
struct RequestToken {
  std::uint32_t connection = 0;
  Correlation correlation = 0;
  friend constexpr auto operator<=>(const RequestToken&, const RequestToken&) = default;
  FIELDS(connection, correlation)
};

enum class TimerKind : std::uint8_t {
  // broker
  registration,
  heartbeat,
  isr_check,
  high_watermark_checkpoint,
  produce_purgatory,
  fetch_purgatory,
  fetcher,
  controller_channel,
  alter_partition,
  metadata_fetch,
  startup,
  shutdown,
  group,
  // controller
  stale_broker_check,
  commit,
  leader_balance,
  unclean_sweep,
  metadata_purgatory,
  // clients
  network,
  sender,
  linger,
  poll,
  heartbeat_thread,
  consumer_network,
  commit_call,
  // broker
  log_retention,
  count
};

/// Timers are named by their owner; setting one again moves it.
struct TimerKey {
  TimerKind kind = TimerKind::count;
  std::int32_t index = 0;
  friend constexpr auto operator<=>(const TimerKey&, const TimerKey&) = default;
  FIELDS(kind, index)
};

/// Begin to connect. Answered by on_connected or on_disconnected, or by nothing while the network is silent.
struct OpenChannel {
  ChannelId channel;
  NodeId peer;
};
/// Close our end. What arrives later on it is dropped; the peer sees the connection closed.
struct CloseChannel {
  ChannelId channel;
};
struct SendRequest {
  ChannelId channel;
  Correlation correlation;
  Request request;
};
struct SendReply {
  RequestToken to;
  Response response;
};
/// The request is finished and has no reply (acks=0): the server reads the connection's next one.
struct NoReply {
  RequestToken to;
};
/// The server closes the connection of that request (acks=0 that failed, R2.38).
struct DropConnection {
  RequestToken of;
};
/// kNever cancels.
struct SetTimer {
  TimerKey key;
  Instant at;
};
/// fsync of a replica's log up to `end`; durable at once (see the fidelity page). `waits`: whoever appended waits for
/// it (flush.messages, R1.7); a roll's is made by another thread (R1.13).
struct FlushLog {
  TopicPartition partition;
  Offset end;
  bool waits = false;
};
/// The process ends itself (controlled shutdown done, registration given up).
struct Terminate {};
/// The process ends at once, as if killed (no log directory is left, R6.5).
struct Halt {};

// --- from a client to the application thread above it ------------------------------------------------------------

/// A blocked send() may go on.
struct SendUnblocked {};
/// Records poll() hands out: whole or partial batches, in order.
struct PolledRecords {
  TopicPartition partition;
  Offset first;  // offset of the first record handed out
  std::int32_t count = 0;
  std::int32_t skip = 0;  // records of `batch` before `first`
  Batch batch;            // whose records these are
};
struct PollReturned {
  std::vector<PolledRecords> records;
  std::string_view exception{};  // poll() threw: Kafka's class name; empty = it returned
};
/// A blocking or asynchronous call ended.
struct CallReturned {
  std::int32_t call = 0;  // number given by the caller
  ErrorCode error = ErrorCode::NONE;
  std::string_view exception{};  // what it threw: "CommitFailedException"; empty = success
};
struct ClientClosed {};

using Effect = std::variant<OpenChannel, CloseChannel, SendRequest, SendReply, NoReply, DropConnection, SetTimer,
                            FlushLog, Terminate, Halt, SendUnblocked, PollReturned, CallReturned, ClientClosed, Note>;

class Outbox {
 public:
  void open(ChannelId channel, NodeId peer) { effects_.push_back(OpenChannel{channel, peer}); }
  void close(ChannelId channel) { effects_.push_back(CloseChannel{channel}); }
  void request(ChannelId channel, Correlation correlation, Request request) {
    effects_.push_back(SendRequest{channel, correlation, std::move(request)});
  }
  void reply(RequestToken to, Response response) { effects_.push_back(SendReply{to, std::move(response)}); }
  void no_reply(RequestToken to) { effects_.push_back(NoReply{to}); }
  void drop(RequestToken of) { effects_.push_back(DropConnection{of}); }
  void timer(TimerKey key, Instant at) { effects_.push_back(SetTimer{key, at}); }
  void cancel(TimerKey key) { effects_.push_back(SetTimer{key, kNever}); }
  void flush(TopicPartition tp, Offset end, bool waits = false) { effects_.push_back(FlushLog{tp, end, waits}); }
  void note(Note note) { effects_.push_back(std::move(note)); }
  void add(Effect effect) { effects_.push_back(std::move(effect)); }

  std::vector<Effect>& effects() { return effects_; }
  const std::vector<Effect>& effects() const { return effects_; }
  void clear() { effects_.clear(); }

 private:
  std::vector<Effect> effects_;
};

/// One step of one process.
struct Turn {
  Instant now;       // true simulated time, what monotonic clocks measure
  Instant wall;      // what this machine's wall clock says (equal to now unless a clock fault struck)
  Choices& choices;  // asks what is open; never draws
  Outbox& out;
};

}  // namespace kafkasim
