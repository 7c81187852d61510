// A machine and the one process it runs.
#pragma once

#include <boost/container/flat_map.hpp>
#include <boost/container/flat_set.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/broker.hpp"
#include "core/client/admin.hpp"
#include "core/client/consumer.hpp"
#include "core/client/producer.hpp"
#include "core/controller/controller.hpp"
#include "core/log/log_dir.hpp"
#include "sim/disk/disk.hpp"
#include "sim/disk/page_cache.hpp"
#include "sim/kernel/event.hpp"
#include "sim/net/connection.hpp"

namespace kafkasim::sim {

enum class Role : std::uint8_t { broker, controller, producer, consumer, admin };  // admin: the operator's tool

/// down: no process. starting: the start command was given. running: it has the processor (unless frozen).
/// stopping: a clean stop was granted; the process is about to end.
enum class ProcessState : std::uint8_t { down, starting, running, stopping };

using Program =
    std::variant<std::monostate, core::Broker, core::Controller, core::Producer, core::Consumer, core::Admin>;

/// A pending timer of the process. Moving it later costs nothing: the event that fires early looks again.
struct TimerSlot {
  TimerKey key;
  Instant deadline = kNever;  // kNever: not set
  Instant event_at = kNever;  // when the earliest pending event of this slot fires
  friend bool operator==(const TimerSlot&, const TimerSlot&) = default;
  FIELDS(key.kind, key.index, deadline, event_at)
};

/// Threads that serve in order of arrival: each job takes the thread that is free first.
struct ThreadPool {
  std::vector<Instant> free_at;
  /// When a job that is ready at `ready` and takes `cost` is done.
  Instant run(Instant ready, Duration cost);
  friend bool operator==(const ThreadPool&, const ThreadPool&) = default;
  FIELDS(free_at)
};

/// A wall clock that was set wrong, or runs fast or slow since.
struct ClockFault {
  Duration by{};
  std::int64_t drift_ppb = 0;
  Instant since{};
  friend bool operator==(const ClockFault&, const ClockFault&) = default;
  FIELDS(by, drift_ppb, since)
};

struct Host {
  NodeId node;       // brokers and controllers; a client's changes with each process it starts
  std::string name;  // "broker 1", "controller 101", "checkout", "billing/2"
  Role role = Role::broker;
  HostIndex index = 0;
  std::string rack;

  bool powered = true;
  bool frozen = false;
  ProcessState state = ProcessState::down;
  bool stop_begun = false;       // the running process was told to end in good order
  bool stop_waits = false;       // it is frozen and has not heard of it yet
  bool start_waits = false;      // a start command that waits for that end
  std::uint16_t generation = 0;  // of the process; an event stamped with an older one is dropped (design wall 8)
  Program program;
  std::vector<TimerSlot> timers;
  std::vector<Event> stash;           // what fell due while frozen, in order
  std::vector<std::uint32_t> socket;  // responses that arrived while frozen, unread

  boost::container::flat_map<ChannelId, ConnectionId> channels;  // connections this process opened
  boost::container::flat_set<ConnectionId> accepted;             // connections to this process
  std::vector<std::pair<std::uint16_t, ConnectionId>>
      orphans;                           // of killed processes, by generation, until their teardown
  std::vector<Instant> network_threads;  // each busy until
  ThreadPool io_threads;
  std::int32_t queued = 0;            // requests read and not yet served
  std::vector<ConnectionId> waiting;  // readable, but the request queue is full

  // What survives the process.
  std::vector<std::pair<std::string, std::string>> differing;  // settings that a `start` or `restart` has changed
  std::optional<core::LogDir> log_dir;                         // of a broker that is down
  std::optional<core::DurableMetadata> metadata;               // of a controller that is down
  Disk disk;
  std::vector<DiskQueue> disks{DiskQueue{}};  // of each log directory
  PageCache page_cache;
  std::vector<ClockFault> clock;  // what is wrong with its wall clock now

  bool up() const { return state == ProcessState::running || state == ProcessState::stopping; }
  const core::Broker* broker() const { return std::get_if<core::Broker>(&program); }
  core::Broker* broker() { return std::get_if<core::Broker>(&program); }
  const core::Controller* controller() const { return std::get_if<core::Controller>(&program); }
  const core::Producer* producer() const { return std::get_if<core::Producer>(&program); }
  core::Producer* producer() { return std::get_if<core::Producer>(&program); }
  const core::Consumer* consumer() const { return std::get_if<core::Consumer>(&program); }
  core::Consumer* consumer() { return std::get_if<core::Consumer>(&program); }

  TimerSlot& timer(TimerKey key, std::uint16_t& slot);

  FIELDS(node, name, role, powered, frozen, state, stop_begun, stop_waits, start_waits, generation, program, timers,
         stash, socket, channels, accepted, orphans, network_threads, io_threads, queued, waiting, log_dir, metadata,
         disk, disks, page_cache, clock, differing)
  /// What its wall clock says.
  Instant wall(Instant now) const;
};

}  // namespace kafkasim::sim
