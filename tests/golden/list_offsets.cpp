// list-offsets.jsonl: what a log answers to ListOffsets. Judged: latest (-1), earliest (-2) and earliest local (-4, the
// same without tiered storage). Lookups by timestamp and of the largest timestamp (-3) are not built: logs here hold
// batches, not the time of every record. No client of the simulated cluster can ask for them.
#include <stdexcept>

#include "tests/golden/compare.hpp"
#include "tests/golden/replicas.hpp"

namespace kafkasim::golden {
namespace {

constexpr std::int64_t kLatest = -1;
constexpr std::int64_t kEarliest = -2;
constexpr std::int64_t kEarliestLocal = -4;

class TimedLog {
 public:
  void perform(const Json& step, Comparison& comparison) {
    const std::string op = step.at("op").get<std::string>();
    if (op == "append") return append(step, comparison);
    if (op == "log_start") return log_.increment_log_start(offset(step.at("offset")));
    if (op == "offset_for_timestamp") return answer(step, comparison);
    if (op != "roll" && op != "high_watermark") throw std::invalid_argument("step " + op);
  }

 private:
  void append(const Json& step, Comparison& comparison) {
    const std::int32_t count = step.contains("records") ? static_cast<std::int32_t>(step.at("records").size())
                                                        : step.at("count").get<std::int32_t>();
    Batch appended = batch({}, {}, count);
    const auto result = log_.append_as_leader(appended, LeaderEpoch{step.value("leader_epoch", 0)});
    comparison.same("first offset", step.at("expected").at("first_offset"), result.first_offset.value());
    comparison.same("last offset", step.at("expected").at("last_offset"), result.last_offset.value());
  }

  void answer(const Json& step, Comparison& comparison) const {
    const std::int64_t ts = integer(step.at("ts"));
    if (ts != kLatest && ts != kEarliest && ts != kEarliestLocal) return;
    Json expected = step.at("expected");
    expected.erase("ts");
    const Offset at = ts == kLatest ? log_.log_end() : log_.log_start();
    const LeaderEpoch epoch = ts == kLatest ? log_.latest_epoch() : log_.epochs().epoch_at(at).value_or(LeaderEpoch{});
    Json seen{{"offset", at.value()}};
    if (expected.contains("leader_epoch")) seen["leader_epoch"] = epoch.known() ? Json(epoch.value()) : Json();
    comparison.same(step.dump(), expected, seen);
  }

  core::Log log_;
};

Verdict judge_list_offsets(const Json& golden_case) {
  TimedLog log;
  Comparison comparison;
  for (const Json& step : golden_case.at("steps")) log.perform(step, comparison);
  return comparison.verdict();
}

bool only_by_timestamp(const Json& golden_case) {
  return !any_step(golden_case, [](const Json& step) {
    if (step.at("op") != "offset_for_timestamp") return false;
    const std::int64_t ts = integer(step.at("ts"));
    return ts == kLatest || ts == kEarliest || ts == kEarliestLocal;
  });
}

}  // namespace

Adapter list_offsets_adapter() {
  return {"list-offsets", judge_list_offsets, {{only_by_timestamp, "lookups by timestamp only: not built"}}};
}

}  // namespace kafkasim::golden
