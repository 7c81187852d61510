#include "sim/report/recorded_run.hpp"

#include "core/base/invariant.hpp"
#include "sim/check/history.hpp"
#include "sim/report/artefacts.hpp"
#include "sim/report/hgrm.hpp"
#include "sim/report/json_writer.hpp"
#include "sim/report/number_text.hpp"
#include "sim/report/observers.hpp"
#include "sim/report/series.hpp"
#include "sim/report/trace_log.hpp"
#include "sim/simulation.hpp"

namespace kafkasim::sim {
namespace {

constexpr std::uint64_t kGlanceEvery = 4096;  // events

// Names of instances hold a slash, file names do not.
std::string file_name(std::string name) {
  for (char& c : name)
    if (c == '/' || c == ' ') c = '-';
  return name;
}

// The parts of produce latency: means add up to the whole.
std::string split_csv(const View& view) {
  std::string text = "producer,part,records,mean_ms,p50_ms,p99_ms,max_ms\n";
  for (const auto& [host, producer] : view.splits().producers())
    for (std::size_t i = 0; i < kLatencyParts; ++i) {
      const LatencyHistogram& part = producer.parts[i];
      text += view.history().host_name(host) + "," + std::string{name(static_cast<LatencyPart>(i))} + "," +
              std::to_string(part.count());
      for (const Duration value : {part.mean(), part.percentile(50, 100), part.percentile(99, 100), part.max()})
        text += "," + millis_text(value);
      text += "\n";
    }
  return text;
}

void write_latencies(const View& view, const std::filesystem::path& folder) {
  std::filesystem::create_directory(folder / "latency");
  for (const auto& [host, producer] : view.history().producers())
    write_file(folder / "latency" / ("produce." + file_name(view.history().host_name(host)) + ".hgrm"),
               hgrm_text(producer.latency));
  for (const auto& [name, group] : view.history().groups())
    write_file(folder / "latency" / ("end_to_end." + file_name(name) + ".hgrm"), hgrm_text(group.end_to_end));
  write_file(folder / "latency" / "split.csv", split_csv(view));
}

void write_series(const View& view, const SeriesRecorder& series, const std::filesystem::path& folder) {
  std::filesystem::create_directory(folder / "series");
  for (const auto& [name, text] : series.files()) write_file(folder / "series" / name, text);
  write_file(folder / "series" / "faults.csv", faults_csv(view));
}

}  // namespace

std::optional<Result> run_recorded(std::shared_ptr<const Scenario> scenario, const RunWatch& watch) {
  Simulation simulation{scenario};
  ObserverList observers;
  LagMeter lag{simulation.world()};
  observers.add(lag);
  std::optional<RunLog> log;
  if (watch.log != nullptr && watch.log_level != "off") observers.add(log.emplace(*watch.log, watch.log_level));
  std::optional<TraceLog> trace;
  std::optional<SeriesRecorder> series;
  if (watch.folder) {
    observers.add(trace.emplace(*watch.folder / "events.ndjson.zst"));
    observers.add(series.emplace(simulation.world()));
  }
  if (watch.observer != nullptr) observers.add(*watch.observer);
  simulation.observe(&observers);
  try {
    while (simulation.step())
      if (simulation.events() % kGlanceEvery == 0 && watch.go_on && !watch.go_on(simulation.events(), simulation.now()))
        return std::nullopt;
  } catch (const InvariantViolation& broken) {
    throw InvariantViolation{std::string{broken.what()} + "\n  seed " + std::to_string(scenario->seed) +
                             ", simulated time " + clock_text(simulation.now()) + ", event " +
                             std::to_string(simulation.events())};
  }
  const View view = simulation.view();
  const Verdict verdict = judge(view);
  Result result = make_result(simulation, verdict, evaluate_expectations(view, verdict), lag);
  if (watch.folder) {
    trace->close();
    series->finish(simulation.world());
    write_series(view, *series, *watch.folder);
    write_latencies(view, *watch.folder);
    write_file(*watch.folder / "result.json", result_document({result}));
  }
  return result;
}

}  // namespace kafkasim::sim
