#include "sim/disk/page_cache.hpp"

#include <algorithm>

namespace kafkasim::sim {

void PageCache::wrote(TopicPartition tp, Offset end, std::int64_t written) {
  Marks& marks = marks_[tp];
  while (!marks.empty() && marks.back().end >= end) marks.pop_back();  // cut off and written again
  marks.push_back({written, end});
}

void PageCache::trim(std::int64_t written, std::int64_t capacity) {
  for (auto& [tp, marks] : marks_) {
    const auto warm =
        std::find_if(marks.begin(), marks.end(), [&](const Mark& mark) { return mark.written + capacity >= written; });
    for (auto mark = marks.begin(); mark != warm; ++mark) cold_below(tp, mark->end);
    marks.erase(marks.begin(), warm);
  }
}

void PageCache::cold_below(TopicPartition tp, Offset offset) {
  Offset& from = from_.try_emplace(tp, Offset{0}).first->second;
  from = std::max(from, offset);
}

Offset PageCache::cached_from(TopicPartition tp) const {
  const auto found = from_.find(tp);
  return found == from_.end() ? Offset{0} : found->second;
}

}  // namespace kafkasim::sim
