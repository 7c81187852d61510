// The result document: the order of everything in it is fixed here (scenario-language.md section 8).
#include "sim/report/json_writer.hpp"
#include "sim/report/number_text.hpp"
#include "sim/report/result.hpp"

namespace kafkasim::sim {
namespace {

void seconds(JsonWriter& json, std::string_view key, Duration value) { json.key(key).raw(seconds_text(value)); }
// kNever: it did not happen.
void seconds(JsonWriter& json, std::string_view key, Instant value) {
  if (value == kNever)
    json.key(key).null();
  else
    seconds(json, key, value - kStart);
}
void seconds(JsonWriter& json, std::string_view key, const std::optional<Instant>& value) {
  seconds(json, key, value.value_or(kNever));
}
void millis(JsonWriter& json, std::string_view key, Duration value) { json.key(key).raw(millis_text(value)); }
void count(JsonWriter& json, std::string_view key, std::int64_t value) { json.key(key).integer(value); }
void count(JsonWriter& json, std::string_view key, const std::optional<std::int64_t>& value) {
  if (value)
    json.key(key).integer(*value);
  else
    json.key(key).null();
}
void text(JsonWriter& json, std::string_view key, const std::string& value) { json.key(key).string(value); }
void text_or_null(JsonWriter& json, std::string_view key, const std::string& value) {
  if (value.empty())
    json.key(key).null();
  else
    json.key(key).string(value);
}

template <class Items, class Write>
void list(JsonWriter& json, std::string_view key, const Items& items, bool flat, Write&& write) {
  json.key(key).begin_array(flat);
  for (const auto& item : items) write(item);
  json.end_array();
}

template <class Figures, class Write>
void named(JsonWriter& json, std::string_view key, const Named<Figures>& all, Write&& write) {
  json.key(key).begin_object();
  for (const auto& [name, figures] : all) {
    json.key(name);
    write(figures);
  }
  json.end_object();
}

void names(JsonWriter& json, std::string_view key, const std::vector<std::string>& all) {
  list(json, key, all, true, [&](const std::string& one) { json.string(one); });
}
void ids(JsonWriter& json, std::string_view key, const std::vector<std::int64_t>& all) {
  list(json, key, all, true, [&](std::int64_t one) { json.integer(one); });
}

void expectations(JsonWriter& json, const Result& result) {
  list(json, "expectations", result.expectations, false, [&](const ExpectationResult& one) {
    json.begin_object(true);
    text(json, "text", one.text);
    json.key("holds").boolean(one.holds);
    text(json, "value", one.value);
    seconds(json, "at_s", one.at);
    json.end_object();
  });
  list(json, "timeline", result.timeline, false, [&](const EntryResult& one) {
    json.begin_object(true);
    text_or_null(json, "id", one.id);
    seconds(json, "at_s", one.at);
    text(json, "verb", one.verb);
    names(json, "struck", one.struck);
    text_or_null(json, "got", one.got);
    json.end_object();
  });
}

void records(JsonWriter& json, const RecordFigures& of) {
  json.begin_object();
  count(json, "sent", of.sent);
  count(json, "acked", of.acked);
  count(json, "failed", of.failed);
  count(json, "failed_in_log", of.failed_in_log);
  count(json, "indeterminate", of.indeterminate);
  count(json, "in_log", of.in_log);
  count(json, "lost", of.lost);
  count(json, "lost_unacked", of.lost_unacked);
  count(json, "removed", of.removed);
  count(json, "duplicated", of.duplicated);
  count(json, "reordered", of.reordered);
  count(json, "reordered_by_key", of.reordered_by_key);
  count(json, "split_keys", of.split_keys);
  for (const auto& [key, counts] : {std::pair{"errors", &of.errors}, std::pair{"exceptions", &of.exceptions}}) {
    json.key(key).begin_object(true);
    for (const auto& [name, times] : *counts) count(json, name, times);
    json.end_object();
  }
  json.end_object();
}

void delivery(JsonWriter& json, const DeliveryFigures& of) {
  json.begin_object(true);
  count(json, "delivered", of.delivered);
  count(json, "processed", of.processed);
  count(json, "redelivered", of.redelivered);
  count(json, "skipped", of.skipped);
  count(json, "out_of_order", of.out_of_order);
  count(json, "unread", of.unread);
  json.end_object();
}

void latency(JsonWriter& json, const LatencyFigures& of) {
  json.begin_object(true);
  count(json, "count", of.count);
  millis(json, "mean_ms", of.mean);
  millis(json, "p50_ms", of.p50);
  millis(json, "p90_ms", of.p90);
  millis(json, "p99_ms", of.p99);
  millis(json, "p999_ms", of.p999);
  millis(json, "max_ms", of.max);
  json.end_object();
}

void lag(JsonWriter& json, const LagFigures& of) {
  json.begin_object(true);
  count(json, "max", of.max);
  count(json, "at_end", of.at_end);
  count(json, "max_partition", of.max_partition);
  seconds(json, "drained_s", of.drained);
  json.end_object();
}

void span(JsonWriter& json, const Span& of) {
  seconds(json, "start_s", of.begin);
  seconds(json, "end_s", of.end);
}

void group(JsonWriter& json, const GroupFigures& of) {
  json.begin_object();
  text(json, "state", of.state);
  count(json, "generation", of.generation);
  json.key("assignment").begin_object();
  for (const auto& [member, partitions] : of.assignment) names(json, member, partitions);
  json.end_object();
  list(json, "rebalances", of.rebalances, false, [&](const RebalanceFigures& one) {
    json.begin_object();
    span(json, one.span);
    text(json, "reason", one.reason);
    count(json, "generation", one.generation);
    count(json, "members", one.members);
    list(json, "pauses", one.pauses, false, [&](const auto& pause) {
      json.begin_object(true);
      text(json, "partition", pause.first);
      span(json, pause.second);
      json.end_object();
    });
    json.end_object();
  });
  json.end_object();
}

void replica(JsonWriter& json, const ReplicaFigures& of) {
  json.begin_object(true);
  count(json, "log_start", of.log_start);
  count(json, "high_watermark", of.high_watermark);
  count(json, "log_end", of.log_end);
  list(json, "epochs", of.epochs, true, [&](const auto& epoch) {
    json.begin_array(true);
    json.integer(epoch.first);
    json.integer(epoch.second);
    json.end_array();
  });
  json.end_object();
}

void partition(JsonWriter& json, const PartitionFigures& of) {
  json.begin_object();
  count(json, "leader", of.leader);
  count(json, "leader_epoch", of.leader_epoch);
  ids(json, "isr", of.isr);
  ids(json, "elr", of.elr);
  count(json, "log_start", of.log_start);
  count(json, "high_watermark", of.high_watermark);
  count(json, "log_end", of.log_end);
  json.key("replicas").begin_object();
  for (const auto& [id, figures] : of.replicas) {
    json.key(std::to_string(id));
    replica(json, figures);
  }
  json.end_object();
  json.key("elections").begin_object(true);
  count(json, "clean", of.elections_clean);
  count(json, "unclean", of.elections_unclean);
  json.end_object();
  count(json, "isr_shrinks", of.isr_shrinks);
  count(json, "isr_expands", of.isr_expands);
  seconds(json, "unavailable_s", of.unavailable);
  list(json, "windows", of.windows, false, [&](const Span& window) {
    json.begin_object(true);
    span(json, window);
    json.end_object();
  });
  seconds(json, "under_replicated_s", of.under_replicated);
  seconds(json, "under_min_isr_s", of.under_min_isr);
  seconds(json, "offline_s", of.offline);
  json.end_object();
}

}  // namespace

void write(JsonWriter& json, const Result& result) {
  json.begin_object();
  count(json, "schema_version", 1);
  text(json, "scenario", result.scenario);
  text_or_null(json, "variant", result.variant);
  text(json, "kafka", result.kafka);
  json.key("seed").raw(std::to_string(result.seed));
  text(json, "fingerprint", result.fingerprint);
  text(json, "verdict", result.holds() ? "holds" : "fails");
  expectations(json, result);
  json.key("records").begin_object();
  for (const auto& [name, figures] : result.records) {
    json.key(name);
    records(json, figures);
  }
  json.key("total");
  records(json, result.total);
  json.end_object();
  named(json, "delivery", result.delivery, [&](const DeliveryFigures& one) { delivery(json, one); });
  json.key("latency").begin_object();
  named(json, "produce", result.produce_latency, [&](const LatencyFigures& one) { latency(json, one); });
  named(json, "end_to_end", result.end_to_end_latency, [&](const LatencyFigures& one) { latency(json, one); });
  named(json, "split", result.latency_split, [&](const SplitFigures& parts) {
    json.begin_object();
    for (std::size_t i = 0; i < kLatencyParts; ++i) {
      json.key(name(static_cast<LatencyPart>(i)));
      latency(json, parts[i]);
    }
    json.end_object();
  });
  json.end_object();
  named(json, "lag", result.lag, [&](const LagFigures& one) { lag(json, one); });
  named(json, "groups", result.groups, [&](const GroupFigures& one) { group(json, one); });
  named(json, "partitions", result.partitions, [&](const PartitionFigures& one) { partition(json, one); });
  list(json, "anomalies", result.anomalies, false, [&](const Anomaly& one) {
    json.begin_object(true);
    text(json, "id", one.id);
    count(json, "count", one.count);
    text(json, "first", one.first);
    json.end_object();
  });
  list(json, "pending", result.pending, false, [&](const std::string& one) { json.string(one); });
  json.key("events").raw(std::to_string(result.events));
  seconds(json, "simulated_s", result.simulated);
  json.end_object();
}

std::string result_document(const std::vector<Result>& results) {
  JsonWriter json;
  if (results.size() == 1) {
    write(json, results.front());
  } else {
    json.begin_array();
    for (const Result& result : results) write(json, result);
    json.end_array();
  }
  return json.take();
}

}  // namespace kafkasim::sim
