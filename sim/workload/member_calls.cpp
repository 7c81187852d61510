// Calls that the timeline makes on a member: poll, commit, seek.
#include <algorithm>

#include "sim/fault/timeline_runner.hpp"
#include "sim/host/runtime.hpp"
#include "sim/view.hpp"
#include "sim/workload/consumer_steps.hpp"
#include "sim/workload/drivers.hpp"

namespace kafkasim::sim {
namespace {

using Step = ConsumerDriver::Step;

constexpr std::string_view kNotAssigned = "IllegalStateException";

core::Consumer& consumer_of(World& world, const ConsumerDriver& driver) {
  return std::get<core::Consumer>(world.hosts[driver.host].program);
}

template <class Call>
void on_member(World& world, const ConsumerDriver& driver, Call&& call) {
  call_process(world, world.hosts[driver.host], [&](auto& program, Turn& turn) {
    if constexpr (std::is_same_v<std::decay_t<decltype(program)>, core::Consumer>) call(program, turn);
  });
}

TopicPartition id_of(const World& world, const AssignedPartition& named) {
  return {View{world}.topic(named.topic), named.partition};
}

std::optional<std::vector<OffsetCommitRequest::Partition>> given_offsets(const World& world, const CallSpec& call) {
  if (call.offsets.empty()) return std::nullopt;
  std::vector<OffsetCommitRequest::Partition> offsets;
  for (const auto& [named, offset] : call.offsets)
    offsets.push_back({id_of(world, named), Offset{offset}, LeaderEpoch{}});
  return offsets;
}

// A call that does not block: the application goes on at once.
void goes_on(World& world, ConsumerDriver& driver, std::string_view exception) {
  driver.step = Step::waiting;
  call_over(world, driver, exception);
  wake_member(world, driver, world.now());
}

void commit_call(World& world, ConsumerDriver& driver, std::size_t entry, const CallSpec& call) {
  const std::int32_t number = driver.next_call++;
  auto offsets = given_offsets(world, call);
  if (!call.async) {
    driver.step = Step::calling;
    driver.awaited_call = number;
    on_member(world, driver,
              [&](core::Consumer& consumer, Turn& turn) { consumer.commit_sync(number, std::move(offsets), turn); });
    return;
  }
  driver.unheard.emplace(number, entry);
  driver.calling.reset();
  on_member(world, driver,
            [&](core::Consumer& consumer, Turn& turn) { consumer.commit_async(number, std::move(offsets), turn); });
  goes_on(world, driver, {});
  call_made(world, entry);
}

std::vector<TopicPartition> seeked(World& world, const ConsumerDriver& driver, const CallSpec& call) {
  if (call.partitions.empty()) return consumer_of(world, driver).assignment();
  std::vector<TopicPartition> partitions;
  for (const AssignedPartition& named : call.partitions) partitions.push_back(id_of(world, named));
  return partitions;
}

void seek_call(World& world, ConsumerDriver& driver, const CallSpec& call) {
  const std::vector<TopicPartition> partitions = seeked(world, driver, call);
  if (call.to == CallSpec::To::time && call.offsets.empty()) {
    const std::int32_t number = driver.next_call++;
    driver.step = Step::calling;
    driver.awaited_call = number;
    const Instant time = call.time.from_now ? world.now() + call.time.time : kStart + call.time.time;
    on_member(world, driver,
              [&](core::Consumer& consumer, Turn& turn) { consumer.seek_to_time(number, partitions, time, turn); });
    return;
  }
  bool assigned = !call.offsets.empty() || !partitions.empty() || call.to != CallSpec::To::offset;
  on_member(world, driver, [&](core::Consumer& consumer, Turn& turn) {
    for (const auto& [named, offset] : call.offsets)
      assigned = assigned && consumer.seek(id_of(world, named), Offset{offset}, turn);
    if (!call.offsets.empty()) return;
    for (const TopicPartition tp : partitions) {
      if (call.to == CallSpec::To::offset) assigned = assigned && consumer.seek(tp, Offset{call.offset}, turn);
      if (call.to == CallSpec::To::beginning) assigned = assigned && consumer.seek_to(tp, OffsetSpec::earliest);
      if (call.to == CallSpec::To::end) assigned = assigned && consumer.seek_to(tp, OffsetSpec::latest);
    }
  });
  goes_on(world, driver, assigned ? std::string_view{} : kNotAssigned);
}

}  // namespace

void call_member(World& world, ConsumerDriver& driver, std::size_t entry) {
  const Host& host = world.hosts[driver.host];
  if (host.state != ProcessState::running && host.state != ProcessState::starting) {
    call_lost(world, entry, "not running");
    return;
  }
  driver.calls.push_back(entry);
  // An application without a loop of its own waits for nothing but this.
  if (driver.member.manual && driver.step == Step::waiting && !driver.asleep && host.up())
    wake_member(world, driver, world.now());
}

void make_call(World& world, ConsumerDriver& driver) {
  INVARIANT(driver.step == Step::waiting, "a call is made between two steps");
  const std::size_t entry = driver.calls.front();
  driver.calls.pop_front();
  driver.calling = entry;
  const Entry& asked = world.scenario().timeline[entry];
  if (asked.verb == Verb::poll) {
    count_processed(world, driver);  // who polls again has worked through what the last poll returned
    poll(world, driver, asked.call.timeout);
  }
  if (asked.verb == Verb::commit) commit_call(world, driver, entry, asked.call);
  if (asked.verb == Verb::seek) seek_call(world, driver, asked.call);
}

void call_over(World& world, ConsumerDriver& driver, std::string_view exception) {
  if (!driver.calling) return;
  const std::size_t entry = *driver.calling;
  driver.calling.reset();
  call_answered(world, entry, exception);
}

void calls_lost(World& world, ConsumerDriver& driver) {
  constexpr std::string_view kWhy = "the process ended";
  if (driver.calling) call_lost(world, *driver.calling, kWhy);
  driver.calling.reset();
  for (const std::size_t entry : std::exchange(driver.calls, {})) call_lost(world, entry, kWhy);
  for (const auto& [call, entry] : std::exchange(driver.unheard, {})) call_lost(world, entry, kWhy);
}

}  // namespace kafkasim::sim
