// isr-hw.jsonl: one Partition on broker 1 through metadata, appends, fetches and AlterPartition (R2.10-R2.41).
#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <utility>

#include "tests/golden/compare.hpp"
#include "tests/golden/replicas.hpp"

namespace kafkasim::golden {
namespace {

constexpr std::int64_t kRoom = 1 << 20;

Json sorted_ids(std::vector<BrokerId> members) {
  std::sort(members.begin(), members.end());
  Json out = Json::array();
  for (const BrokerId member : members) out.push_back(member.value());
  return out;
}

class LeaderScript {
 public:
  explicit LeaderScript(const Json& golden_case)
      : steps_{golden_case.at("steps")},
        image_{nine_brokers()},
        partition_{kPartition, BrokerId{1}, core::Log{}, Offset{golden_case.value("initial_hw", std::int64_t{0})}} {
    const Json& config = golden_case.at("config");
    settings_.topic.min_insync_replicas = config.at("min.insync.replicas").get<std::int32_t>();
    settings_.replica_lag_time_max = std::chrono::milliseconds{integer(config.at("replica.lag.time.max.ms"))};
  }

  Verdict run() {
    int number = 0;
    for (const Json& step : steps_) {
      where_ = "step " + std::to_string(++number) + " " + step.at("op").get<std::string>();
      perform(step);
      if (step.at("expected").contains("state")) learn(step.at("expected").at("state"));
      compare_state();
      if (!compare_.passed()) break;
    }
    return compare_.verdict();
  }

 private:
  core::View view() const { return {kStart + std::chrono::milliseconds{now_ms_}, image_}; }
  void same(const char* what, const Json& expected, const Json& seen) {
    compare_.same(where_ + " " + what, expected, seen);
  }
  // Only what the case tells is compared.
  void told(const Json& expected, const char* key, const Json& seen) {
    if (expected.contains(key)) same(key, expected.at(key), seen);
  }

  void perform(const Json& step) {
    const std::string op = step.at("op").get<std::string>();
    const Json& expected = step.at("expected");
    if (op == "append_epochs") return append_epochs(step);
    if (op == "become_leader" || op == "become_follower") return take_metadata(step, op == "become_leader");
    if (op == "append") return append(step);
    if (op == "fetch") return fetch(step);
    if (op == "alter_reply") return alter_reply(step);
    if (op == "advance") return static_cast<void>(now_ms_ += integer(step.at("ms")));
    if (op == "broker") return change_broker(step);
    if (op == "check_shrink") {
      partition_.check_isr(view());
      return send_alter();
    }
    if (op == "check_ack") {
      const auto verdict = partition_.check_produce(offset(step.at("required_offset")));
      same("done", expected.at("done"), verdict.has_value());
      return same("error", expected.at("error"), error_text(verdict.value_or(ErrorCode::NONE)));
    }
    if (op == "list_offset") return list_offset(step);
    if (op == "end_offset_for_epoch") return end_offset_for_epoch(step);
    // Nobody can ask for it here; its effect on the log is what later steps look at.
    if (op == "delete_records") return partition_.log().increment_log_start(offset(step.at("offset")));
    throw std::invalid_argument("step " + op);
  }

  void append_epochs(const Json& step) {
    for (const Json& run : step.at("runs"))
      partition_.log().append_as_follower(
          batch(leader_epoch(run.at(0)), partition_.log().log_end(), run.at(1).get<std::int32_t>()));
  }

  void take_metadata(const Json& step, bool lead) {
    const auto change = partition_.apply(
        registration_of(brokers(step.at("replicas")), brokers(step.at("isr")),
                        lead ? BrokerId{1} : broker(step.at("leader")), leader_epoch(step.at("leader_epoch")),
                        step.at("partition_epoch").get<std::int32_t>()),
        settings_, view());
    told(step.at("expected"), "new_leader", change.became_leader);
    told(step.at("expected"), "epoch_changed", change.leader_epoch_grew);
    if (!lead) requests_.clear();
  }

  void append(const Json& step) {
    const Json& expected = step.at("expected");
    const auto result = partition_.append(batch({}, {}, step.at("count").get<std::int32_t>(), serial_++),
                                          static_cast<Acks>(integer(step.at("acks"))), view());
    same("error", expected.value("error", "NONE"), error_text(result.error));
    if (result.error != ErrorCode::NONE) return;
    told(expected, "first_offset", result.base_offset.value());
    told(expected, "last_offset", result.required_offset.value() - 1);
    told(expected, "hw_advanced", result.hw_moved);
  }

  void fetch(const Json& step) {
    const Json& expected = step.at("expected");
    FetchRequest::Partition request;
    request.fetch_offset = offset(step.at("offset"));
    request.log_start_offset = Offset{step.value("log_start", std::int64_t{0})};
    if (step.contains("current_leader_epoch"))
      request.current_leader_epoch = leader_epoch(step.at("current_leader_epoch"));
    if (step.contains("last_epoch")) request.last_fetched_epoch = leader_epoch(step.at("last_epoch"));
    const std::int64_t replica = integer(step.at("replica"));
    const core::FollowerFetch result =
        replica < 0 ? partition_.read_for_consumer(request, kRoom, true, !step.value("rack_aware", false))
                    : partition_.fetch_by_follower(request, broker(step.at("replica")),
                                                   BrokerEpoch{step.value("broker_epoch", 1000 + replica)}, kRoom, true,
                                                   view());
    send_alter();
    const FetchResponse::Partition& answer = result.answer;
    same("error", expected.value("error", "NONE"), error_text(answer.error));
    if (answer.error != ErrorCode::NONE) return;
    told(expected, "response_hw", answer.high_watermark.value());
    same("diverging", expected.value("diverging", Json()),
         answer.diverging_epoch ? end_of(*answer.diverging_epoch) : Json());
    told(expected, "records", records_in(answer.records));
  }

  // What the AlterPartition manager does: one change in flight (R2.22).
  void send_alter() {
    auto request = partition_.take_alter_request(BrokerEpoch{1001});
    if (!request) return;
    if (!requests_.empty()) return partition_.on_alter_refused();
    requests_.push_back(*request);
  }

  void alter_reply(const Json& step) {
    if (requests_.empty()) return same("request", "one waits", "none");
    const AlterPartitionRequest::Partition request = requests_.front();
    requests_.erase(requests_.begin());
    AlterPartitionResponse::Partition response;
    const std::string result = step.at("result").get<std::string>();
    if (result == "ok") {
      response.leader = BrokerId{1};
      response.leader_epoch = request.leader_epoch;
      for (const auto& member : request.new_isr) response.isr.push_back(member.broker);
      response.partition_epoch = PartitionEpoch{step.value("partition_epoch", request.partition_epoch.value() + 1)};
    } else if (!parse_error_code(result, response.error)) {
      throw std::invalid_argument("result " + result);
    }
    partition_.on_alter_response(response, view());
    send_alter();
  }

  void change_broker(const Json& step) {
    BrokerRegistration& entry = image_.brokers[broker(step.at("id"))];
    entry.fenced = step.value("fenced", false);
    entry.in_controlled_shutdown = step.value("shutting_down", false);
    entry.epoch = BrokerEpoch{step.value("epoch", 1000 + integer(step.at("id")))};
  }

  void list_offset(const Json& step) {
    const Json& expected = step.at("expected");
    ListOffsetsRequest::Partition request;
    request.spec = integer(step.at("ts")) == -1 ? OffsetSpec::latest : OffsetSpec::earliest;
    const auto answer = partition_.list_offset(request, step.at("isolation") == "replica");
    same("error", expected.value("error", "NONE"), error_text(answer.error));
    if (answer.error != ErrorCode::NONE) return;
    told(expected, "offset", answer.offset.value());
    if (!expected.value("leader_epoch", Json()).is_null()) told(expected, "leader_epoch", answer.leader_epoch.value());
  }

  void end_offset_for_epoch(const Json& step) {
    const Json& expected = step.at("expected");
    OffsetForLeaderEpochRequest::Partition request;
    request.leader_epoch = leader_epoch(step.at("epoch"));
    if (step.contains("current_leader_epoch"))
      request.current_leader_epoch = leader_epoch(step.at("current_leader_epoch"));
    const auto answer = partition_.offset_for_leader_epoch(request);
    same("error", expected.at("error"), error_text(answer.error));
    same("end", Json{expected.at("epoch"), expected.at("end_offset")}, end_of(answer.end));
  }

  // --- state: expected grows by what each step says ------------------------------------------------------------

  void learn(const Json& changes) {
    for (const auto& [key, value] : changes.items()) {
      if (key == "under_replicated") continue;  // a metric
      Json& known = expected_[key];
      if (key != "followers" || value.is_null() || known.is_null()) {
        known = value;
      } else {
        for (const auto& [id, follower] : value.items()) {
          if (follower.is_null())
            known.erase(id);
          else
            known[id] = follower;
        }
      }
      if (key == "isr" || key == "maximal_isr") std::sort(known.begin(), known.end());
      if (key == "alter_requests" && known.is_array())
        for (Json& request : known) std::sort(request.at("isr").begin(), request.at("isr").end());
    }
  }

  void compare_state() {
    const Json seen = state();
    for (const auto& [key, value] : expected_.items())
      if (!value.is_null()) same(key.c_str(), value, seen.value(key, Json()));
  }

  Json state() const {
    Json seen{{"leader", partition_.is_leader()},
              {"leader_epoch", partition_.leader_epoch().value()},
              {"partition_epoch", std::max(0, partition_.partition_epoch().value())},
              {"leo", partition_.log().log_end().value()},
              {"hw", partition_.high_watermark().value()},
              {"log_start", partition_.log().log_start().value()}};
    if (!partition_.is_leader()) return seen;
    const auto& pending = partition_.pending();
    seen["isr"] = sorted_ids(partition_.isr());
    seen["maximal_isr"] = sorted_ids(partition_.maximal_isr());
    seen["pending"] = !pending ? "none" : pending->kind == core::PendingIsr::Kind::expand ? "expand" : "shrink";
    seen["epoch_start"] = partition_.epoch_start_offset().value();
    seen["under_min_isr"] = partition_.under_min_isr();
    seen["followers"] = followers();
    seen["alter_requests"] = alter_requests();
    return seen;
  }

  Json followers() const {
    const auto ms = [](Instant at) { return at == core::kLongAgo ? 0 : nanoseconds(at) / 1'000'000; };
    Json out = Json::object();
    for (const auto& [id, follower] : partition_.followers())
      out[std::to_string(id.value())] = {{"leo", follower.log_end.value()},
                                         {"log_start", follower.log_start.value()},
                                         {"last_fetch_leader_leo", follower.last_fetch_leader_log_end.value()},
                                         {"last_fetch_time", ms(follower.last_fetch_time)},
                                         {"last_caught_up", ms(follower.last_caught_up)}};
    return out;
  }

  Json alter_requests() const {
    Json out = Json::array();
    for (const auto& request : requests_) {
      std::vector<BrokerId> isr;
      for (const auto& member : request.new_isr) isr.push_back(member.broker);
      out.push_back({{"isr", sorted_ids(isr)},
                     {"leader_epoch", request.leader_epoch.value()},
                     {"partition_epoch", request.partition_epoch.value()}});
    }
    return out;
  }

  const Json& steps_;
  MetadataImage image_;
  core::ReplicaSettings settings_;
  core::Partition partition_;
  std::int64_t now_ms_ = 100000;
  std::uint32_t serial_ = 0;
  std::vector<AlterPartitionRequest::Partition> requests_;
  Json expected_ = Json::object();
  std::string where_;
  Comparison compare_;
};

Verdict judge_isr_hw(const Json& golden_case) { return LeaderScript{golden_case}.run(); }

bool refused_deletion(const Json& golden_case) {
  return any_step(golden_case, [](const Json& step) {
    return step.at("op") == "delete_records" && step.at("expected").contains("error");
  });
}
bool asks_by_timestamp(const Json& golden_case) {
  return any_step(golden_case,
                  [](const Json& step) { return step.at("op") == "list_offset" && integer(step.at("ts")) >= 0; });
}
bool asks_a_follower(const Json& golden_case) {
  return any_step(golden_case, [](const Json& step) { return step.value("any_replica", false); });
}

}  // namespace

Adapter isr_hw_adapter() {
  return {"isr-hw",
          judge_isr_hw,
          {{refused_deletion, "refusals of DeleteRecords: issue C"},
           {asks_by_timestamp, "ListOffsets by timestamp not built yet"},
           {asks_a_follower, "epoch end offsets of a follower: only Kafka's debugging consumer asks for them"}}};
}

}  // namespace kafkasim::golden
