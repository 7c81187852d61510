#include "sim/workload/producer_driver.hpp"

#include <algorithm>

#include "sim/fault/timeline_runner.hpp"
#include "sim/host/event_kind.hpp"
#include "sim/host/runtime.hpp"
#include "sim/workload/drivers.hpp"
#include "sim/workload/producer_steps.hpp"

namespace kafkasim::sim {
namespace {

// `rate: max` is send() in a loop: half a microsecond a call (a KafkaProducer accepts a few million small records a second).
constexpr Ratio kMaxRate{2'000'000, 1};

// Bytes of one record of a v2 batch: zigzag varints for length, deltas and sizes (R1.1, P-10); small deltas assumed.
std::int64_t varint_bytes(std::int64_t value) {
  std::int64_t bytes = 1;
  for (std::int64_t rest = value * 2; rest >= 128; rest /= 128) ++bytes;
  return bytes;
}

std::int32_t record_bytes(std::int64_t key, std::int64_t value) {
  const std::int64_t key_part = key < 0 ? 1 : varint_bytes(key) + key;
  const std::int64_t body = 1 + 1 + 1 + key_part + varint_bytes(value) + value + 1;
  return static_cast<std::int32_t>(varint_bytes(body) + body);
}

const ProducerSpec& spec_of(const World& world, const ProducerDriver& driver) {
  return world.scenario().producers[driver.spec];
}

std::int32_t bytes_of(const ProducerDriver& driver, std::int64_t index) {
  const auto text = driver.texts.find(index);
  const std::int64_t value = text != driver.texts.end() ? static_cast<std::int64_t>(text->second.size())
                                                        : driver.value_size.draw(index_word(driver.value_seed, index));
  std::int64_t key = -1;
  if (driver.keys.keyed()) {
    const std::int64_t text_size = static_cast<std::int64_t>(driver.keys.text(index).size());
    key = driver.key_size.is_constant() ? std::max(text_size, driver.key_size.draw(0))
                                        : driver.key_size.draw(index_word(~driver.value_seed, index));
  }
  return record_bytes(key, value);
}

core::PartitionChoice choice_of(const World& world, const ProducerDriver& driver, std::int64_t index) {
  const ProducerSpec& spec = spec_of(world, driver);
  if (spec.partition.kind == PartitionChoice::Kind::fixed) return core::PartitionChoice::partition(spec.partition.partition);
  if (spec.partition.kind == PartitionChoice::Kind::round_robin) {
    const auto in_turn = static_cast<std::int64_t>(driver.topics.size());
    const TopicId topic = driver.topics[static_cast<std::size_t>(index % in_turn)];
    const auto& topics = world.scenario().topics;
    const auto at = static_cast<std::size_t>(topic.value());
    const std::int64_t count = at < topics.size() ? topics[at].partitions : std::max(1, truth(world).partition_count(topic));
    // In turn within each topic.
    return core::PartitionChoice::partition(static_cast<std::int32_t>(index / in_turn % count));
  }
  if (driver.keys.keyed() && !spec.config.partitioner_ignore_keys) return core::PartitionChoice::key(driver.keys.text(index));
  return core::PartitionChoice::keyless();
}

// Can many records be handed over in one call? Keyless, one topic, one size.
bool uniform_records(const World& world, const ProducerDriver& driver) {
  const ProducerSpec& spec = spec_of(world, driver);
  return !driver.keys.keyed() && driver.topics.size() == 1 && driver.value_size.is_constant() &&
         spec.partition.kind != PartitionChoice::Kind::round_robin;
}

bool can_send(const World& world, const ProducerDriver& driver) {
  const Host& host = world.hosts[driver.host];
  return host.state == ProcessState::running && !host.frozen && !driver.blocked;
}

std::int32_t call_send(World& world, ProducerDriver& driver, const RecordRun& run, TopicId topic,
                       core::PartitionChoice choice) {
  std::int32_t taken = 0;
  Host& host = world.hosts[driver.host];
  call_process(world, host, [&](auto& program, Turn& turn) {
    if constexpr (std::is_same_v<std::decay_t<decltype(program)>, core::Producer>)
      taken = program.send(run, topic, choice, turn);
  });
  // An unblocking inside the call was performed already: what counts is how the producer stands now.
  if (const core::Producer* producer = host.producer()) driver.blocked = producer->blocked();
  return taken;
}

// Records of a run that were due while the application stood still all leave at once, when it can again.
RecordRun next_run(const HandOver& records, Instant able_from) {
  RecordRun run{.first = records.first};
  std::int64_t count = std::min<std::int64_t>(records.count, 1 << 30);
  if (records.due < able_from) {
    run.handed_over = able_from;
    if (records.spacing > Duration{})
      count = std::min<std::int64_t>(count, (able_from - records.due + records.spacing - Duration{1}) / records.spacing);
  } else {
    run.handed_over = records.due;
    run.spacing = records.spacing;
  }
  run.count = static_cast<std::int32_t>(count);
  return run;
}

// The records through send(), one call for many where they are alike. What is left when it blocks waits first in line.
void hand_over(World& world, ProducerDriver& driver, HandOver records) {
  const bool bulk = !records.manual && uniform_records(world, driver);
  while (records.count > 0) {
    if (!can_send(world, driver)) {
      driver.queue.push_front(records);
      return;
    }
    RecordRun run = next_run(records, driver.able_from);
    if (!bulk) run.count = 1;
    run.record_bytes = bytes_of(driver, run.first);
    const std::size_t topic = records.manual ? static_cast<std::size_t>(records.manual->topic)
                                             : static_cast<std::size_t>(run.first) % driver.topics.size();
    core::PartitionChoice choice = choice_of(world, driver, run.first);
    if (records.manual && records.manual->partition) choice = core::PartitionChoice::partition(*records.manual->partition);
    if (records.fresh) world.history.handed_over(driver.host, driver.topics[topic], run, world.now());
    const std::int32_t taken = call_send(world, driver, run, driver.topics[topic], choice);
    INVARIANT(taken > 0, "send() takes at least the record it blocks on");
    if (taken < run.count && records.fresh) {
      // Not handed over after all: the application is still inside the call before.
      RecordRun rest = run;
      rest.first += taken;
      rest.count -= taken;
      world.history.not_handed_over(driver.host, driver.topics[topic], rest);
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

// Everything due by `until`, in order: what was left over, what the timeline asked for, then the traffic.
void hand_over_due(World& world, ProducerDriver& driver, Instant until) {
  while (can_send(world, driver) && !driver.queue.empty()) {
    const HandOver records = driver.queue.front();
    driver.queue.pop_front();
    hand_over(world, driver, records);
  }
  while (can_send(world, driver) && !driver.manual.empty() && !driver.batch_open) {
    const ManualRecord record = driver.manual.front();
    driver.manual.pop_front();
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
  if (!world.plan->each_send_seen && uniform_records(world, driver) && driver.traffic.spacing() > Duration{} && driver.traffic.burst() == 1 &&
      spec_of(world, driver).partition.kind == PartitionChoice::Kind::partitioner) {
    const core::Producer* producer = world.hosts[driver.host].producer();
    const std::int64_t room = producer->records_until_event(bytes_of(driver, driver.next_index), driver.topics.front());
    if (room > 0) at = driver.traffic.tick_at(room);
    if (const auto& count = spec_of(world, driver).count)
      at = std::min(at, driver.traffic.tick_at(std::max<std::int64_t>(0, *count - driver.next_index - 1)));
  }
  wake_producer(world, driver, at);
}

}  // namespace

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

// What was due before this instant still goes; what is due at it does not.
void end_traffic(World& world, ProducerDriver& driver) {
  if (can_send(world, driver)) hand_over_due(world, driver, world.now() - Duration{1});
  driver.stopped = true;
  driver.queue.clear();
}

void start_producer(World& world, ProducerDriver& driver) {
  const ProducerSpec& spec = spec_of(world, driver);
  driver.blocked = false;
  driver.queue.clear();
  driver.under_way.clear();
  driver.batch_open = false;
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
  driver.traffic = Traffic{shape, spec.burst, world.now(), stream(world.scenario().seed, "producer/" + spec.name + "/arrivals")};
  if (world.hosts[driver.host].state == ProcessState::running) drive_producer(world, driver);
}

void on_send_unblocked(World& world, Host& host) {
  ProducerDriver* driver = producer_driver(world, host.index);
  INVARIANT(driver != nullptr, "only a producer's send() blocks");
  driver->blocked = false;
  driver->able_from = world.now();
  // `rate: max` is a loop: what it could have sent meanwhile does not exist.
  if (spec_of(world, *driver).rate.kind == RateSpec::Kind::max && !driver->stopped) {
    RateSpec loop;
    loop.kind = RateSpec::Kind::even;
    loop.per_second = kMaxRate;
    driver->traffic = Traffic{loop, driver->traffic.burst(), world.now(), Stream{}};
  }
  wake_producer(world, *driver, world.now());
}

void send_records(World& world, ProducerDriver& driver, const SendSpec& send, std::size_t entry) {
  const std::int64_t count = send.values.empty() ? send.records : static_cast<std::int64_t>(send.values.size());
  std::int32_t topic = -1;  // several: in turn
  if (send.topic)
    for (std::size_t i = 0; i < driver.topics.size(); ++i)
      if (world.plan->names->topic(driver.topics[i]) == *send.topic) topic = static_cast<std::int32_t>(i);
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int64_t index = driver.next_index++;
    if (!send.values.empty()) driver.texts[index] = send.values[static_cast<std::size_t>(i)];
    driver.answers_wanted[index] = entry;
    driver.manual.push_back({.index = index,
                             .topic = topic >= 0 ? topic : static_cast<std::int32_t>(index % static_cast<std::int64_t>(driver.topics.size())),
                             .partition = send.partition, .own_batch = !send.values.empty()});
  }
  if (can_send(world, driver)) drive_producer(world, driver);
}

}  // namespace kafkasim::sim
