// Orders that decide who gets what (kafka-clients.md section 3, "Member order").
#pragma once

#include <cstddef>
#include <vector>

#include "core/group/assignor.hpp"

namespace kafkasim::core {

/// Indices of the members: those with an instance id first, by instance id; then the others by member id. Kafka
/// compares UTF-16 units; for the ASCII names used here that is byte order ("C10" < "C2").
std::vector<std::size_t> member_order(const std::vector<AssignorMember>& members);

/// Topics with partitions that at least one member subscribes to, by name.
std::vector<const AssignorTopic*> subscribed_topics(const std::vector<AssignorMember>& members,
                                                    const std::vector<AssignorTopic>& topics);

bool subscribes(const AssignorMember& member, TopicId topic);

}  // namespace kafkasim::core
