#include "sim/check/latency_split.hpp"

#include <algorithm>

#include "core/base/invariant.hpp"
#include "sim/check/history.hpp"

namespace kafkasim::sim {
namespace {

constexpr std::string_view kPartNames[kLatencyParts] = {"client_queue", "retries",     "network",  "broker_queue",
                                                        "append",       "replication", "purgatory"};

Duration& part(LatencyParts& parts, LatencyPart which) { return parts[static_cast<std::size_t>(which)]; }

}  // namespace

std::string_view name(LatencyPart which) { return kPartNames[static_cast<std::size_t>(which)]; }

LatencySplits::Flight* LatencySplits::flight(PayloadId payload) {
  const auto found = flights_.find(payload.client);
  return found == flights_.end() ? nullptr : found->second.find(payload);
}

void LatencySplits::on(HostIndex, const BatchClosed& note, Instant) {
  flights_[note.payload.client].append(note.payload);
}

void LatencySplits::on(HostIndex, const BatchSent& note, Instant now) {
  Flight* at = flight(note.payload);
  if (at == nullptr) return;
  const Instant first = at->first_sent == kNever ? now : at->first_sent;
  *at = Flight{.first_sent = first, .sent = now};
}

void LatencySplits::served(const Envelope& request, Instant now) {
  const auto* produce = std::get_if<ProduceRequest>(&std::get<Request>(request.body));
  if (produce == nullptr) return;
  Payloads payloads;
  for (const ProduceRequest::Partition& one : produce->partitions) {
    payloads.push_back(one.batch.payload);
    if (Flight* at = flight(one.batch.payload)) {
      at->arrived = request.arrived;
      at->began = request.began;
      at->served = now;
    }
  }
  if (produce->acks != Acks::none) requests_[{request.connection, request.correlation}] = std::move(payloads);
}

void LatencySplits::replied(ConnectionId connection, Correlation correlation, Instant now) {
  const auto found = requests_.find({connection, correlation});
  if (found == requests_.end()) return;
  for (const PayloadId payload : found->second)
    if (Flight* at = flight(payload)) at->replied = now;
  requests_.erase(found);
}

void LatencySplits::on(HostIndex who, const LogAppended& note, Instant) {
  if (note.payload.client >= 0) appended_[{who, note.partition}].push_back({note.to, note.payload});
}

void LatencySplits::on(HostIndex who, const HighWatermarkMoved& note, Instant now) {
  const auto found = appended_.find({who, note.partition});
  if (found == appended_.end()) return;
  std::deque<Waiting>& waiting = found->second;
  for (; !waiting.empty() && waiting.front().to <= note.to; waiting.pop_front())
    if (Flight* at = flight(waiting.front().payload)) at->committed = now;
}

// Another leadership: what was appended before is not this leader's to complete.
void LatencySplits::on(HostIndex who, const BecameLeader& note, Instant) { appended_.erase({who, note.partition}); }
void LatencySplits::on(HostIndex who, const BecameFollower& note, Instant) { appended_.erase({who, note.partition}); }

void LatencySplits::on(HostIndex, const BatchFailed& note, Instant) {
  if (flight(note.payload) != nullptr) flights_[note.payload.client].erase(note.payload);
}

// Stages of an earlier attempt that was served late are clamped into the way of the last one: the sum stays exact.
void LatencySplits::acked(HostIndex who, const BatchAcked& note, Instant now, const History& history) {
  const Payload* payload = history.payload(note.payload);
  INVARIANT(payload != nullptr, "the history knows a batch that is acknowledged");
  const RecordRuns& runs = payload->runs;
  PayloadTable<Flight>& flying = flights_[note.payload.client];
  const Flight* found = flying.find(note.payload);
  INVARIANT(found != nullptr, "an acknowledged batch was closed before");
  const Flight at = *found;
  flying.erase(note.payload);
  const auto stage = [&](Instant instant, Instant after, Instant before) {
    return instant == kNever ? before : std::clamp(instant, after, before);
  };
  const Instant first = stage(at.first_sent, runs.front().handed_over, now);
  const Instant sent = stage(at.sent, first, now);
  LatencyParts parts{};
  part(parts, LatencyPart::client_queue) = first - runs.front().handed_over;
  part(parts, LatencyPart::retries) = sent - first;
  if (at.served == kNever) {
    part(parts, LatencyPart::network) = now - sent;
  } else {
    const Instant arrived = stage(at.arrived, sent, now);
    const Instant began = stage(at.began, arrived, now);
    const Instant served = stage(at.served, began, now);
    const Instant replied = stage(at.replied, served, now);
    const Instant committed = stage(at.committed, served, replied);
    part(parts, LatencyPart::network) = (arrived - sent) + (now - replied);
    part(parts, LatencyPart::broker_queue) = began - arrived;
    part(parts, LatencyPart::append) = served - began;
    part(parts, LatencyPart::replication) = committed - served;
    part(parts, LatencyPart::purgatory) = replied - committed;
  }
  std::int64_t records = 0;
  auto& sums = producers_[who].parts;
  for (const RecordRun& run : runs) {
    records += run.count;
    sums[0].add_run(first - run.handed_over, run.spacing, run.count);
  }
  for (std::size_t i = 1; i < kLatencyParts; ++i) sums[i].add(parts[i], records);
  last_ = {note.payload, parts, records};
}

}  // namespace kafkasim::sim
