// placement.jsonl: replicas of a new topic, as StripedReplicaPlacer places them (R3.32). The outcome of each random
// draw is part of the case; it is translated into the answers that our placer asks for.
#include "core/controller/placement.hpp"

#include <algorithm>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/golden/compare.hpp"

namespace kafkasim::golden {
namespace {

class PlacementDraws : public Choices {
 public:
  std::uint64_t below(Choice what, std::uint64_t bound) override {
    if (what != Choice::placement || next_ == answers_.size() || answers_[next_] >= bound)
      throw std::logic_error("a draw that Kafka does not make, below " + std::to_string(bound));
    return answers_[next_++];
  }
  void add(std::size_t answer) { answers_.push_back(answer); }
  /// The draws that shuffle `from` into `to`.
  template <class T>
  void shuffle(std::vector<T> from, const std::vector<T>& to) {
    for (std::size_t left = from.size(); left > 1; --left) {
      const auto end = from.begin() + static_cast<std::ptrdiff_t>(left);
      const auto wanted = std::find(from.begin(), end, to.at(left - 1));
      add(static_cast<std::size_t>(wanted - from.begin()));
      std::iter_swap(wanted, end - 1);
    }
  }
  std::size_t unused() const { return answers_.size() - next_; }

 private:
  std::vector<std::size_t> answers_;
  std::size_t next_ = 0;
};

std::string rack_of(const Json& entry) { return entry.at("rack").is_null() ? "" : entry.at("rack").get<std::string>(); }

PlacementDraws draws_of(const Json& c) {
  PlacementDraws draws;
  if (c.at("initial").is_null()) return draws;
  draws.add(c.at("initial").at("rack_offset").get<std::size_t>());
  std::vector<std::string> order;
  std::map<std::string, std::vector<BrokerId>> unfenced;
  std::map<std::string, std::vector<BrokerId>> fenced;
  for (const Json& rack : c.at("initial").at("racks")) {
    const std::string& name = order.emplace_back(rack_of(rack));
    unfenced[name] = brokers(rack.at("unfenced"));
    fenced[name] = brokers(rack.at("fenced"));
    if (!unfenced[name].empty()) draws.add(rack.at("unfenced_start").get<std::size_t>());
    if (!fenced[name].empty()) draws.add(rack.at("fenced_start").get<std::size_t>());
  }
  for (const Json& shuffle : c.at("shuffles")) {
    std::vector<std::string> new_order;
    for (const Json& rack : shuffle.at("racks")) new_order.push_back(rack_of(rack));
    draws.shuffle(order, new_order);
    order = new_order;
    for (const Json& rack : shuffle.at("racks")) {
      const std::string name = rack_of(rack);
      draws.shuffle(unfenced[name], brokers(rack.at("unfenced")));
      draws.shuffle(fenced[name], brokers(rack.at("fenced")));
      unfenced[name] = brokers(rack.at("unfenced"));
      fenced[name] = brokers(rack.at("fenced"));
    }
  }
  return draws;
}

Verdict judge_placement(const Json& c) {
  std::vector<core::UsableBroker> usable;
  for (const Json& one : c.at("brokers"))
    usable.push_back({broker(one.at("id")), rack_of(one), one.at("fenced").get<bool>()});
  const Json& expected = c.at("expected");
  const bool refused = expected.contains("error");
  PlacementDraws draws = refused ? PlacementDraws{} : draws_of(c);
  const core::Placement placement = core::place_replicas(usable, c.at("partitions").get<std::int32_t>(),
                                                         c.at("replication_factor").get<std::int32_t>(), draws);
  Comparison comparison;
  comparison.same("error", expected.value("error", "NONE"), error_text(placement.error));
  if (refused) return comparison.verdict();
  Json seen = Json::array();
  for (const auto& replicas : placement.replicas) {
    Json& list = seen.emplace_back(Json::array());
    for (const BrokerId replica : replicas) list.push_back(replica.value());
  }
  comparison.same("assignments", expected.at("assignments"), seen);
  comparison.same("draws not asked for", 0, draws.unused());
  return comparison.verdict();
}

}  // namespace

Adapter placement_adapter() { return {"placement", judge_placement, {}}; }

}  // namespace kafkasim::golden
