// delayed.jsonl: when a parked fetch or produce is done (R2.12, R2.13, R2.40).
#include <algorithm>
#include <optional>

#include "core/replication/parked_fetch.hpp"
#include "tests/golden/compare.hpp"
#include "tests/golden/replicas.hpp"

namespace kafkasim::golden {
namespace {

ErrorCode error_of(const Json& c) {
  if (!c.value("partition_known", true)) return ErrorCode::UNKNOWN_TOPIC_OR_PARTITION;
  if (!c.value("dir_online", true)) return ErrorCode::KAFKA_STORAGE_ERROR;
  if (!c.contains("request_epoch") || !c.contains("partition_epoch")) return ErrorCode::NONE;
  const std::int64_t asked = integer(c.at("request_epoch"));
  const std::int64_t current = integer(c.at("partition_epoch"));
  if (asked < current) return ErrorCode::FENCED_LEADER_EPOCH;
  return asked > current ? ErrorCode::UNKNOWN_LEADER_EPOCH : ErrorCode::NONE;
}

core::ParkedFacts facts_of(const Json& c) {
  core::ParkedFacts facts;
  facts.error = error_of(c);
  facts.fetch_offset = offset(c.at("fetch_offset"));
  facts.bound = offset(c.at("bound"));
  facts.same_segment = c.at("bound_segment_same").get<bool>();
  facts.bound_position_known = c.value("bound_position_known", true);
  facts.throttled = c.value("throttled", false) && c.at("follower").get<bool>();
  facts.readable_bytes = integer(c.at("bytes_available"));
  if (c.contains("epoch_end")) {
    const std::int64_t epoch = integer(c.at("epoch_end").at(0));
    const std::int64_t end = integer(c.at("epoch_end").at(1));
    facts.diverging =
        epoch < 0 || end < 0 || epoch < integer(c.at("last_fetched_epoch")) || end < integer(c.at("fetch_offset"));
  }
  return facts;
}

std::string reason_of(core::ParkedVerdict verdict, const core::ParkedFacts& facts, bool enough) {
  switch (verdict) {
    case core::ParkedVerdict::error:
      return error_text(facts.error);
    case core::ParkedVerdict::diverging_epoch:
      return "diverging_epoch";
    case core::ParkedVerdict::truncated:
      return "truncated";
    case core::ParkedVerdict::older_segment:
      return "older_segment";
    case core::ParkedVerdict::wait:
      break;
  }
  return enough ? "min_bytes" : "wait";
}

Verdict judge_fetch(const Json& c) {
  const core::ParkedFacts facts = facts_of(c);
  const core::ParkedVerdict verdict = core::judge_parked(facts);
  const bool enough = core::countable_bytes(facts) >= integer(c.at("min_bytes"));
  Comparison comparison;
  const bool complete = verdict != core::ParkedVerdict::wait || enough;
  comparison.same("complete", c.at("expected").at("complete"), complete);
  comparison.same("reason", c.at("expected").at("reason"), reason_of(verdict, facts, enough));
  return comparison.verdict();
}

/// The verdict of one partition whose records were appended; none = it waits on.
std::optional<ErrorCode> produce_verdict(const Json& part) {
  const std::int32_t in_isr = part.at("maximal_isr_size").get<std::int32_t>();
  const std::int32_t min_isr = part.at("effective_min_isr").get<std::int32_t>();
  std::vector<BrokerId> replicas;
  for (std::int32_t id = 1; id <= std::max(in_isr, min_isr); ++id) replicas.push_back(BrokerId{id});
  const std::vector<BrokerId> isr{replicas.begin(), replicas.begin() + in_isr};
  const Offset end = std::max(offset(part.at("required_offset")), offset(part.at("hw")));

  const MetadataImage image = nine_brokers();
  core::ReplicaSettings settings;
  settings.topic.min_insync_replicas = min_isr;
  core::Partition partition{kPartition, BrokerId{1}, log_of_runs(Json{{0, end.value()}}, Offset{0}),
                            offset(part.at("hw"))};
  partition.apply(
      registration_of(replicas, isr, part.at("leader_here").get<bool>() ? BrokerId{1} : BrokerId{2}, LeaderEpoch{1}, 1),
      settings, {kStart, image});
  return partition.check_produce(offset(part.at("required_offset")));
}

Verdict judge_produce(const Json& c) {
  Json results = Json::array();
  bool complete = true;
  for (const Json& part : c.at("partitions")) {
    if (part.contains("append_error")) {  // never parked: final at once
      results.push_back(part.at("append_error"));
      continue;
    }
    const std::optional<ErrorCode> verdict = produce_verdict(part);
    if (verdict) {
      results.push_back(error_text(*verdict));
    } else if (c.at("expired").get<bool>()) {
      results.push_back(error_text(ErrorCode::REQUEST_TIMED_OUT));
    } else {
      results.push_back(nullptr);
      complete = false;
    }
  }
  Comparison comparison;
  comparison.same("complete", c.at("expected").at("complete"), complete);
  comparison.same("results", c.at("expected").at("results"), results);
  return comparison.verdict();
}

Verdict judge_delayed(const Json& c) { return c.at("kind") == "fetch" ? judge_fetch(c) : judge_produce(c); }

}  // namespace

Adapter delayed_adapter() { return {"delayed", judge_delayed, {}}; }

}  // namespace kafkasim::golden
