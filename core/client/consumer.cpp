#include "core/client/consumer.hpp"

#include <algorithm>
#include <utility>

#include "core/base/invariant.hpp"

namespace kafkasim::core {

using consumer::ApplicationCall;
using consumer::CommitPurpose;
using consumer::FetchState;
using consumer::MemberState;
using consumer::PartitionState;

namespace {

constexpr Duration kCloseTimeout = 30s;  // KafkaConsumer.close() without arguments (C-47)

}  // namespace

Consumer::Consumer(NodeId self, std::string client_id, GroupId group, ConsumerConfig config, CataloguePtr catalogue,
                   std::vector<TopicId> topics, std::vector<NodeId> bootstrap)
    : self_{self},
      client_id_{std::move(client_id)},
      group_{group},
      config_{std::move(config)},
      catalogue_{std::move(catalogue)},
      topics_{std::move(topics)},
      transport_{config_.client},
      metadata_{config_.client, std::move(bootstrap)} {
  INVARIANT(group_.known(), "a subscription needs a group");
  INVARIANT(!topics_.empty(), "a subscription names a topic");
  for (const TopicId topic : topics_) metadata_.add_topic(topic);
}

Consumer::Consumer(NodeId self, std::string client_id, GroupId group, ConsumerConfig config, CataloguePtr catalogue,
                   std::vector<TopicPartition> assign, std::vector<NodeId> bootstrap)
    : self_{self},
      client_id_{std::move(client_id)},
      group_{group},
      config_{std::move(config)},
      catalogue_{std::move(catalogue)},
      transport_{config_.client},
      metadata_{config_.client, std::move(bootstrap)} {
  INVARIANT(!assign.empty(), "assign() names a partition");
  for (const TopicPartition tp : assign) metadata_.add_topic(tp.topic);
  subscriptions_.assign(assign);
}

// --- process --------------------------------------------------------------------------------------------------------

void Consumer::on_start(Turn& turn) {
  if (config_.enable_auto_commit && has_group()) next_auto_commit_ = later(turn.now, config_.auto_commit_interval);
}

void Consumer::on_connected(ChannelId channel, Turn& turn) {
  if (closed_) return;
  transport_.on_connected(channel);
  arrived(turn);
}

void Consumer::on_disconnected(ChannelId channel, bool refused, Turn& turn) {
  if (closed_) return;
  transport_.on_disconnected(channel, refused);
  arrived(turn);
}

void Consumer::on_response(ChannelId channel, Correlation correlation, Response&& response, Turn& turn) {
  if (closed_) return;
  transport_.on_response(channel, correlation, std::move(response));
  arrived(turn);
}

void Consumer::on_timer(TimerKey key, Turn& turn) {
  if (closed_) return;
  if (key.kind == TimerKind::heartbeat_thread) {
    armed_heartbeat_ = kNever;
    run_heartbeat_thread(turn);
  } else {
    INVARIANT(key.kind == TimerKind::poll, "a consumer has two timers");
    armed_call_ = kNever;
  }
  run(turn);
}

// --- the application ------------------------------------------------------------------------------------------------

void Consumer::poll(Duration timeout, Turn& turn) {
  enter(ApplicationCall::Kind::poll, Stage::begin, timeout, turn);
  run(turn);
}

void Consumer::commit_sync(std::int32_t call, std::optional<Offsets> offsets, Turn& turn) {
  enter(ApplicationCall::Kind::commit_sync, Stage::commit, config_.default_api_timeout, turn);
  call_.number = call;
  call_.offsets = offsets ? std::move(*offsets) : subscriptions_.all_consumed();
  if (!has_group()) end_commit({ErrorCode::INVALID_REQUEST, "InvalidGroupIdException"}, turn);
  run(turn);
}

void Consumer::commit_async(std::int32_t call, std::optional<Offsets> offsets, Turn& turn) {
  INVARIANT(!in_call(), "the application makes one call at a time");
  INVARIANT(!closed_, "a closed consumer is not called");
  Offsets all = offsets ? std::move(*offsets) : subscriptions_.all_consumed();
  if (has_group()) {
    commit_without_waiting(CommitPurpose::async_call, call, std::move(all), turn);
    pump(turn);
  } else {
    turn.out.add(CallReturned{call, ErrorCode::INVALID_REQUEST, "InvalidGroupIdException"});
  }
  arm(turn);
}

bool Consumer::seek(TopicPartition tp, Offset to, Turn& turn) {
  INVARIANT(!in_call(), "the application makes one call at a time");
  if (!subscriptions_.assigned(tp)) return false;
  subscriptions_.seek_unvalidated(tp, {to, LeaderEpoch{}, metadata_.leader(tp)});
  turn.out.note(PositionSet{tp, to, PositionSet::Why::seek});
  return true;
}

bool Consumer::seek_to(TopicPartition tp, OffsetSpec to) {
  INVARIANT(!in_call(), "the application makes one call at a time");
  if (!subscriptions_.assigned(tp)) return false;
  subscriptions_.request_reset(tp, to);
  return true;
}

void Consumer::close(Turn& turn) {
  if (closed_ || call_.kind == ApplicationCall::Kind::close) return;
  if (call_.kind == ApplicationCall::Kind::poll) end_poll({}, {}, turn);
  if (call_.kind == ApplicationCall::Kind::commit_sync)
    end_commit({ErrorCode::REQUEST_TIMED_OUT, "WakeupException"}, turn);
  if (call_.kind == ApplicationCall::Kind::lookup) end_call({ErrorCode::REQUEST_TIMED_OUT, "WakeupException"}, turn);
  const bool commit = config_.enable_auto_commit && has_group();
  enter(ApplicationCall::Kind::close, commit ? Stage::commit : Stage::begin, kCloseTimeout, turn);
  call_.offsets = subscriptions_.all_consumed();
  run(turn);
}

// --- views ----------------------------------------------------------------------------------------------------------

Offset Consumer::position(TopicPartition tp) const {
  const PartitionState* partition = subscriptions_.find(tp);
  return partition == nullptr ? Offset{} : partition->position.offset;
}

BrokerId Consumer::reads_from(TopicPartition tp) const {
  const PartitionState* partition = subscriptions_.find(tp);
  return partition == nullptr ? BrokerId{} : partition->position.current_leader.id;
}

std::optional<std::int64_t> Consumer::records_lag(TopicPartition tp) const {
  const PartitionState* partition = subscriptions_.find(tp);
  if (partition == nullptr || partition->recorded_lag < 0) return std::nullopt;
  return partition->recorded_lag;
}

std::optional<std::int64_t> Consumer::current_lag(TopicPartition tp) const {
  const PartitionState* partition = subscriptions_.find(tp);
  if (partition == nullptr || !partition->high_watermark.known() || !partition->position.offset.known())
    return std::nullopt;
  return partition->high_watermark - partition->position.offset;
}

bool Consumer::idle() const {
  if (fetcher_.buffered() || transport_.has_arrivals() || !subscriptions_.has_all_positions()) return false;
  if (!topics_.empty() && (member_.state != MemberState::stable || member_.rejoin_needed)) return false;
  const std::vector<TopicPartition>& all = subscriptions_.order();
  return std::all_of(all.begin(), all.end(), [this](TopicPartition tp) {
    return fetcher_.pending(subscriptions_.find(tp)->position.current_leader.id);
  });
}

}  // namespace kafkasim::core
