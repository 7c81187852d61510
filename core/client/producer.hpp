// Kafka's Java producer without transactions: KafkaProducer, Sender and the client below them (kafka-clients.md 1).
#pragma once

#include <boost/container/deque.hpp>
#include <boost/container/flat_map.hpp>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/base/fields.hpp"
#include "core/client/client_metadata.hpp"
#include "core/client/producer/accumulator.hpp"
#include "core/client/producer/partition_choice.hpp"
#include "core/client/producer/producer_batch.hpp"
#include "core/client/producer/sequences.hpp"
#include "core/network/network_client.hpp"
#include "core/protocol/config.hpp"
#include "core/protocol/effects.hpp"

namespace kafkasim::core {

/// A client process. The world plays its application thread: it calls `send` and hears SendUnblocked and ClientClosed.
/// What became of records is told in notes (BatchClosed, BatchSent, BatchAcked, BatchFailed, BatchError,
/// RecordsRejected). Value.
class Producer {
 public:
  /// `self` is the node id: PayloadId.client of its batches. `bootstrap` is not empty. A process started again under
  /// the same node id goes on with its predecessor's `next_serial`.
  Producer(NodeId self, const ProducerConfig& config, std::vector<NodeId> bootstrap, std::uint32_t first_serial = 1);

  // --- the application's thread ------------------------------------------------------------------------------------
  /// send() for the records of a run, in order; all were handed over at or before now. Returns how many the producer
  /// took; each of those was appended, rejected (RecordsRejected) or, at most the last one, is the record in whose
  /// send() the application is now blocked (`blocked()`): no metadata (P-2) or no memory (P-11). SendUnblocked tells
  /// that this last record was appended, or rejected after max.block.ms; the rest of the run is then handed over
  /// again, as new send() calls of that later instant. Never call it while blocked or after on_shutdown.
  ///
  /// Cost per batch, not per record, for a keyless run. Linger, delivery time and latency count from the hand-over of
  /// each record, so the caller may be late with records that do nothing visible: see records_until_event. Before it
  /// delivers anything else to this producer it hands over every record that is due by then.
  ///
  /// `more`: the application calls send() again before the network thread gets to look, so that what it hands over
  /// meanwhile leaves together; it must do so at this instant (or at once when it is unblocked).
  std::int32_t send(const RecordRun& run, TopicId topic, PartitionChoice choice, Turn& turn, bool more = false);
  /// flush(): whatever is queued may leave at once; ends with CallReturned when every record handed over so far has its
  /// answer. It never fails.
  void flush(std::int32_t call, Turn& turn);
  /// How many further keyless records of this size may be handed over late: they start no batch, fill none and switch
  /// no partition. The one after them should come at its own instant. Ask again after every step of this producer.
  std::int64_t records_until_event(std::int32_t record_bytes, TopicId topic) const;
  bool blocked() const { return blocked_.has_value(); }

  // --- the host -----------------------------------------------------------------------------------------------------
  void on_start(Turn& turn);
  void on_connected(ChannelId channel, Turn& turn);
  void on_disconnected(ChannelId channel, bool refused, Turn& turn);
  void on_response(ChannelId channel, Correlation correlation, Response&& response, Turn& turn);
  void on_timer(TimerKey key, Turn& turn);
  /// close(): sends what is queued, waits for what is in flight (delivery.timeout.ms bounds both), then ClientClosed.
  void on_shutdown(Turn& turn);

  // --- questions ----------------------------------------------------------------------------------------------------
  const ProducerConfig& config() const { return config_; }
  /// Unknown without idempotence, and before the first InitProducerId reply.
  ProducerId producer_id() const { return sequences_.producer_id(); }
  ProducerEpoch producer_epoch() const { return sequences_.epoch(); }
  ClientMetadata::Leader believed_leader(TopicPartition tp) const { return metadata_.leader(tp); }
  /// Records in queues, those waiting for a retry included.
  std::int64_t unsent_records() const { return accumulator_.records(); }
  /// Produce requests written and not answered.
  std::int32_t in_flight() const { return static_cast<std::int32_t>(requests_.size()); }
  std::int64_t available_memory() const { return accumulator_.available_memory(); }
  /// Nothing queued, nothing in flight, nobody blocked.
  bool quiescent() const { return accumulator_.empty() && requests_.empty() && !blocked_; }
  bool closed() const { return closed_; }
  std::uint32_t next_serial() const { return next_serial_; }
  const Sequences& sequences() const { return sequences_; }

  friend bool operator==(const Producer&, const Producer&) = default;
  struct Blocked {
    RecordRun record;  // count 1
    TopicId topic;
    PartitionChoice choice;
    Instant deadline{};  // max.block.ms after send() was called: metadata and memory share it (P-2)
    bool for_memory = false;
    friend bool operator==(const Blocked&, const Blocked&) = default;
    FIELDS(record, topic, choice, deadline, for_memory)
  };
  struct SentRequest {
    NodeId node;
    std::vector<ProducerBatch> batches;
    friend bool operator==(const SentRequest&, const SentRequest&) = default;
    FIELDS(node, batches)
  };
  struct Flush {
    std::int32_t call = 0;
    std::uint64_t up_to = 0;  // number of the last batch it waits for
    friend bool operator==(const Flush&, const Flush&) = default;
    FIELDS(call, up_to)
  };
  FIELDS(network_, metadata_, accumulator_, sequences_, requests_, next_tag_, next_serial_, blocked_, more_to_come_,
         flushes_, init_in_flight_, init_not_before_, closing_, closed_, last_wake_, armed_, block_armed_)

 private:
  // producer.cpp: the host, life cycle
  void handle(const InFlight& answered, Response& response, Turn& turn);
  void finish_closing(Turn& turn);

  // producer/send.cpp: the application's thread
  bool metadata_known(TopicId topic, PartitionChoice choice) const;
  PartitionChoice effective(PartitionChoice choice) const;
  void block(const RecordRun& record, TopicId topic, PartitionChoice choice, Instant deadline, Turn& turn);
  void try_unblock(Turn& turn);
  void unblock(Turn& turn);
  void finish_flushes(Turn& turn);
  void reject(const RecordRun& run, TopicId topic, PartitionChoice choice, ErrorCode error, Turn& turn);

  // producer/sender.cpp, wake.cpp: the loop of the network thread
  void pass(Turn& turn);
  bool send_produce_data(Turn& turn, std::optional<Accumulator::Ready>& seen);
  /// Nothing lingers: close() or flush() waits.
  bool hurried() const { return closing_ || !flushes_.empty(); }
  void send_request(NodeId node, std::vector<ProducerBatch> batches, Turn& turn);
  bool identity_ready(Turn& turn);
  void renumber();
  bool expire_batches(Turn& turn);
  void arm(Turn& turn, const std::optional<Accumulator::Ready>& seen = std::nullopt);
  Instant ready_at(const Accumulator::Ready& ready, Instant now) const;
  Instant next_wake(Instant now) const;
  Instant next_flight_expiry(Instant horizon = kNever) const;

  // producer/completion.cpp: what became of requests and batches
  void on_lost(const Disconnection& lost, Turn& turn);
  void on_produce_response(std::int64_t tag, const ProduceResponse& response, Turn& turn);
  void on_init_response(const InitProducerIdResponse& response, Turn& turn);
  SentRequest take_request(std::int64_t tag);
  void complete(ProducerBatch& batch, const ProduceResponse::Partition& reply, Turn& turn);
  void split(ProducerBatch& batch, Turn& turn);
  void requeue(ProducerBatch& batch, Turn& turn);
  void succeed(const ProducerBatch& batch, Offset base_offset, Turn& turn);
  void fail(ProducerBatch& batch, ErrorCode error, bool adjust_sequences, Turn& turn);
  bool may_retry(const ProducerBatch& batch, const ProduceResponse::Partition& reply, Instant now);
  void close_batch(ProducerBatch& batch, Turn& turn);
  PayloadId payload(const ProducerBatch& batch) const { return PayloadId{self_.value(), batch.serial}; }
  Sequences* sequencing() { return config_.enable_idempotence ? &sequences_ : nullptr; }

  /// In flight, by tag: in the order of writing. They leave in much the same order: from near the front of a deque.
  using Requests = boost::container::flat_map<std::int64_t, SentRequest, std::less<>,
                                              boost::container::deque<std::pair<std::int64_t, SentRequest>>>;
  /// No state: no batch in flight without an answer was created before.
  struct OldestInFlight {
    Instant created = kNever;
    friend bool operator==(OldestInFlight, OldestInFlight) { return true; }
  };

  NodeId self_;
  ProducerConfig config_;
  NetworkClient network_;
  ClientMetadata metadata_;
  Accumulator accumulator_;
  Sequences sequences_;
  Requests requests_;
  mutable OldestInFlight oldest_in_flight_;
  std::int64_t next_tag_ = 1;
  std::uint32_t next_serial_ = 1;
  std::optional<Blocked> blocked_;
  bool more_to_come_ = false;  // the application's next send() comes before the network thread looks
  std::vector<Flush> flushes_;
  bool init_in_flight_ = false;
  Instant init_not_before_{};
  bool closing_ = false;
  bool closed_ = false;
  Instant last_wake_{};           // last pass of the sender's loop (S-42)
  Instant armed_ = kNever;        // what TimerKind::sender 0 is set to
  Instant block_armed_ = kNever;  // TimerKind::sender 1: max.block.ms of a blocked send()
};

}  // namespace kafkasim::core
