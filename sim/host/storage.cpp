#include "sim/host/storage.hpp"

#include <algorithm>
#include <map>

#include "sim/view.hpp"

namespace kafkasim::sim {
namespace {

const core::LogDir* disk_of(const Host& host) {
  if (const core::Broker* broker = host.broker()) return &broker->disk();
  return host.log_dir ? &*host.log_dir : nullptr;
}

template <class Visit>
void each_log(const Host& host, Visit&& visit) {
  const core::LogDir* disk = disk_of(host);
  if (disk == nullptr) return;
  const core::Broker* broker = host.broker();
  for (const auto& [tp, stored] : disk->replicas) {
    const core::Partition* running = broker == nullptr ? nullptr : broker->partition(tp);
    visit(tp, running == nullptr ? stored.log : running->log());
  }
}

Duration transfer(const World& world, std::int64_t bytes) {
  const std::int64_t speed = world.scenario().cluster.disk.throughput_bytes;
  return Duration{bytes / speed * 1'000'000'000 + bytes % speed * 1'000'000'000 / speed};
}

// One batch: what a slower disk adds to its write into the page cache, and the stall that strikes few of them.
Duration delay_of(World& world, const Host& host, TopicPartition tp, std::int64_t bytes) {
  constexpr Duration kAppend = 20us;  // HostCosts::append, median
  const DiskQueue& disk = host.disks.at(dir_of(host, tp));
  const Duration sound = kAppend + transfer(world, bytes);
  Duration delay = disk.slower == disk.than ? Duration{} : std::max(Duration{}, disk.scaled(sound) - sound);
  if (const auto& stalls = world.scenario().cluster.disk.stalls) {
    const auto draw = world.chooser.below(Choice::disk_stall, static_cast<std::uint64_t>(stalls->share.denominator));
    if (draw < static_cast<std::uint64_t>(stalls->share.numerator)) delay += disk.scaled(stalls->length);
  }
  return delay;
}

// Nothing to add in the usual case, without a look at every batch.
bool appends_at_full_speed(const World& world, const Host& host) {
  return host.role != Role::broker || (!world.scenario().cluster.disk.stalls &&
                                       std::all_of(host.disks.begin(), host.disks.end(),
                                                   [](const DiskQueue& disk) { return disk.slower == disk.than; }));
}

}  // namespace

std::size_t dir_of(const Host& host, TopicPartition tp) {
  const core::LogDir* disk = disk_of(host);
  if (disk == nullptr) return 0;
  const auto found = disk->replicas.find(tp);
  return found == disk->replicas.end() ? 0 : static_cast<std::size_t>(found->second.dir);
}

// sendfile of what is not in memory blocks the network thread until the disk has it.
Instant bytes_read(World& world, Host& host, const Response& response, Instant from) {
  const auto* fetched = std::get_if<FetchResponse>(&response);
  if (fetched == nullptr) return from;
  Instant done = from;
  for (const FetchResponse::Partition& part : fetched->partitions) {
    if (part.records.empty()) continue;
    const Offset cached = host.page_cache.cached_from(part.partition);
    std::int64_t cold = 0;
    for (const Batch& batch : part.records)
      if (batch.base_offset < cached) cold += batch.size_bytes;
    if (cold > 0) done = host.disks.at(dir_of(host, part.partition)).serve(done, transfer(world, cold));
  }
  return done;
}

Instant synced(World& world, Host& host, TopicPartition tp) {
  DiskQueue& disk = host.disks.at(dir_of(host, tp));
  const Distribution& fsync = world.plan->fsync;
  const std::int64_t draw =
      fsync.is_constant() ? 0 : static_cast<std::int64_t>(world.chooser.below(Choice::disk_stall, ~std::uint64_t{0}));
  disk.serve(world.now(), fsync.draw_duration(static_cast<std::uint64_t>(draw)));
  disk.busy_until += disk.extra_fsync;
  return disk.busy_until;
}

Duration append_delay(World& world, const Host& host, const Request& request) {
  Duration delay{};
  if (appends_at_full_speed(world, host)) return delay;
  if (const auto* produce = std::get_if<ProduceRequest>(&request))
    for (const ProduceRequest::Partition& part : produce->partitions)
      delay += delay_of(world, host, part.partition, part.batch.size_bytes);
  return delay;
}

Duration append_delay(World& world, const Host& host, const Response& response) {
  Duration delay{};
  if (appends_at_full_speed(world, host)) return delay;
  if (const auto* fetched = std::get_if<FetchResponse>(&response))
    for (const FetchResponse::Partition& part : fetched->partitions)
      for (const Batch& batch : part.records) delay += delay_of(world, host, part.partition, batch.size_bytes);
  return delay;
}

void write_back(World& world, Host& host) {
  std::map<TopicPartition, Offset> ends;
  std::map<TopicPartition, std::int64_t> clean;
  std::int64_t written = 0;
  each_log(host, [&](TopicPartition tp, const core::Log& log) {
    ends[tp] = log.log_end();
    clean[tp] = log.position_at(host.disk.durable_end(tp));
    written += log.end_position();
  });
  host.disk.scan(world.now(), world.scenario().cluster.disk.writeback, ends);
  each_log(host, [&](TopicPartition tp, const core::Log& log) {
    host.page_cache.wrote(tp, log.log_end(), written);
    const std::int64_t bytes = log.position_at(host.disk.durable_end(tp)) - clean.at(tp);
    if (bytes > 0) host.disks.at(dir_of(host, tp)).serve(world.now(), transfer(world, bytes));
  });
  host.page_cache.trim(written, world.scenario().cluster.host.page_cache_bytes);
}

// The logs grew together: each keeps the same share of its tail.
void fill_page_cache(World& world, Host& host) {
  const std::int64_t capacity = world.scenario().cluster.host.page_cache_bytes;
  std::int64_t written = 0;
  each_log(host, [&](TopicPartition, const core::Log& log) { written += log.end_position(); });
  each_log(host, [&](TopicPartition tp, const core::Log& log) {
    host.page_cache.wrote(tp, log.log_end(), written);
    if (written <= capacity) return;
    const std::int64_t cold = log.end_position() - capacity / (written / 1'000 + 1) * (log.end_position() / 1'000 + 1);
    if (cold > 0) host.page_cache.cold_below(tp, log.offset_at_position(cold));
  });
}

void empty_page_cache(Host& host) {
  host.page_cache.clear();
  each_log(host, [&](TopicPartition tp, const core::Log& log) { host.page_cache.cold_below(tp, log.log_end()); });
}

namespace {

void set_broken(Host& host, std::size_t dir, bool broken) {
  if (core::Broker* broker = host.broker())
    broker->set_broken(static_cast<std::int32_t>(dir), broken);
  else if (host.log_dir)
    host.log_dir->dirs.at(dir).broken = broken;
}

std::vector<std::size_t> dirs_of(const World& world, const Host& host, const DiskFaultSpec& fault) {
  std::vector<std::size_t> dirs;
  if (fault.dir > 0) {
    dirs.push_back(static_cast<std::size_t>(fault.dir) - 1);
  } else if (fault.dir_of) {
    const TopicPartition tp{View{world}.topic(fault.dir_of->topic), fault.dir_of->partition};
    const core::LogDir* disk = disk_of(host);
    if (disk != nullptr && disk->replicas.contains(tp)) dirs.push_back(dir_of(host, tp));
  } else {
    for (std::size_t dir = 0; dir < host.disks.size(); ++dir) dirs.push_back(dir);
  }
  return dirs;
}

}  // namespace

void apply_disk_faults(World& world) {
  for (Host& host : world.hosts)
    for (std::size_t dir = 0; host.role == Role::broker && dir < host.disks.size(); ++dir) {
      host.disks[dir].slower = host.disks[dir].than = 1;
      host.disks[dir].extra_fsync = {};
      set_broken(host, dir, false);
    }
  for (std::size_t i = 0; i < world.timeline.entries.size(); ++i) {
    const Entry& entry = world.scenario().timeline[i];
    const EntryState& state = world.timeline.entries[i];
    const bool breaks = entry.verb == Verb::fill_disk || entry.verb == Verb::fail_disk;
    if (!state.active || (!breaks && entry.verb != Verb::slow_disk)) continue;
    for (const HostIndex index : state.hosts) {
      Host& host = world.hosts[index];
      if (host.role != Role::broker) continue;
      for (const std::size_t dir : dirs_of(world, host, entry.disk)) {
        DiskQueue& disk = host.disks[dir];
        if (breaks) set_broken(host, dir, true);
        disk.slower *= entry.disk.factor.numerator;
        disk.than *= entry.disk.factor.denominator;
        disk.extra_fsync += entry.disk.fsync;
      }
    }
  }
}

void apply_clock_faults(World& world) {
  for (Host& host : world.hosts) host.clock.clear();
  for (std::size_t i = 0; i < world.timeline.entries.size(); ++i) {
    const Entry& entry = world.scenario().timeline[i];
    const EntryState& state = world.timeline.entries[i];
    if (!state.active || entry.verb != Verb::clock) continue;
    for (const HostIndex host : state.hosts)
      world.hosts[host].clock.push_back({entry.clock.by, entry.clock.drift_ppb, state.struck});
  }
}

}  // namespace kafkasim::sim
