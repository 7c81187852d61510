// truncation.jsonl: a follower's log reconciled with its leader's, fetch by fetch (R2.4-R2.7, R2.31-R2.36).
#include "core/base/time.hpp"
#include "tests/golden/compare.hpp"
#include "tests/golden/replicas.hpp"

namespace kafkasim::golden {
namespace {

constexpr std::int64_t kLarge = 1 << 20;

class Reconciliation {
 public:
  explicit Reconciliation(const Json& golden_case)
      : case_{golden_case},
        image_{nine_brokers()},
        view_{kStart + 100s, image_},
        leader_{make(golden_case.at("leader"), BrokerId{1}, golden_case.at("leader").at("leader_epoch"))},
        follower_{make(golden_case.at("follower"), BrokerId{2},
                       golden_case.at("follower").value("leader_epoch", golden_case.at("leader").at("leader_epoch")))} {
  }

  Verdict run() {
    const Json& expected = case_.at("expected");
    compare_.same("leader_epoch_cache", expected.at("leader_epoch_cache"), epoch_cache_of(leader_.log()));
    int number = 0;
    for (const Json& round : expected.at("rounds")) {
      where_ = "round " + std::to_string(++number) + " ";
      if (!compare_.same(where_ + "can fetch", true, follower_.can_fetch())) break;
      play(round);
      if (!compare_.passed()) break;
    }
    compare_.same("failed", expected.value("failed", false), !follower_.can_fetch());
    compare_.same("truncations", expected.at("truncations"), truncations_);
    compare_final(expected.at("final"));
    return compare_.verdict();
  }

 private:
  core::Partition make(const Json& from, BrokerId self, const Json& epoch) const {
    core::Log log = log_of_runs(from.at("log"), Offset{from.value("log_base", std::int64_t{0})});
    core::Partition made{kPartition, self, std::move(log), offset(from.at("hw"))};
    made.apply(registration_of({BrokerId{1}, BrokerId{2}}, {BrokerId{1}}, BrokerId{1}, leader_epoch(epoch), 1), {},
               view_);
    if (from.contains("log_start")) made.log().increment_log_start(offset(from.at("log_start")));
    return made;
  }

  void play(const Json& round) {
    // A log without any epoch is cut to its high watermark before the first fetch: apply() did that (R2.4).
    if (round.contains("truncate_to") && follower_.log().epochs().empty())
      truncations_.push_back(round.at("truncate_to"));
    FetchRequest::Partition request = follower_.next_fetch(kLarge);
    if (case_.value("one_batch_per_fetch", false)) request.partition_max_bytes = 1;
    if (round.contains("fetch")) compare_.same(where_ + "fetch", round.at("fetch"), text(request));
    const core::FollowerFetch served =
        leader_.fetch_by_follower(request, BrokerId{2}, BrokerEpoch{1002}, kLarge, true, view_);
    if (round.contains("response")) compare_.same(where_ + "response", round.at("response"), text(served.answer));
    take(served.answer, request);
    compare_.same(where_ + "leo", round.at("leo"), follower_.log().log_end().value());
    compare_.same(where_ + "hw", round.at("hw"), follower_.high_watermark().value());
  }

  void take(const FetchResponse::Partition& response, const FetchRequest::Partition& request) {
    using Outcome = core::FollowerStep::Outcome;
    const core::FollowerStep step = follower_.on_fetch_response(response, request);
    const Offset before = follower_.log().log_end();
    if (step.outcome == Outcome::out_of_range)
      follower_.on_leader_offsets(leader_.log().log_start(), leader_.log().log_end(), request.current_leader_epoch);
    if (step.outcome == Outcome::truncated || follower_.log().log_end() < before)
      truncations_.push_back(follower_.log().log_end().value());
  }

  static Json text(const FetchRequest::Partition& request) {
    Json out{{"offset", request.fetch_offset.value()}, {"current_leader_epoch", request.current_leader_epoch.value()}};
    if (request.last_fetched_epoch.known()) out["last_epoch"] = request.last_fetched_epoch.value();
    return out;
  }

  static Json text(const FetchResponse::Partition& response) {
    if (response.error != ErrorCode::NONE) return {{"error", error_text(response.error)}};
    Json out{{"hw", response.high_watermark.value()}};
    if (response.diverging_epoch)
      out["diverging"] = end_of(*response.diverging_epoch);
    else
      out["records"] = records_in(response.records);
    return out;
  }

  void compare_final(const Json& expected) {
    compare_.same("final log", expected.at("log"), runs_of(follower_.log()));
    compare_.same("final epoch_cache", expected.at("epoch_cache"), epoch_cache_of(follower_.log()));
    compare_.same("final leo", expected.at("leo"), follower_.log().log_end().value());
    compare_.same("final hw", expected.at("hw"), follower_.high_watermark().value());
    compare_.same("final log_start", expected.at("log_start"), follower_.log().log_start().value());
    compare_.same("final leader_log", expected.at("leader_log"), runs_of(leader_.log()));
    compare_.same("final leader_hw", expected.at("leader_hw"), leader_.high_watermark().value());
  }

  const Json& case_;
  MetadataImage image_;
  core::View view_;
  core::Partition leader_;
  core::Partition follower_;
  Json truncations_ = Json::array();
  std::string where_;
  Comparison compare_;
};

Verdict judge_truncation(const Json& golden_case) { return Reconciliation{golden_case}.run(); }

bool mode_is(const Json& golden_case, std::string_view mode) { return golden_case.at("mode") == mode; }

}  // namespace

Adapter truncation_adapter() {
  constexpr std::string_view kOldRule = "how replicas were reconciled before Kafka 2.8: issue B";
  return {"truncation",
          judge_truncation,
          {{[](const Json& one) { return mode_is(one, "offsets_for_leader_epoch"); }, kOldRule},
           {[](const Json& one) { return mode_is(one, "kip101"); }, kOldRule},
           {[](const Json& one) { return mode_is(one, "high_watermark"); }, kOldRule}}};
}

}  // namespace kafkasim::golden
