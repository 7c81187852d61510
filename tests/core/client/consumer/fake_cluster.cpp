#include "tests/core/client/consumer/fake_cluster.hpp"

#include <algorithm>
#include <memory>
#include <sstream>
#include <utility>

namespace kafkasim::core::test {
namespace {

constexpr Duration kDelay = 1ms;

CataloguePtr catalogue() {
  return std::make_shared<const Catalogue>(Catalogue{{"orders", "other"}, {"billing"}, TopicId{}});
}

std::string text(TopicPartition tp) { return catalogue()->name(tp); }

std::string text(const std::vector<TopicPartition>& partitions) {
  std::string all;
  for (const TopicPartition tp : partitions) all += " " + text(tp);
  return all;
}

std::string text(Offset offset) { return std::to_string(offset.value()); }

/// What of a request a table wants to see.
std::string detail(const Request& request) {
  std::string out;
  if (const auto* fetch = std::get_if<FetchRequest>(&request))
    for (const auto& part : fetch->partitions)
      out += " " + text(part.partition) + "@" + text(part.fetch_offset) + "/e" +
             std::to_string(part.current_leader_epoch.value());
  if (const auto* join = std::get_if<JoinGroupRequest>(&request)) {
    out += " member=" + join->member_id;
    for (const auto& name : join->protocols) out += " " + name;
  }
  if (const auto* sync = std::get_if<SyncGroupRequest>(&request)) {
    out += " gen=" + std::to_string(sync->generation.value());
    for (const auto& [member, assigned] : sync->assignments) out += " " + member + ":" + text(assigned);
  }
  if (const auto* beat = std::get_if<HeartbeatRequest>(&request))
    out += " gen=" + std::to_string(beat->generation.value());
  if (const auto* leave = std::get_if<LeaveGroupRequest>(&request)) out += " member=" + leave->member_id;
  if (const auto* commit = std::get_if<OffsetCommitRequest>(&request)) {
    out += " gen=" + std::to_string(commit->generation.value());
    for (const auto& part : commit->partitions) out += " " + text(part.partition) + "=" + text(part.offset);
  }
  if (const auto* offsets = std::get_if<OffsetFetchRequest>(&request)) out += text(offsets->partitions);
  if (const auto* list = std::get_if<ListOffsetsRequest>(&request))
    for (const auto& part : list->partitions)
      out += " " + text(part.partition) +
             (part.spec == OffsetSpec::earliest ? "=earliest"
              : part.spec == OffsetSpec::latest ? "=latest"
                                                : "=time");
  if (const auto* epochs = std::get_if<OffsetForLeaderEpochRequest>(&request))
    for (const auto& part : epochs->partitions)
      out += " " + text(part.partition) + "/e" + std::to_string(part.leader_epoch.value());
  return out;
}

}  // namespace

FakeCluster::FakeCluster(ConsumerConfig config, bool subscribe)
    : consumer{subscribe ? Consumer{NodeId{1001},
                                    "billing/1",
                                    GroupId{0},
                                    std::move(config),
                                    catalogue(),
                                    std::vector<TopicId>{kOrders},
                                    {NodeId{1}, NodeId{2}, NodeId{3}}}
                         : Consumer{NodeId{1001},
                                    "reader/1",
                                    GroupId{},
                                    std::move(config),
                                    catalogue(),
                                    std::vector<TopicPartition>{orders(0)},
                                    {NodeId{1}, NodeId{2}, NodeId{3}}}} {
  logs[orders(0)].leader = BrokerId{1};
  logs[orders(1)].leader = BrokerId{3};
  turn([](Consumer& c, Turn& t) { c.on_start(t); });
}

template <class Call>
void FakeCluster::turn(Call&& call) {
  Outbox out;
  Turn step{now, now, choices_, out};
  call(consumer, step);
  for (Effect& effect : out.effects()) perform(std::move(effect));
}

void FakeCluster::line(const std::string& text) {
  if (with_times) transcript_ += std::to_string(now.time_since_epoch() / 1ms) + " ";
  transcript_ += text + "\n";
}

void FakeCluster::schedule(Duration after, Event event) {
  queue_.emplace(std::pair{now + after, sequence_++}, std::move(event));
}

void FakeCluster::perform(Effect&& effect) {
  if (auto* open = std::get_if<OpenChannel>(&effect)) {
    open_[open->channel] = ++incarnations_;
    if (silent.contains(open->peer)) return;
    const bool refused = down.contains(open->peer);
    schedule(kDelay,
             {refused ? Event::Kind::refused : Event::Kind::connected, open->channel, 0, incarnations_, {}, {}, {}});
  } else if (auto* closed = std::get_if<CloseChannel>(&effect)) {
    const ChannelId channel = closed->channel;
    open_.erase(channel);
    std::erase_if(parked_, [channel](const Parked& asked) { return asked.channel == channel; });
  } else if (auto* sent = std::get_if<SendRequest>(&effect)) {
    if (!std::holds_alternative<MetadataRequest>(sent->request))
      line(std::string{api_name(sent->request)} + "->" + std::to_string(node(sent->channel).value()) +
           detail(sent->request));
    schedule(kDelay, {Event::Kind::deliver,
                      sent->channel,
                      sent->correlation,
                      open_.at(sent->channel),
                      std::move(sent->request),
                      {},
                      {}});
  } else if (auto* timer = std::get_if<SetTimer>(&effect)) {
    timers_[timer->key] = timer->at;
  } else if (auto* returned = std::get_if<PollReturned>(&effect)) {
    in_poll = false;
    polled_.clear();
    for (const PolledRecords& run : returned->records)
      polled_ += (polled_.empty() ? "" : " ") + text(run.partition) + " " + text(run.first) + ".." +
                 text(run.first + (run.count - 1));
    if (!returned->exception.empty()) polled_ = "throws " + std::string{returned->exception};
  } else if (auto* call = std::get_if<CallReturned>(&effect)) {
    line("call " + std::to_string(call->call) +
         (call->exception.empty() ? " ok" : " throws " + std::string{call->exception}));
  } else if (std::holds_alternative<ClientClosed>(effect)) {
    line("closed");
  } else if (auto* written = std::get_if<Note>(&effect)) {
    note(*written);
  }
}

void FakeCluster::note(const Note& note) {
  if (const auto* assigned = std::get_if<PartitionsAssigned>(&note))
    line("assigned gen=" + std::to_string(assigned->generation.value()) + text(assigned->partitions));
  if (const auto* revoked = std::get_if<PartitionsRevoked>(&note))
    line((revoked->lost ? "lost" : "revoked") + text(revoked->partitions));
  if (const auto* position = std::get_if<PositionSet>(&note)) {
    static constexpr const char* kWhy[] = {"committed", "earliest", "latest", "truncated", "seek"};
    line("position " + text(position->partition) + "=" + text(position->position) + " " +
         kWhy[static_cast<int>(position->why)]);
  }
  if (const auto* error = std::get_if<ClientError>(&note))
    line("error " + std::string{error->api} + " " + std::string{name(error->error)});
}

void FakeCluster::handle(Event&& event) {
  if (event.kind == Event::Kind::timer) return turn([&](Consumer& c, Turn& t) { c.on_timer(event.timer, t); });
  const auto open = open_.find(event.channel);
  if (open == open_.end() || open->second != event.incarnation) return;
  switch (event.kind) {
    case Event::Kind::connected:
      return turn([&](Consumer& c, Turn& t) { c.on_connected(event.channel, t); });
    case Event::Kind::refused:
    case Event::Kind::reset:
      open_.erase(open);
      return turn(
          [&](Consumer& c, Turn& t) { c.on_disconnected(event.channel, event.kind == Event::Kind::refused, t); });
    case Event::Kind::deliver:
      return arrive({event.channel, event.correlation, event.incarnation, std::move(*event.request), now});
    case Event::Kind::reply:
      return turn([&](Consumer& c, Turn& t) {
        c.on_response(event.channel, event.correlation, std::move(*event.response), t);
      });
    case Event::Kind::timer:
      break;
  }
}

/// A broker reads a connection's next request only after it has answered the one before (R6.2).
void FakeCluster::arrive(Parked&& asked) {
  std::deque<Parked>& waiting = backlog_[asked.channel];
  std::erase_if(waiting, [&](const Parked& old) { return old.incarnation != asked.incarnation; });
  waiting.push_back(std::move(asked));
  if (waiting.size() == 1) serve(Parked{waiting.front()});
}

void FakeCluster::serve(Parked&& asked) {
  if (down.contains(node(asked.channel))) return;
  const std::string api{api_name(asked.request)};
  if (held.contains(api)) return parked_.push_back(std::move(asked));
  if (const auto* request = std::get_if<FetchRequest>(&asked.request)) {
    bool data = false;
    Response response = fetch(*request, node(asked.channel), data);
    if (data) return reply(asked, std::move(response));
    asked.until = now + request->max_wait;
    return parked_.push_back(std::move(asked));
  }
  reply(asked, answer(asked.request, node(asked.channel)));
}

void FakeCluster::try_parked() {
  for (std::size_t i = 0; i < parked_.size();) {
    const auto* request = std::get_if<FetchRequest>(&parked_[i].request);
    if (request == nullptr || held.contains("Fetch")) {
      ++i;
      continue;
    }
    bool data = false;
    Response response = fetch(*request, node(parked_[i].channel), data);
    if (!data && now < parked_[i].until) {
      ++i;
      continue;
    }
    const Parked asked = parked_[i];
    parked_.erase(parked_.begin() + static_cast<std::ptrdiff_t>(i));
    reply(asked, std::move(response));
  }
}

void FakeCluster::release(const std::string& api) {
  held.erase(api);
  std::vector<Parked> again;
  std::erase_if(parked_, [&](const Parked& asked) {
    if (api_name(asked.request) != api) return false;
    again.push_back(asked);
    return true;
  });
  for (Parked& asked : again) serve(std::move(asked));
}

void FakeCluster::reply(const Parked& to, Response response) {
  schedule(kDelay, {Event::Kind::reply, to.channel, to.correlation, to.incarnation, {}, std::move(response), {}});
  std::deque<Parked>& waiting = backlog_[to.channel];
  waiting.pop_front();
  if (!waiting.empty()) serve(Parked{waiting.front()});
}

Response FakeCluster::fetch(const FetchRequest& request, BrokerId broker, bool& data) {
  FetchResponse response;
  for (const auto& asked : request.partitions) {
    FakeLog& log = logs[asked.partition];
    FetchResponse::Partition part;
    part.partition = asked.partition;
    part.high_watermark = Offset{log.end()};
    if (!errors["Fetch"].empty()) {
      part.error = errors["Fetch"].front();
      errors["Fetch"].pop_front();
    } else if (log.leader != broker) {
      part.error = ErrorCode::NOT_LEADER_OR_FOLLOWER;
      part.current_leader = {log.leader, log.epoch};
    } else if (asked.current_leader_epoch < log.epoch) {
      part.error = ErrorCode::FENCED_LEADER_EPOCH;
    } else if (asked.fetch_offset < Offset{log.start} || asked.fetch_offset > Offset{log.end()}) {
      part.error = ErrorCode::OFFSET_OUT_OF_RANGE;
    } else {
      for (const Batch& batch : log.batches)
        if (batch.last_offset() >= asked.fetch_offset) part.records.push_back(batch);
    }
    data = data || part.error != ErrorCode::NONE || !part.records.empty();
    response.partitions.push_back(std::move(part));
  }
  return response;
}

Response FakeCluster::answer(const Request& request, BrokerId broker) {
  std::deque<ErrorCode>& queue = errors[std::string{api_name(request)}];
  ErrorCode error = ErrorCode::NONE;
  if (!queue.empty()) {
    error = queue.front();
    queue.pop_front();
  }
  if (std::holds_alternative<MetadataRequest>(request)) {
    MetadataResponse response;
    for (const std::int32_t id : {1, 2, 3})
      if (!down.contains(BrokerId{id})) response.brokers.push_back(BrokerId{id});
    for (const auto& [tp, log] : logs) response.partitions.push_back({tp, ErrorCode::NONE, log.leader, log.epoch});
    return response;
  }
  if (std::holds_alternative<FindCoordinatorRequest>(request)) return FindCoordinatorResponse{error, coordinator};
  if (const auto* join = std::get_if<JoinGroupRequest>(&request)) {
    if (error == ErrorCode::NONE && join->member_id.empty()) error = ErrorCode::MEMBER_ID_REQUIRED;
    JoinGroupResponse response{error, Generation{}, "range", "", join->member_id.empty() ? "m1" : join->member_id, {}};
    if (error != ErrorCode::NONE) return response;
    response.generation = Generation{++generation};
    response.leader = assignment ? "m0" : response.member_id;
    response.members = other_members;
    response.members.push_back({response.member_id, join->subscription});
    if (assignment) response.members.clear();
    return response;
  }
  if (const auto* sync = std::get_if<SyncGroupRequest>(&request)) {
    SyncGroupResponse response{error, assignment.value_or(Assignment{})};
    for (const auto& [member, assigned] : sync->assignments)
      if (member == sync->member_id) response.assignment = assigned;
    return response;
  }
  if (std::holds_alternative<HeartbeatRequest>(request)) return HeartbeatResponse{error};
  if (std::holds_alternative<LeaveGroupRequest>(request)) return LeaveGroupResponse{error};
  if (const auto* commit = std::get_if<OffsetCommitRequest>(&request)) {
    if (error == ErrorCode::NONE)
      for (const auto& part : commit->partitions) committed[part.partition] = part.offset;
    return OffsetCommitResponse{error};
  }
  if (const auto* offsets = std::get_if<OffsetFetchRequest>(&request)) {
    OffsetFetchResponse response{error, {}};
    for (const TopicPartition tp : offsets->partitions)
      response.partitions.push_back({tp, committed.contains(tp) ? committed[tp] : Offset{}, committed_epoch});
    return response;
  }
  if (const auto* list = std::get_if<ListOffsetsRequest>(&request)) {
    ListOffsetsResponse response;
    for (const auto& part : list->partitions) {
      const FakeLog& log = logs[part.partition];
      const bool mine = log.leader == broker && error == ErrorCode::NONE;
      const ErrorCode code = error != ErrorCode::NONE ? error : ErrorCode::NOT_LEADER_OR_FOLLOWER;
      const Offset end{part.spec == OffsetSpec::earliest ? log.start : log.end()};
      const Offset found = part.spec == OffsetSpec::timestamp ? by_time.value_or(Offset{}) : end;
      response.partitions.push_back({part.partition, mine ? ErrorCode::NONE : code, found, log.epoch});
    }
    return response;
  }
  const auto& epochs = std::get<OffsetForLeaderEpochRequest>(request);
  OffsetForLeaderEpochResponse response;
  for (const auto& part : epochs.partitions) {
    const FakeLog& log = logs[part.partition];
    const auto end = log.epoch_ends.find(part.leader_epoch.value());
    response.partitions.push_back(
        {part.partition, error, {part.leader_epoch, Offset{end == log.epoch_ends.end() ? log.end() : end->second}}});
  }
  return response;
}

bool FakeCluster::step(Instant limit) {
  Instant next = queue_.empty() ? kNever : queue_.begin()->first.first;
  std::optional<TimerKey> due;
  for (const auto& [key, at] : timers_)
    if (at < next) next = at, due = key;
  for (const Parked& asked : parked_)
    if (std::holds_alternative<FetchRequest>(asked.request) && !held.contains("Fetch") && asked.until < next)
      next = asked.until, due.reset();
  if (next > limit) return false;
  now = next;
  if (due) {
    timers_.erase(*due);
    handle({Event::Kind::timer, 0, 0, 0, {}, {}, *due});
  } else if (!queue_.empty() && queue_.begin()->first.first == now) {
    Event event = std::move(queue_.begin()->second);
    queue_.erase(queue_.begin());
    handle(std::move(event));
  }
  try_parked();
  return true;
}

void FakeCluster::pass(Duration span) {
  const Instant end = now + span;
  while (step(end)) {
  }
  now = end;
}

void FakeCluster::start_poll(Duration timeout) {
  in_poll = true;
  polled_ = "";
  turn([&](Consumer& c, Turn& t) { c.poll(timeout, t); });
}

std::string FakeCluster::poll(Duration timeout) {
  start_poll(timeout);
  until_idle_call();
  return polled_;
}

void FakeCluster::until_idle_call() {
  while (consumer.in_call() && step(kNever)) {
  }
}

void FakeCluster::start_commit_sync(std::int32_t call) {
  turn([&](Consumer& c, Turn& t) { c.commit_sync(call, std::nullopt, t); });
}

void FakeCluster::commit_sync(std::int32_t call) {
  start_commit_sync(call);
  until_idle_call();
}

void FakeCluster::commit_async(std::int32_t call) {
  turn([&](Consumer& c, Turn& t) { c.commit_async(call, std::nullopt, t); });
}

void FakeCluster::seek(TopicPartition tp, Offset to) {
  turn([&](Consumer& c, Turn& t) { c.seek(tp, to, t); });
}

bool FakeCluster::seek_to(TopicPartition tp, OffsetSpec to) {
  bool done = false;
  turn([&](Consumer& c, Turn&) { done = c.seek_to(tp, to); });
  return done;
}

void FakeCluster::seek_to_time(std::int32_t call, std::vector<TopicPartition> partitions) {
  turn([&](Consumer& c, Turn& t) { c.seek_to_time(call, std::move(partitions), Instant{} + 1s, t); });
  until_idle_call();
}

void FakeCluster::close() {
  turn([](Consumer& c, Turn& t) { c.close(t); });
  until_idle_call();
}

void FakeCluster::append(TopicPartition tp, std::int32_t batches, std::int32_t count) {
  FakeLog& log = logs[tp];
  for (std::int32_t i = 0; i < batches; ++i) {
    Batch batch;
    batch.base_offset = Offset{log.end()};
    batch.record_count = count;
    batch.size_bytes = 100 * count;
    batch.leader_epoch = log.epoch;
    log.batches.push_back(batch);
  }
  try_parked();
}

void FakeCluster::kill(BrokerId broker) {
  down.insert(broker);
  for (const auto& [channel, incarnation] : open_)
    if (node(channel) == broker) schedule(kDelay, {Event::Kind::reset, channel, 0, incarnation, {}, {}, {}});
  std::erase_if(parked_, [&](const Parked& asked) { return node(asked.channel) == broker; });
}

std::string FakeCluster::take() { return std::exchange(transcript_, {}); }

std::string FakeCluster::take(const std::string& containing) {
  std::istringstream all{take()};
  std::string kept, each;
  while (std::getline(all, each))
    if (each.find(containing) != std::string::npos) kept += each + "\n";
  return kept;
}

}  // namespace kafkasim::core::test
