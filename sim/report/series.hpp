// Curves of a run, sampled at equal simulated distances: what plots are drawn from (series/*.csv).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/base/time.hpp"
#include "sim/measure/names.hpp"
#include "sim/observer.hpp"

namespace kafkasim::sim {

class View;

/// The distance for a run of that length: about 400 samples, a round number (1, 2 or 5 times a power of ten), 10 ms at
/// least.
Duration sampling_interval(Duration length);

/// A field of a CSV file, quoted where that is needed.
std::string csv_field(std::string_view text);

/// Samples just before the first event behind each instant. A row at t speaks of (t - interval, t].
class SeriesRecorder : public EventObserver {
 public:
  explicit SeriesRecorder(const World& world);

  void executing(const World& world, std::uint64_t number, const Event& event) override;
  void noted(const World& world, HostIndex who, const Note& note) override;
  /// The last, shorter interval.
  void finish(const World& world);

  /// File name and contents: lag, throughput, latency, availability.
  std::vector<std::pair<std::string, std::string>> files() const;

 private:
  struct Producer {
    HostIndex host = 0;
    std::int64_t acked = 0;               // at the last sample
    std::vector<std::int64_t> sent;       // by row: counted when the batch is closed, dated by the hand-over
    std::vector<std::int64_t> latencies;  // ns, of records acknowledged since
  };
  struct Group {
    std::string name;
    std::int64_t delivered = 0;
    std::vector<Subject> lags;  // the group's, then of its partitions
  };

  struct Traffic {
    Instant at{};
    std::vector<std::int64_t> acked, delivered;  // per producer and per group, since the row before
  };

  void sample(const World& world, Instant at);
  void sample_lag(const View& view);
  void sample_traffic(const View& view, Instant at);
  void sample_latency();
  void sent(Producer& producer, const RecordRun& run) const;
  std::string throughput() const;
  void sample_availability(const View& view);

  Duration interval_;
  Instant next_;
  Instant last_ = kStart;
  std::vector<Producer> producers_;
  std::vector<Group> groups_;
  std::vector<TopicPartition> partitions_;
  std::string lag_, throughput_head_, latency_, availability_;
  std::vector<Traffic> traffic_;
};

/// The timeline's entries as plots mark them: id, verb, struck, start_s, end_s (empty: to the end), fault (1: a band),
/// label.
std::string faults_csv(const View& view);

}  // namespace kafkasim::sim
