// The parts of one entry of the timeline.
#pragma once

#include <vector>

#include "sim/scenario/parts.hpp"

namespace kafkasim::sim {

/// at, when + lasting, every, after + delay, or none of them.
void read_when(Context& context, const SectionReader& section, When& when);

/// What stands behind the verb `head` and beside it.
void read_action(Context& context, const SectionReader& section, const Field& head,
                 const std::vector<GroupSpec>& groups, Entry& entry);

/// isolate, cut, partition, degrade, hold, drop.
void read_network_fault(Context& context, const SectionReader& section, const Field& head, Entry& entry);
/// lose_data, slow_disk, fill_disk, fail_disk, clock.
void read_machine_fault(Context& context, const SectionReader& section, std::string_view verb, Entry& entry);
/// elect, create_topic, add_partitions, alter_config.
void read_operator(Context& context, const SectionReader& section, const Field& head, Entry& entry);

/// send, resend, flush, poll, commit, seek.
void read_call(Context& context, const SectionReader& section, std::string_view verb, Entry& entry);
/// start, restart: `config`.
void read_changes(Context& context, const SectionReader& section, Entry& entry);
/// Reports targets of `verb` that are no producer (or no consumer group or member).
void check_clients(Context& context, const SectionReader& section, std::string_view verb, const Entry& entry,
                   bool producer);

/// Topics and partitions that only come to be during the run, before anything refers to them.
void declare_topics(Context& context, const Node& node, const Field& head, Verb verb);

}  // namespace kafkasim::sim
