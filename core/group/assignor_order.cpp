#include "core/group/assignor_order.hpp"

#include <algorithm>
#include <numeric>
#include <tuple>

namespace kafkasim::core {

std::vector<std::size_t> member_order(const std::vector<AssignorMember>& members) {
  std::vector<std::size_t> order(members.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&members](std::size_t left, std::size_t right) {
    const AssignorMember& a = members[left];
    const AssignorMember& b = members[right];
    const bool a_dynamic = a.instance_id.empty();
    const bool b_dynamic = b.instance_id.empty();
    return std::tie(a_dynamic, a.instance_id, a.member_id) < std::tie(b_dynamic, b.instance_id, b.member_id);
  });
  return order;
}

bool subscribes(const AssignorMember& member, TopicId topic) {
  return std::find(member.subscription.begin(), member.subscription.end(), topic) != member.subscription.end();
}

std::vector<const AssignorTopic*> subscribed_topics(const std::vector<AssignorMember>& members,
                                                    const std::vector<AssignorTopic>& topics) {
  std::vector<const AssignorTopic*> found;
  for (const AssignorTopic& topic : topics) {
    const bool wanted = std::any_of(members.begin(), members.end(),
                                    [&topic](const AssignorMember& one) { return subscribes(one, topic.id); });
    if (wanted && topic.partitions > 0) found.push_back(&topic);
  }
  std::sort(found.begin(), found.end(),
            [](const AssignorTopic* a, const AssignorTopic* b) { return a->name < b->name; });
  return found;
}

}  // namespace kafkasim::core
