// What the application above a producer does when it hears what became of its records.
#include "sim/fault/timeline_runner.hpp"
#include "sim/host/event_kind.hpp"
#include "sim/host/runtime.hpp"
#include "sim/workload/drivers.hpp"
#include "sim/workload/producer_steps.hpp"

namespace kafkasim::sim {
namespace {

bool answers_matter(const World& world, const ProducerDriver& driver) {
  return driver.closed_loop || !driver.answers_wanted.empty() ||
         world.scenario().producers[driver.spec].on_failure != OnSendFailure::ignore;
}

void answered(World& world, ProducerDriver& driver, const RecordRun& run, ErrorCode error) {
  const OnSendFailure on_failure = world.scenario().producers[driver.spec].on_failure;
  if (driver.closed_loop) driver.free_loops += run.count;
  if (error != ErrorCode::NONE && on_failure == OnSendFailure::stop) driver.stopped = true;
  if (error != ErrorCode::NONE && on_failure == OnSendFailure::resend)
    driver.queue.push_back({.first = run.first, .count = run.count, .due = world.now()});
  // A record that was sent twice gets two answers: each is for the hand-over before the others.
  for (auto at = driver.answers_wanted.lower_bound(run.first);
       at != driver.answers_wanted.end() && at->first < run.first + run.count;) {
    const auto [index, entry] = *at;
    driver.answers_wanted.erase(at);
    at = driver.answers_wanted.upper_bound(index);
    call_answered(world, entry, error == ErrorCode::NONE ? std::string_view{} : exception_name(error));
  }
}

}  // namespace

void on_producer_note(World& world, Host& host, const Note& note) {
  ProducerDriver* driver = host.role == Role::producer ? producer_driver(world, host.index) : nullptr;
  if (driver == nullptr) return;
  if (const auto* closed = std::get_if<BatchClosed>(&note)) {
    if (answers_matter(world, *driver)) driver->under_way[closed->payload.serial] = closed->runs;
    if (driver->batch_open) {
      driver->batch_open = false;
      wake_producer(world, *driver, world.now());
    }
    return;
  }
  ErrorCode error = ErrorCode::NONE;
  RecordRuns runs;
  const auto take = [&](std::uint32_t serial) {
    if (const auto found = driver->under_way.find(serial); found != driver->under_way.end()) {
      runs = std::move(found->second);
      driver->under_way.erase(found);
    }
  };
  if (const auto* acked = std::get_if<BatchAcked>(&note)) {
    take(acked->payload.serial);
  } else if (const auto* failed = std::get_if<BatchFailed>(&note)) {
    error = failed->error;
    take(failed->payload.serial);
  } else if (const auto* rejected = std::get_if<RecordsRejected>(&note)) {
    error = rejected->error;
    if (answers_matter(world, *driver)) runs.push_back(rejected->run);
  }
  if (runs.empty()) return;
  for (const RecordRun& run : runs) answered(world, *driver, run, error);
  wake_producer(world, *driver, world.now());
}

}  // namespace kafkasim::sim
