// What the timeline asks of a producer's application: send, resend, flush.
#include <algorithm>

#include "sim/fault/timeline_runner.hpp"
#include "sim/view.hpp"
#include "sim/workload/drivers.hpp"
#include "sim/workload/producer_steps.hpp"

namespace kafkasim::sim {
namespace {

TopicId named_topic(const World& world, const SendSpec& send) {
  return send.topic ? View{world}.topic(*send.topic) : TopicId{};
}

// Several topics: in turn, by the record's number.
TopicId topic_of(const ProducerDriver& driver, TopicId named, std::int64_t index) {
  return named.known() ? named : driver.topics[static_cast<std::size_t>(index) % driver.topics.size()];
}

GivenText spelt_out(const GivenRecord& record, Instant now) {
  GivenText given{.says_key = true, .key = record.key, .value = record.value, .created = std::nullopt};
  if (record.time) given.created = record.time->from_now ? now + record.time->time : kStart + record.time->time;
  return given;
}

}  // namespace

std::int64_t records_of(const SendSpec& send) {
  std::int64_t count = send.records + static_cast<std::int64_t>(send.values.size() + send.again.size());
  for (const auto& batch : send.batches) count += static_cast<std::int64_t>(batch.size());
  return count;
}

void send_records(World& world, ProducerDriver& driver, const SendSpec& send, std::size_t entry) {
  const TopicId named = named_topic(world, send);
  const auto add = [&](std::int64_t index, ManualRecord record) {
    driver.answers_wanted.emplace(index, entry);
    record.index = index;
    record.topic = topic_of(driver, named, index);
    record.partition = send.partition;
    driver.manual.push_back(record);
  };
  for (std::int64_t i = 0; i < send.records; ++i) add(driver.next_index++, {});
  for (const std::string& value : send.values) {
    driver.given[driver.next_index].value = value;
    add(driver.next_index++, {.own_batch = true});
  }
  for (const auto& batch : send.batches)
    for (std::size_t i = 0; i < batch.size(); ++i) {
      const bool last = i + 1 == batch.size();
      driver.given[driver.next_index] = spelt_out(batch[i], world.now());
      add(driver.next_index++, {.position = static_cast<std::int32_t>(i), .more = !last, .own_batch = last});
    }
  for (const std::int64_t index : send.again) add(index, {});
  drive_manual(world, driver);
}

bool has_sent(const ProducerDriver& driver, const SendSpec& send) {
  return std::all_of(send.again.begin(), send.again.end(),
                     [&](std::int64_t index) { return index < driver.next_index; });
}

void flush_records(World& world, ProducerDriver& driver, std::size_t entry) {
  driver.manual.push_back({.flush = entry});
  drive_manual(world, driver);
}

void flushes_lost(World& world, ProducerDriver& driver) {
  if (driver.flushing) call_lost(world, *driver.flushing, "the process ended");
  driver.flushing.reset();
}

}  // namespace kafkasim::sim
