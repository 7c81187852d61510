// What a broker's work costs its disks: catch-up reads, flushes, stalls, write-back.
#pragma once

#include "sim/world.hpp"

namespace kafkasim::sim {

/// The log directory (from 0) of a replica of that broker, running or down.
std::size_t dir_of(const Host& host, TopicPartition tp);
/// When the bytes of that answer are in memory, if they are wanted at `from`.
Instant bytes_read(World& world, Host& host, const Response& response, Instant from);
/// When an fsync of that replica's log, asked for now, is done.
Instant synced(World& world, Host& host, TopicPartition tp);
/// Time that the appends of that request (or of that answer to a follower) lose to a slow or stalling disk.
Duration append_delay(World& world, const Host& host, const Request& request);
Duration append_delay(World& world, const Host& host, const Response& response);
/// The operating system's flusher looks at every log.
void write_back(World& world, Host& host);
/// The machine begins with these logs: what does not fit into memory is on disk only.
void fill_page_cache(World& world, Host& host);
/// A power cut: nothing is in memory.
void empty_page_cache(Host& host);
/// What directories, disks and clocks are now that a fault has struck or ended.
void apply_disk_faults(World& world);
void apply_clock_faults(World& world);

}  // namespace kafkasim::sim
