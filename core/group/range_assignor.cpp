// `range`: each topic on its own, contiguous runs in member order.
#include <algorithm>

#include "core/group/assignor.hpp"
#include "core/group/assignor_order.hpp"

namespace kafkasim::core {

GroupAssignment assign_range(const std::vector<AssignorMember>& members, const std::vector<AssignorTopic>& topics) {
  GroupAssignment result;
  for (const AssignorMember& member : members) result.emplace_back(member.member_id, Assignment{});
  const std::vector<std::size_t> order = member_order(members);

  for (const AssignorTopic* topic : subscribed_topics(members, topics)) {
    std::vector<std::size_t> subscribed;
    for (const std::size_t member : order)
      if (subscribes(members[member], topic->id)) subscribed.push_back(member);

    const auto count = static_cast<std::int32_t>(subscribed.size());
    const std::int32_t quota = topic->partitions / count;
    const std::int32_t extra = topic->partitions % count;
    for (std::int32_t i = 0; i < count; ++i) {
      const std::int32_t first = quota * i + std::min(i, extra);
      const std::int32_t end = first + quota + (i < extra ? 1 : 0);
      Assignment& mine = result[subscribed[static_cast<std::size_t>(i)]].second;
      for (std::int32_t partition = first; partition < end; ++partition) mine.push_back({topic->id, partition});
    }
  }
  return result;
}

}  // namespace kafkasim::core
