// The loop of a consumer's application: poll, process, commit, poll again (kafka-clients.md 2.5).
#include <algorithm>

#include "sim/fault/timeline_runner.hpp"
#include "sim/host/event_kind.hpp"
#include "sim/host/runtime.hpp"
#include "sim/workload/consumer_steps.hpp"
#include "sim/workload/drivers.hpp"

namespace kafkasim::sim {
namespace {

using Step = ConsumerDriver::Step;
using Offsets = std::vector<OffsetCommitRequest::Partition>;

// poll(Duration) of the usual loop; with data it returns at once, so it only bounds how often an idle loop turns.
constexpr Duration kPollTimeout = 100ms;

template <class Call>
void call_consumer(World& world, ConsumerDriver& driver, Call&& call) {
  call_process(world, world.hosts[driver.host], [&](auto& program, Turn& turn) {
    if constexpr (std::is_same_v<std::decay_t<decltype(program)>, core::Consumer>) call(program, turn);
  });
}

Duration draw(ConsumerDriver& driver, const Distribution& distribution) {
  return distribution.draw_duration(distribution.is_constant() ? 0 : driver.stream.word());
}

// The loop's next step: what the timeline asked for, else a poll.
void poll_or_call(World& world, ConsumerDriver& driver) {
  if (!driver.calls.empty())
    make_call(world, driver);
  else if (!driver.member.manual)
    poll(world, driver, kPollTimeout);
}

std::int64_t records_in(const boost::container::deque<PolledRecords>& ranges) {
  std::int64_t count = 0;
  for (const PolledRecords& range : ranges) count += range.count;
  return count;
}

// Works through the next `count` records of what was handed out: they are processed now.
void count_processed(World& world, ConsumerDriver& driver, std::int64_t count) {
  while (count > 0) {
    INVARIANT(!driver.to_process.empty(), "only what was handed out is processed");
    PolledRecords& front = driver.to_process.front();
    const std::int64_t part = std::min<std::int64_t>(count, front.count - driver.done_of_front);
    world.history.processed(driver.host, front.partition, front.first + driver.done_of_front,
                            static_cast<std::int32_t>(part), world.now());
    driver.done_of_front += part;
    count -= part;
    if (driver.done_of_front == front.count) {
      driver.to_process.pop_front();
      driver.done_of_front = 0;
    }
  }
}

void begin_processing(World& world, ConsumerDriver& driver) {
  driver.step = Step::processing;
  driver.processing_began = world.now();
  const std::int64_t count =
      driver.member.commit == CommitMode::sync_record ? 1 : records_in(driver.to_process) - driver.done_of_front;
  Instant at = world.now() + draw(driver, driver.process_poll);
  driver.finish.clear();
  if (driver.process.is_constant()) {
    at += draw(driver, driver.process) * count;
    driver.finish.emplace_back(count, at);
  } else {
    for (std::int64_t i = 0; i < count; ++i) driver.finish.emplace_back(1, at += draw(driver, driver.process));
  }
  wake_member(world, driver, at);
}

void commit(World& world, ConsumerDriver& driver, std::optional<Offsets> offsets, bool wait) {
  const std::int32_t call = driver.next_call++;
  ++driver.unanswered;
  if (wait) {
    driver.step = Step::committing;
    driver.awaited_call = call;
  }
  call_consumer(world, driver, [&](core::Consumer& consumer, Turn& turn) {
    if (wait)
      consumer.commit_sync(call, std::move(offsets), turn);
    else
      consumer.commit_async(call, std::move(offsets), turn);
  });
}

void next_poll(World& world, ConsumerDriver& driver) {
  if (driver.close_after) {
    driver.step = Step::closing;
    call_consumer(world, driver, [](core::Consumer& consumer, Turn& turn) { consumer.close(turn); });
    return;
  }
  Instant at = world.now() + std::exchange(driver.sleep, Duration{});
  at = std::max(at, driver.poll_began + driver.member.poll_every);
  driver.step = Step::waiting;
  if (at > world.now())
    wake_member(world, driver, at);
  else
    poll_or_call(world, driver);
}

void after_processing(World& world, ConsumerDriver& driver) {
  switch (driver.member.commit) {
    case CommitMode::sync:
      commit(world, driver, std::nullopt, true);
      return;
    case CommitMode::async:
      commit(world, driver, std::nullopt, false);
      break;
    case CommitMode::sync_record: {
      // commitSync of the offset after the record just done.
      const PolledRecords& front = driver.to_process.front();
      const Offset next = front.first + driver.done_of_front + 1;
      const Offsets offsets{{front.partition, next, front.batch.leader_epoch}};
      count_processed(world, driver, 1);
      commit(world, driver, offsets, true);
      return;
    }
    case CommitMode::automatic:
    case CommitMode::before:
    case CommitMode::none:
      break;
  }
  next_poll(world, driver);
}

}  // namespace

void wake_member(World& world, ConsumerDriver& driver, Instant at) {
  driver.wake = (driver.wake + 1) & 0xffff;
  world.scheduler.schedule(at, driver.host, event_kind::application,
                           std::uint32_t{world.hosts[driver.host].generation} << 16 | driver.wake);
}

void poll(World& world, ConsumerDriver& driver, Duration timeout) {
  driver.step = Step::polling;
  driver.poll_began = world.now();
  call_consumer(world, driver, [timeout](core::Consumer& consumer, Turn& turn) { consumer.poll(timeout, turn); });
}

void count_processed(World& world, ConsumerDriver& driver) {
  count_processed(world, driver, records_in(driver.to_process) - driver.done_of_front);
}

void on_poll_returned(World& world, Host& host, PollReturned&& polled) {
  ConsumerDriver* driver = consumer_driver(world, host.index);
  INVARIANT(driver != nullptr, "only a consumer polls");
  if (driver->step == Step::closing || driver->step == Step::ended) return;
  INVARIANT(driver->step == Step::polling, "a poll returns once");
  if (!polled.records.empty()) world.history.polled(host.index, polled.records, world.now());
  for (PolledRecords& range : polled.records) driver->to_process.push_back(std::move(range));
  // The application goes on in an event of its own: the client is still inside the call that ended the poll.
  driver->step = driver->to_process.empty() || driver->member.manual ? Step::waiting : Step::idle;
  driver->commit_due = driver->member.commit == CommitMode::before && driver->step == Step::idle;
  call_over(world, *driver, polled.exception);
  wake_member(world, *driver, world.now());
}

void on_call_returned(World& world, Host& host, const CallReturned& returned) {
  if (host.role == Role::admin) {
    operator_answered(world, static_cast<std::size_t>(returned.call), returned.error);
    return;
  }
  if (host.role == Role::producer) {
    on_flushed(world, host, static_cast<std::size_t>(returned.call));
    return;
  }
  ConsumerDriver* driver = consumer_driver(world, host.index);
  INVARIANT(driver != nullptr, "only a consumer makes calls");
  if (!returned.exception.empty()) world.history.threw(host.index, returned.exception);
  if (const auto unheard = driver->unheard.find(returned.call); unheard != driver->unheard.end()) {
    const std::size_t entry = unheard->second;
    driver->unheard.erase(unheard);
    call_answered(world, entry, returned.exception);
    return;
  }
  if (driver->step == Step::calling && returned.call == driver->awaited_call) {
    driver->step = Step::waiting;
    call_over(world, *driver, returned.exception);
    wake_member(world, *driver, world.now());
    return;
  }
  INVARIANT(driver->unanswered > 0, "a commit has one outcome");
  --driver->unanswered;
  if (driver->step != Step::committing || returned.call != driver->awaited_call) return;
  // A failed commit is reported and the loop goes on, as most applications do: the next poll rejoins (C-33).
  driver->step = driver->to_process.empty() ? Step::waiting : Step::idle;
  if (returned.error != ErrorCode::NONE && driver->member.commit == CommitMode::sync_record) {
    driver->to_process.clear();  // CommitFailedException leaves the loop over this poll's records
    driver->done_of_front = 0;
    driver->step = Step::waiting;
  }
  wake_member(world, *driver, world.now());
}

void consumer_event(World& world, ConsumerDriver& driver, std::uint32_t number) {
  if (number != driver.wake) return;
  switch (driver.step) {
    case Step::idle:
      if (std::exchange(driver.commit_due, false)) {
        commit(world, driver, std::nullopt, true);
        return;
      }
      begin_processing(world, driver);
      return;
    case Step::processing:
      if (driver.member.commit != CommitMode::sync_record) count_processed(world, driver);
      driver.finish.clear();
      after_processing(world, driver);
      return;
    case Step::waiting: {
      const Instant earliest = driver.poll_began + driver.member.poll_every;
      driver.asleep = false;
      if (driver.sleep > Duration{} || world.now() < earliest || driver.close_after)
        next_poll(world, driver);
      else
        poll_or_call(world, driver);
      return;
    }
    case Step::polling:
    case Step::committing:
    case Step::calling:
    case Step::closing:
    case Step::ended:
      return;
  }
}

// A process that dies in the middle of its records has done those whose time had come.
void interrupted(World& world, ConsumerDriver& driver) {
  if (driver.step != Step::processing || driver.finish.empty()) return;
  std::int64_t done = 0;
  if (driver.finish.size() == 1 && driver.finish.front().first > 1) {
    const auto [count, end] = driver.finish.front();
    const std::int64_t whole = nanoseconds(end - driver.processing_began);
    if (whole > 0) done = count * nanoseconds(world.now() - driver.processing_began) / whole;
  } else {
    for (const auto& [count, at] : driver.finish)
      if (at <= world.now()) done += count;
  }
  count_processed(world, driver, done);
}

}  // namespace kafkasim::sim
