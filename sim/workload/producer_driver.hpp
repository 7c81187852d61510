// The application above one producer: when it calls send(), with what, and what it does with failures.
#pragma once

#include <boost/container/deque.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/ids.hpp"
#include "core/protocol/record_run.hpp"
#include "sim/net/topology.hpp"
#include "sim/workload/traffic.hpp"

namespace kafkasim::sim {

/// A record of a timeline `send` or `resend`, handed over one after the other; or a `flush` between them.
struct ManualRecord {
  std::int64_t index = 0;
  TopicId topic{};
  std::optional<std::int32_t> partition{};
  std::int32_t position = 0;           // in its batch, where the scenario spells batches out
  bool more = false;                   // the next one goes into the same batch
  bool own_batch = false;              // the next one waits until this one's batch has left
  std::optional<std::size_t> flush{};  // no record: the entry that calls flush()
  friend bool operator==(const ManualRecord&, const ManualRecord&) = default;
  FIELDS(index, topic, partition, position, more, own_batch, flush)
};

/// What the scenario says of a record; the rest is generated.
struct GivenText {
  bool says_key = false;
  std::optional<std::string> key;    // with says_key; none: null
  std::optional<std::string> value;  // none: a tombstone
  std::optional<Instant> created;    // CreateTime; none: when it is handed over
  friend bool operator==(const GivenText&, const GivenText&) = default;
  FIELDS(says_key, key, value, created)
};

/// Records that are to go through send(), at their instants or as soon as the application can.
struct HandOver {
  std::int64_t first = 0;
  std::int64_t count = 1;
  Instant due{};
  Duration spacing{};
  std::optional<ManualRecord> manual{};
  friend bool operator==(const HandOver&, const HandOver&) = default;
  FIELDS(first, count, due, spacing, manual)
};

struct ProducerDriver {
  HostIndex host = 0;
  std::size_t spec = 0;  // in Scenario::producers
  std::vector<TopicId> topics;
  Traffic traffic;
  KeyModel keys;
  std::uint64_t value_seed = 0;
  Distribution value_size;
  Distribution key_size;
  Distribution time_offset;  // CreateTime minus hand-over

  // No state: it follows from the rest.
  struct OneSize {
    std::int32_t bytes = 0;  // of any record of a driver whose records are all alike; 0: not asked for yet
    friend bool operator==(OneSize, OneSize) { return true; }
  };
  OneSize one_size;

  std::int64_t next_index = 0;  // of the next new record; = records created so far
  Instant able_from = kStart;   // the application thread stood still until then (send() blocked, frozen)
  Instant blocked_since{};
  bool blocked = false;                     // inside send() or flush()
  Instant wake = kNever;                    // its next planned application event
  bool stopped = false;                     // the application's loop has ended
  bool closed_loop = false;                 // max or await: records follow answers, not the clock
  std::int64_t free_loops = 0;              // await(N): loops without a record under way
  boost::container::deque<HandOver> queue;  // held up by a blocked send(), or to be sent again (on.failure: resend)
  boost::container::deque<ManualRecord> manual;
  bool batch_open = false;                        // an own_batch record was handed over and its batch has not left yet
  std::optional<std::size_t> flushing;            // the entry whose flush() is under way
  Instant batch_base{};                           // CreateTime of the first record of the batch that is being spelt out
  std::map<std::int64_t, GivenText> given;        // what the scenario says of records, by index
  std::map<std::uint32_t, RecordRuns> under_way;  // contents of batches, kept when answers matter
  std::multimap<std::int64_t, std::size_t> answers_wanted;  // manual records without an answer -> timeline entry

  friend bool operator==(const ProducerDriver&, const ProducerDriver&) = default;
  FIELDS(host, spec, topics, traffic, next_index, able_from, blocked_since, blocked, wake, stopped, closed_loop,
         free_loops, queue, manual, batch_open, flushing, batch_base, given, under_way, answers_wanted)
};

/// The key of a record; none: null.
std::optional<std::string> key_of(const ProducerDriver& driver, std::int64_t index);

}  // namespace kafkasim::sim
