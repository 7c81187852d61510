// The cluster's own turns: who was fenced, who leads now, what was cut.
#include <algorithm>
#include <map>
#include <set>

#include "sim/check/history.hpp"
#include "sim/host/host.hpp"
#include "sim/report/number_text.hpp"
#include "sim/report/story.hpp"
#include "sim/view.hpp"

namespace kafkasim::sim {
namespace {

std::string ids(std::vector<BrokerId> all) {
  std::sort(all.begin(), all.end());
  std::string text;
  for (const BrokerId id : all) text += (text.empty() ? "" : ",") + std::to_string(id.value());
  return text.empty() ? "none" : text;
}

std::set<BrokerId> set_of(const std::vector<BrokerId>& all) { return {all.begin(), all.end()}; }

// What one commit of the controller did to partitions.
struct Commit {
  Instant at{};
  std::vector<std::string> fenced, unfenced;
  std::vector<const PartitionChanged*> changes;
};

class Teller {
 public:
  Teller(const View& view, std::vector<StoryLine>& lines) : view_{view}, lines_{lines} {}

  void tell() {
    collect();
    for (const auto& [event, commit] : commits_) tell_commit(commit);
    for (const auto& [key, cut] : cuts_) tell_cut(cut);
  }

 private:
  struct Cut {
    Instant at{};
    HostIndex who = 0;
    std::vector<const LogTruncated*> parts;
  };

  void collect() {
    for (const StoryEvent& event : view_.history().story()) {
      if (const auto* fencing = std::get_if<BrokerFencing>(&event.what)) {
        if (event.at == kStart) continue;
        Commit& commit = at(event);
        (fencing->fenced ? commit.fenced : commit.unfenced).push_back(std::to_string(fencing->broker.value()));
      } else if (const auto* change = std::get_if<PartitionChanged>(&event.what)) {
        if (!change->before.replicas.empty()) at(event).changes.push_back(change);
      } else if (const auto* cut = std::get_if<LogTruncated>(&event.what)) {
        if (cut->to >= cut->from) continue;
        Cut& one = cuts_[{event.who, nanoseconds(event.at) / 1'000'000'000}];
        if (one.parts.empty()) one.at = event.at;
        one.who = event.who;
        one.parts.push_back(cut);
      } else if (const auto* registered = std::get_if<BrokerRegistered>(&event.what)) {
        if (registered->error == ErrorCode::NONE) continue;
        refused(event.at, registered->broker, registered->error);
      }
    }
  }

  // Changes that the controller commits within a blink belong together.
  Commit& at(const StoryEvent& event) {
    const std::int64_t blink = nanoseconds(event.at) / 20'000'000;
    Commit& commit = commits_.try_emplace(blink).first->second;
    if (commit.fenced.empty() && commit.unfenced.empty() && commit.changes.empty()) commit.at = event.at;
    return commit;
  }

  void refused(Instant when, BrokerId broker, ErrorCode error) {
    const std::string key = "refused " + std::to_string(broker.value());
    const auto same = std::find_if(lines_.begin(), lines_.end(),
                                   [&](const StoryLine& line) { return line.key == key && when - line.at < 30s; });
    if (same != lines_.end()) return;
    lines_.push_back({when, "controller refuses to register broker " + std::to_string(broker.value()),
                      std::string{name(error)}, "", key, 55, false});
  }

  static std::string brokers(const std::vector<std::string>& numbers) {
    return (numbers.size() > 1 ? "brokers " : "broker ") + joined(numbers);
  }

  void tell_commit(const Commit& commit) {
    std::string text, key, aside;
    int weight = 0;
    const auto add = [&](const std::string& part, int heavy) {
      text += (text.empty() ? "" : "; ") + part;
      weight = std::max(weight, heavy);
    };
    if (!commit.fenced.empty()) add("controller fences " + brokers(commit.fenced), 75);
    if (!commit.unfenced.empty())
      add(brokers(commit.unfenced) + (commit.unfenced.size() > 1 ? " are" : " is") + " back, unfenced", 60);
    key = text;
    partitions(commit, text, key, weight);
    if (text.empty()) return;
    for (const PartitionChanged* change : commit.changes)
      if (change->unclean) aside = "unclean election: what only others held is gone";
    lines_.push_back({commit.at, text, aside, "", key, weight, false});
  }

  void partitions(const Commit& commit, std::string& text, std::string& key, int& weight) {
    std::map<TopicPartition, std::pair<const PartitionChanged*, const PartitionChanged*>> net;  // first and last change
    for (const PartitionChanged* change : commit.changes) {
      const auto [at, fresh] = net.try_emplace(change->partition, change, change);
      at->second.second = change;
    }
    std::vector<std::string> one_by_one;
    std::map<std::string, int> many;
    int coordinators = 0;
    for (const auto& [tp, pair] : net) {
      const PartitionRegistration& before = pair.first->before;
      const PartitionRegistration& after = pair.second->after;
      const std::string name = view_.names().name(tp);
      if (tp.topic == view_.names().offsets_topic) {
        coordinators += after.leader != before.leader ? 1 : 0;
        continue;
      }
      if (after.leader != before.leader || after.leader_epoch != before.leader_epoch) {
        const bool gone = !after.leader.known();
        one_by_one.push_back(name +
                             (gone ? ": no leader"
                                   : ": leader " + std::to_string(after.leader.value()) + ", epoch " +
                                         std::to_string(after.leader_epoch.value())) +
                             ", ISR " + ids(after.isr));
        ++many[gone ? "lose the leader" : "get another leader"];
        weight = std::max(weight, 80);
        key += " leader " + name;
      } else if (set_of(after.isr) != set_of(before.isr)) {
        const bool grows = after.isr.size() > before.isr.size();
        one_by_one.push_back(name + ": ISR " + ids(before.isr) + " -> " + ids(after.isr));
        ++many[grows ? "grow the ISR" : "shrink the ISR"];
        weight = std::max(weight, grows ? 35 : 50);
        key += " isr " + name;
      }
    }
    const auto add = [&](const std::string& part) { text += (text.empty() ? "" : "; ") + part; };
    if (one_by_one.size() <= 2)
      for (const std::string& part : one_by_one) add(part);
    else
      for (const auto& [what, count] : many)
        add(std::to_string(count) + (count == 1 ? " partition " : " partitions ") + what);
    if (coordinators > 0 && !text.empty()) add(std::to_string(coordinators) + " of __consumer_offsets too");
  }

  void tell_cut(const Cut& cut) {
    std::int64_t records = 0;
    bool internal = true;
    for (const LogTruncated* part : cut.parts) {
      records += part->from - part->to;
      internal = internal && part->partition.topic == view_.names().offsets_topic;
    }
    const std::string who = view_.host(cut.who).name;
    const LogTruncated& first = *cut.parts.front();
    const std::string text = cut.parts.size() == 1
                                 ? who + " cuts its log of " + view_.names().name(first.partition) + " from " +
                                       grouped(first.from.value()) + " to " + grouped(first.to.value())
                                 : who + " cuts its logs of " + std::to_string(cut.parts.size()) + " partitions";
    lines_.push_back({cut.at, text, grouped(records) + (records == 1 ? " record" : " records"), "", "cut " + who,
                      internal ? 25 : 82, false});
  }

  const View& view_;
  std::vector<StoryLine>& lines_;
  std::map<std::int64_t, Commit> commits_;
  std::map<std::pair<HostIndex, std::int64_t>, Cut> cuts_;
};

}  // namespace

void tell_cluster(const View& view, std::vector<StoryLine>& lines) { Teller{view, lines}.tell(); }

}  // namespace kafkasim::sim
