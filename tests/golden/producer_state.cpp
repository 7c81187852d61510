// producer-state.jsonl: what a log remembers of idempotent producers, and what it refuses (R4.2-R4.7).
#include <stdexcept>

#include "core/log/log.hpp"
#include "tests/golden/compare.hpp"
#include "tests/golden/replicas.hpp"

namespace kafkasim::golden {
namespace {

constexpr std::int64_t kEverything = 1 << 30;

class ProducerLog {
 public:
  explicit ProducerLog(Comparison& comparison) : compare_{comparison} {}

  void perform(const Json& step, const std::string& where) {
    where_ = where;
    const std::string op = step.at("op").get<std::string>();
    const Json& expected = step.at("expected");
    if (op == "append") {
      append(step);
    } else if (op == "truncate") {
      if (log_.truncate_to(offset(step.at("offset")))) roll_ = false;  // the empty segment went with it
    } else if (op == "truncate_fully") {
      log_.truncate_fully(offset(step.at("offset")));
    } else if (op == "log_start") {
      log_.increment_log_start(offset(step.at("offset")));
    } else if (op == "restart") {
      log_.load();
    } else if (op == "read") {
      read(step);
    } else if (op == "aborted") {
      same("aborted", expected.value("aborted", Json::array()), Json::array());  // nobody has transactions here
    } else if (op == "high_watermark") {
      high_watermark_ = step.at("offset") == "leo" ? log_.log_end() : offset(step.at("offset"));
    } else if (op == "roll") {
      roll_ = true;
    } else if (op != "advance") {
      throw std::invalid_argument("step " + op);
    }
    if (expected.contains("state")) learn(expected.at("state"));
    compare_state();
  }

 private:
  void same(const char* what, const Json& expected, const Json& seen) {
    compare_.same(where_ + " " + what, expected, seen);
  }

  void append(const Json& step) {
    const Json& expected = step.at("expected");
    const LeaderEpoch epoch{step.value("leader_epoch", 0)};
    Batch appended = batch(epoch, {}, step.value("count", 1));
    if (step.contains("pid")) {
      appended.producer_id = ProducerId{integer(step.at("pid"))};
      appended.producer_epoch = ProducerEpoch{step.at("producer_epoch").get<std::int16_t>()};
      appended.base_sequence = step.at("seq").get<std::int32_t>();
    }
    // A log rolls when a batch does not fit: after "roll", the next one fits exactly into a segment of its own.
    TopicConfig config;
    if (roll_) config.segment_bytes = appended.size_bytes;
    log_.configure(config);
    core::AppendResult result;
    if (step.value("origin", "client") == "replication") {
      appended.base_offset = log_.log_end();
      result = log_.append_as_follower(appended);
    } else {
      result = log_.append_as_leader(appended, epoch);
    }
    if (result.appended()) roll_ = false;
    same("error", expected.value("error", "NONE"), error_text(result.error));
    if (result.error != ErrorCode::NONE) return;
    same("result", expected.at("result"), result.duplicate ? "duplicate" : "ok");
    same("first_offset", expected.at("first_offset"), result.first_offset.value());
    same("last_offset", expected.at("last_offset"), result.last_offset.value());
  }

  void read(const Json& step) {
    const Json& expected = step.at("expected");
    const bool all = step.at("isolation") == "log_end";
    const Offset bound = all ? log_.log_end() : high_watermark_;
    const core::ReadResult result = log_.read(offset(step.at("offset")), bound, kEverything, true);
    same("error", expected.value("error", "NONE"), error_text(result.error));
    if (!expected.contains("offsets")) return;
    Json seen = Json::array();
    for (const Batch& one : result.records)
      for (Offset at = one.base_offset; at < one.next_offset(); at = at + 1) seen.push_back(at.value());
    same("offsets", expected.at("offsets"), seen);
  }

  void learn(const Json& changes) {
    for (const char* const key : {"leo", "log_start"})
      if (changes.contains(key)) expected_[key] = changes.at(key);
    if (!changes.contains("producers")) return;
    for (const auto& [id, producer] : changes.at("producers").items()) {
      if (producer.is_null())
        expected_["producers"].erase(id);
      else
        expected_["producers"][id] = {{"epoch", producer.at("epoch")}, {"last_seq", producer.at("last_seq")}};
    }
  }

  void compare_state() {
    Json producers = Json::object();
    for (const auto& [id, entry] : log_.producers().entries())
      producers[std::to_string(id.value())] = {{"epoch", entry.epoch.value()},
                                               {"last_seq", entry.batches.back().last_sequence}};
    same("state", expected_,
         {{"leo", log_.log_end().value()}, {"log_start", log_.log_start().value()}, {"producers", producers}});
  }

  Comparison& compare_;
  core::Log log_;
  bool roll_ = false;
  Offset high_watermark_{0};
  Json expected_{{"leo", 0}, {"log_start", 0}, {"producers", Json::object()}};
  std::string where_;
};

Verdict judge_producer_state(const Json& golden_case) {
  Comparison comparison;
  ProducerLog log{comparison};
  int number = 0;
  for (const Json& step : golden_case.at("steps")) {
    log.perform(step, "step " + std::to_string(++number) + " " + step.at("op").get<std::string>());
    if (!comparison.passed()) break;
  }
  return comparison.verdict();
}

template <class... Names>
bool has_operation(const Json& golden_case, Names... names) {
  return any_step(golden_case, [&](const Json& step) { return ((step.at("op") == names) || ...); });
}

bool transactional(const Json& golden_case) {
  return has_operation(golden_case, "end_txn", "has_late_txn") || any_step(golden_case, [](const Json& step) {
           return step.value("txn", false) || step.value("origin", "client") == "coordinator";
         });
}
bool expires_producers(const Json& golden_case) { return has_operation(golden_case, "expire_producers"); }
bool deletes_segments(const Json& golden_case) { return has_operation(golden_case, "delete_old_segments"); }

}  // namespace

Adapter producer_state_adapter() {
  return {"producer-state",
          judge_producer_state,
          {{transactional, "transactions: issue D"},
           {expires_producers, "producer.id.expiration.ms (a day) is not modelled"},
           {deletes_segments, "segments deleted from outside the log's own rules"}}};
}

}  // namespace kafkasim::golden
