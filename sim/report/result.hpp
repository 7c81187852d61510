// What came out of one run: everything result.json and the verdict on the terminal say (scenario-language.md section
// 8).
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/time.hpp"
#include "sim/check/latency_split.hpp"
#include "sim/check/verdict.hpp"
#include "sim/measure/evaluate.hpp"
#include "sim/report/lag_meter.hpp"
#include "sim/report/story.hpp"

namespace kafkasim::sim {

class Simulation;
class JsonWriter;

template <class Figures>
using Named = std::vector<std::pair<std::string, Figures>>;  // in the scenario's order

struct ExpectationResult {
  std::string text;
  bool holds = false;
  std::string value;
  std::optional<Instant> at;  // none: never asked
  std::string place;          // FILE:LINE, for people; not in the document
  int line = 0;
};

struct EntryResult {
  std::string id;             // "" = unnamed
  std::optional<Instant> at;  // none: it never happened
  std::string verb;
  std::vector<std::string> struck;
  std::string got;  // "" = nothing was answered
};

struct RecordFigures {
  std::int64_t sent = 0, acked = 0, failed = 0, failed_in_log = 0, indeterminate = 0, in_log = 0, lost = 0,
               lost_unacked = 0;
  std::int64_t removed = 0, duplicated = 0, reordered = 0, reordered_by_key = 0, split_keys = 0;
  std::map<std::string, std::int64_t> errors, exceptions;
  Duration gap{};  // longest time without an acknowledgement; not in the document

  void add(const RecordFigures& other);
};

struct DeliveryFigures {
  std::int64_t delivered = 0, processed = 0, redelivered = 0, skipped = 0, out_of_order = 0, unread = 0;
};

struct LatencyFigures {
  std::int64_t count = 0;
  Duration mean{}, p50{}, p90{}, p99{}, p999{}, max{};
};

/// Where the time of acknowledged records went, by part of a batch's way (LatencyPart): their means add up to the
/// latency's.
using SplitFigures = std::array<LatencyFigures, kLatencyParts>;

struct LagFigures {
  std::int64_t max = 0;
  std::int64_t at_end = 0;
  std::int64_t max_partition = 0;  // the most that one partition ever had
  std::optional<Instant> drained;  // first instant without lag after the maximum
};

struct Span {
  Instant begin{};
  Instant end{};
};

struct RebalanceFigures {
  Span span;
  std::string reason;
  std::int64_t generation = -1;
  std::int64_t members = 0;
  Named<Span> pauses;  // by partition
};

struct GroupFigures {
  std::string state;  // "none" while no coordinator can be asked
  std::optional<std::int64_t> generation;
  Named<std::vector<std::string>> assignment;  // by running member
  std::vector<RebalanceFigures> rebalances;    // [0] is the first formation
  Duration longest_pause() const;
};

struct ReplicaFigures {
  std::int64_t log_start = 0, log_end = 0;
  std::optional<std::int64_t> high_watermark;  // none while the broker is down
  std::vector<std::pair<std::int64_t, std::int64_t>> epochs;
};

struct PartitionFigures {
  std::optional<std::int64_t> leader;
  std::int64_t leader_epoch = 0;
  std::vector<std::int64_t> isr, elr;
  std::optional<std::int64_t> log_start, high_watermark, log_end;  // the leader's; none without one
  std::map<std::int64_t, ReplicaFigures> replicas;
  std::int64_t elections_clean = 0, elections_unclean = 0, isr_shrinks = 0, isr_expands = 0;
  Duration unavailable{}, under_replicated{}, under_min_isr{}, offline{};
  std::vector<Span> windows;  // of unavailability, those of a second and more
};

struct Result {
  std::string scenario, about, file, variant, kafka;  // about and file: for people, not in the document
  std::uint64_t seed = 1;
  std::string fingerprint;
  std::vector<ExpectationResult> expectations;
  std::vector<EntryResult> timeline;
  Named<RecordFigures> records;
  RecordFigures total;
  Named<DeliveryFigures> delivery;
  Named<LatencyFigures> produce_latency, end_to_end_latency;
  Named<SplitFigures> latency_split;  // by producer
  Named<LagFigures> lag;
  Named<GroupFigures> groups;
  Named<PartitionFigures> partitions;
  std::vector<Anomaly> anomalies;
  std::vector<std::string> pending;
  std::uint64_t events = 0;
  Duration simulated{};
  std::vector<StoryLine> story;  // not in the document

  bool holds() const;
};

/// Of a run that is over.
Result make_result(const Simulation& simulation, const Verdict& verdict, const std::vector<Outcome>& outcomes,
                   const LagMeter& lag);

/// The document of one run; of several, an array of them.
void write(JsonWriter& json, const Result& result);
std::string result_document(const std::vector<Result>& results);

}  // namespace kafkasim::sim
