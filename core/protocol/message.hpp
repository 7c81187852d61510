// Every request and response that travels between processes.
#pragma once

#include <string_view>
#include <variant>

#include "core/protocol/admin_messages.hpp"
#include "core/protocol/controller_messages.hpp"
#include "core/protocol/data_messages.hpp"
#include "core/protocol/group_messages.hpp"

namespace kafkasim {

using Request =
    std::variant<ProduceRequest, FetchRequest, ListOffsetsRequest, OffsetForLeaderEpochRequest, MetadataRequest,
                 InitProducerIdRequest, FindCoordinatorRequest, JoinGroupRequest, SyncGroupRequest, HeartbeatRequest,
                 LeaveGroupRequest, OffsetCommitRequest, OffsetFetchRequest, BrokerRegistrationRequest,
                 BrokerHeartbeatRequest, AlterPartitionRequest, AllocateProducerIdsRequest, MetadataFetchRequest,
                 ElectLeadersRequest, CreateTopicsRequest, CreatePartitionsRequest, IncrementalAlterConfigsRequest>;

/// Same order as Request: the response to alternative i is alternative i.
using Response =
    std::variant<ProduceResponse, FetchResponse, ListOffsetsResponse, OffsetForLeaderEpochResponse, MetadataResponse,
                 InitProducerIdResponse, FindCoordinatorResponse, JoinGroupResponse, SyncGroupResponse,
                 HeartbeatResponse, LeaveGroupResponse, OffsetCommitResponse, OffsetFetchResponse,
                 BrokerRegistrationResponse, BrokerHeartbeatResponse, AlterPartitionResponse,
                 AllocateProducerIdsResponse, MetadataFetchResponse, ElectLeadersResponse, CreateTopicsResponse,
                 CreatePartitionsResponse, IncrementalAlterConfigsResponse>;

static_assert(std::variant_size_v<Request> == std::variant_size_v<Response>);

/// "Produce", "Fetch", ... as Kafka's ApiKeys prints them.
std::string_view api_name(std::size_t alternative);
inline std::string_view api_name(const Request& request) { return api_name(request.index()); }
inline std::string_view api_name(const Response& response) { return api_name(response.index()); }

/// Bytes on the wire, framing included: what links and network threads are charged for.
std::int64_t wire_size(const Request& request);
std::int64_t wire_size(const Response& response);

}  // namespace kafkasim
