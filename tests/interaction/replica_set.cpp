#include "tests/interaction/replica_set.hpp"

#include <algorithm>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace kafkasim::test {

using core::FollowerFetch;
using core::FollowerStep;
using core::Log;
using core::Partition;

namespace {

constexpr std::int32_t kFetchBytes = 1 << 20;
constexpr std::int32_t kRecordBytes = 100;

BrokerId broker(const std::string& text) { return BrokerId{std::stoi(text)}; }
std::string number(Offset offset) { return std::to_string(offset.value()); }

void add(std::string& text, std::string_view separator, std::string_view item) {
  if (!text.empty()) text += separator;
  text += item;
}

std::string list(const std::vector<BrokerId>& brokers) {
  std::string text;
  for (const BrokerId id : brokers) add(text, ",", std::to_string(id.value()));
  return text.empty() ? "-" : text;
}

std::vector<BrokerId> brokers(const std::string& text) {
  std::vector<BrokerId> ids;
  for (const std::int32_t id : parse_list(text)) ids.push_back(BrokerId{id});
  return ids;
}

// Runs of one epoch: "0:m0,m1 2:m5": every record is named after the batch that first carried it.
std::string contents(const Log& log) {
  std::string text;
  LeaderEpoch epoch;
  for (const Batch& batch : log.batches()) {
    if (batch.leader_epoch == epoch)
      text += ',';
    else
      add(text, " ", std::to_string(batch.leader_epoch.value()) + ':');
    epoch = batch.leader_epoch;
    text += 'm';
    text += std::to_string(batch.payload.serial);
    if (batch.record_count > 1) text.append("x").append(std::to_string(batch.record_count));
  }
  return text.empty() ? "-" : text;
}

std::string cache(const Log& log) {
  std::string text;
  for (const core::EpochEntry& entry : log.epochs().entries())
    add(text, ",", std::to_string(entry.epoch.value()) + '@' + number(entry.start));
  return text.empty() ? "-" : text;
}

std::string range(Offset first, Offset end) {
  return first == end ? "nothing" : number(first) + ".." + number(end - 1);
}

std::string describe_step(const FollowerStep& step) {
  switch (step.outcome) {
    case FollowerStep::Outcome::ignored:
      return "ignored";
    case FollowerStep::Outcome::appended:
      return "appended " + range(step.log_end_before, step.log_end);
    case FollowerStep::Outcome::truncated:
      return "truncated from " + number(step.log_end_before) + " to " + number(step.log_end);
    case FollowerStep::Outcome::out_of_range:
      return "out of range";
    case FollowerStep::Outcome::back_off:
      return "backs off";
    case FollowerStep::Outcome::failed:
      return "failed until new metadata";
  }
  return "?";
}

}  // namespace

std::string ReplicaSet::run(const Command& command) {
  const auto id = [&] { return broker(command.words.at(0)); };
  if (command.name == "new") return create(command);
  if (command.name == "log") return preload(command);
  if (command.name == "elect") return elect(command);
  if (command.name == "tell") return tell(id());
  if (command.name == "produce") return produce(command);
  if (command.name == "fetch") return fetch(id(), command.option("reply", "") == "lost");
  if (command.name == "settle") return fetch_until_settled(id());
  if (command.name == "consume") return consume(command);
  if (command.name == "latest") return latest(id());
  if (command.name == "check-isr") return check_isr(id());
  if (command.name == "alter") return alter(command);
  if (command.name == "stop") return stop(id());
  if (command.name == "start") return start(command);
  if (command.name == "advance") return advance(command.words.at(0));
  if (command.name == "state") return state();
  if (command.name == "acked") {
    const auto verdict = running(id()).check_produce(Offset{command.number("offset", 0)});
    return verdict ? std::string{kafkasim::name(*verdict)} : "waits";
  }
  if (command.name == "broker") {
    metadata_.brokers[id()].fenced = command.words.at(1) == "fenced";
    return command.words.at(1);
  }
  throw std::runtime_error{"no such command: " + command.name};
}

std::string ReplicaSet::create(const Command& command) {
  settings_.topic.min_insync_replicas = static_cast<std::int32_t>(command.number("min-isr", 1));
  const std::string rule = command.option("rule", "");
  if (rule == "hw_needs_min_isr:off")
    settings_.rules.hw_needs_min_isr = false;
  else if (rule == "isr_join_needs_epoch_start:off")
    settings_.rules.isr_join_needs_epoch_start = false;
  else if (rule == "hw_counts_maximal_isr:off")
    settings_.rules.hw_counts_maximal_isr = false;
  else if (!rule.empty())
    throw std::runtime_error{"no such rule: " + rule};
  registration_.replicas = brokers(command.options.at("brokers"));
  for (const BrokerId id : registration_.replicas) {
    machines_[id].replica = Partition{tp_, id, Log{settings_.topic}, Offset{0}};
    metadata_.brokers[id] = {BrokerEpoch{1000 + id.value()}, 1, "", false, false};
  }
  return "ok";
}

std::string ReplicaSet::preload(const Command& command) {
  const BrokerId id = broker(command.words.at(0));
  Log log{settings_.topic};
  std::string runs = command.words.at(1);
  for (char& c : runs) c = c == ':' ? ',' : c;
  const std::vector<std::int32_t> numbers = parse_list(runs);
  for (std::size_t i = 0; i + 1 < numbers.size(); i += 2)
    for (std::int32_t k = 0; k < numbers[i + 1]; ++k) {
      Batch batch;
      batch.base_offset = log.log_end();
      batch.record_count = 1;
      batch.size_bytes = kRecordBytes;
      batch.leader_epoch = LeaderEpoch{numbers[i]};
      batch.payload.serial = static_cast<std::uint32_t>(log.log_end().value());  // one lineage: named by offset
      log.append_as_follower(batch);
    }
  next_serial_ = std::max(next_serial_, static_cast<std::uint32_t>(log.log_end().value()));
  machines_.at(id).replica = Partition{tp_, id, log, Offset{command.number("hw", 0)}};
  return "end " + number(log.log_end());
}

std::string ReplicaSet::elect(const Command& command) {
  registration_.leader = broker(command.words.at(0));
  registration_.leader_epoch = LeaderEpoch{static_cast<std::int32_t>(command.number("epoch", 0))};
  registration_.isr = brokers(command.option("isr", list(registration_.isr)));
  registration_.partition_epoch = PartitionEpoch{registration_.partition_epoch.value() + 1};
  std::string text;
  for (auto& [id, machine] : machines_) {
    if (!machine.replica) continue;
    if (command.has("to")) {
      const auto told = brokers(command.options.at("to"));
      if (std::find(told.begin(), told.end(), id) == told.end()) continue;
    }
    add(text, "\n", tell(id));
  }
  return text.empty() ? "nobody told" : text;
}

std::string ReplicaSet::tell(BrokerId id) {
  Partition& replica = running(id);
  const core::MetadataChange change = replica.apply(registration_, settings_, view());
  std::string text{"b"};
  text.append(std::to_string(id.value())).append(": ");
  if (change.ignored) return text + "ignored";
  text += replica.is_leader() ? "leads" : "follows b" + std::to_string(replica.leader().value());
  text += " in epoch " + std::to_string(replica.leader_epoch().value());
  if (replica.is_leader() && change.leader_epoch_grew) text += " from offset " + number(replica.epoch_start_offset());
  if (change.hw_moved) text += ", high watermark " + number(replica.high_watermark());
  return text;
}

std::string ReplicaSet::produce(const Command& command) {
  Batch batch;
  batch.record_count = static_cast<std::int32_t>(command.number("records", 1));
  batch.size_bytes = kRecordBytes * batch.record_count;
  batch.payload.serial = next_serial_;
  if (command.has("pid")) {
    batch.producer_id = ProducerId{command.number("pid", -1)};
    batch.producer_epoch = ProducerEpoch{0};
    batch.base_sequence = static_cast<std::int32_t>(command.number("seq", 0));
  }
  const std::string acks = command.option("acks", "all");
  const Acks wanted = acks == "all" ? Acks::all : acks == "1" ? Acks::leader : Acks::none;
  Partition& replica = running(broker(command.words.at(0)));
  const core::ProduceAppend done = replica.append(batch, wanted, view());
  if (done.error != ErrorCode::NONE) return std::string{kafkasim::name(done.error)};
  std::string text = range(done.base_offset, done.required_offset);
  if (done.duplicate)
    text += " (duplicate)";
  else
    text.append(" m").append(std::to_string(next_serial_++));
  if (wanted != Acks::all) return text + ", acknowledged";
  const auto verdict = replica.check_produce(done.required_offset);
  return text + (verdict ? ", acknowledged" : ", waits");
}

std::string ReplicaSet::fetch(BrokerId id, bool reply_lost) {
  Partition& follower = running(id);
  if (!follower.can_fetch()) return "does not fetch";
  Machine& machine = machines_.at(follower.leader());
  if (!machine.replica) return "leader is down";
  Partition& leader = *machine.replica;
  const FetchRequest::Partition request = follower.next_fetch(kFetchBytes);
  const BrokerEpoch epoch = metadata_.brokers.at(id).epoch;
  const FollowerFetch fetched = leader.fetch_by_follower(request, id, epoch, kFetchBytes, true, view());
  std::string text = "at " + number(request.fetch_offset) + ": ";
  if (fetched.answer.error != ErrorCode::NONE) text += std::string{kafkasim::name(fetched.answer.error)} + ", ";
  if (const auto& diverging = fetched.answer.diverging_epoch)
    text += "epoch " + std::to_string(diverging->epoch.value()) + " ends at " + number(diverging->end_offset) + ", ";
  if (reply_lost) {
    text += "reply lost";
  } else {
    FollowerStep step = follower.on_fetch_response(fetched.answer, request);
    text += describe_step(step);
    if (step.outcome == FollowerStep::Outcome::out_of_range) {
      step = follower.on_leader_offsets(leader.log().log_start(), leader.log().log_end(), request.current_leader_epoch);
      text += ", " + describe_step(step);
    }
  }
  if (fetched.hw_moved) text += "; leader's high watermark " + number(leader.high_watermark());
  if (fetched.isr_proposed) text += "; leader proposes ISR " + list(leader.pending()->isr);
  collect_alter(leader);
  return text;
}

std::string ReplicaSet::fetch_until_settled(BrokerId id) {
  std::string text;
  for (int round = 0; round < 10; ++round) {
    const std::string before = state();
    const std::string fetched = fetch(id, false);
    if (state() == before) return text.empty() ? "nothing changes" : text;
    add(text, "\n", fetched);
  }
  return text + "\nstill changing";
}

std::string ReplicaSet::consume(const Command& command) {
  FetchRequest::Partition request;
  request.fetch_offset = Offset{command.number("from", 0)};
  const FollowerFetch got = running(broker(command.words.at(0))).read_for_consumer(request, kFetchBytes, true);
  if (got.answer.error != ErrorCode::NONE) return std::string{kafkasim::name(got.answer.error)};
  if (got.answer.records.empty()) return "nothing, high watermark " + number(got.answer.high_watermark);
  return range(got.answer.records.front().base_offset, got.answer.records.back().next_offset());
}

std::string ReplicaSet::latest(BrokerId id) const {
  const auto answer = machines_.at(id).replica.value().list_offset({tp_, LeaderEpoch{}, OffsetSpec::latest}, false);
  return answer.error == ErrorCode::NONE ? number(answer.offset) : std::string{kafkasim::name(answer.error)};
}

std::string ReplicaSet::check_isr(BrokerId id) {
  Partition& replica = running(id);
  if (!replica.check_isr(view())) return "no change";
  const std::string text = "proposes ISR " + list(replica.pending()->isr);
  collect_alter(replica);
  return text;
}

void ReplicaSet::collect_alter(Partition& replica) {
  const BrokerId id = replica.self();
  const auto request = replica.take_alter_request(metadata_.brokers.at(id).epoch);
  if (!request) return;
  if (alters_[id].empty())
    alters_[id].push_back(*request);
  else
    replica.on_alter_refused();
}

std::string ReplicaSet::alter(const Command& command) {
  const BrokerId id = broker(command.words.at(0));
  auto& open = alters_[id];
  if (open.empty()) return "nothing asked";
  const AlterPartitionRequest::Partition request = open.front();
  open.clear();
  AlterPartitionResponse::Partition response{tp_, ErrorCode::NONE,        id, request.leader_epoch,
                                             {},  request.partition_epoch};
  const std::string verdict = command.words.size() > 1 ? command.words[1] : "ok";
  if (verdict == "ok") {
    for (const auto& member : request.new_isr) response.isr.push_back(member.broker);
    response.partition_epoch = PartitionEpoch{request.partition_epoch.value() + 1};
    registration_.isr = response.isr;
    registration_.partition_epoch = response.partition_epoch;
  } else if (!parse_error_code(verdict, response.error)) {
    throw std::runtime_error{"no such error: " + verdict};
  }
  Partition& replica = running(id);
  const core::AlterOutcome outcome = replica.on_alter_response(response, view());
  collect_alter(replica);
  std::string text = outcome.committed ? "ISR " + list(replica.isr()) : outcome.resend ? "sent again" : "no change";
  if (outcome.hw_moved) text += ", high watermark " + number(replica.high_watermark());
  return text;
}

std::string ReplicaSet::stop(BrokerId id) {
  Machine& machine = machines_.at(id);
  machine.high_watermark = running(id).high_watermark();
  machine.disk = std::move(*machine.replica).take_log();
  machine.replica.reset();
  alters_[id].clear();
  return "down";
}

std::string ReplicaSet::start(const Command& command) {
  const BrokerId id = broker(command.words.at(0));
  Machine& machine = machines_.at(id);
  if (command.has("lose-after")) machine.disk.lose_after(Offset{command.number("lose-after", 0)});
  machine.disk.load();
  machine.replica = Partition{tp_, id, machine.disk, Offset{command.number("hw", machine.high_watermark.value())}};
  return "end " + number(machine.replica->log().log_end()) + ", high watermark " +
         number(machine.replica->high_watermark());
}

std::string ReplicaSet::advance(const std::string& seconds) {
  now_ = later(now_, std::chrono::seconds{std::stoll(seconds)});
  return seconds;
}

std::string ReplicaSet::state() const {
  std::string text;
  for (const auto& [id, machine] : machines_) add(text, "\n", describe(id, machine));
  return text;
}

std::string ReplicaSet::describe(BrokerId id, const Machine& machine) const {
  std::string text{"b"};
  text.append(std::to_string(id.value())).append(" ");
  if (!machine.replica) return text + "down, log " + contents(machine.disk);
  const Partition& replica = *machine.replica;
  text += replica.is_leader() ? "leader" : replica.role() == Partition::Role::follower ? "follower" : "no role";
  text += " end " + number(replica.log().log_end()) + " hw " + number(replica.high_watermark());
  text += " log " + contents(replica.log()) + " epochs " + cache(replica.log());
  if (!replica.is_leader()) return text;
  text += " isr " + list(replica.isr());
  if (replica.pending()) text += " pending " + list(replica.pending()->isr);
  return text;
}

core::Partition& ReplicaSet::running(BrokerId id) {
  auto& replica = machines_.at(id).replica;
  if (!replica) throw std::runtime_error{"broker " + std::to_string(id.value()) + " is down"};
  return *replica;
}

}  // namespace kafkasim::test
