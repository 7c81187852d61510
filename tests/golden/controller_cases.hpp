// Partitions and clusters as election.jsonl and controller.jsonl describe them.
#pragma once

#include <string>
#include <vector>

#include "core/controller/election.hpp"
#include "core/protocol/metadata_records.hpp"
#include "tests/golden/compare.hpp"

namespace kafkasim::golden {

std::vector<BrokerId> sorted_brokers(const Json& ids);
PartitionRegistration partition_of(const Json& from);
/// `prefix`: "target_" for what is asked for.
core::Reassignment reassignment_of(const Json& from, const std::string& prefix = "");
/// As the cases print it; ISR, ELR and last known ELR sorted: they are sets.
Json partition_text(const PartitionRegistration& partition);
/// The same of a case. `golden_case` may say that last_known_elr depends on the version (R3.25): left out then.
Json expected_partition(const Json& golden_case, const Json& from);
Json seen_partition(const Json& golden_case, const PartitionRegistration& partition);

}  // namespace kafkasim::golden
