// The readers of the parts of a scenario file, in the order in which they run.
#pragma once

#include <vector>

#include "sim/scenario/context.hpp"
#include "sim/scenario/section.hpp"

namespace kafkasim::sim {

/// cluster: fills the specification and what the context knows of brokers and racks.
void read_cluster(Context& context, const Node* node, ClusterSpec& cluster);

/// topics: broker settings of the cluster are their defaults.
void read_topics(Context& context, const Node* node, const ClusterSpec& cluster, std::vector<TopicSpec>& topics);

/// assignment: brokers of each partition; sets the number of partitions and the replication factor too.
void read_assignment(Context& context, const SectionReader& section, TopicSpec& topic);

void read_producers(Context& context, const Node* node, std::vector<ProducerSpec>& producers);

void read_consumers(Context& context, const Node* node, std::vector<GroupSpec>& groups);

/// What members may have of their own: shared by groups, members and `join`.
void read_member(Context& context, const SectionReader& section, MemberSpec& member);

/// Names the entries and counts who joins, before anything refers to them.
void declare_entries(Context& context, const Node* node);

void read_timeline(Context& context, const Node* node, const std::vector<GroupSpec>& groups,
                   std::vector<Entry>& timeline);

/// Rules between entries: an instant after the end, circles of `after`.
void check_timeline(Context& context, const std::vector<Entry>& timeline, const std::optional<Duration>& duration);

/// One target as written; false (and reported) when it is none.
bool read_target(Context& context, const Node& node, Target& target);

/// One target or a list of them.
std::vector<Target> read_targets(Context& context, const SectionReader& section, std::string_view key);
std::vector<Target> read_target_list(Context& context, const Node& node);

/// `orders-0` (or `orders`: partition -1).
bool read_partition(Context& context, std::string_view text, const Place& place, std::string& topic, int& partition,
                    bool whole_topic_too);

/// expect: lines of other variants are left out.
std::vector<ExpectLine> read_expect(Context& context, const Node& node);

/// `[broker 2]`.
std::vector<int> read_bootstrap(Context& context, const SectionReader& section);

/// `start: 10s` or `start: manual`.
void read_start(Context& context, const SectionReader& section, Duration& start, bool& manual);

/// `client: java`.
void read_client(Context& context, const SectionReader& section);

void check_rack(Context& context, const SectionReader& section, const std::string& rack);

}  // namespace kafkasim::sim
