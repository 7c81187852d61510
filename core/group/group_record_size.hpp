// Bytes of the records a coordinator writes: what links and disks are charged for.
#pragma once

#include <cstdint>
#include <vector>

#include "core/protocol/catalogue.hpp"
#include "core/protocol/group_records.hpp"

namespace kafkasim::core {

/// A batch of these records, header included; Kafka's schemas (OffsetCommitKey 1 and Value 4, GroupMetadataKey 2 and
/// Value 3) with fixed-width fields counted exactly and varints of the record as two bytes each.
std::int32_t batch_size(const std::vector<GroupRecord>& records, const Catalogue& catalogue);

}  // namespace kafkasim::core
