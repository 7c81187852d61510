// Rules between entries of the timeline.
#include <algorithm>
#include <map>

#include "sim/scenario/parts.hpp"

namespace kafkasim::sim {

namespace {

constexpr std::size_t kNone = static_cast<std::size_t>(-1);

/// For each entry the one that must have happened before it can start; kNone: it starts by itself.
std::vector<std::size_t> predecessors(const std::vector<Entry>& timeline) {
  std::map<std::string, std::size_t> by_id;
  for (std::size_t i = 0; i < timeline.size(); ++i)
    if (!timeline[i].id.empty()) by_id.try_emplace(timeline[i].id, i);
  std::vector<std::size_t> before(timeline.size(), kNone);
  for (std::size_t i = 0; i < timeline.size(); ++i) {
    const When& when = timeline[i].when;
    if (when.kind == When::Kind::previous && i > 0) before[i] = i - 1;
    const auto found = when.kind == When::Kind::after ? by_id.find(when.id) : by_id.end();
    if (found != by_id.end()) before[i] = found->second;
  }
  return before;
}

/// Entries in an order in which each comes behind its predecessor; those in a circle, and behind one, are missing.
std::vector<std::size_t> startable(const std::vector<std::size_t>& before) {
  std::vector<std::vector<std::size_t>> behind(before.size());
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < before.size(); ++i)
    before[i] == kNone ? order.push_back(i) : behind[before[i]].push_back(i);
  for (std::size_t next = 0; next < order.size(); ++next)
    for (const std::size_t follower : behind[order[next]]) order.push_back(follower);
  return order;
}

std::string shown(Duration span) {
  const std::int64_t ns = span.count();
  std::string digits = std::to_string(ns % 1'000'000'000 + 1'000'000'000).substr(1);
  digits.erase(digits.find_last_not_of('0') + 1);
  return std::to_string(ns / 1'000'000'000) + (digits.empty() ? "" : "." + digits) + "s";
}

/// Earliest and latest instant as far as the file fixes them; nothing for conditions and what follows them.
std::optional<DurationRange> instant(const Entry& entry, const std::optional<DurationRange>& before) {
  if (entry.when.kind == When::Kind::at) return entry.when.at;
  if (entry.when.kind == When::Kind::every) return DurationRange{entry.when.from, entry.when.from};
  if (entry.when.kind != When::Kind::after || !before) return std::nullopt;
  constexpr Duration kFar = kNever.time_since_epoch() / 2;  // sums of delays stay below it
  return DurationRange{std::min(kFar, before->low + entry.when.at.low),
                       std::min(kFar, before->high + entry.when.at.high)};
}

}  // namespace

void check_timeline(Context& context, const std::vector<Entry>& timeline, const std::optional<Duration>& duration) {
  const std::vector<std::size_t> before = predecessors(timeline);
  std::vector<std::optional<DurationRange>> instants(timeline.size());
  std::vector<bool> starts(timeline.size());
  for (const std::size_t i : startable(before)) {
    const Entry& entry = timeline[i];
    starts[i] = true;
    instants[i] = instant(entry, before[i] == kNone ? std::nullopt : instants[before[i]]);
    if (!duration || !instants[i] || instants[i]->high <= *duration) continue;
    context.error(entry.place, "this entry happens at " + shown(instants[i]->high) +
                                   (instants[i]->low < instants[i]->high ? " at the latest" : "") +
                                   ", after the end of the run (duration " + shown(*duration) + ")");
  }
  for (std::size_t i = 0; i < timeline.size(); ++i)
    if (!starts[i] && timeline[i].when.kind == When::Kind::after)
      context.error(timeline[i].place,
                    "this entry waits for itself: 'after: " + timeline[i].when.id + "' leads back here");
}

}  // namespace kafkasim::sim
