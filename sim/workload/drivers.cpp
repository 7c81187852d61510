#include "sim/workload/drivers.hpp"

#include <algorithm>

#include "sim/host/event_kind.hpp"
#include "sim/host/life_cycle.hpp"
#include "sim/host/runtime.hpp"
#include "sim/workload/consumer_steps.hpp"
#include "sim/workload/producer_steps.hpp"

namespace kafkasim::sim {

namespace {
// Hosts of one kind are numbered in a row: mostly the first look is the last.
template <class Driver>
Driver* driver_of(std::vector<Driver>& drivers, HostIndex host) {
  if (drivers.empty()) return nullptr;
  const auto in_a_row = static_cast<std::size_t>(host - drivers.front().host);
  if (in_a_row < drivers.size() && drivers[in_a_row].host == host) return &drivers[in_a_row];
  const auto found =
      std::find_if(drivers.begin(), drivers.end(), [host](const Driver& driver) { return driver.host == host; });
  return found == drivers.end() ? nullptr : &*found;
}
}  // namespace

ProducerDriver* producer_driver(World& world, HostIndex host) { return driver_of(world.producers, host); }

ConsumerDriver* consumer_driver(World& world, HostIndex host) { return driver_of(world.consumers, host); }

void on_application(World& world, Host& host, std::uint32_t payload) {
  if ((payload >> 16) != host.generation || !host.up()) return;
  if (ProducerDriver* producer = producer_driver(world, host.index)) drive_producer(world, *producer);
  if (ConsumerDriver* consumer = consumer_driver(world, host.index)) consumer_event(world, *consumer, payload & 0xffff);
}

void on_process_started(World& world, Host& host) {
  world.history.process_started(host.index, host.node, world.now());
  if (host.role == Role::controller) world.history.controller_changed();
  if (ProducerDriver* driver = producer_driver(world, host.index)) {
    start_producer(world, *driver);
    wake_producer(world, *driver, world.now());
  } else if (ConsumerDriver* consumer = consumer_driver(world, host.index)) {
    consumer->step = ConsumerDriver::Step::waiting;
    consumer->to_process.clear();
    consumer->done_of_front = 0;
    consumer->finish.clear();
    consumer->commit_due = false;
    consumer->unanswered = 0;
    consumer->close_after = false;
    consumer->sleep = {};
    consumer->asleep = false;
    consumer->poll_began = kStart - consumer->member.poll_every;
    consumer->wake = (consumer->wake + 1) & 0xffff;
    world.scheduler.schedule(world.now(), host.index, event_kind::application,
                             std::uint32_t{host.generation} << 16 | consumer->wake);
  }
}

void on_process_ended(World& world, Host& host) {
  world.history.process_ended(host.index, world.now());
  if (ConsumerDriver* driver = consumer_driver(world, host.index)) {
    interrupted(world, *driver);
    driver->step = ConsumerDriver::Step::ended;
    driver->to_process.clear();
    calls_lost(world, *driver);
  } else if (ProducerDriver* producer = producer_driver(world, host.index)) {
    producer->blocked = false;
    producer->queue.clear();
    producer->under_way.clear();
    flushes_lost(world, *producer);
  }
}

void on_shutdown_begun(World& world, Host& host) {
  if (ConsumerDriver* driver = consumer_driver(world, host.index)) {
    interrupted(world, *driver);
    driver->step = ConsumerDriver::Step::closing;
  } else if (ProducerDriver* producer = producer_driver(world, host.index)) {
    producer->stopped = true;
  }
}

void on_thawed(World& world, Host& host) {
  if (ProducerDriver* driver = producer_driver(world, host.index)) {
    driver->able_from = world.now();
    wake_producer(world, *driver, world.now());
  }
}

void stop_traffic(World& world) {
  for (ProducerDriver& driver : world.producers) end_traffic(world, driver);
}

void set_process(ConsumerDriver& driver, const Distribution& process) { driver.process = process; }

void sleep_between_polls(World& world, ConsumerDriver& driver, Duration span) {
  const Host& host = world.hosts[driver.host];
  if (!driver.member.manual || driver.step != ConsumerDriver::Step::waiting || !host.up()) {
    driver.sleep += span;
    return;
  }
  driver.asleep = true;
  wake_member(world, driver, world.now() + span);
}

void leave_group(World& world, Host& host) {
  ConsumerDriver* driver = consumer_driver(world, host.index);
  INVARIANT(driver != nullptr, "only members leave");
  if (host.state != ProcessState::running) return;
  driver->close_after = true;
  // Between polls or inside one it closes at once (wakeup); a processing step or a commit ends first.
  if (driver->step == ConsumerDriver::Step::polling || driver->step == ConsumerDriver::Step::waiting)
    shut_down(world, host);
}

}  // namespace kafkasim::sim
