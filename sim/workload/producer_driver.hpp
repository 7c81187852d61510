// The application above one producer: when it calls send(), with what, and what it does with failures.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/ids.hpp"
#include "core/protocol/record_run.hpp"
#include "sim/net/topology.hpp"
#include "sim/workload/traffic.hpp"

namespace kafkasim::sim {

/// A record of a timeline `send`: handed over one after the other.
struct ManualRecord {
  std::int64_t index = 0;
  std::int32_t topic = 0;                  // position in the driver's topics
  std::optional<std::int32_t> partition;
  bool own_batch = false;                  // `values`: the next one waits until this one's batch has left
  friend bool operator==(const ManualRecord&, const ManualRecord&) = default;
  FIELDS(index, topic, partition, own_batch)
};

/// Records that are to go through send(), at their instants or as soon as the application can.
struct HandOver {
  std::int64_t first = 0;
  std::int64_t count = 1;
  Instant due{};
  Duration spacing{};
  bool fresh = true;                       // false: the application sends them again
  std::optional<ManualRecord> manual{};
  friend bool operator==(const HandOver&, const HandOver&) = default;
  FIELDS(first, count, due, spacing, fresh, manual)
};

struct ProducerDriver {
  HostIndex host = 0;
  std::size_t spec = 0;                    // in Scenario::producers
  std::vector<TopicId> topics;
  Traffic traffic;
  KeyModel keys;
  std::uint64_t value_seed = 0;
  Distribution value_size;
  Distribution key_size;

  std::int64_t next_index = 0;             // of the next new record; = records created so far
  Instant able_from = kStart;              // the application thread stood still until then (send() blocked, frozen)
  bool blocked = false;                    // inside send()
  Instant wake = kNever;                   // its next planned application event
  bool stopped = false;                    // the application's loop has ended
  bool closed_loop = false;                // max or await: records follow answers, not the clock
  std::int64_t free_loops = 0;             // await(N): loops without a record under way
  std::deque<HandOver> queue;              // held up by a blocked send(), or to be sent again (on.failure: resend)
  std::deque<ManualRecord> manual;
  bool batch_open = false;                 // an own_batch record was handed over and its batch has not left yet
  std::map<std::int64_t, std::string> texts;            // given values by index
  std::map<std::uint32_t, RecordRuns> under_way;        // contents of batches, kept when answers matter
  std::map<std::int64_t, std::size_t> answers_wanted;   // manual records without an answer -> timeline entry

  friend bool operator==(const ProducerDriver&, const ProducerDriver&) = default;
  FIELDS(host, spec, topics, traffic, next_index, able_from, blocked, wake, stopped, closed_loop, free_loops, queue, manual,
         batch_open, texts, under_way, answers_wanted)
};

}  // namespace kafkasim::sim
