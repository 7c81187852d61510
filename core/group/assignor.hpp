// Client-side partition assignors of the classic protocol (kafka-clients.md section 3): pure functions, run by the
// leader of a group.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/ids.hpp"
#include "core/protocol/group_records.hpp"

namespace kafkasim::core {

/// One member as its subscription describes it.
struct AssignorMember {
  MemberId member_id;
  std::string instance_id;  // "" = dynamic
  std::vector<TopicId> subscription;
  friend bool operator==(const AssignorMember&, const AssignorMember&) = default;
};

/// A topic with metadata. One that is missing here, or has no partitions, is skipped.
struct AssignorTopic {
  TopicId id;
  std::string name;
  std::int32_t partitions = 0;
  friend bool operator==(const AssignorTopic&, const AssignorTopic&) = default;
};

/// One entry per member, in the order in which the members were given; the order inside an entry is Kafka's.
using GroupAssignment = std::vector<std::pair<MemberId, Assignment>>;

GroupAssignment assign_range(const std::vector<AssignorMember>& members, const std::vector<AssignorTopic>& topics);
GroupAssignment assign_round_robin(const std::vector<AssignorMember>& members,
                                   const std::vector<AssignorTopic>& topics);

/// An assignor by the name members vote for.
struct Assignor {
  std::string_view name;
  GroupAssignment (*assign)(const std::vector<AssignorMember>&, const std::vector<AssignorTopic>&);
};

/// All that are modelled, by name.
const std::vector<Assignor>& assignors();
/// Null when there is none of that name, or none that is modelled (sticky, cooperative-sticky).
const Assignor* find_assignor(std::string_view name);

}  // namespace kafkasim::core
