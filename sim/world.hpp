// Everything a run consists of, as plain data. The folders next to this file act on it; Simulation wraps it.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/protocol/catalogue.hpp"
#include "sim/check/domains.hpp"
#include "sim/check/history.hpp"
#include "sim/check/invariants.hpp"
#include "sim/check/latency_split.hpp"
#include "sim/fault/timeline.hpp"
#include "sim/host/costs.hpp"
#include "sim/host/host.hpp"
#include "sim/kernel/chooser.hpp"
#include "sim/kernel/scheduler.hpp"
#include "sim/measure/condition.hpp"
#include "sim/measure/recorder.hpp"
#include "sim/net/network.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/workload/consumer_driver.hpp"
#include "sim/workload/producer_driver.hpp"

namespace kafkasim::sim {

/// Phases of a run: traffic until the duration is over, then settling, then over.
enum class Phase : std::uint8_t { traffic, settling, over };

/// One item of a timeline `expect`: a line, or alternatives of which one must hold as a whole.
struct TimelineExpectation {
  std::string text;
  std::vector<std::vector<Condition>> alternatives;
};

/// What never changes during a run; shared by copies.
struct Plan {
  std::shared_ptr<const Scenario> scenario;
  CataloguePtr names;
  HostCosts costs;
  Distribution fsync;
  bool may_retire = false;            // see sim/retire.hpp
  bool each_send_seen = false;        // a line asks for `sent`: no record is handed over later than it is due
  std::vector<std::size_t> watchful;  // entries that look at the world after each event
  std::vector<Condition> when;        // [entry]: of `when`
  std::vector<Condition> wait;        // [entry]: of `wait`
  std::vector<std::vector<TimelineExpectation>> expectations;  // [entry]: lines of a timeline `expect`
};

class EventObserver;

struct World {
  std::shared_ptr<const Plan> plan;
  Scheduler scheduler;
  SeededChooser chooser;
  Network network;
  std::vector<Host> hosts;
  std::vector<ProducerDriver> producers;
  std::vector<ConsumerDriver> consumers;
  Timeline timeline;
  History history;
  Invariants invariants;
  LatencySplits splits;
  Recorder recorder;
  MetadataImage last_metadata;  // the committed truth when no controller runs
  Phase phase = Phase::traffic;
  Domains touched = domain::all;
  std::uint64_t next_incarnation = 1;
  std::int32_t next_client_node = 1001;
  Outbox outbox;                      // scratch; empty between events
  EventObserver* observer = nullptr;  // not state: sees, never acts

  const Scenario& scenario() const { return *plan->scenario; }
  Instant now() const { return scheduler.now(); }

  FIELDS(scheduler, chooser, network, hosts, producers, consumers, timeline, history, invariants, splits, recorder,
         last_metadata, phase, touched, next_incarnation, next_client_node)
};

}  // namespace kafkasim::sim
