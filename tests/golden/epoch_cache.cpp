// epoch-cache.jsonl: operations on a leader epoch cache, then questions to it (R2.32).
#include "core/log/epoch_cache.hpp"

#include <stdexcept>

#include "tests/golden/compare.hpp"
#include "tests/golden/replicas.hpp"

namespace kafkasim::golden {
namespace {

void apply(const Json& operation, core::EpochCache& cache) {
  if (operation == "clear") return cache.clear();
  const std::string what = operation.at(0).get<std::string>();
  if (what == "assign") return cache.assign(leader_epoch(operation.at(1)), offset(operation.at(2)));
  if (what == "truncate_from_end") return cache.truncate_from_end(offset(operation.at(1)));
  if (what == "truncate_from_start") return cache.truncate_from_start(offset(operation.at(1)));
  throw std::invalid_argument("operation " + what);
}

Json epoch_or_null(const std::optional<core::EpochEntry>& entry) { return entry ? Json(entry->epoch.value()) : Json(); }

Json answer(const Json& query, const core::EpochCache& cache) {
  const auto asked = [&query](const char* key) { return leader_epoch(query.at(key)); };
  if (query.contains("end_offset_for"))
    return end_of(cache.end_offset_for(asked("end_offset_for"), offset(query.at("log_end_offset"))));
  if (query.contains("entries")) {
    Json entries = Json::array();
    for (const core::EpochEntry& entry : cache.entries()) entries.push_back({entry.epoch.value(), entry.start.value()});
    return entries;
  }
  if (query.contains("latest_epoch")) return cache.empty() ? Json() : Json(cache.latest().value());
  if (query.contains("previous_of_latest"))
    return cache.empty() ? Json() : epoch_or_null(cache.previous(cache.latest()));
  if (query.contains("previous_epoch_of")) return epoch_or_null(cache.previous(asked("previous_epoch_of")));
  if (query.contains("next_epoch_of")) return epoch_or_null(cache.next(asked("next_epoch_of")));
  if (query.contains("previous_entry_of")) {
    const auto entry = cache.previous(asked("previous_entry_of"));
    return entry ? Json{entry->epoch.value(), entry->start.value()} : Json();
  }
  if (query.contains("epoch_for_offset")) {
    const auto epoch = cache.epoch_at(offset(query.at("epoch_for_offset")));
    return epoch ? Json(epoch->value()) : Json();
  }
  throw std::invalid_argument("query " + query.dump());
}

Verdict judge_epoch_cache(const Json& golden_case) {
  core::EpochCache cache;
  for (const Json& operation : golden_case.at("ops")) apply(operation, cache);
  Comparison comparison;
  for (Json query : golden_case.at("queries")) {
    const Json expected = query.at("expected");
    query.erase("expected");
    comparison.same(query.dump(), expected, answer(query, cache));
  }
  return comparison.verdict();
}

}  // namespace

Adapter epoch_cache_adapter() { return {"epoch-cache", judge_epoch_cache, {}}; }

}  // namespace kafkasim::golden
