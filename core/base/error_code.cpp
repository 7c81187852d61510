#include "core/base/error_code.hpp"

#include <algorithm>
#include <iterator>

#include "core/base/invariant.hpp"

namespace kafkasim {
namespace {

enum class Retry { no, yes, refresh };

struct Row {
  ErrorCode code;
  std::string_view name;
  std::string_view exception;
  Retry retry;
};

// kafka-broker.md 6.1 and kafka-clients.md P-34.
constexpr Row kRows[] = {
    {ErrorCode::UNKNOWN_SERVER_ERROR, "UNKNOWN_SERVER_ERROR", "UnknownServerException", Retry::no},
    {ErrorCode::NONE, "NONE", "", Retry::no},
    {ErrorCode::OFFSET_OUT_OF_RANGE, "OFFSET_OUT_OF_RANGE", "OffsetOutOfRangeException", Retry::no},
    {ErrorCode::CORRUPT_MESSAGE, "CORRUPT_MESSAGE", "CorruptRecordException", Retry::yes},
    {ErrorCode::UNKNOWN_TOPIC_OR_PARTITION, "UNKNOWN_TOPIC_OR_PARTITION", "UnknownTopicOrPartitionException",
     Retry::refresh},
    {ErrorCode::LEADER_NOT_AVAILABLE, "LEADER_NOT_AVAILABLE", "LeaderNotAvailableException", Retry::refresh},
    {ErrorCode::NOT_LEADER_OR_FOLLOWER, "NOT_LEADER_OR_FOLLOWER", "NotLeaderOrFollowerException", Retry::refresh},
    {ErrorCode::REQUEST_TIMED_OUT, "REQUEST_TIMED_OUT", "TimeoutException", Retry::yes},
    {ErrorCode::REPLICA_NOT_AVAILABLE, "REPLICA_NOT_AVAILABLE", "ReplicaNotAvailableException", Retry::refresh},
    {ErrorCode::MESSAGE_TOO_LARGE, "MESSAGE_TOO_LARGE", "RecordTooLargeException", Retry::no},
    {ErrorCode::OFFSET_METADATA_TOO_LARGE, "OFFSET_METADATA_TOO_LARGE", "OffsetMetadataTooLarge", Retry::no},
    {ErrorCode::NETWORK_EXCEPTION, "NETWORK_EXCEPTION", "NetworkException", Retry::refresh},
    {ErrorCode::COORDINATOR_LOAD_IN_PROGRESS, "COORDINATOR_LOAD_IN_PROGRESS", "CoordinatorLoadInProgressException",
     Retry::yes},
    {ErrorCode::COORDINATOR_NOT_AVAILABLE, "COORDINATOR_NOT_AVAILABLE", "CoordinatorNotAvailableException", Retry::yes},
    {ErrorCode::NOT_COORDINATOR, "NOT_COORDINATOR", "NotCoordinatorException", Retry::yes},
    {ErrorCode::RECORD_LIST_TOO_LARGE, "RECORD_LIST_TOO_LARGE", "RecordBatchTooLargeException", Retry::no},
    {ErrorCode::NOT_ENOUGH_REPLICAS, "NOT_ENOUGH_REPLICAS", "NotEnoughReplicasException", Retry::yes},
    {ErrorCode::NOT_ENOUGH_REPLICAS_AFTER_APPEND, "NOT_ENOUGH_REPLICAS_AFTER_APPEND",
     "NotEnoughReplicasAfterAppendException", Retry::yes},
    {ErrorCode::INVALID_REQUIRED_ACKS, "INVALID_REQUIRED_ACKS", "InvalidRequiredAcksException", Retry::no},
    {ErrorCode::ILLEGAL_GENERATION, "ILLEGAL_GENERATION", "IllegalGenerationException", Retry::no},
    {ErrorCode::INCONSISTENT_GROUP_PROTOCOL, "INCONSISTENT_GROUP_PROTOCOL", "InconsistentGroupProtocolException",
     Retry::no},
    {ErrorCode::UNKNOWN_MEMBER_ID, "UNKNOWN_MEMBER_ID", "UnknownMemberIdException", Retry::no},
    {ErrorCode::INVALID_SESSION_TIMEOUT, "INVALID_SESSION_TIMEOUT", "InvalidSessionTimeoutException", Retry::no},
    {ErrorCode::REBALANCE_IN_PROGRESS, "REBALANCE_IN_PROGRESS", "RebalanceInProgressException", Retry::no},
    {ErrorCode::INVALID_TIMESTAMP, "INVALID_TIMESTAMP", "InvalidTimestampException", Retry::no},
    {ErrorCode::TOPIC_ALREADY_EXISTS, "TOPIC_ALREADY_EXISTS", "TopicExistsException", Retry::no},
    {ErrorCode::INVALID_PARTITIONS, "INVALID_PARTITIONS", "InvalidPartitionsException", Retry::no},
    {ErrorCode::INVALID_REPLICATION_FACTOR, "INVALID_REPLICATION_FACTOR", "InvalidReplicationFactorException",
     Retry::no},
    {ErrorCode::INVALID_CONFIG, "INVALID_CONFIG", "InvalidConfigurationException", Retry::no},
    {ErrorCode::NOT_CONTROLLER, "NOT_CONTROLLER", "NotControllerException", Retry::yes},
    {ErrorCode::INVALID_REQUEST, "INVALID_REQUEST", "InvalidRequestException", Retry::no},
    {ErrorCode::POLICY_VIOLATION, "POLICY_VIOLATION", "PolicyViolationException", Retry::no},
    {ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER, "OUT_OF_ORDER_SEQUENCE_NUMBER", "OutOfOrderSequenceException", Retry::no},
    {ErrorCode::DUPLICATE_SEQUENCE_NUMBER, "DUPLICATE_SEQUENCE_NUMBER", "DuplicateSequenceException", Retry::no},
    {ErrorCode::INVALID_PRODUCER_EPOCH, "INVALID_PRODUCER_EPOCH", "InvalidProducerEpochException", Retry::no},
    {ErrorCode::OPERATION_NOT_ATTEMPTED, "OPERATION_NOT_ATTEMPTED", "OperationNotAttemptedException", Retry::no},
    {ErrorCode::KAFKA_STORAGE_ERROR, "KAFKA_STORAGE_ERROR", "KafkaStorageException", Retry::refresh},
    {ErrorCode::UNKNOWN_PRODUCER_ID, "UNKNOWN_PRODUCER_ID", "UnknownProducerIdException", Retry::no},
    {ErrorCode::GROUP_ID_NOT_FOUND, "GROUP_ID_NOT_FOUND", "GroupIdNotFoundException", Retry::no},
    {ErrorCode::FENCED_LEADER_EPOCH, "FENCED_LEADER_EPOCH", "FencedLeaderEpochException", Retry::refresh},
    {ErrorCode::UNKNOWN_LEADER_EPOCH, "UNKNOWN_LEADER_EPOCH", "UnknownLeaderEpochException", Retry::yes},
    {ErrorCode::STALE_BROKER_EPOCH, "STALE_BROKER_EPOCH", "StaleBrokerEpochException", Retry::no},
    {ErrorCode::OFFSET_NOT_AVAILABLE, "OFFSET_NOT_AVAILABLE", "OffsetNotAvailableException", Retry::yes},
    {ErrorCode::MEMBER_ID_REQUIRED, "MEMBER_ID_REQUIRED", "MemberIdRequiredException", Retry::no},
    {ErrorCode::PREFERRED_LEADER_NOT_AVAILABLE, "PREFERRED_LEADER_NOT_AVAILABLE",
     "PreferredLeaderNotAvailableException", Retry::no},
    {ErrorCode::GROUP_MAX_SIZE_REACHED, "GROUP_MAX_SIZE_REACHED", "GroupMaxSizeReachedException", Retry::no},
    {ErrorCode::FENCED_INSTANCE_ID, "FENCED_INSTANCE_ID", "FencedInstanceIdException", Retry::no},
    {ErrorCode::ELIGIBLE_LEADERS_NOT_AVAILABLE, "ELIGIBLE_LEADERS_NOT_AVAILABLE",
     "EligibleLeadersNotAvailableException", Retry::no},
    {ErrorCode::ELECTION_NOT_NEEDED, "ELECTION_NOT_NEEDED", "ElectionNotNeededException", Retry::no},
    {ErrorCode::INVALID_RECORD, "INVALID_RECORD", "InvalidRecordException", Retry::no},
    {ErrorCode::UNSTABLE_OFFSET_COMMIT, "UNSTABLE_OFFSET_COMMIT", "UnstableOffsetCommitException", Retry::yes},
    {ErrorCode::INVALID_UPDATE_VERSION, "INVALID_UPDATE_VERSION", "InvalidUpdateVersionException", Retry::no},
    {ErrorCode::UNKNOWN_TOPIC_ID, "UNKNOWN_TOPIC_ID", "UnknownTopicIdException", Retry::refresh},
    {ErrorCode::DUPLICATE_BROKER_REGISTRATION, "DUPLICATE_BROKER_REGISTRATION", "DuplicateBrokerRegistrationException",
     Retry::no},
    {ErrorCode::BROKER_ID_NOT_REGISTERED, "BROKER_ID_NOT_REGISTERED", "BrokerIdNotRegisteredException", Retry::no},
    {ErrorCode::INELIGIBLE_REPLICA, "INELIGIBLE_REPLICA", "IneligibleReplicaException", Retry::no},
    {ErrorCode::NEW_LEADER_ELECTED, "NEW_LEADER_ELECTED", "NewLeaderElectedException", Retry::no},
};

const Row& row(ErrorCode code) {
  const Row* found = std::find_if(std::begin(kRows), std::end(kRows), [code](const Row& r) { return r.code == code; });
  INVARIANT(found != std::end(kRows), "every error has a row");
  return *found;
}

}  // namespace

std::string_view name(ErrorCode code) { return row(code).name; }
std::string_view exception_name(ErrorCode code) { return row(code).exception; }
bool retriable(ErrorCode code) { return row(code).retry != Retry::no; }
bool invalidates_metadata(ErrorCode code) { return row(code).retry == Retry::refresh; }

bool parse_error_code(std::string_view text, ErrorCode& out) {
  for (const Row& r : kRows)
    if (r.name == text) {
      out = r.code;
      return true;
    }
  return false;
}

}  // namespace kafkasim
