#include "sim/disk/disk.hpp"

#include <algorithm>

#include "core/base/invariant.hpp"

namespace kafkasim::sim {

Instant DiskQueue::serve(Instant from, Duration cost) {
  busy_until = std::max(busy_until, from) + scaled(cost);
  return busy_until;
}

void Disk::scan(Instant now, Duration age, const std::map<TopicPartition, Offset>& log_ends) {
  for (const auto& [tp, end] : log_ends) {
    Marks& marks = marks_[tp];
    const auto young = std::find_if(marks.begin(), marks.end(), [&](const Mark& mark) { return mark.at + age > now; });
    for (auto mark = marks.begin(); mark != young; ++mark) flushed(tp, mark->end);
    marks.erase(marks.begin(), young);
    if (marks.empty() || marks.back().end != end) marks.push_back({now, end});
  }
}

void Disk::flushed(TopicPartition tp, Offset end) {
  Offset& durable = durable_.try_emplace(tp, Offset{0}).first->second;
  durable = std::max(durable, end);
}

void Disk::truncated(TopicPartition tp, Offset end) {
  if (const auto found = durable_.find(tp); found != durable_.end()) found->second = std::min(found->second, end);
  if (const auto found = marks_.find(tp); found != marks_.end())
    for (Mark& mark : found->second) mark.end = std::min(mark.end, end);
}

Offset Disk::durable_end(TopicPartition tp) const {
  const auto found = durable_.find(tp);
  return found == durable_.end() ? Offset{0} : found->second;
}

}  // namespace kafkasim::sim
