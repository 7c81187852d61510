#include "tests/core/client/producer/bench.hpp"

#include <algorithm>
#include <sstream>

namespace kafkasim::core::bench {
namespace {
Instant ms(std::int64_t value) { return Instant{std::chrono::milliseconds{value}}; }
std::vector<NodeId> all_brokers() { return {NodeId{1}, NodeId{2}, NodeId{3}}; }
}  // namespace

Bench::Bench(const ProducerConfig& config, std::int32_t partitions) : producer{NodeId{1001}, config, all_brokers()} {
  for (std::int32_t p = 0; p < partitions; ++p) leaders_[p] = CurrentLeader{BrokerId{1}, LeaderEpoch{0}};
  step([](Producer& p, Turn& turn) { p.on_start(turn); });
}

template <class Step>
void Bench::step(Step&& what) {
  Outbox out;
  Turn turn{now_, now_, choices, out};
  what(producer, turn);
  for (Effect& effect : out.effects()) perform(effect);
}

void Bench::at(std::int64_t after_ms, Event event) {
  event.generation = generations_[event.channel];
  events_.emplace(now_ + std::chrono::milliseconds{after_ms}, std::move(event));
}

void Bench::perform(Effect& effect) {
  if (const auto* open = std::get_if<OpenChannel>(&effect)) {
    ++generations_[open->channel];
    open_.insert(open->channel);
    const Mode mode = modes_[open->peer.value()];
    if (mode == Mode::silent) return;
    Event event{mode == Mode::down ? Event::Kind::lost : Event::Kind::connected,
                open->channel,
                0,
                mode == Mode::down,
                0,
                {},
                {}};
    at(1, std::move(event));
  } else if (const auto* closed = std::get_if<CloseChannel>(&effect)) {
    ++generations_[closed->channel];
    open_.erase(closed->channel);
    std::erase_if(held_, [&](const Held& held) { return held.channel == closed->channel; });
  } else if (auto* request = std::get_if<SendRequest>(&effect)) {
    serve(request->channel, request->correlation, request->request);
  } else if (const auto* timer = std::get_if<SetTimer>(&effect)) {
    timers_.erase(timer->key);
    if (timer->at != kNever) timers_[timer->key] = std::max(timer->at, now_);
  } else if (std::get_if<SendUnblocked>(&effect) != nullptr) {
    line("unblocked");
  } else if (const auto* returned = std::get_if<CallReturned>(&effect)) {
    line("flush " + std::to_string(returned->call) + " returned");
  } else if (std::get_if<ClientClosed>(&effect) != nullptr) {
    line("client closed");
  } else if (const auto* note = std::get_if<Note>(&effect)) {
    tell(*note);
  }
}

void Bench::serve(ChannelId channel, Correlation correlation, Request& request) {
  const Mode mode = modes_[channel];
  if (mode == Mode::silent || mode == Mode::down) return;
  Event reply{Event::Kind::response, channel, correlation, false, 0, {}, {}};
  if (const auto* metadata = std::get_if<MetadataRequest>(&request)) {
    metadata_requests.push_back(now_ms());
    MetadataResponse response;
    response.brokers = all_brokers();
    for (const TopicId topic : metadata->topics) {
      if (!topic_exists) response.unknown.push_back(topic);
      for (const auto& [partition, leader] : leaders_)
        if (topic_exists)
          response.partitions.push_back({{topic, partition}, ErrorCode::NONE, leader.leader_id, leader.leader_epoch});
    }
    reply.response = response;
  } else if (std::holds_alternative<InitProducerIdRequest>(request)) {
    reply.response = InitProducerIdResponse{ErrorCode::NONE, ProducerId{7}, ProducerEpoch{0}};
  } else {
    auto& produced = std::get<ProduceRequest>(request);
    if (mode == Mode::hold) {
      held_.push_back({channel, correlation, std::move(produced)});
      return;
    }
    ProduceResponse response = produce(channel, produced);
    if (produced.acks == Acks::none) {  // a failure is only seen as a closed connection
      if (response.partitions.front().error != ErrorCode::NONE)
        at(1, {Event::Kind::lost, channel, 0, false, 0, {}, {}});
      return;
    }
    reply.response = std::move(response);
  }
  at(1, std::move(reply));
}

ProduceResponse Bench::produce(std::int32_t broker, const ProduceRequest& request) {
  ProduceResponse response;
  for (const ProduceRequest::Partition& part : request.partitions) {
    Offset base;
    const ErrorCode error = append(broker, part, base);
    response.partitions.push_back({part.partition, error, base, Offset{0}, {}});
  }
  return response;
}

ErrorCode Bench::append(std::int32_t broker, const ProduceRequest::Partition& part, Offset& base) {
  const std::int32_t partition = part.partition.partition;
  if (leaders_[partition].leader_id.value() != broker) return ErrorCode::NOT_LEADER_OR_FOLLOWER;
  if (part.batch.size_bytes > max_message_bytes) return ErrorCode::MESSAGE_TOO_LARGE;
  if (refuse_once.erase({partition, appends_[partition]++}) > 0) return ErrorCode::NOT_ENOUGH_REPLICAS;
  std::vector<Stored>& log = logs_[partition];
  std::int64_t end = 0;
  for (const Stored& stored : log) {
    if (part.batch.idempotent() && stored.epoch == part.batch.producer_epoch &&
        stored.first == part.batch.base_sequence) {
      base = Offset{end};
      return ErrorCode::NONE;  // a repeat
    }
    end += counts_[stored.serial];
  }
  if (part.batch.idempotent() && check_sequences && !log.empty()) {
    const bool same_epoch = log.back().epoch == part.batch.producer_epoch;
    const std::int32_t expected = same_epoch ? log.back().last + 1 : 0;
    if (part.batch.base_sequence != expected) return ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER;
  }
  base = Offset{end};
  log.push_back(
      {part.batch.payload.serial, part.batch.producer_epoch, part.batch.base_sequence, part.batch.last_sequence()});
  return ErrorCode::NONE;
}

void Bench::answer(std::int32_t broker, ErrorCode error, CurrentLeader hint) {
  const auto it = std::find_if(held_.begin(), held_.end(), [&](const Held& held) { return held.channel == broker; });
  const Held held = *it;
  held_.erase(it);
  Event reply{Event::Kind::response, held.channel, held.correlation, false, 0, {}, {}};
  if (error == ErrorCode::NONE) {
    reply.response = produce(broker, held.request);
  } else {
    ProduceResponse response;
    for (const auto& part : held.request.partitions)
      response.partitions.push_back({part.partition, error, Offset{}, Offset{0}, hint});
    reply.response = response;
  }
  at(0, std::move(reply));
}

std::size_t Bench::held(std::int32_t broker) const {
  return static_cast<std::size_t>(
      std::count_if(held_.begin(), held_.end(), [&](const Held& held) { return held.channel == broker; }));
}

void Bench::lead(std::int32_t partition, std::int32_t broker, std::int32_t epoch) {
  leaders_[partition] = CurrentLeader{BrokerId{broker}, LeaderEpoch{epoch}};
}

void Bench::crash(std::int32_t broker) {
  modes_[broker] = Mode::down;
  std::erase_if(held_, [&](const Held& held) { return held.channel == broker; });
  if (!open_.contains(broker)) return;
  ++generations_[broker];
  at(0, {Event::Kind::lost, broker, 0, false, 0, {}, {}});
}

void Bench::send(std::int32_t count, PartitionChoice choice, std::int32_t bytes) {
  RecordRun run{next_record_, count, bytes, now_, Duration{}};
  step([&](Producer& p, Turn& turn) { next_record_ += p.send(run, TopicId{0}, choice, turn); });
}

void Bench::send_more(std::int32_t count, PartitionChoice choice, std::int32_t bytes) {
  RecordRun run{next_record_, count, bytes, now_, Duration{}};
  step([&](Producer& p, Turn& turn) { next_record_ += p.send(run, TopicId{0}, choice, turn, true); });
}

void Bench::flush(std::int32_t call) {
  step([call](Producer& p, Turn& turn) { p.flush(call, turn); });
}

void Bench::close() {
  step([](Producer& p, Turn& turn) { p.on_shutdown(turn); });
}

void Bench::deliver(Event& event) {
  if (event.kind == Event::Kind::timer) {
    step([&](Producer& p, Turn& turn) { p.on_timer(event.timer, turn); });
    return;
  }
  if (event.generation != generations_[event.channel] || !open_.contains(event.channel)) return;
  if (event.kind == Event::Kind::lost) {
    open_.erase(event.channel);
    ++generations_[event.channel];
    step([&](Producer& p, Turn& turn) { p.on_disconnected(event.channel, event.refused, turn); });
  } else if (event.kind == Event::Kind::connected) {
    step([&](Producer& p, Turn& turn) { p.on_connected(event.channel, turn); });
  } else {
    step([&](Producer& p, Turn& turn) {
      p.on_response(event.channel, event.correlation, std::move(event.response), turn);
    });
  }
}

void Bench::run_to(std::int64_t until_ms) {
  while (true) {
    const auto timer = std::min_element(timers_.begin(), timers_.end(),
                                        [](const auto& a, const auto& b) { return a.second < b.second; });
    const Instant next_timer = timer == timers_.end() ? kNever : timer->second;
    const Instant next_event = events_.empty() ? kNever : events_.begin()->first;
    const Instant next = std::min(next_timer, next_event);
    if (next > ms(until_ms)) break;
    now_ = next;
    Event event{Event::Kind::timer, -1, 0, false, 0, {}, {}};
    if (next_event <= next_timer) {
      event = std::move(events_.begin()->second);
      events_.erase(events_.begin());
    } else {
      event.timer = timer->first;
      timers_.erase(timer);
    }
    deliver(event);
  }
  now_ = ms(until_ms);
}

void Bench::line(const std::string& words) {
  if (hidden.contains(words.substr(0, words.find(' ')))) return;
  std::ostringstream whole;
  whole << now_ms() << ' ' << words;
  lines_.push_back(whole.str());
}

template <class... Words>
void Bench::say(const Words&... words) {
  std::ostringstream out;
  (out << ... << words);
  line(out.str());
}

void Bench::tell(const Note& note) {
  if (const auto* closed = std::get_if<BatchClosed>(&note)) {
    first_record_[closed->payload.serial] = closed->runs.front().first;
    std::int32_t& records = counts_[closed->payload.serial];
    for (const RecordRun& run : closed->runs) records += run.count;
    say("closed #", closed->payload.serial, " records ", records, " bytes ", closed->size_bytes);
  } else if (const auto* sent = std::get_if<BatchSent>(&note)) {
    say("sent #", sent->payload.serial, " t-", sent->partition.partition, " to ", sent->broker.value(), " try ",
        sent->attempt);
  } else if (const auto* acked = std::get_if<BatchAcked>(&note)) {
    say("acked #", acked->payload.serial, " at ", acked->base_offset.value());
  } else if (const auto* failed = std::get_if<BatchFailed>(&note)) {
    say("failed #", failed->payload.serial, ' ', name(failed->error));
  } else if (const auto* error = std::get_if<BatchError>(&note)) {
    say("error #", error->payload.serial, ' ', name(error->error), error->retried ? " retried" : "");
  } else if (const auto* rejected = std::get_if<RecordsRejected>(&note)) {
    say("rejected ", rejected->run.first, " x", rejected->run.count, ' ', name(rejected->error));
  } else if (const auto* identity = std::get_if<ProducerIdentity>(&note)) {
    say("identity ", identity->producer_id.value(), " epoch ", identity->epoch.value());
  } else if (const auto* lost = std::get_if<ConnectionLost>(&note)) {
    say("lost ", lost->peer.value(), " in flight ", lost->in_flight, lost->timed_out ? " timed out" : "",
        lost->refused ? " refused" : "");
  } else if (const auto* leader = std::get_if<LeaderLearned>(&note)) {
    say("leader t-", leader->partition.partition, " is ", leader->leader.value(), " epoch ", leader->epoch.value());
  }
}

std::string Bench::story() {
  std::string all;
  for (const std::string& words : lines_) (all += words) += '\n';
  lines_.clear();
  return all;
}

std::vector<std::int64_t> Bench::log(std::int32_t partition) const {
  std::vector<std::int64_t> firsts;
  const auto it = logs_.find(partition);
  if (it == logs_.end()) return firsts;
  for (const Stored& stored : it->second) firsts.push_back(first_record_.at(stored.serial));
  return firsts;
}

std::int32_t Bench::count(const std::string& word) const {
  return static_cast<std::int32_t>(std::count_if(
      lines_.begin(), lines_.end(), [&](const std::string& words) { return words.find(word) != std::string::npos; }));
}

}  // namespace kafkasim::core::bench
