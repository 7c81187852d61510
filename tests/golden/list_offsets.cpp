// list-offsets.jsonl: what a log answers to ListOffsets: latest (-1), earliest (-2), earliest local (-4, the same
// without tiered storage), and the first record at or after a time. The largest timestamp (-3) is not judged: no client
// of the simulated cluster asks for it.
#include <algorithm>
#include <memory>
#include <stdexcept>

#include "tests/golden/compare.hpp"
#include "tests/golden/replicas.hpp"

namespace kafkasim::golden {
namespace {

constexpr std::int64_t kLatest = -1;

constexpr std::int64_t kMaxTimestamp = -3;

Instant at_ms(std::int64_t ms) { return kStart + Duration{ms * 1'000'000}; }
std::int64_t ms_of(Instant at) { return nanoseconds(at - kStart) / 1'000'000; }

class TimedLog {
 public:
  void perform(const Json& step, Comparison& comparison) {
    const std::string op = step.at("op").get<std::string>();
    if (op == "append") return append(step, comparison);
    if (op == "log_start") return log_.increment_log_start(offset(step.at("offset")));
    if (op == "offset_for_timestamp") return answer(step, comparison);
    if (op == "roll") {
      rolls_ = true;
      return;
    }
    if (op != "high_watermark") throw std::invalid_argument("step " + op);
  }

 private:
  void append(const Json& step, Comparison& comparison) {
    RecordTimesRuns times;
    if (step.contains("records"))
      for (const Json& record : step.at("records")) times.push_back({1, at_ms(integer(record.at("ts"))), {}});
    else
      times.push_back({step.at("count").get<std::int32_t>(), at_ms(integer(step.at("ts"))), {}});
    std::int32_t count = 0;
    Batch appended = batch({}, {}, 1);
    for (const RecordTimes& run : times) {
      appended.max_timestamp = count == 0 ? run.first : std::max(appended.max_timestamp, run.first);
      count += run.count;
    }
    appended.record_count = count;
    appended.times = RecordTimesPtr{std::move(times)};
    TopicConfig config;
    if (std::exchange(rolls_, false)) config.segment_bytes = appended.size_bytes;  // full, whatever it holds
    log_.configure(config);
    const auto result = log_.append_as_leader(appended, LeaderEpoch{step.value("leader_epoch", 0)});
    comparison.same("first offset", step.at("expected").at("first_offset"), result.first_offset.value());
    comparison.same("last offset", step.at("expected").at("last_offset"), result.last_offset.value());
  }

  void answer(const Json& step, Comparison& comparison) const {
    const std::int64_t ts = integer(step.at("ts"));
    if (ts == kMaxTimestamp) return;
    const Json& expected = step.at("expected");
    const bool by_time = ts >= 0;
    const Offset at = by_time ? log_.offset_for_time(at_ms(ts)) : ts == kLatest ? log_.log_end() : log_.log_start();
    Json seen{{"offset", at.known() ? Json(at.value()) : Json()}};
    if (expected.contains("ts")) {
      seen["ts"] = -1;
      if (by_time && at.known()) {
        const Batch* held = log_.batch_at(at);
        seen["ts"] = ms_of(held->timestamp(static_cast<std::int32_t>(at - held->base_offset)));
      }
    }
    if (expected.contains("leader_epoch")) {
      const LeaderEpoch epoch =
          ts == kLatest ? log_.latest_epoch() : log_.epochs().epoch_at(at).value_or(LeaderEpoch{});
      seen["leader_epoch"] = epoch.known() ? Json(epoch.value()) : Json();
    }
    comparison.same(step.dump(), expected, seen);
  }

  core::Log log_;
  bool rolls_ = false;
};

Verdict judge_list_offsets(const Json& golden_case) {
  TimedLog log;
  Comparison comparison;
  for (const Json& step : golden_case.at("steps")) log.perform(step, comparison);
  return comparison.verdict();
}

}  // namespace

Adapter list_offsets_adapter() { return {"list-offsets", judge_list_offsets, {}}; }

}  // namespace kafkasim::golden
