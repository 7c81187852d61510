#include "sim/workload/producer_driver.hpp"

#include <algorithm>

#include "sim/fault/timeline_runner.hpp"
#include "sim/host/event_kind.hpp"
#include "sim/host/runtime.hpp"
#include "sim/workload/drivers.hpp"
#include "sim/workload/producer_steps.hpp"

namespace kafkasim::sim {
namespace {

// `rate: max` is send() in a loop: half a microsecond a call (a KafkaProducer accepts a few million small records a
// second).
constexpr Ratio kMaxRate{2'000'000, 1};
// Sets the draws of record times apart from those of sizes.
constexpr std::uint64_t kTimes = 0x9e37'79b9'7f4a'7c15;

// Bytes of one record of a v2 batch: zigzag varints for length, deltas and sizes (R1.1, P-10).
std::int64_t varint_bytes(std::int64_t value) {
  std::int64_t bytes = 1;
  for (std::int64_t rest = value < 0 ? -2 * value - 1 : 2 * value; rest >= 128; rest /= 128) ++bytes;
  return bytes;
}

// Sizes of key and value, -1 for null; how far behind the first record of the batch, in milliseconds and records.
std::int32_t record_bytes(std::int64_t key, std::int64_t value, std::int64_t time_delta, std::int64_t offset_delta) {
  const auto part = [](std::int64_t size) { return size < 0 ? 1 : varint_bytes(size) + size; };
  const std::int64_t body = 1 + varint_bytes(time_delta) + varint_bytes(offset_delta) + part(key) + part(value) + 1;
  return static_cast<std::int32_t>(varint_bytes(body) + body);
}

const ProducerSpec& spec_of(const World& world, const ProducerDriver& driver) {
  return world.scenario().producers[driver.spec];
}

const GivenText* given_of(const ProducerDriver& driver, std::int64_t index) {
  const auto found = driver.given.find(index);
  return found == driver.given.end() ? nullptr : &found->second;
}

std::int64_t size_of(const std::optional<std::string>& text) {
  return text ? static_cast<std::int64_t>(text->size()) : -1;
}

// Every record is as long as any other: no keys, one size of values.
bool one_size(const ProducerDriver& driver) {
  return driver.given.empty() && !driver.keys.keyed() && driver.value_size.is_constant();
}

// Small deltas are assumed where the scenario does not spell the batch out.
std::int32_t bytes_of(const ProducerDriver& driver, std::int64_t index, std::int64_t time_delta = 0,
                      std::int64_t offset_delta = 0) {
  const GivenText* given = given_of(driver, index);
  const std::int64_t value =
      given != nullptr ? size_of(given->value) : driver.value_size.draw(index_word(driver.value_seed, index));
  std::int64_t key = -1;
  if (given != nullptr && given->says_key) {
    key = size_of(given->key);
  } else if (driver.keys.keyed()) {
    const std::int64_t text_size = static_cast<std::int64_t>(driver.keys.text(index).size());
    key = driver.key_size.is_constant() ? std::max(text_size, driver.key_size.draw(0))
                                        : driver.key_size.draw(index_word(~driver.value_seed, index));
  }
  return record_bytes(key, value, time_delta, offset_delta);
}

std::int32_t generated_bytes(ProducerDriver& driver, std::int64_t index) {
  if (!one_size(driver)) return bytes_of(driver, index);
  if (driver.one_size.bytes == 0) driver.one_size.bytes = bytes_of(driver, index);
  return driver.one_size.bytes;
}

core::PartitionChoice choice_of(const World& world, const ProducerDriver& driver, std::int64_t index, TopicId topic) {
  const ProducerSpec& spec = spec_of(world, driver);
  if (spec.partition.kind == PartitionChoice::Kind::fixed)
    return core::PartitionChoice::partition(spec.partition.partition);
  if (spec.partition.kind == PartitionChoice::Kind::round_robin) {
    const auto in_turn = static_cast<std::int64_t>(driver.topics.size());
    const auto& topics = world.scenario().topics;
    const auto at = static_cast<std::size_t>(topic.value());
    const std::int64_t count =
        at < topics.size() ? topics[at].partitions : std::max(1, truth(world).partition_count(topic));
    // In turn within each topic.
    return core::PartitionChoice::partition(static_cast<std::int32_t>(index / in_turn % count));
  }
  if (!spec.config.partitioner_ignore_keys)
    if (const std::optional<std::string> key = key_of(driver, index)) return core::PartitionChoice::key(*key);
  return core::PartitionChoice::keyless();
}

// Can many records be handed over in one call? Keyless, one topic, one size.
bool uniform_records(const World& world, const ProducerDriver& driver) {
  const ProducerSpec& spec = spec_of(world, driver);
  return !driver.keys.keyed() && driver.topics.size() == 1 && driver.value_size.is_constant() &&
         driver.time_offset.is_constant() && spec.partition.kind != PartitionChoice::Kind::round_robin;
}

bool can_send(const World& world, const ProducerDriver& driver) {
  const Host& host = world.hosts[driver.host];
  return host.state == ProcessState::running && !host.frozen && !driver.blocked;
}

std::int32_t call_send(World& world, ProducerDriver& driver, const RecordRun& run, TopicId topic,
                       core::PartitionChoice choice, bool more) {
  std::int32_t taken = 0;
  Host& host = world.hosts[driver.host];
  call_process(world, host, [&](auto& program, Turn& turn) {
    if constexpr (std::is_same_v<std::decay_t<decltype(program)>, core::Producer>)
      taken = program.send(run, topic, choice, turn, more);
  });
  // An unblocking inside the call was performed already: what counts is how the producer stands now.
  if (const core::Producer* producer = host.producer()) driver.blocked = producer->blocked();
  if (driver.blocked) driver.blocked_since = world.now();
  return taken;
}

// Records of a run that were due while the application stood still all leave at once, when it can again.
RecordRun next_run(const HandOver& records, Instant able_from) {
  RecordRun run{.first = records.first};
  std::int64_t count = std::min<std::int64_t>(records.count, 1 << 30);
  if (records.due < able_from) {
    run.handed_over = able_from;
    if (records.spacing > Duration{})
      count =
          std::min<std::int64_t>(count, (able_from - records.due + records.spacing - Duration{1}) / records.spacing);
  } else {
    run.handed_over = records.due;
    run.spacing = records.spacing;
  }
  run.count = static_cast<std::int32_t>(count);
  return run;
}

// Its time, its size, where it goes.
struct Prepared {
  TopicId topic;
  core::PartitionChoice choice;
  bool more = false;
};

Prepared prepare(const World& world, ProducerDriver& driver, const HandOver& records, RecordRun& run) {
  const std::int64_t index = run.first;
  const GivenText* given = given_of(driver, index);
  run.time_offset = given != nullptr && given->created
                        ? *given->created - run.handed_over
                        : driver.time_offset.draw_duration(index_word(driver.value_seed ^ kTimes, index));
  if (!records.manual) {
    run.record_bytes = generated_bytes(driver, index);
    const TopicId topic = driver.topics[static_cast<std::size_t>(index) % driver.topics.size()];
    return {topic, choice_of(world, driver, index, topic)};
  }
  const ManualRecord& manual = *records.manual;
  if (manual.position == 0) driver.batch_base = run.create_time(0);
  const std::int64_t later_by = nanoseconds(run.create_time(0) - driver.batch_base) / 1'000'000;
  run.record_bytes = bytes_of(driver, index, later_by, manual.position);
  return {manual.topic,
          manual.partition ? core::PartitionChoice::partition(*manual.partition)
                           : choice_of(world, driver, index, manual.topic),
          manual.more};
}

// The records through send(), one call for many where they are alike. What is left when it blocks waits first in line.
void hand_over(World& world, ProducerDriver& driver, HandOver records) {
  const bool bulk = !records.manual && driver.given.empty() && uniform_records(world, driver);
  while (records.count > 0) {
    if (!can_send(world, driver)) {
      driver.queue.push_front(records);
      return;
    }
    RecordRun run = next_run(records, driver.able_from);
    if (!bulk) run.count = 1;
    const Prepared to = prepare(world, driver, records, run);
    world.history.handed_over(driver.host, to.topic, run, world.now());
    const std::int32_t taken = call_send(world, driver, run, to.topic, to.choice, to.more);
    INVARIANT(taken > 0, "send() takes at least the record it blocks on");
    if (taken < run.count) {
      // Not handed over after all: the application is still inside the call before.
      RecordRun rest = run;
      rest.first += taken;
      rest.count -= taken;
      world.history.not_handed_over(driver.host, to.topic, rest);
    }
    records.first += taken;
    records.count -= taken;
    records.due += records.spacing * taken;
  }
}

void hand_over_new(World& world, ProducerDriver& driver, std::int64_t count, Instant due, Duration spacing) {
  const ProducerSpec& spec = spec_of(world, driver);
  if (spec.count) count = std::min(count, *spec.count - driver.next_index);
  if (count <= 0) return;
  const HandOver records{.first = driver.next_index, .count = count, .due = due, .spacing = spacing};
  driver.next_index += count;
  if (spec.count && driver.next_index >= *spec.count) driver.stopped = true;
  hand_over(world, driver, records);
}

bool past_stop(const World& world, const ProducerDriver& driver, Instant at) {
  const ProducerSpec& spec = spec_of(world, driver);
  return spec.stop && at >= kStart + *spec.stop;
}

void call_flush(World& world, ProducerDriver& driver, std::size_t entry) {
  driver.blocked = true;
  driver.flushing = entry;
  call_process(world, world.hosts[driver.host], [&](auto& program, Turn& turn) {
    if constexpr (std::is_same_v<std::decay_t<decltype(program)>, core::Producer>)
      program.flush(static_cast<std::int32_t>(entry), turn);
  });
}

// Everything due by `until`, in order: what was left over, what the timeline asked for, then the traffic.
void hand_over_due(World& world, ProducerDriver& driver, Instant until) {
  while (can_send(world, driver) && !driver.queue.empty()) {
    const HandOver records = driver.queue.front();
    driver.queue.pop_front();
    hand_over(world, driver, records);
  }
  while (can_send(world, driver) && !driver.manual.empty() && (!driver.batch_open || driver.manual.front().flush)) {
    const ManualRecord record = driver.manual.front();
    driver.manual.pop_front();
    if (record.flush) {
      call_flush(world, driver, *record.flush);
      continue;
    }
    driver.batch_open = record.own_batch;
    hand_over(world, driver, {.first = record.index, .due = world.now(), .manual = record});
  }
  while (can_send(world, driver) && !driver.stopped) {
    const Instant next = driver.traffic.next_at();
    if (next > until) break;
    if (past_stop(world, driver, next)) {
      driver.stopped = true;
      break;
    }
    const Duration spacing = driver.traffic.spacing();
    const bool even = spacing > Duration{} && driver.traffic.burst() == 1;
    std::int64_t ticks = even ? driver.traffic.ticks_due(until) : 1;
    if (const auto& stop = spec_of(world, driver).stop; even && stop)
      ticks = std::min(ticks, driver.traffic.ticks_due(kStart + *stop - Duration{1}));
    driver.traffic.advance(ticks);
    hand_over_new(world, driver, ticks * driver.traffic.burst(), next, even ? spacing : Duration{});
  }
  while (can_send(world, driver) && !driver.stopped && driver.free_loops > 0) {
    const std::int64_t loops = std::exchange(driver.free_loops, 0);
    hand_over_new(world, driver, loops, world.now(), {});
  }
}

// The next instant at which a record does something visible.
void plan_wake(World& world, ProducerDriver& driver) {
  // Asked after every step of the producer: each may close a batch or make room.
  if (!can_send(world, driver) || driver.stopped) return;
  Instant at = driver.traffic.next_at();
  if (at == kNever) return;
  if (!world.plan->each_send_seen && driver.given.empty() && uniform_records(world, driver) &&
      driver.traffic.spacing() > Duration{} && driver.traffic.burst() == 1 &&
      spec_of(world, driver).partition.kind == PartitionChoice::Kind::partitioner) {
    const core::Producer* producer = world.hosts[driver.host].producer();
    const std::int64_t room =
        producer->records_until_event(generated_bytes(driver, driver.next_index), driver.topics.front());
    if (room > 0) at = driver.traffic.tick_at(room);
    if (const auto& count = spec_of(world, driver).count)
      at = std::min(at, driver.traffic.tick_at(std::max<std::int64_t>(0, *count - driver.next_index - 1)));
  }
  wake_producer(world, driver, at);
}

}  // namespace

std::optional<std::string> key_of(const ProducerDriver& driver, std::int64_t index) {
  const GivenText* given = given_of(driver, index);
  if (given != nullptr && given->says_key) return given->key;
  if (!driver.keys.keyed()) return std::nullopt;
  return driver.keys.text(index);
}

void wake_producer(World& world, ProducerDriver& driver, Instant at) {
  if (at == kNever) return;
  at = std::max(at, world.now());
  // An earlier one that is pending plans anew when it comes.
  if (driver.wake <= at) return;
  driver.wake = at;
  world.scheduler.schedule(at, driver.host, event_kind::application,
                           std::uint32_t{world.hosts[driver.host].generation} << 16);
}

void after_step(World& world, Host& host) {
  if (host.role != Role::producer || host.frozen || host.state != ProcessState::running) return;
  if (ProducerDriver* driver = producer_driver(world, host.index)) plan_wake(world, *driver);
}

void catch_up(World& world, Host& host) {
  if (host.role != Role::producer || host.frozen || host.state != ProcessState::running) return;
  if (ProducerDriver* driver = producer_driver(world, host.index)) hand_over_due(world, *driver, world.now());
}

void drive_producer(World& world, ProducerDriver& driver) {
  if (driver.wake <= world.now()) driver.wake = kNever;
  hand_over_due(world, driver, world.now());
  plan_wake(world, driver);
}

void drive_manual(World& world, ProducerDriver& driver) {
  if (can_send(world, driver)) drive_producer(world, driver);
}

// What was due before this instant still goes; what is due at it does not.
void end_traffic(World& world, ProducerDriver& driver) {
  if (can_send(world, driver)) hand_over_due(world, driver, world.now() - Duration{1});
  driver.stopped = true;
  driver.queue.clear();
}

void start_producer(World& world, ProducerDriver& driver) {
  const ProducerSpec& spec = spec_of(world, driver);
  driver.blocked = false;
  driver.stopped = world.phase != Phase::traffic || (spec.count && driver.next_index >= *spec.count);
  driver.queue.clear();
  driver.under_way.clear();
  driver.batch_open = false;
  driver.flushing.reset();
  driver.wake = kNever;
  driver.able_from = world.now();
  driver.closed_loop = spec.rate.kind == RateSpec::Kind::await;
  if (driver.closed_loop) driver.free_loops = spec.rate.loops;
  set_rate(world, driver, spec.rate);
}

void set_rate(World& world, ProducerDriver& driver, const RateSpec& rate) {
  const ProducerSpec& spec = spec_of(world, driver);
  RateSpec shape = rate;
  if (shape.kind == RateSpec::Kind::max) {
    shape.kind = RateSpec::Kind::even;
    shape.per_second = kMaxRate;
  }
  driver.traffic =
      Traffic{shape, spec.burst, world.now(), stream(world.scenario().seed, "producer/" + spec.name + "/arrivals")};
  if (world.hosts[driver.host].state == ProcessState::running) drive_producer(world, driver);
}

void on_send_unblocked(World& world, Host& host) {
  ProducerDriver* driver = producer_driver(world, host.index);
  INVARIANT(driver != nullptr, "only a producer's send() blocks");
  driver->blocked = false;
  driver->able_from = world.now();
  world.history.send_waited(host.index, world.now() - driver->blocked_since);
  // `rate: max` is a loop: what it could have sent meanwhile does not exist.
  if (spec_of(world, *driver).rate.kind == RateSpec::Kind::max && !driver->stopped) {
    RateSpec loop;
    loop.kind = RateSpec::Kind::even;
    loop.per_second = kMaxRate;
    driver->traffic = Traffic{loop, driver->traffic.burst(), world.now(), Stream{}};
  }
  wake_producer(world, *driver, world.now());
}

void on_flushed(World& world, Host& host, std::size_t entry) {
  ProducerDriver* driver = producer_driver(world, host.index);
  INVARIANT(driver != nullptr, "only a producer flushes");
  driver->blocked = false;
  driver->flushing.reset();
  driver->able_from = world.now();
  wake_producer(world, *driver, world.now());
  call_answered(world, entry, {});
}

}  // namespace kafkasim::sim
