// `roundrobin`: all partitions in a row, dealt to a ring of members.
#include "core/group/assignor.hpp"
#include "core/group/assignor_order.hpp"

namespace kafkasim::core {

GroupAssignment assign_round_robin(const std::vector<AssignorMember>& members,
                                   const std::vector<AssignorTopic>& topics) {
  GroupAssignment result;
  for (const AssignorMember& member : members) result.emplace_back(member.member_id, Assignment{});
  const std::vector<std::size_t> ring = member_order(members);

  std::size_t cursor = 0;  // not reset between topics
  const auto advance = [&cursor, &ring] { cursor = (cursor + 1) % ring.size(); };
  for (const AssignorTopic* topic : subscribed_topics(members, topics)) {
    for (std::int32_t partition = 0; partition < topic->partitions; ++partition) {
      // Ends: at least one member subscribes to every topic of this list.
      while (!subscribes(members[ring[cursor]], topic->id)) advance();
      result[ring[cursor]].second.push_back({topic->id, partition});
      advance();
    }
  }
  return result;
}

}  // namespace kafkasim::core
